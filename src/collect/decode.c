// SPDX-License-Identifier: Apache-2.0
#include "collect/decode.h"

#include "base/mem.h"
#include "base/utf8.h"
#include "collect/gb18030.h"

#define CHUNK (256 * KIB) // bytes asked for at once

struct decoder {
    struct input *in;
    enum encoding encoding;
    bool has_bom, ended;
    struct text_buf raw; // bytes read that are not yet given out
    struct gb18030 gb;
    uint16_t lead; // UTF-16: a leading surrogate that waits for its other half
    struct decode_counts counts;
};

static void add_replacement(struct decoder *d, struct text_buf *out) {
    d->counts.replaced++;
    text_buf_add_char(out, UTF8_REPLACEMENT);
}

bool decoder_open(struct input *in, struct decoder **ret, struct error *err) {
    struct str head;
    if (!input_peek(in, 256 * KIB, &head, err))
        return false;
    size_t bom, n = 0;
    enum encoding encoding = encoding_detect(head, &bom);
    char skipped[4];
    if (bom && !input_read(in, skipped, bom, &n, err))
        return false;
    struct decoder *d = NEW(struct decoder);
    *d = (struct decoder){.in = in, .encoding = encoding, .has_bom = bom > 0};
    d->gb.is_busy = encoding == ENCODING_GB18030;
    *ret = d;
    return true;
}

void decoder_close(struct decoder *d) {
    if (!d)
        return;
    gb18030_done(&d->gb);
    free(d->raw.ptr);
    free(d);
}

enum encoding decoder_encoding(const struct decoder *d) {
    return d->encoding;
}

bool decoder_has_bom(const struct decoder *d) {
    return d->has_bom;
}

const struct decode_counts *decoder_counts(const struct decoder *d) {
    return &d->counts;
}

// --- UTF-16

static void add_unit(struct decoder *d, uint16_t u, struct text_buf *out) {
    if (d->lead) {
        uint16_t lead = d->lead;
        d->lead = 0;
        if (u >= 0xDC00 && u <= 0xDFFF) {
            text_buf_add_char(out, 0x10000u + ((uint32_t)(lead - 0xD800) << 10) + (u - 0xDC00u));
            return;
        }
        add_replacement(d, out);
    }
    if (u >= 0xD800 && u <= 0xDBFF)
        d->lead = u;
    else if (u >= 0xDC00 && u <= 0xDFFF)
        add_replacement(d, out);
    else if (u == 0)
        d->counts.nuls++;
    else
        text_buf_add_char(out, u);
}

static void add_utf16(struct decoder *d, struct str bytes, struct text_buf *out) {
    text_buf_reserve(out, bytes.len / 2 * 3 + 8);
    size_t high = d->encoding == ENCODING_UTF16LE ? 1 : 0;
    const unsigned char *p = (const unsigned char *)bytes.ptr;
    for (size_t i = 0; i + 1 < bytes.len; i += 2)
        add_unit(d, (uint16_t)(p[i + high] << 8 | p[i + 1 - high]), out);
}

// --- cells that are not what the file is

static bool is_cell_border(char c) {
    return c == ',' || c == '\t' || c == ';' || c == '"' || c == '\n' || c == '\r';
}

static struct str cut_cell(struct str *rest) {
    size_t n = 0;
    while (n < rest->len && !is_cell_border(rest->ptr[n]))
        n++;
    n += n < rest->len;
    struct str cell = str_slice(*rest, 0, n);
    *rest = str_slice(*rest, n, rest->len);
    return cell;
}

static bool is_trail(unsigned char c) {
    return (c & 0xC0) == 0x80;
}

// Text that is meant as UTF-8 but broken: surrogates written as three bytes each are joined (Java
// and MySQL write them), everything else invalid is replaced, a broken character by one U+FFFD.
static bool is_surrogate(const unsigned char *p, size_t left) {
    return left >= 3 && p[0] == 0xED && p[1] >= 0xA0 && is_trail(p[1]) && is_trail(p[2]);
}

static void add_broken_utf8(struct decoder *d, struct str s, struct text_buf *out) {
    const unsigned char *p = (const unsigned char *)s.ptr;
    for (size_t i = 0; i < s.len;) {
        size_t good = decode_valid_prefix(str_slice(s, i, s.len));
        text_buf_add(out, str_slice(s, i, i + good));
        if ((i += good) >= s.len)
            break;
        size_t left = s.len - i, n = 1;
        bool surrogate = is_surrogate(p + i, left);
        if (surrogate && p[i + 1] < 0xB0 && is_surrogate(p + i + 3, left - 3) && p[i + 4] >= 0xB0) {
            uint32_t lead = (p[i + 1] & 0x0Fu) << 6 | (p[i + 2] & 0x3Fu);
            uint32_t tail = (p[i + 4] & 0x0Fu) << 6 | (p[i + 5] & 0x3Fu);
            text_buf_add_char(out, 0x10000u + (lead << 10) + tail);
            i += 6;
            continue;
        }
        add_replacement(d, out);
        size_t want = p[i] >= 0xF0 ? 4 : p[i] >= 0xE0 ? 3 : p[i] >= 0xC0 ? 2 : 1;
        while (n < want && n < left && is_trail(p[i + n]))
            n++;
        i += surrogate ? 3 : n;
    }
}

// More of the bytes above ASCII are wrong than right as UTF-8, and they come in pairs as Chinese
// does in GB18030.
static bool looks_gb18030(struct str s) {
    const unsigned char *p = (const unsigned char *)s.ptr;
    size_t valid = 0, invalid = 0, paired = 0;
    for (size_t i = 0; i < s.len;) {
        if (p[i] < 0x80) {
            i++;
            continue;
        }
        size_t n = decode_char_length(p + i, s.len - i);
        bool surrogate = is_surrogate(p + i, s.len - i);
        n = surrogate ? 3 : n ? n : 1;
        *(surrogate || decode_is_common(p + i, n) ? &valid : &invalid) += n;
        i += n;
    }
    for (size_t i = 0; i + 1 < s.len; i++)
        if (p[i] >= 0x81 && p[i + 1] >= 0x80) {
            paired += 2;
            i++;
        }
    return invalid >= valid && paired * 5 >= (valid + invalid) * 4;
}

// At least two Chinese characters and nothing that is not UTF-8: by chance GB18030 text hardly ever
// looks like it.
static bool looks_utf8(struct str s) {
    const unsigned char *p = (const unsigned char *)s.ptr;
    size_t i = 0, wide = 0;
    while (i < s.len) {
        if (p[i] < 0x80) {
            i++;
            continue;
        }
        if (p[i] < 0xE2 || p[i] > 0xEF || s.len - i < 3 || !is_trail(p[i + 1]) ||
            !is_trail(p[i + 2]))
            return false;
        wide++;
        i += 3;
    }
    return wide >= 2 && utf8_is_valid(s);
}

// One line, cell by cell.
static void add_mixed_line(struct decoder *d, struct str line, struct text_buf *out) {
    uint64_t before = d->counts.recoded;
    while (line.len > 0) {
        struct str cell = cut_cell(&line);
        if (decode_valid_prefix(cell) == cell.len)
            text_buf_add(out, cell);
        else if (looks_gb18030(cell) && gb18030_add(&d->gb, cell, NULL, out))
            d->counts.recoded = before + 1;
        else
            add_broken_utf8(d, cell, out);
    }
}

static void add_gb_line(struct decoder *d, struct str line, struct text_buf *out) {
    if (looks_utf8(line)) {
        text_buf_add(out, line);
        d->counts.recoded++;
        return;
    }
    struct str rest = line;
    bool mixed = false;
    while (rest.len > 0 && !mixed)
        mixed = looks_utf8(cut_cell(&rest));
    if (!mixed) {
        gb18030_add(&d->gb, line, &d->counts.replaced, out);
        return;
    }
    d->counts.recoded++;
    while (line.len > 0) {
        struct str cell = cut_cell(&line);
        if (looks_utf8(cell))
            text_buf_add(out, cell);
        else
            gb18030_add(&d->gb, cell, &d->counts.replaced, out);
    }
}

// --- Windows-1252

static void add_windows_1252(struct decoder *d, struct str s, struct text_buf *out) {
    static const uint16_t c1[32] = {
        0x20AC, 0,      0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
        0x2039, 0x0152, 0,      0x017D, 0,      0,      0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
        0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0,      0x017E, 0x0178,
    };
    text_buf_reserve(out, s.len * 3);
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.ptr[i];
        if (c < 0x80 || c >= 0xA0)
            out->len += utf8_encode(c, out->ptr + out->len);
        else if (c1[c - 0x80])
            out->len += utf8_encode(c1[c - 0x80], out->ptr + out->len);
        else
            add_replacement(d, out);
    }
}

// --- the stream

// Drops NULs of [from, len).
static void drop_nuls(struct decoder *d, struct text_buf *b, size_t from) {
    char *p = b->len > from ? memchr(b->ptr + from, 0, b->len - from) : NULL;
    if (!p)
        return;
    char *to = p, *end = b->ptr + b->len;
    for (; p < end; p++)
        if (*p)
            *to++ = *p;
    d->counts.nuls += (uint64_t)(end - to);
    b->len = (size_t)(to - b->ptr);
}

static void add_lines(struct decoder *d, struct str s, struct text_buf *out) {
    while (s.len > 0) {
        size_t at = str_find_char(s, '\n');
        struct str line = str_slice(s, 0, at == STR_NONE ? s.len : at + 1);
        s = str_slice(s, line.len, s.len);
        if (d->encoding == ENCODING_GB18030)
            add_gb_line(d, line, out);
        else if (decode_valid_prefix(line) == line.len)
            text_buf_add(out, line);
        else
            add_mixed_line(d, line, out);
    }
}

// How much of the raw bytes can be decoded now: whole lines, or without any line end whole
// characters.
static size_t usable(const struct decoder *d) {
    struct str raw = str_make(d->raw.ptr, d->raw.len);
    if (d->ended)
        return raw.len;
    if (d->encoding == ENCODING_UTF16LE || d->encoding == ENCODING_UTF16BE)
        return raw.len & ~(size_t)1;
    const char *nl = raw.len ? memrchr(raw.ptr, '\n', raw.len) : NULL;
    if (nl)
        return (size_t)(nl - raw.ptr) + 1;
    if (raw.len < CHUNK)
        return 0;
    // A line longer than a chunk: up to the last ASCII character that no multi-byte character may
    // contain.
    size_t n = raw.len;
    while (n > raw.len - 1024 && !((unsigned char)raw.ptr[n - 1] < 0x30))
        n--;
    if (n > raw.len - 1024)
        return n;
    if (d->encoding == ENCODING_UTF8) {
        size_t good = decode_valid_prefix(raw);
        return good + 4 > raw.len ? good : raw.len;
    }
    return raw.len & ~(size_t)1; // Chinese without a break: pairs from the start of the line
}

static void decode(struct decoder *d, struct str s, struct text_buf *out) {
    size_t from = out->len;
    switch (d->encoding) {
    case ENCODING_UTF8:
    case ENCODING_GB18030:
        add_lines(d, s, out);
        break;
    case ENCODING_UTF16LE:
    case ENCODING_UTF16BE:
        add_utf16(d, s, out);
        if (s.len % 2)
            add_replacement(d, out);
        return; // without NULs already
    case ENCODING_WINDOWS_1252:
        add_windows_1252(d, s, out);
        break;
    }
    drop_nuls(d, out, from);
}

// The usual case: UTF-8 that is valid. Read straight to where it is wanted; only the last,
// unfinished line is moved. Returns false if the bytes need more than that (they are then all in
// d->raw).
static bool keep_valid(struct decoder *d, struct text_buf *out, size_t from) {
    struct str all = str_make(out->ptr + from, out->len - from);
    const char *nl = memrchr(all.ptr, '\n', all.len);
    size_t use = d->ended ? all.len : nl ? (size_t)(nl - all.ptr) + 1 : 0;
    bool valid = use > 0 && decode_valid_prefix(str_slice(all, 0, use)) == use;
    struct str rest = valid ? str_slice(all, use, all.len) : all;
    d->raw.len = 0;
    text_buf_add(&d->raw, rest);
    out->len = valid ? from + use : from;
    if (valid)
        drop_nuls(d, out, from);
    return valid;
}

bool decoder_read(struct decoder *d, struct text_buf *buf, size_t *ret_n, struct error *err) {
    size_t from = buf->len;
    *ret_n = 0;
    while (buf->len == from && !(d->ended && d->raw.len == 0)) {
        bool direct = d->encoding == ENCODING_UTF8;
        struct text_buf *to = direct ? buf : &d->raw;
        if (direct) {
            text_buf_add(buf, str_make(d->raw.ptr, d->raw.len));
            d->raw.len = 0;
        }
        text_buf_reserve(to, CHUNK);
        size_t n = 0;
        if (!d->ended && !input_read(d->in, to->ptr + to->len, CHUNK, &n, err)) {
            buf->len = from;
            return false;
        }
        to->len += n;
        d->ended = n == 0;
        if (to->len == (direct ? from : 0))
            break;
        if (direct && keep_valid(d, buf, from))
            continue;
        size_t use = usable(d);
        decode(d, str_make(d->raw.ptr, use), buf);
        if (use > 0)
            memmove(d->raw.ptr, d->raw.ptr + use, d->raw.len - use);
        d->raw.len -= use;
    }
    if (d->ended && d->lead) {
        d->lead = 0;
        add_replacement(d, buf);
    }
    *ret_n = buf->len - from;
    return true;
}

void decode_name(struct str raw, struct text_buf *buf) {
    struct decoder d = {.encoding = ENCODING_UTF8};
    if (decode_valid_prefix(raw) == raw.len)
        text_buf_add(buf, raw);
    else if (!gb18030_add(&d.gb, raw, NULL, buf))
        add_broken_utf8(&d, raw, buf);
    gb18030_done(&d.gb);
}
