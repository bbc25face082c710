// SPDX-License-Identifier: Apache-2.0
#include "search/postings.h"

#include <stdlib.h>

#include "base/vec.h"

size_t varint_put(uint64_t v, uint8_t *out) {
    size_t n = 0;
    for (; v >= 0x80; v >>= 7)
        out[n++] = (uint8_t)(v | 0x80);
    out[n++] = (uint8_t)v;
    return n;
}

// The next number; NULL when the bytes end within it or it is longer than 64 bits.
static inline const uint8_t *read_number(const uint8_t *p, const uint8_t *end, uint64_t *ret) {
    if (p < end && *p < 0x80) {
        *ret = *p;
        return p + 1;
    }
    uint64_t v = 0;
    for (unsigned shift = 0; p < end && shift < 64; shift += 7) {
        v |= (uint64_t)(*p & 0x7F) << shift;
        if (*p++ < 0x80) {
            *ret = v;
            return p;
        }
    }
    return NULL;
}

bool varint_get(struct str *rest, uint64_t *ret) {
    const uint8_t *from = (const uint8_t *)rest->ptr;
    const uint8_t *p = from ? read_number(from, from + rest->len, ret) : NULL;
    if (!p)
        return false;
    *rest = str_make((const char *)p, rest->len - (size_t)(p - from));
    return true;
}

size_t postings_put(struct place_end *end, uint32_t doc, uint32_t pos, uint8_t *out) {
    size_t n;
    if (end->any && doc == end->doc) {
        n = varint_put((uint64_t)(pos - end->pos) << 1, out);
    } else {
        n = varint_put((uint64_t)(doc - end->doc) << 1 | 1, out);
        n += varint_put(pos, out + n);
    }
    *end = (struct place_end){doc, pos, true};
    return n;
}

bool postings_docs(struct str bytes, uint32_t n_docs, uint64_t *bits) {
    const uint8_t *p = (const uint8_t *)bytes.ptr, *end = p + bytes.len;
    uint64_t doc = 0, v;
    while (p < end) {
        if (!(p = read_number(p, end, &v)))
            return false;
        if (!(v & 1))
            continue;
        doc += v >> 1;
        if (doc >= n_docs || !(p = read_number(p, end, &v)))
            return false;
        bits_set(bits, (uint32_t)doc);
    }
    return true;
}

bool postings_places(struct str bytes, uint32_t n_docs, struct places *ret) {
    const uint8_t *p = (const uint8_t *)bytes.ptr, *end = p + bytes.len;
    uint64_t doc = 0, pos = 0, v;
    while (p < end) {
        if (!(p = read_number(p, end, &v)))
            return false;
        if (v & 1) {
            doc += v >> 1;
            if (!(p = read_number(p, end, &pos)))
                return false;
        } else {
            pos += v >> 1;
        }
        if (doc >= n_docs || pos > UINT32_MAX)
            return false;
        vec_push(ret, doc << 32 | pos);
    }
    return true;
}

static int by_place(const void *a, const void *b) {
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

void places_sort(struct places *p) {
    for (size_t i = 1; i < p->len; i++)
        if (p->items[i] < p->items[i - 1]) {
            qsort(p->items, p->len, sizeof *p->items, by_place);
            return;
        }
}

void places_done(struct places *p) {
    vec_done(p);
}

bool bits_any(const uint64_t *bits, size_t words) {
    for (size_t i = 0; i < words; i++)
        if (bits[i])
            return true;
    return false;
}
