// SPDX-License-Identifier: Apache-2.0
// Addresses, handles and plates made of letters and digits.
#include "base/utf8.h"
#include "nlp/pii_parts.h"

static bool is_local(uint32_t c) { // of an e-mail address, before the @
    return pii_is_alnum(c) || c == '.' || c == '_' || c == '-' || c == '+' || c == '%';
}

static size_t skip_spaces(const struct pii_text *t, size_t i) {
    while (i < t->n && pii_is_space(t->chars[i].c))
        i++;
    return i;
}

static const struct str at_signs[] = {STR_INIT("@"),      STR_INIT("(at)"),   STR_INIT("[at]"),
                                      STR_INIT("【at】"), STR_INIT("（at）"), STR_INIT("艾特"),
                                      STR_INIT("#"),      STR_INIT("{at}"),   STR_INIT(" at ")};

// Length of an “@” at i, also written (at), [at], 艾特, #; 0 if none.
static size_t at_sign(const struct pii_text *t, size_t i) {
    return pii_match(t, i, at_signs, ARRAY_LEN(at_signs));
}

// Length of a “.” at i, also written 。, 点, (dot), [dot]; 0 if none.
static size_t dot_sign(const struct pii_text *t, size_t i) {
    static const struct str signs[] = {STR_INIT("."),     STR_INIT("。"),    STR_INIT("点"),
                                       STR_INIT("(dot)"), STR_INIT("[dot]"), STR_INIT("·"),
                                       STR_INIT(" dot ")};
    return pii_match(t, i, signs, ARRAY_LEN(signs));
}

// End of the domain that starts at i, or 0.
static size_t domain_end(const struct pii_text *t, size_t i) {
    size_t labels = 0, end = 0;
    for (;;) {
        size_t from = i;
        while (pii_is_alnum(pii_at(t, i)) || (pii_at(t, i) == '-' && i > from))
            i++;
        if (i == from)
            return end;
        bool letters = true;
        for (size_t k = from; k < i; k++)
            letters = letters && pii_at(t, k) >= 'a' && pii_at(t, k) <= 'z';
        if (++labels >= 2 && letters && i - from >= 2 && i - from <= 12)
            end = i;
        size_t dot = dot_sign(t, i);
        size_t gap = dot ? i : skip_spaces(t, i);
        dot = dot ? dot : (gap - i <= 1 ? dot_sign(t, gap) : 0);
        if (!dot)
            return end;
        i = gap + dot;
        if (skip_spaces(t, i) - i <= 1 && pii_at(t, gap) == '.')
            i = skip_spaces(t, i);
    }
}

// An e-mail address around the sign at i; returns where it ends, or i.
static size_t take_email(const struct pii_text *t, size_t i, size_t floor,
                         struct pii_found *found) {
    size_t sign = at_sign(t, i);
    if (!sign)
        return i;
    size_t from = i;
    if (from > floor && pii_is_space(t->chars[from - 1].c))
        from--;
    size_t local_end = from;
    while (from > floor && is_local(t->chars[from - 1].c) && local_end - from < 64)
        from--;
    while (from < local_end && !pii_is_alnum(t->chars[from].c))
        from++;
    size_t end = domain_end(t, skip_spaces(t, i + sign));
    if (from == local_end || !end || (pii_at(t, i) == '#' && local_end != i))
        return i;
    pii_add(found, PII_EMAIL, from, end);
    return end;
}

static bool is_plate_letter(uint32_t c) {
    return c >= 'a' && c <= 'z' && c != 'i' && c != 'o';
}

static bool is_plate_letter_near(const struct pii_text *t, size_t i) {
    return is_plate_letter(pii_at(t, i + 1)) || pii_is_space(pii_at(t, i + 1));
}

static bool is_plate_place(uint32_t c) {
    static const uint32_t places[] = {
        0x4EAC, 0x6D25, 0x6CAA, 0x6E1D, 0x5180, 0x8C6B, 0x4E91, 0x8FBD, 0x9ED1, 0x6E58, 0x7696,
        0x9C81, 0x65B0, 0x82CF, 0x6D59, 0x8D63, 0x9102, 0x6842, 0x7518, 0x664B, 0x8499, 0x9655,
        0x5409, 0x95FD, 0x8D35, 0x7CA4, 0x9752, 0x85CF, 0x5DDD, 0x5B81, 0x743C};
    for (size_t i = 0; i < ARRAY_LEN(places); i++)
        if (places[i] == c)
            return true;
    return false;
}

static bool is_plate_dot(uint32_t c) {
    return c == 0xB7 || c == 0x2022 || c == 0x30FB || c == '.' || c == '-' || c == 0x2027;
}

static size_t take_plate(const struct pii_text *t, size_t i, struct pii_found *found) {
    static const uint32_t endings[] = {0x6302 /*挂*/, 0x5B66 /*学*/, 0x8B66 /*警*/, 0x6E2F /*港*/,
                                       0x6FB3 /*澳*/};
    if (!is_plate_place(pii_at(t, i)))
        return i;
    size_t k = skip_spaces(t, i + 1);
    if (!is_plate_letter(pii_at(t, k)) || k > i + 2)
        return i;
    k = skip_spaces(t, k + 1);
    if (is_plate_dot(pii_at(t, k)))
        k = skip_spaces(t, k + 1);
    size_t n = 0, digits = 0;
    for (; n < 7; k++) {
        uint32_t c = pii_at(t, k);
        bool is_digit = t->chars[MIN(k, t->n)].kind == DIGIT_PLAIN;
        if (!is_digit && !is_plate_letter(c))
            break;
        digits += is_digit;
        n++;
    }
    if (n == 4)
        for (size_t e = 0; e < ARRAY_LEN(endings); e++)
            if (pii_at(t, k) == endings[e]) {
                n++;
                k++;
                break;
            }
    if ((n != 5 && n != 6) || digits < 2 || (n == 6 && digits < 4) || pii_is_alnum(pii_at(t, k)))
        return i;
    pii_add(found, PII_PLATE, i, k);
    return k;
}

static size_t take_passport(const struct pii_text *t, size_t i, struct pii_found *found) {
    static const struct str words[] = {STR_INIT("护照"), STR_INIT("passport"), STR_INIT("通行证"),
                                       STR_INIT("回乡证"), STR_INIT("台胞证")};
    uint32_t c = pii_at(t, i);
    if (c < 'a' || c > 'z' || (i > 0 && pii_is_alnum(pii_at(t, i - 1))))
        return i;
    size_t k = i + 1, letters = 1, digits = 0;
    if (pii_at(t, k) >= 'a' && pii_at(t, k) <= 'z') {
        k++;
        letters++;
    }
    for (; k < t->n && t->chars[k].kind == DIGIT_PLAIN; k++)
        digits++;
    if (digits < 7 || digits > 9 || letters + digits < 8 || letters + digits > 10 ||
        pii_is_alnum(pii_at(t, k)) || !pii_has_before(t, i, 16, words, ARRAY_LEN(words)))
        return i;
    pii_add(found, PII_PASSPORT, i, k);
    return k;
}

// What may stand between “微信” and the id.
static size_t skip_link(const struct pii_text *t, size_t i) {
    static const struct str links[] = {
        STR_INIT("号码"), STR_INIT("号"), STR_INIT("是"), STR_INIT("为"), STR_INIT("叫"),
        STR_INIT(":"),    STR_INIT("："), STR_INIT("id"), STR_INIT("="),  STR_INIT("同号"),
        STR_INIT("群"),   STR_INIT("，"), STR_INIT(","),  STR_INIT("我"), STR_INIT("-"),
        STR_INIT("联系"), STR_INIT("】"), STR_INIT("("),  STR_INIT("加")};
    for (int steps = 0; steps < 5; steps++) {
        i = skip_spaces(t, i);
        size_t n = pii_match(t, i, links, ARRAY_LEN(links));
        if (!n)
            break;
        i += n;
    }
    return i;
}

static const struct str wechat_words[] = {
    STR_INIT("微信"), STR_INIT("薇信"), STR_INIT("威信"),   STR_INIT("微 信"),  STR_INIT("v信"),
    STR_INIT("vx"),   STR_INIT("wx"),   STR_INIT("weixin"), STR_INIT("wechat"), STR_INIT("加v"),
    STR_INIT("+v"),   STR_INIT("加薇"), STR_INIT("加微"),   STR_INIT("v:"),     STR_INIT("微我")};
static const struct str qq_words[] = {STR_INIT("qq"),   STR_INIT("扣扣"), STR_INIT("企鹅号"),
                                      STR_INIT("球球"), STR_INIT("q号"),  STR_INIT("加q"),
                                      STR_INIT("q:")};

static size_t take_handle(const struct pii_text *t, size_t i, struct pii_found *found) {
    size_t n = pii_match(t, i, wechat_words, ARRAY_LEN(wechat_words)),
           m = pii_match(t, i, qq_words, ARRAY_LEN(qq_words));
    if ((!n && !m) || (pii_is_alnum(pii_at(t, i)) && i > 0 && pii_is_alnum(pii_at(t, i - 1))))
        return i;
    size_t from = skip_link(t, i + MAX(n, m)), end = from, digits = 0;
    while (pii_is_alnum(pii_at(t, end)) || t->chars[MIN(end, t->n)].kind == DIGIT_PLAIN ||
           ((pii_at(t, end) == '_' || pii_at(t, end) == '-') && n)) {
        digits += t->chars[end].kind == DIGIT_PLAIN;
        end++;
    }
    size_t len = end - from;
    if (m && !n) {
        if (digits != len || len < 5 || len > 11 || t->chars[from].digit == 0 ||
            pii_at(t, end) == '@' || pii_at(t, end) == '.')
            return i;
        pii_add(found, PII_QQ, from, end);
        return end;
    }
    // Names of programs and phones after 微信 are words; ids nearly always have a digit, _ or -.
    if (len < 5 || len > 20 || pii_at(t, end) == '@' ||
        (pii_at(t, end) == '.' && pii_is_alnum(pii_at(t, end + 1))))
        return i;
    // “加我微信 abcdefg”: said to be one's own
    static const struct str own[] = {STR_INIT("加"), STR_INIT("加我"), STR_INIT("我的"),
                                     STR_INIT("我")};
    bool has_mark = digits > 0 || (len >= 6 && pii_has_before(t, i, 3, own, ARRAY_LEN(own)));
    for (size_t k = from; k < end; k++)
        has_mark = has_mark || pii_at(t, k) == '_' || pii_at(t, k) == '-';
    if (!has_mark && from == i + MAX(n, m))
        return i;
    pii_add(found, PII_WECHAT, from, end);
    return end;
}

void pii_find_words(const struct pii_text *t, struct pii_found *found) {
    size_t floor = 0;
    struct pii_filter signs = {0}, handles = {0};
    pii_filter_add(&signs, at_signs, ARRAY_LEN(at_signs));
    pii_filter_add(&handles, wechat_words, ARRAY_LEN(wechat_words));
    pii_filter_add(&handles, qq_words, ARRAY_LEN(qq_words));
    for (size_t i = 0; i < t->n;) {
        uint32_t c = t->chars[i].c;
        size_t next = pii_may_begin(&signs, c) ? take_email(t, i, floor, found) : i;
        if (next == i && c >= 0x4E00 && is_plate_letter_near(t, i))
            next = take_plate(t, i, found);
        if (next == i && c >= 'a' && c <= 'z')
            next = take_passport(t, i, found);
        if (next == i && pii_may_begin(&handles, c))
            next = take_handle(t, i, found);
        if (next > i)
            floor = next;
        i = next == i ? i + 1 : next;
    }
}
