// SPDX-License-Identifier: Apache-2.0
#include "base/str.h"

#include <math.h>
#include <stdlib.h>

#include "base/mem.h"

struct str str_from(const char *nul_terminated) {
    return (struct str){nul_terminated, nul_terminated ? strlen(nul_terminated) : 0};
}

bool str_eq(struct str a, struct str b) {
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

static char lower(char c) {
    return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

bool str_eq_nocase(struct str a, struct str b) {
    if (a.len != b.len)
        return false;
    for (size_t i = 0; i < a.len; i++)
        if (lower(a.ptr[i]) != lower(b.ptr[i]))
            return false;
    return true;
}

int str_cmp(struct str a, struct str b) {
    size_t n = MIN(a.len, b.len);
    int c = n ? memcmp(a.ptr, b.ptr, n) : 0;
    if (c)
        return c;
    return a.len < b.len ? -1 : a.len > b.len;
}

bool str_starts(struct str s, struct str prefix) {
    return s.len >= prefix.len && str_eq(str_make(s.ptr, prefix.len), prefix);
}

bool str_ends(struct str s, struct str suffix) {
    return s.len >= suffix.len &&
           str_eq(str_make(s.ptr + (s.len - suffix.len), suffix.len), suffix);
}

size_t str_find(struct str s, struct str needle) {
    if (needle.len == 0)
        return 0;
    if (needle.len > s.len)
        return STR_NONE;
    const char *p = memmem(s.ptr, s.len, needle.ptr, needle.len);
    return p ? (size_t)(p - s.ptr) : STR_NONE;
}

size_t str_find_char(struct str s, char c) {
    const char *p = s.len ? memchr(s.ptr, c, s.len) : NULL;
    return p ? (size_t)(p - s.ptr) : STR_NONE;
}

bool str_has(struct str s, struct str needle) {
    return str_find(s, needle) != STR_NONE;
}

struct str str_slice(struct str s, size_t from, size_t to) {
    if (to > s.len)
        to = s.len;
    if (from > to)
        from = to;
    return (struct str){s.ptr ? s.ptr + from : NULL, to - from};
}

// Bytes of the white-space character that starts (or ends) `s`, or 0.
static size_t space_at_start(struct str s) {
    if (s.len && (s.ptr[0] == ' ' || (s.ptr[0] >= '\t' && s.ptr[0] <= '\r')))
        return 1;
    if (str_starts(s, STR("\xC2\xA0")))
        return 2;
    if (str_starts(s, STR("\xE3\x80\x80")) || str_starts(s, STR("\xEF\xBB\xBF")))
        return 3;
    return 0;
}

static size_t space_at_end(struct str s) {
    if (s.len &&
        (s.ptr[s.len - 1] == ' ' || (s.ptr[s.len - 1] >= '\t' && s.ptr[s.len - 1] <= '\r')))
        return 1;
    if (str_ends(s, STR("\xC2\xA0")))
        return 2;
    if (str_ends(s, STR("\xE3\x80\x80")) || str_ends(s, STR("\xEF\xBB\xBF")))
        return 3;
    return 0;
}

struct str str_trim(struct str s) {
    for (size_t n; (n = space_at_start(s)) > 0;)
        s = str_slice(s, n, s.len);
    for (size_t n; (n = space_at_end(s)) > 0;)
        s = str_slice(s, 0, s.len - n);
    return s;
}

bool str_cut(struct str *rest, char sep, struct str *ret) {
    if (!rest->ptr)
        return false;
    size_t at = str_find_char(*rest, sep);
    if (at == STR_NONE) {
        bool some = rest->len > 0;
        *ret = *rest;
        *rest = (struct str){NULL, 0};
        return some;
    }
    *ret = str_slice(*rest, 0, at);
    *rest = str_slice(*rest, at + 1, rest->len);
    return true;
}

// Numbers are short: anything longer is not one. Returns false if `s` does not fit.
static bool number_chars(struct str s, char *buf, size_t cap) {
    while (s.len && (*s.ptr == ' ' || *s.ptr == '\t'))
        s = str_slice(s, 1, s.len);
    while (s.len && (s.ptr[s.len - 1] == ' ' || s.ptr[s.len - 1] == '\t'))
        s.len--;
    if (s.len == 0 || s.len >= cap)
        return false;
    for (size_t i = 0; i < s.len; i++) {
        char c = s.ptr[i];
        if (!((c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.' || c == 'e' || c == 'E'))
            return false;
        buf[i] = c;
    }
    buf[s.len] = '\0';
    return true;
}

bool str_to_int64(struct str s, int64_t *ret) {
    char buf[32];
    if (!number_chars(s, buf, sizeof buf))
        return false;
    size_t i = buf[0] == '-' || buf[0] == '+';
    bool negative = buf[0] == '-';
    if (!buf[i])
        return false;
    int64_t value = 0;
    for (; buf[i]; i++) {
        if (buf[i] < '0' || buf[i] > '9' || __builtin_mul_overflow(value, 10, &value) ||
            __builtin_sub_overflow(value, buf[i] - '0', &value))
            return false; // built up negatively: INT64_MIN has no positive twin
    }
    if (!negative && value == INT64_MIN)
        return false;
    *ret = negative ? value : -value;
    return true;
}

bool str_to_double(struct str s, double *ret) {
    char buf[64], *end;
    if (!number_chars(s, buf, sizeof buf))
        return false;
    double value = strtod(buf, &end);
    if (*end || end == buf || !isfinite(value))
        return false;
    *ret = value;
    return true;
}

uint64_t hash_u64(uint64_t x) {
    x ^= x >> 32;
    x *= 0xd6e8feb86659fd93u;
    x ^= x >> 32;
    x *= 0xd6e8feb86659fd93u;
    x ^= x >> 32;
    return x;
}

uint64_t str_hash(struct str s) {
    uint64_t h = 0x9e3779b97f4a7c15u ^ (s.len * 0xff51afd7ed558ccdu);
    const unsigned char *p = (const unsigned char *)s.ptr;
    size_t n = s.len;
    for (; n >= 8; p += 8, n -= 8) {
        uint64_t w = 0;
        for (int i = 7; i >= 0; i--)
            w = w << 8 | p[i];
        h = (h ^ w) * 0x9fb21c651e98df25u;
        h ^= h >> 29;
    }
    uint64_t w = 0;
    while (n > 0)
        w = w << 8 | p[--n];
    return hash_u64(h ^ w);
}

char *str_dup(struct str s) {
    char *p = mem_alloc(s.len + 1);
    if (s.len)
        memcpy(p, s.ptr, s.len);
    p[s.len] = '\0';
    return p;
}
