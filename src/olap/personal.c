// SPDX-License-Identifier: Apache-2.0
#include "olap/personal.h"

#define MAX_DIGITS 40 // of one run; a longer run is a number no person has

// Digits with at most one space, dash or dot between two of them.
struct run {
    char digits[MAX_DIGITS];
    bool gap_before[MAX_DIGITS]; // a separator stands before digit i
    size_t n;
    bool ends_in_x; // an x or X follows at once: the last place of an identity card
};

// A digit at `at`, ASCII or full-width (U+FF10 … U+FF19); its length in bytes, 0 if there is none.
static size_t digit_at(struct str s, size_t at, char *ret) {
    const unsigned char *p = (const unsigned char *)s.ptr + at;
    if (at < s.len && p[0] >= '0' && p[0] <= '9') {
        *ret = (char)p[0];
        return 1;
    }
    if (at + 3 <= s.len && p[0] == 0xEF && p[1] == 0xBC && p[2] >= 0x90 && p[2] <= 0x99) {
        *ret = (char)('0' + (p[2] - 0x90));
        return 3;
    }
    return 0;
}

static bool is_separator(char c) {
    return c == ' ' || c == '-' || c == '.';
}

// The run that begins at `at`; returns where it ends.
static size_t read_run(struct str s, size_t at, struct run *ret) {
    bool gap = false;
    *ret = (struct run){0};
    for (;;) {
        char digit;
        size_t bytes = digit_at(s, at, &digit);
        if (bytes == 0 && !gap && ret->n && at < s.len && is_separator(s.ptr[at])) {
            char next;
            if (!digit_at(s, at + 1, &next))
                break;
            gap = true;
            at++;
            continue;
        }
        if (bytes == 0)
            break;
        if (ret->n < MAX_DIGITS) {
            ret->digits[ret->n] = digit;
            ret->gap_before[ret->n] = gap;
        }
        ret->n++;
        gap = false;
        at += bytes;
    }
    ret->ends_in_x = at < s.len && (s.ptr[at] == 'x' || s.ptr[at] == 'X');
    return at;
}

static int number(const char *digits, size_t n) {
    int x = 0;
    for (size_t i = 0; i < n; i++)
        x = x * 10 + (digits[i] - '0');
    return x;
}

// Gaps only where people group a number: before digit `a` and `b`.
static bool grouped(const struct run *r, size_t from, size_t a, size_t b) {
    for (size_t i = from + 1; i < r->n; i++)
        if (r->gap_before[i] && i != a && i != b)
            return false;
    return true;
}

static bool is_mobile(const struct run *r) {
    size_t from = 0;
    if (r->n == 13 && r->digits[0] == '8' && r->digits[1] == '6')
        from = 2;
    else if (r->n == 15 && number(r->digits, 4) == 86) // 0086
        from = 4;
    return r->n == from + 11 && r->digits[from] == '1' && r->digits[from + 1] >= '3' &&
           grouped(r, from, from + 3, from + 7);
}

static bool is_landline(const struct run *r) {
    if (r->n < 10 || r->n > 12 || r->digits[0] != '0' || r->digits[1] == '0')
        return false;
    return grouped(r, 0, 3, 4);
}

static bool has_gap(const struct run *r) {
    for (size_t i = 0; i < r->n && i < MAX_DIGITS; i++)
        if (r->gap_before[i])
            return true;
    return false;
}

static bool is_birth_date(int year, int month, int day) {
    return year >= 1900 && year <= 2099 && month >= 1 && month <= 12 && day >= 1 && day <= 31;
}

static bool is_id_card(const struct run *r) {
    if (has_gap(r) || r->digits[0] == '0' || r->digits[0] == '9')
        return false;
    const char *d = r->digits;
    if (r->n == 18 || (r->n == 17 && r->ends_in_x))
        return is_birth_date(number(d + 6, 4), number(d + 10, 2), number(d + 12, 2));
    if (r->n == 15)
        return is_birth_date(1900 + number(d + 6, 2), number(d + 8, 2), number(d + 10, 2));
    return false;
}

static bool passes_luhn(const struct run *r) {
    int sum = 0;
    for (size_t i = 0; i < r->n; i++) {
        int x = r->digits[r->n - 1 - i] - '0';
        x = i % 2 ? 2 * x : x;
        sum += x > 9 ? x - 9 : x;
    }
    return sum % 10 == 0;
}

static bool is_bank_card(const struct run *r) {
    if (r->n < 16 || r->n > 19)
        return false;
    int two = number(r->digits, 2);
    bool issuer = two == 62 || (r->n == 16 && (r->digits[0] == '4' || (two >= 51 && two <= 55)));
    return issuer && passes_luhn(r);
}

static bool is_word(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-' || c == '+';
}

// A word, an @, a word, a dot, a letter.
static bool has_email(struct str s) {
    for (size_t i = 1; i + 1 < s.len; i++) {
        if (s.ptr[i] != '@' || !(is_word(s.ptr[i - 1]) || s.ptr[i - 1] == '.'))
            continue;
        size_t end = i + 1;
        while (end < s.len && is_word(s.ptr[end]))
            end++;
        if (end > i + 1 && end + 1 < s.len && s.ptr[end] == '.' && is_word(s.ptr[end + 1]))
            return true;
    }
    return false;
}

bool personal_refuses(struct str value) {
    if (value.len > FACT_VALUE_MAX_BYTES || str_find_char(value, '\n') != STR_NONE ||
        str_find_char(value, '\r') != STR_NONE || has_email(value))
        return true;
    for (size_t at = 0; at < value.len;) {
        char digit;
        if (!digit_at(value, at, &digit)) {
            at++;
            continue;
        }
        struct run r;
        at = read_run(value, at, &r);
        if (r.n < MAX_DIGITS &&
            (is_mobile(&r) || is_landline(&r) || is_id_card(&r) || is_bank_card(&r)))
            return true;
    }
    return false;
}
