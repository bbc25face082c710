// SPDX-License-Identifier: Apache-2.0
// From what stands in a record to keys that can be compared.
#include <ctype.h>

#include "base/strbuf.h"
#include "base/utf8.h"
#include "unify/identity.h"

#define MAX_DIGITS 20

const struct identity_label identity_labels[N_IDENTITY_KINDS] = {
    [IDENTITY_EXTERNAL] = {"external_id", {"客户编号", "customer id"}},
    [IDENTITY_UNIONID] = {"unionid", {"unionid", "unionid"}},
    [IDENTITY_OPENID] = {"openid", {"openid", "openid"}},
    [IDENTITY_PHONE] = {"phone", {"电话", "telephone number"}},
    [IDENTITY_EMAIL] = {"email", {"邮箱", "e-mail address"}},
};

int identity_find(struct str code) {
    for (int i = 0; i < N_IDENTITY_KINDS; i++)
        if (str_eq(code, str_from(identity_labels[i].code)))
            return i;
    return -1;
}

// Full-width forms as the ASCII they stand for.
static uint32_t narrow(uint32_t c) {
    if (c >= 0xFF01 && c <= 0xFF5E)
        return c - 0xFEE0;
    return c == 0x3000 || c == 0xA0 ? ' ' : c;
}

static struct str narrowed(struct str s, struct arena *a) {
    CLEANUP(strbuf_done) struct strbuf sb = strbuf_init(8 * KIB);
    for (size_t at = 0; at < s.len;)
        strbuf_add_utf8(&sb, narrow(utf8_next(s, &at)));
    return str_trim(arena_str(a, strbuf_str(&sb)));
}

// ── what says nothing ──

static const struct str nobody[] = {
    STR_INIT("匿名"), STR_INIT("匿名用户"),  STR_INIT("匿名买家"), STR_INIT("匿名客户"),
    STR_INIT("游客"), STR_INIT("未知"),      STR_INIT("无"),       STR_INIT("暂无"),
    STR_INIT("散客"), STR_INIT("anonymous"), STR_INIT("unknown"),  STR_INIT("guest"),
    STR_INIT("null"), STR_INIT("none"),      STR_INIT("nil"),      STR_INIT("n/a"),
    STR_INIT("na"),   STR_INIT("undefined"), STR_INIT("test"),     STR_INIT("nobody"),
    STR_INIT("用户"), STR_INIT("客户"),      STR_INIT("顾客"),     STR_INIT("admin"),
};

static bool is_one_sign(struct str s) { // "0", "-", "000000", "----"
    if (s.len && isalpha((unsigned char)s.ptr[0]))
        return false;
    for (size_t i = 1; i < s.len; i++)
        if (s.ptr[i] != s.ptr[0])
            return false;
    return s.len > 0 && (uint8_t)s.ptr[0] < 0x80;
}

bool identity_is_masked(struct str raw) {
    struct str s = str_trim(raw);
    static const struct str masks[] = {STR_INIT("*"),
                                       STR_INIT("＊"),
                                       STR_INIT("●"),
                                       STR_INIT("•"),
                                       STR_INIT("…"),
                                       STR_INIT("xxx"),
                                       STR_INIT("XX"
                                                "X"),
                                       STR_INIT("某")};
    for (size_t i = 0; i < ARRAY_LEN(nobody); i++)
        if (str_eq_nocase(s, nobody[i]))
            return true;
    for (size_t i = 0; i < ARRAY_LEN(masks); i++)
        if (str_has(s, masks[i]))
            return true;
    return s.len == 0 || is_one_sign(s);
}

// ── telephone numbers ──

struct number {
    char digits[MAX_DIGITS + 1], extension[8];
    size_t n, n_extension;
    bool plus; // with a country code
};

static bool is_extension_mark(struct str s, size_t *at) {
    static const struct str marks[] = {STR_INIT("转"),   STR_INIT("轉"),  STR_INIT("分机"),
                                       STR_INIT("ext."), STR_INIT("ext"), STR_INIT("Ext."),
                                       STR_INIT("Ext"),  STR_INIT("EXT"), STR_INIT("x"),
                                       STR_INIT("X"),    STR_INIT("#")};
    for (size_t i = 0; i < ARRAY_LEN(marks); i++)
        if (str_starts(str_slice(s, *at, s.len), marks[i])) {
            *at += marks[i].len;
            return true;
        }
    return false;
}

static bool is_filler(uint32_t c) {
    static const uint32_t fillers[] = {' ',    '-',    '.',    '(',    ')',    '/',    0x2010,
                                       0x2011, 0x2012, 0x2013, 0x2014, 0x2015, 0x2212, 0xB7,
                                       0x200B, 0x202A, 0x202C, 0x2060, 0xFEFF};
    for (size_t i = 0; i < ARRAY_LEN(fillers); i++)
        if (c == fillers[i])
            return true;
    return false;
}

// Digits, country code mark and extension. False if there is anything else in it.
static bool read_number(struct str s, struct number *ret) {
    bool in_extension = false;
    *ret = (struct number){.n = 0};
    for (size_t at = 0; at < s.len;) {
        if (ret->n && !in_extension && is_extension_mark(s, &at)) {
            in_extension = true;
            continue;
        }
        uint32_t c = utf8_next(s, &at);
        if (c >= '0' && c <= '9') {
            if (in_extension ? ret->n_extension == sizeof ret->extension - 1 : ret->n == MAX_DIGITS)
                return false;
            if (in_extension)
                ret->extension[ret->n_extension++] = (char)c;
            else
                ret->digits[ret->n++] = (char)c;
        } else if (c == '+' && ret->n == 0 && !ret->plus) {
            ret->plus = true;
        } else if (!is_filler(c)) {
            return false;
        }
    }
    return ret->n > 0;
}

static void drop(struct number *n, size_t from, size_t count) {
    memmove(n->digits + from, n->digits + from + count, n->n - from - count + 1);
    n->n -= count;
}

static bool starts(const struct number *n, const char *prefix) {
    return str_starts(str_make(n->digits, n->n), str_from(prefix));
}

static bool is_mobile(const char *d, size_t n) {
    return n == 11 && d[0] == '1' && d[1] >= '3';
}

// Area code (without its 0) and number: 10 and 2x have two digits and eight, others three and seven or eight.
static bool is_landline(const char *d, size_t n) {
    if (n < 10 || n > 11 || d[0] == '0')
        return false;
    bool short_area = (d[0] == '1' && d[1] == '0') || d[0] == '2';
    const char *local = d + (short_area ? 2 : 3);
    if (d[0] == '1' && !short_area)
        return false;
    return (short_area ? n == 10 : d[0] >= '3') && *local >= '2';
}

// 13800138000 stands in every example; 11111111111 is nobody's.
static bool is_placeholder(const struct number *n) {
    static const char *const known[] = {"13800138000", "13812345678", "13888888888",
                                        "13900000000", "13800000000", "18888888888"};
    struct str s = str_make(n->digits, n->n);
    for (size_t i = 0; i < ARRAY_LEN(known); i++)
        if (str_ends(s, str_from(known[i])))
            return true;
    return is_one_sign(s);
}

static bool format_number(const struct number *n, const char *country, struct arena *a,
                          struct str *ret) {
    if (is_placeholder(n))
        return false;
    *ret = n->n_extension ? arena_printf(a, "+%s%sx%s", country, n->digits, n->extension)
                          : arena_printf(a, "+%s%s", country, n->digits);
    return true;
}

bool identity_phone(struct str raw, struct arena *a, struct str *ret) {
    struct number n;
    struct str s = narrowed(raw, a);
    size_t zero = str_find(s, STR("(0)")); // +44 (0)20 …: the 0 is not dialled
    if (str_starts(s, STR("+")) && zero != STR_NONE)
        s = arena_printf(a, "%.*s%.*s", STR_ARG(str_slice(s, 0, zero)),
                         STR_ARG(str_slice(s, zero + 3, s.len)));
    if (identity_is_masked(s) || !read_number(s, &n))
        return false;
    if (!n.plus && starts(&n, "00")) {
        drop(&n, 0, 2);
        n.plus = true;
    }
    bool chinese = !n.plus;
    if (starts(&n, "86") && (n.plus || n.n >= 12)) {
        drop(&n, 0, 2);
        n.plus = chinese = true;
    }
    if (!chinese)
        return n.n >= 8 && n.n <= 15 && n.digits[0] != '0' && format_number(&n, "", a, ret);
    bool area = starts(&n, "0");
    if (area)
        drop(&n, 0, 1);
    if (starts(&n, "400") || starts(&n, "800"))
        return false;
    // A bare ten-digit number without 0 and without country may be from anywhere.
    bool ok = is_mobile(n.digits, n.n) || ((area || n.plus) && is_landline(n.digits, n.n));
    return ok && format_number(&n, "86", a, ret);
}

// ── e-mail addresses ──

static bool is_nobodys_address(struct str local, struct str domain) {
    static const struct str locals[] = {
        STR_INIT("noreply"), STR_INIT("no-reply"), STR_INIT("no_reply"),  STR_INIT("donotreply"),
        STR_INIT("none"),    STR_INIT("null"),     STR_INIT("anonymous"), STR_INIT("unknown")};
    static const struct str domains[] = {STR_INIT("example.com"), STR_INIT("example.org"),
                                         STR_INIT("example.net"), STR_INIT("test.com")};
    for (size_t i = 0; i < ARRAY_LEN(locals); i++)
        if (str_eq(local, locals[i]))
            return true;
    for (size_t i = 0; i < ARRAY_LEN(domains); i++)
        if (str_eq(domain, domains[i]))
            return true;
    return str_ends(domain, STR(".invalid")) || str_ends(domain, STR(".test"));
}

static bool is_domain(struct str s) {
    struct str label;
    size_t n = 0;
    bool numeric = true;
    if (s.len > 253 || str_ends(s, STR(".")))
        return false;
    while (str_cut(&s, '.', &label)) {
        if (label.len == 0 || label.len > 63 || label.ptr[0] == '-' || str_ends(label, STR("-")))
            return false;
        numeric = true;
        for (size_t i = 0; i < label.len; i++) {
            unsigned char c = (unsigned char)label.ptr[i];
            if (!isalnum(c) && c != '-' && c < 0x80)
                return false;
            numeric = numeric && isdigit(c);
        }
        n++;
    }
    return n >= 2 && !numeric;
}

bool identity_email(struct str raw, struct arena *a, struct str *ret) {
    struct str s = narrowed(raw, a);
    if (str_starts(s, STR("mailto:")))
        s = str_slice(s, 7, s.len);
    if (str_starts(s, STR("<")) && str_ends(s, STR(">")))
        s = str_slice(s, 1, s.len - 1);
    size_t at = str_find_char(s, '@');
    if (at == STR_NONE || at == 0 || at > 64 || s.len > 254 || identity_is_masked(s))
        return false;
    char *lower = arena_alloc(a, s.len + 1);
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.ptr[i];
        if (c <= ' ' || c == 0x7F || (i > at && c == '@') || strchr(",;:\"()<>[]\\", c))
            return false;
        lower[i] = c < 0x80 ? (char)tolower(c) : s.ptr[i];
    }
    s = str_make(lower, s.len);
    struct str local = str_slice(s, 0, at), domain = str_slice(s, at + 1, s.len);
    if (!is_domain(domain) || is_nobodys_address(local, domain))
        return false;
    *ret = s;
    return true;
}

// ── a record's keys ──

static bool identifier(struct str raw, struct str scope, struct arena *a, struct str *ret) {
    struct str s = narrowed(raw, a);
    if (identity_is_masked(s))
        return false;
    *ret = scope.len ? arena_printf(a, "%.*s\x1f%.*s", STR_ARG(scope), STR_ARG(s)) : s;
    return true;
}

size_t identity_keys(const struct record_customer *c, struct str source, struct arena *a,
                     struct identity_key ret[IDENTITY_MAX_KEYS]) {
    size_t n = 0;
    for (int kind = 0; kind < N_IDENTITY_KINDS; kind++) {
        struct str value = {0};
        bool has = false;
        switch ((enum identity_kind)kind) {
        case IDENTITY_EXTERNAL:
            has = identifier(c->external_id, source.len ? source : STR("?"), a, &value);
            break;
        case IDENTITY_UNIONID:
            has = identifier(c->unionid, STR(""), a, &value);
            break;
        case IDENTITY_OPENID:
            has = identifier(c->openid, STR(""), a, &value);
            break;
        case IDENTITY_PHONE:
            has = identity_phone(c->phone, a, &value);
            break;
        case IDENTITY_EMAIL:
            has = identity_email(c->email, a, &value);
            break;
        case N_IDENTITY_KINDS:
            break;
        }
        if (has)
            ret[n++] = (struct identity_key){(enum identity_kind)kind, value};
    }
    return n;
}

// ── for people ──

static struct str middle_hidden(struct str s, size_t head, size_t tail, struct arena *a) {
    size_t n = utf8_count(s);
    if (n <= head + tail) {
        head = n > 1;
        tail = 0;
    }
    return arena_printf(a, "%.*s***%.*s", STR_ARG(str_slice(s, 0, utf8_offset(s, head))),
                        STR_ARG(str_slice(s, utf8_offset(s, n - tail), s.len)));
}

struct str identity_shown(enum identity_kind kind, struct str value, struct arena *a) {
    size_t at;
    switch (kind) {
    case IDENTITY_EXTERNAL:
        at = str_find_char(value, '\x1f');
        return middle_hidden(at == STR_NONE ? value : str_slice(value, at + 1, value.len), 2, 2, a);
    case IDENTITY_PHONE:
        if (str_starts(value, STR("+86")) && value.len == 14)
            return arena_printf(a, "%.*s****%.*s", STR_ARG(str_slice(value, 3, 6)),
                                STR_ARG(str_slice(value, 10, 14)));
        return middle_hidden(value, 4, 3, a);
    case IDENTITY_EMAIL:
        at = str_find_char(value, '@');
        return arena_printf(a, "%.*s***%.*s", STR_ARG(utf8_cut(value, at != STR_NONE && at > 1)),
                            STR_ARG(at == STR_NONE ? STR("") : str_slice(value, at, value.len)));
    case IDENTITY_UNIONID:
    case IDENTITY_OPENID:
    case N_IDENTITY_KINDS:
        break;
    }
    return middle_hidden(value, 2, 2, a);
}
