// SPDX-License-Identifier: Apache-2.0
#include "nlp/wordpiece.h"

#include <stdlib.h>

#include "base/map.h"
#include "base/mem.h"
#include "base/strbuf.h"
#include "base/utf8.h"
#include "sys/file.h"

#define MAX_FILE_BYTES (4 * MIB)
#define WORD_MAX       64 // characters
#define NUMBER_MIN     7  // digits
#define BMP            0x10000u
#define MAX_PIECE      64 // bytes of a piece that can be found inside a word, without "##"

struct wordpiece {
    struct dict pieces; // id: line
    uint16_t *single;   // id of each code point below BMP that is a piece by itself
    uint32_t longest;   // bytes, without "##"
    uint32_t unknown, cls, sep, url, number;
};

// ── characters ──

struct range {
    uint32_t first, last;
};

static const struct range letters[] = {
    {'0', '9'}, {'a', 'z'}, {0xC0, 0x24F}, {0x370, 0x52F}, // Latin, Greek, Cyrillic; after folding
};
static const struct range separators[] = {
    {0x00, 0x20},     {0x7F, 0xA0},     {0xAD, 0xAD},     {0x2000, 0x200F}, {0x2028, 0x202F},
    {0x205F, 0x206F}, {0x3000, 0x3000}, {0xFE00, 0xFE0F}, {0xFEFF, 0xFEFF}, {0xE0000, 0xE0FFF},
};

static bool is_within(const struct range *ranges, size_t n, uint32_t c) {
    for (size_t i = 0; i < n; i++)
        if (c >= ranges[i].first && c <= ranges[i].last)
            return true;
    return false;
}

static bool is_letter(uint32_t c) {
    return is_within(letters, ARRAY_LEN(letters), c);
}

static bool is_separator(uint32_t c) {
    return is_within(separators, ARRAY_LEN(separators), c);
}

static uint32_t fold(uint32_t c) {
    static const struct {
        uint32_t first, last, distance;
    } folds[] = {{'A', 'Z', 0x20},     {0xC0, 0xD6, 0x20},   {0xD8, 0xDE, 0x20},
                 {0x391, 0x3A9, 0x20}, {0x400, 0x40F, 0x50}, {0x410, 0x42F, 0x20}};
    if (c >= 0xFF01 && c <= 0xFF5E)
        c -= 0xFEE0;
    for (size_t i = 0; i < ARRAY_LEN(folds); i++)
        if (c >= folds[i].first && c <= folds[i].last)
            return c + folds[i].distance;
    return c;
}

static bool is_url_character(uint32_t c) {
    return c > ' ' && c < 0x7F && !strchr("\"'<>`{}|\\^", (int)c);
}

// ── the vocabulary ──

static bool find_special(const struct wordpiece *w, const char *path, const char *name,
                         uint32_t *ret, struct error *err) {
    *ret = dict_find(&w->pieces, str_from(name));
    return *ret != DICT_NONE || error_set(err, ERROR_FORMAT, "%s：词表里没有 %s",
                                          "%s: the vocabulary has no %s", path, name);
}

static bool add_lines(struct wordpiece *w, struct str lines, const char *path, struct error *err) {
    while (lines.len) {
        size_t end = str_find_char(lines, '\n');
        struct str piece = str_slice(lines, 0, end == STR_NONE ? lines.len : end);
        lines = str_slice(lines, MIN(piece.len + 1, lines.len), lines.len);
        uint32_t count = w->pieces.count;
        if (count == WORDPIECE_MAX_VOCABULARY || !utf8_is_valid(piece) ||
            dict_add(&w->pieces, piece) != count)
            return error_set(
                err, ERROR_FORMAT, "%s：第 %u 行不是一个新词（重复、过多或不是 UTF-8）",
                "%s: line %u is no new piece (twice, too many, or not UTF-8)", path, count + 1);
        struct str plain = str_starts(piece, STR("##")) ? str_slice(piece, 2, piece.len) : piece;
        if (plain.len <= MAX_PIECE && !str_starts(piece, STR("[")))
            w->longest = MAX(w->longest, (uint32_t)plain.len);
    }
    return true;
}

static void index_singles(struct wordpiece *w) {
    w->single = mem_alloc(BMP * sizeof *w->single);
    for (uint32_t c = 0; c < BMP; c++)
        w->single[c] = (uint16_t)w->unknown;
    for (uint32_t i = 0; i < w->pieces.count; i++) {
        struct str piece = dict_str(&w->pieces, i);
        size_t at = 0;
        if (piece.len == 0)
            continue;
        uint32_t c = utf8_next(piece, &at);
        if (at == piece.len && c < BMP)
            w->single[c] = (uint16_t)i;
    }
}

bool wordpiece_parse(struct str lines, const char *path, struct wordpiece **ret,
                     struct error *err) {
    struct wordpiece *w = NEW(struct wordpiece);
    if (!add_lines(w, lines, path, err) || !find_special(w, path, "[UNK]", &w->unknown, err) ||
        !find_special(w, path, "[CLS]", &w->cls, err) ||
        !find_special(w, path, "[SEP]", &w->sep, err) ||
        !find_special(w, path, "[unused1]", &w->url, err) ||
        !find_special(w, path, "[unused2]", &w->number, err)) {
        wordpiece_close(w);
        return false;
    }
    index_singles(w);
    *ret = w;
    return true;
}

bool wordpiece_open(const char *path, struct wordpiece **ret, struct error *err) {
    CLEANUP(strbuf_done) struct strbuf text = strbuf_init(MAX_FILE_BYTES);
    return file_read(path, MAX_FILE_BYTES, &text, err) &&
           wordpiece_parse(strbuf_str(&text), path, ret, err);
}

void wordpiece_close(struct wordpiece *w) {
    if (!w)
        return;
    dict_done(&w->pieces);
    free(w->single);
    free(w);
}

size_t wordpiece_count(const struct wordpiece *w) {
    return w->pieces.count;
}

uint32_t wordpiece_cls(const struct wordpiece *w) {
    return w->cls;
}

uint32_t wordpiece_sep(const struct wordpiece *w) {
    return w->sep;
}

// ── reading ──

struct reader {
    const struct wordpiece *w;
    struct str text;
    uint32_t at, byte; // next code point, and where it begins
    struct piece *ret;
    size_t n, max;
};

static bool is_end(const struct reader *r) {
    return r->byte >= r->text.len;
}

static uint32_t peek(const struct reader *r) {
    size_t at = r->byte;
    return fold(utf8_next(r->text, &at));
}

static uint32_t next(struct reader *r) {
    size_t at = r->byte;
    uint32_t c = fold(utf8_next(r->text, &at));
    r->byte = (uint32_t)at;
    r->at++;
    return c;
}

static void put(struct reader *r, uint32_t id, uint32_t start, uint32_t end, uint32_t from,
                uint32_t to) {
    if (r->n < r->max)
        r->ret[r->n++] = (struct piece){id, start, end, from, to};
}

static uint32_t single_id(const struct wordpiece *w, uint32_t c) {
    char bytes[4];
    if (c < BMP)
        return w->single[c];
    uint32_t id = dict_find(&w->pieces, str_make(bytes, utf8_encode(c, bytes)));
    return id == DICT_NONE ? w->unknown : id;
}

// A word as it is read: folded bytes after "##", and where each character begins in the text and in the bytes.
struct word {
    uint32_t start, from; // of the first character
    uint32_t n;           // characters, also those past WORD_MAX
    bool is_digits;
    char bytes[2 + 4 * WORD_MAX];
    uint32_t offset[WORD_MAX + 1]; // into bytes + 2
    uint32_t source[WORD_MAX + 1]; // byte of the text
};

static void read_word(struct reader *r, struct word *w) {
    *w = (struct word){.start = r->at, .from = r->byte, .is_digits = true};
    memcpy(w->bytes, "##", 2);
    w->source[0] = r->byte;
    while (!is_end(r) && is_letter(peek(r))) {
        uint32_t c = next(r);
        w->is_digits = w->is_digits && c >= '0' && c <= '9';
        if (w->n < WORD_MAX) {
            uint32_t at = w->offset[w->n];
            w->offset[w->n + 1] = at + (uint32_t)utf8_encode(c, w->bytes + 2 + at);
            w->source[w->n + 1] = r->byte;
        }
        w->n++;
    }
}

static bool text_follows(const struct reader *r, const char *what) {
    struct reader ahead = *r;
    for (; *what; what++)
        if (is_end(&ahead) || next(&ahead) != (unsigned char)*what)
            return false;
    return true;
}

static bool begins_url(const struct reader *r, const struct word *w) {
    struct str word = str_make(w->bytes + 2, w->offset[MIN(w->n, (uint32_t)WORD_MAX)]);
    if (str_eq(word, STR("www")))
        return text_follows(r, ".");
    return (str_eq(word, STR("http")) || str_eq(word, STR("https"))) && text_follows(r, "://");
}

// The longest piece that begins at character i; returns where it ends, or i when there is none.
static uint32_t longest_piece(const struct wordpiece *p, struct word *w, uint32_t i,
                              uint32_t *ret_id) {
    uint32_t end = w->n;
    while (end > i && w->offset[end] - w->offset[i] > p->longest)
        end--;
    char *at = w->bytes + w->offset[i]; // two bytes before the character: "##" goes there
    char kept[2] = {at[0], at[1]};
    memcpy(at, "##", 2);
    size_t skip = i ? 0 : 2;
    for (; end > i; end--) {
        size_t len = 2 + w->offset[end] - w->offset[i];
        *ret_id = dict_find(&p->pieces, str_make(at + skip, len - skip));
        if (*ret_id != DICT_NONE)
            break;
    }
    memcpy(at, kept, 2);
    return end;
}

static void cut_word(struct reader *r, struct word *w) {
    struct piece found[WORD_MAX];
    uint32_t n = 0, at = 0, id = 0;
    while (w->n <= WORD_MAX && at < w->n) {
        uint32_t end = longest_piece(r->w, w, at, &id);
        if (end == at)
            break;
        found[n++] =
            (struct piece){id, w->start + at, w->start + end, w->source[at], w->source[end]};
        at = end;
    }
    if (at < w->n) {
        put(r, r->w->unknown, w->start, w->start + w->n, w->from, r->byte);
        return;
    }
    for (uint32_t i = 0; i < n; i++)
        put(r, found[i].id, found[i].start, found[i].end, found[i].from, found[i].to);
}

static void read_letters(struct reader *r) {
    struct word w;
    read_word(r, &w);
    if (begins_url(r, &w)) {
        while (!is_end(r) && is_url_character(peek(r)))
            next(r);
        put(r, r->w->url, w.start, r->at, w.from, r->byte);
    } else if (w.is_digits && w.n >= NUMBER_MIN) {
        put(r, r->w->number, w.start, r->at, w.from, r->byte);
    } else {
        cut_word(r, &w);
    }
}

size_t wordpiece_read(const struct wordpiece *w, struct str text, struct piece *ret, size_t max) {
    struct reader r = {.w = w, .text = text, .ret = ret, .max = max};
    r.text.len = MIN(text.len, (size_t)UINT32_MAX / 2);
    while (!is_end(&r) && r.n < max) {
        uint32_t c = peek(&r), start = r.at, from = r.byte;
        if (is_letter(c)) {
            read_letters(&r);
            continue;
        }
        next(&r);
        if (!is_separator(c))
            put(&r, single_id(w, c), start, r.at, from, r.byte);
    }
    return r.n;
}
