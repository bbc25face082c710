// SPDX-License-Identifier: Apache-2.0
#include "nlp/segment.h"

#include <float.h>
#include <stdlib.h>

#include "base/utf8.h"
#include "base/vec.h"

// A run of Chinese longer than this is cut in pieces, so that the scratch stays small.
#define RUN_MAX_BYTES 3072
#define MAX_MATCHES   16
// A character that no word covers: rarer than any word.
#define UNKNOWN_COST 20.0f

struct node {
    float cost;    // of the best path from the start of the run to here
    uint32_t from; // where its last word begins
    uint32_t word; // its last word
};

struct segmenter {
    const struct lexicon *lx;
    struct node nodes[RUN_MAX_BYTES + 4];
    VEC(struct token);
};

struct segmenter *segmenter_new(const struct lexicon *lx) {
    struct segmenter *sg = NEW(struct segmenter);
    sg->lx = lx;
    return sg;
}

void segmenter_free(struct segmenter *sg) {
    if (!sg)
        return;
    vec_done(sg);
    free(sg);
}

const struct lexicon *segmenter_lexicon(const struct segmenter *sg) {
    return sg->lx;
}

static bool is_letter(uint32_t c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           (c >= 0xC0 && c < 0x250 && c != 0xD7 && c != 0xF7) || (c >= 0xFF21 && c <= 0xFF3A) ||
           (c >= 0xFF41 && c <= 0xFF5A);
}

static bool is_digit(uint32_t c) {
    return (c >= '0' && c <= '9') || (c >= 0xFF10 && c <= 0xFF19);
}

static bool is_space(uint32_t c) {
    return c == ' ' || (c >= '\t' && c <= '\r') || c == 0xA0 || c == 0x3000 || c == 0xFEFF ||
           c == 0x85 || (c >= 0x2000 && c <= 0x200B) || c == 0x2028 || c == 0x2029;
}

static bool is_punct(uint32_t c) {
    return (c > 0x20 && c < 0x7F) || (c >= 0xA1 && c <= 0xBF) || c == 0xD7 || c == 0xF7 ||
           (c >= 0x2010 && c <= 0x206F) || (c >= 0x20A0 && c <= 0x20CF) ||
           (c >= 0x2190 && c <= 0x2BFF) || (c >= 0x3001 && c <= 0x3004) ||
           (c >= 0x3008 && c <= 0x303F) || (c >= 0xFE10 && c <= 0xFE6F) ||
           (c >= 0xFF01 && c <= 0xFF65) || (c >= 0xFFE0 && c <= 0xFFE6);
}

static uint8_t kind_of(uint32_t c) {
    if (c < 0x80) {
        if (is_letter(c))
            return TOKEN_LATIN;
        if (is_digit(c))
            return TOKEN_NUMBER;
        return is_space(c) ? TOKEN_SPACE : is_punct(c) ? TOKEN_PUNCT : TOKEN_OTHER;
    }
    if (utf8_is_han(c))
        return TOKEN_HAN;
    if (is_letter(c))
        return TOKEN_LATIN;
    if (is_digit(c))
        return TOKEN_NUMBER;
    if (is_space(c))
        return TOKEN_SPACE;
    if (utf8_is_emoji(c))
        return TOKEN_EMOJI;
    return is_punct(c) ? TOKEN_PUNCT : TOKEN_OTHER;
}

static void push(struct segmenter *sg, size_t start, size_t end, uint8_t kind, uint32_t word) {
    struct token t = {
        .start = (uint32_t)start, .len = (uint32_t)(end - start), .word = word, .kind = kind};
    if (word != LEXICON_NONE) {
        t.flags = (uint16_t)lexicon_flags(sg->lx, word);
        t.tag = (uint8_t)lexicon_tag(sg->lx, word);
    } else if (kind == TOKEN_NUMBER) {
        t.tag = TAG_NUMBER;
    } else if (kind == TOKEN_LATIN) {
        t.tag = TAG_ENGLISH;
    }
    vec_push(sg, t);
}

// Viterbi over one run of ideographs [start, end).
static void cut_run(struct segmenter *sg, struct str text, size_t start, size_t end) {
    struct node *nodes = sg->nodes;
    size_t len = end - start;
    struct str run = str_slice(text, start, end);
    for (size_t i = 1; i <= len; i++)
        nodes[i].cost = FLT_MAX;
    nodes[0] = (struct node){0};
    for (size_t i = 0; i < len;) {
        size_t next = i;
        utf8_next(run, &next);
        struct lexicon_match matches[MAX_MATCHES];
        int n = lexicon_prefixes(sg->lx, run, i, matches, MAX_MATCHES);
        float base = nodes[i].cost;
        if (n == 0 || matches[0].len != next - i)
            if (base + UNKNOWN_COST < nodes[next].cost)
                nodes[next] = (struct node){base + UNKNOWN_COST, (uint32_t)i, LEXICON_NONE};
        for (int k = 0; k < n; k++) {
            float cost = base + lexicon_cost(sg->lx, matches[k].word);
            if (cost < nodes[i + matches[k].len].cost)
                nodes[i + matches[k].len] = (struct node){cost, (uint32_t)i, matches[k].word};
        }
        i = next;
    }
    size_t first = sg->len;
    for (size_t i = len; i > 0; i = nodes[i].from)
        push(sg, start + nodes[i].from, start + i, TOKEN_HAN, nodes[i].word);
    for (size_t i = first, j = sg->len; i + 1 < j; i++) { // the path was walked backwards
        struct token t = sg->items[i];
        sg->items[i] = sg->items[--j];
        sg->items[j] = t;
    }
}

// “T恤”, “5g网络”: a dictionary word that begins with a letter or digit and goes on in Chinese. 0 =
// none.
static size_t mixed_word(const struct segmenter *sg, struct str text, size_t pos, size_t run_end,
                         uint32_t *ret) {
    struct lexicon_match matches[MAX_MATCHES];
    int n = lexicon_prefixes(sg->lx, text, pos, matches, MAX_MATCHES);
    if (n && pos + matches[n - 1].len > run_end) {
        *ret = matches[n - 1].word;
        return pos + matches[n - 1].len;
    }
    return 0;
}

static uint32_t find_latin(const struct segmenter *sg, struct str word) {
    char lower[LEXICON_MAX_WORD_BYTES];
    if (word.len > sizeof lower)
        return LEXICON_NONE;
    for (size_t i = 0; i < word.len; i++)
        lower[i] =
            (char)(word.ptr[i] >= 'A' && word.ptr[i] <= 'Z' ? word.ptr[i] + 32 : word.ptr[i]);
    return lexicon_find(sg->lx, str_make(lower, word.len));
}

// Does the run of letters or digits that is open at `kind` go on with `c`? `ahead` follows `c`.
static bool goes_on(uint8_t kind, uint32_t c, uint32_t ahead) {
    if (kind == TOKEN_LATIN)
        return is_letter(c) || is_digit(c) ||
               ((c == '\'' || c == 0x2019 || c == '-') && is_letter(ahead));
    return is_digit(c) || ((c == '.' || c == ',') && is_digit(ahead));
}

static size_t take_run(struct segmenter *sg, struct str text, size_t start, size_t pos,
                       uint8_t kind) {
    while (pos < text.len) {
        size_t next = pos, after;
        uint32_t c = utf8_next(text, &next);
        after = next;
        uint32_t ahead = next < text.len ? utf8_next(text, &after) : 0;
        if (kind == TOKEN_NUMBER && is_letter(c) && c < 0x80)
            kind = TOKEN_LATIN; // “4G”, “5kg”: a letter makes a word of it
        else if (!goes_on(kind, c, ahead))
            break;
        pos = next;
    }
    uint32_t word = LEXICON_NONE;
    size_t mixed = mixed_word(sg, text, start, pos, &word);
    if (mixed) {
        push(sg, start, mixed, TOKEN_HAN, word);
        return mixed;
    }
    push(sg, start, pos, kind,
         kind == TOKEN_LATIN ? find_latin(sg, str_slice(text, start, pos)) : LEXICON_NONE);
    return pos;
}

size_t segment(struct segmenter *sg, struct str text, const struct token **ret) {
    sg->len = 0;
    text.len = MIN(text.len, (size_t)UINT32_MAX);
    for (size_t pos = 0; pos < text.len;) {
        size_t start = pos;
        uint8_t kind = kind_of(utf8_next(text, &pos));
        if (kind == TOKEN_LATIN || kind == TOKEN_NUMBER) {
            pos = take_run(sg, text, start, pos, kind);
            continue;
        }
        for (size_t next = pos; kind != TOKEN_PUNCT && next < text.len; pos = next) {
            if (kind_of(utf8_next(text, &next)) != kind || next - start > RUN_MAX_BYTES)
                break;
        }
        if (kind == TOKEN_HAN)
            cut_run(sg, text, start, pos);
        else
            push(sg, start, pos, kind, LEXICON_NONE);
    }
    *ret = sg->items;
    return sg->len;
}
