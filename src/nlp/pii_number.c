// SPDX-License-Identifier: Apache-2.0
// Numbers of people. Digits with at most two separators between them form a sequence; a sequence
// falls into groups at the separators and where the kind of numeral changes; a number must begin
// where a group begins and end where one ends, so that no part of an order number is taken for a
// telephone. Sources: GB 11643-1999 (ID numbers), ISO 7064 MOD 11-2, ISO/IEC 7812-1 (Luhn), the
// numbering plan of the Ministry of Industry and Information Technology.
#include "base/clock.h"
#include "nlp/pii_parts.h"

#define MAX_DIGITS 64

struct sequence {
    const struct pii_text *t;
    uint8_t digit[MAX_DIGITS];   // 10 is the X of an ID number
    size_t at[MAX_DIGITS];       // character of each digit
    bool begins[MAX_DIGITS + 1]; // a group begins at this digit; [n] is the end
    bool spaced[MAX_DIGITS + 1]; // because of a separator, not of the kind of numeral
    size_t n;
};

static const struct str phone_words[] = {
    STR_INIT("电话"), STR_INIT("手机"),  STR_INIT("联系"), STR_INIT("致电"),  STR_INIT("拨打"),
    STR_INIT("座机"), STR_INIT("固话"),  STR_INIT("tel"),  STR_INIT("phone"), STR_INIT("call"),
    STR_INIT("打给"), STR_INIT("回电"),  STR_INIT("微信"), STR_INIT("号码"),  STR_INIT("热线"),
    STR_INIT("传真"), STR_INIT("mobile")};
static const struct str order_words[] = {
    STR_INIT("订单"),   STR_INIT("单号"),   STR_INIT("运单"),   STR_INIT("编号"),
    STR_INIT("货号"),   STR_INIT("编码"),   STR_INIT("型号"),   STR_INIT("流水"),
    STR_INIT("条码"),   STR_INIT("序列号"), STR_INIT("款号"),   STR_INIT("批号"),
    STR_INIT("批次"),   STR_INIT("取件码"), STR_INIT("验证码"), STR_INIT("快递号"),
    STR_INIT("发票号"), STR_INIT("税号"),   STR_INIT("工单"),   STR_INIT("券码"),
    STR_INIT("兑换码"), STR_INIT("激活码"), STR_INIT("order"),  STR_INIT("tracking"),
    STR_INIT("imei"),   STR_INIT("isbn"),   STR_INIT("sn"),     STR_INIT("s/n"),
    STR_INIT("sku"),    STR_INIT("id:"),    STR_INIT("交易号"), STR_INIT("票号"),
    STR_INIT("保单号"), STR_INIT("合同号"), STR_INIT("户号"),   STR_INIT("商品id"),
    STR_INIT("会员号"), STR_INIT("交易单")};
static const struct str id_words[] = {
    STR_INIT("身份证"),   STR_INIT("证件"),      STR_INIT("身份证号"),
    STR_INIT("id card"),  STR_INIT("id number"), STR_INIT("sfz"),
    STR_INIT("公民身份"), STR_INIT("社保号"),    STR_INIT("实名")};
static const struct str bank_words[] = {
    STR_INIT("银行"),   STR_INIT("卡号"),      STR_INIT("账号"),   STR_INIT("帐号"),
    STR_INIT("储蓄卡"), STR_INIT("借记卡"),    STR_INIT("信用卡"), STR_INIT("打款"),
    STR_INIT("转账"),   STR_INIT("退款到"),    STR_INIT("收款"),   STR_INIT("card"),
    STR_INIT("的卡"),   STR_INIT("退到"),      STR_INIT("账户"),   STR_INIT("工行"),
    STR_INIT("建行"),   STR_INIT("农行"),      STR_INIT("招行"),   STR_INIT("中行"),
    STR_INIT("visa"),   STR_INIT("mastercard")};
#define BEFORE(t, i, window, words) pii_has_before(t, i, window, words, ARRAY_LEN(words))

static bool is_separator(uint32_t c) {
    switch (c) {
    case '-':
    case '.':
    case '_':
    case '*':
    case '/':
    case '|':
    case '~':
    case ',':
    case '+':
    case '(':
    case ')':
    case 0xB7:
    case 0x2010 ... 0x2015:
    case 0x2022:
    case 0x3001:
    case 0xFF0C:
    case 0xFE0F:
    case 0x20E3:
    case 0x30FB:
    case 0x2026:
        return true;
    default:
        return pii_is_space(c);
    }
}

// “o” for 0 and “l” for 1 inside a number.
static bool is_lookalike(const struct pii_text *t, size_t i, size_t n_before, uint8_t *ret) {
    uint32_t c = pii_at(t, i);
    if (c != 'o' && c != 'l')
        return false;
    *ret = c == 'l';
    bool before = i > 0 && t->chars[i - 1].kind == DIGIT_PLAIN,
         after = i + 1 < t->n && t->chars[i + 1].kind == DIGIT_PLAIN;
    uint32_t next = pii_at(t, i + 1), last = i > 0 ? pii_at(t, i - 1) : 0;
    return (before &&
            (after || next == 'o' || next == 'l' || (n_before == 10 && !pii_is_alnum(next)))) ||
           (after && (last == 'o' || last == 'l'));
}

// Reads the sequence that begins with the digit at i; returns the character after it.
static size_t read_sequence(const struct pii_text *t, size_t i, struct sequence *s) {
    *s = (struct sequence){.t = t};
    int gap = 0;
    uint8_t last_kind = DIGIT_NONE;
    size_t end = i;
    for (; i < t->n && s->n < MAX_DIGITS; i++) {
        uint8_t digit = t->chars[i].digit, kind = t->chars[i].kind;
        if (kind == DIGIT_NONE && gap == 0 && s->n && is_lookalike(t, i, s->n, &digit))
            kind = DIGIT_PLAIN;
        if (kind == DIGIT_NONE && pii_at(t, i) == 'x' && s->n >= 17 &&
            !pii_is_alnum(pii_at(t, i + 1))) {
            digit = 10;
            kind = last_kind;
        }
        if (kind == DIGIT_NONE) {
            if (!is_separator(t->chars[i].c) || ++gap > 2)
                break;
            continue;
        }
        s->spaced[s->n] = gap > 0;
        s->begins[s->n] = gap > 0 || kind != last_kind;
        s->digit[s->n] = digit;
        s->at[s->n++] = i;
        last_kind = kind;
        gap = 0;
        end = i + 1;
    }
    s->begins[s->n] = true;
    if (s->n == MAX_DIGITS) { // no number is that long: skip all of it
        s->begins[s->n] = false;
        while (end < t->n && (t->chars[end].kind != DIGIT_NONE || is_separator(t->chars[end].c)))
            end++;
    }
    return end;
}

static bool is_mobile(const uint8_t *d) {
    static const uint16_t third[10] = {
        [3] = 0x3FF, [4] = 0x3FF, [5] = 0x3EF, [6] = 0x0E6, [7] = 0x1FF, [8] = 0x3FF, [9] = 0x3FF};
    return d[0] == 1 && d[1] <= 9 && d[2] <= 9 && (third[d[1]] >> d[2] & 1);
}

static bool is_luhn(const uint8_t *d, size_t n) {
    int sum = 0;
    for (size_t i = 0; i < n; i++) {
        int v = d[n - 1 - i];
        if (v > 9)
            return false;
        if (i % 2)
            v = v * 2 > 9 ? v * 2 - 9 : v * 2;
        sum += v;
    }
    return sum % 10 == 0;
}

static int number_of(const uint8_t *d, size_t n) {
    int v = 0;
    for (size_t i = 0; i < n; i++)
        v = v * 10 + d[i];
    return v;
}

static bool is_province(int code) {
    static const uint8_t codes[] = {11, 12, 13, 14, 15, 21, 22, 23, 31, 32, 33, 34,
                                    35, 36, 37, 41, 42, 43, 44, 45, 46, 50, 51, 52,
                                    53, 54, 61, 62, 63, 64, 65, 71, 81, 82, 83};
    for (size_t i = 0; i < ARRAY_LEN(codes); i++)
        if (codes[i] == code)
            return true;
    return false;
}

static bool is_birthday(int year, int month, int day) {
    return year >= 1900 && year <= 2099 && month >= 1 && month <= 12 && day >= 1 &&
           day <= civil_days_in_month(year, month);
}

enum id_card {
    ID_NONE,
    ID_SHAPE, // region and birthday fit, the check digit does not
    ID_VALID,
};

static enum id_card id_card_18(const uint8_t *d) {
    static const uint8_t weights[17] = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
    static const uint8_t checks[11] = {1, 0, 10, 9, 8, 7, 6, 5, 4, 3, 2};
    int sum = 0;
    for (size_t i = 0; i < 17; i++) {
        if (d[i] > 9)
            return ID_NONE;
        sum += d[i] * weights[i];
    }
    if (!is_province(number_of(d, 2)) ||
        !is_birthday(number_of(d + 6, 4), number_of(d + 10, 2), number_of(d + 12, 2)))
        return ID_NONE;
    return checks[sum % 11] == d[17] ? ID_VALID : ID_SHAPE;
}

static bool is_id_card_15(const uint8_t *d) {
    return is_province(number_of(d, 2)) &&
           is_birthday(1900 + number_of(d + 6, 2), number_of(d + 8, 2), number_of(d + 10, 2));
}

static size_t groups_between(const struct sequence *s, size_t from, size_t to) {
    size_t n = 0;
    for (size_t i = from + 1; i < to; i++)
        n += s->begins[i];
    return n;
}

static bool ends_at(const struct sequence *s, size_t i) {
    return i <= s->n && s->begins[i];
}

// A letter right before or after makes it a model, a tracking number or part of a link.
static bool touches_letter(const struct sequence *s, size_t from, size_t to) {
    const struct pii_text *t = s->t;
    uint32_t before = s->at[from] > 0 ? pii_at(t, s->at[from] - 1) : 0,
             after = pii_at(t, s->at[to - 1] + 1);
    return (before >= 'a' && before <= 'z') || (after >= 'a' && after <= 'z');
}

static size_t take_id_card(const struct sequence *s, size_t i, struct pii_found *found) {
    const struct pii_text *t = s->t;
    if (i + 18 <= s->n && ends_at(s, i + 18)) {
        enum id_card kind = id_card_18(s->digit + i);
        if ((kind == ID_VALID && !touches_letter(s, i, i + 18)) ||
            (kind == ID_SHAPE && BEFORE(t, s->at[i], 12, id_words))) {
            pii_add(found, PII_ID_CARD, s->at[i], s->at[i + 17] + 1);
            return i + 18;
        }
    }
    if (i + 15 <= s->n && ends_at(s, i + 15) && is_id_card_15(s->digit + i) &&
        BEFORE(t, s->at[i], 12, id_words)) {
        pii_add(found, PII_ID_CARD, s->at[i], s->at[i + 14] + 1);
        return i + 15;
    }
    return i;
}

// Issuers: UnionPay 62 and the old ranges of Chinese banks; Visa, Mastercard, JCB, American
// Express.
static bool is_sure_issuer(const uint8_t *d) {
    int four = number_of(d, 4);
    return four / 100 == 62 || four == 9558 || four == 9559;
}

static bool is_issuer(const uint8_t *d, size_t n) {
    int two = number_of(d, 2), four = number_of(d, 4);
    return is_sure_issuer(d) ||
           (n == 16 && (d[0] == 4 || (two >= 51 && two <= 55) || (four >= 2221 && four <= 2720) ||
                        two == 35)) ||
           (n >= 16 && (two == 60 || two == 65 || two == 68 || two == 69 || two == 40 ||
                        two == 45 || two == 52 || two == 95));
}

static size_t take_bank_card(const struct sequence *s, size_t i, struct pii_found *found) {
    for (size_t n = 19; n >= 16; n--) {
        if (i + n > s->n || !ends_at(s, i + n) || !is_issuer(s->digit + i, n) ||
            !is_luhn(s->digit + i, n))
            continue;
        const struct pii_text *t = s->t;
        bool told = BEFORE(t, s->at[i], 14, bank_words), grouped = groups_between(s, i, i + n) >= 3;
        bool is_order = BEFORE(t, s->at[i], 8, order_words);
        if (touches_letter(s, i, i + n) || (is_order && !told) ||
            (!told && !grouped && !is_sure_issuer(s->digit + i)))
            continue;
        pii_add(found, PII_BANK_CARD, s->at[i], s->at[i + n - 1] + 1);
        return i + n;
    }
    return i;
}

static bool is_unit(uint32_t c) {
    static const uint32_t units[] = {0x5143 /*元*/, 0x5757 /*块*/, 0x4EF6 /*件*/, 0x4E2A /*个*/,
                                     0x5E74 /*年*/, 0x4EBF /*亿*/, 0x4E07 /*万*/, '%'};
    for (size_t i = 0; i < ARRAY_LEN(units); i++)
        if (c == units[i])
            return true;
    return false;
}

// 138-1234-5678, 1-381-…, or every digit alone; but not 1914·2~1966·12.
static bool is_telephone_grouping(const struct sequence *s, size_t from, size_t to) {
    size_t groups = 1, smallest = to - from, len = 0;
    for (size_t i = from; i < to; i++) {
        if (i > from && s->spaced[i]) {
            smallest = groups == 1 ? smallest : MIN(smallest, len); // the first may be short
            groups++;
            len = 0;
        }
        len++;
    }
    return groups == 1 || groups == to - from || (groups <= 4 && MIN(smallest, len) >= 3);
}

static size_t take_mobile(const struct sequence *s, size_t i, struct pii_found *found) {
    size_t from = i;
    if (i + 13 <= s->n && s->digit[i] == 8 && s->digit[i + 1] == 6)
        from = i + 2; // 86138…, +86 138…
    else if (i + 15 <= s->n && number_of(s->digit + i, 4) == 86)
        from = i + 4; // 0086…
    if (from + 11 > s->n || !ends_at(s, from + 11) || !is_mobile(s->digit + from))
        return i;
    for (size_t k = 0; k < 11; k++)
        if (s->digit[from + k] > 9)
            return i;
    const struct pii_text *t = s->t;
    size_t start = s->at[i], end = s->at[from + 10] + 1;
    bool told = BEFORE(t, start, 8, phone_words);
    if ((BEFORE(t, start, 6, order_words) && !told) || is_unit(pii_at(t, end)) ||
        (touches_letter(s, i, from + 11) && !told))
        return i;
    if (!is_telephone_grouping(s, from, from + 11))
        return i;
    if (from > i && start > 0 && pii_at(t, start - 1) == '+')
        start--;
    pii_add(found, PII_MOBILE, start, end);
    return from + 11;
}

// Digits of the area code at i: 010, 02x three, the others four; 0 if it is none.
static size_t area_code(const struct sequence *s, size_t i) {
    if (i + 3 > s->n || s->digit[i] != 0)
        return 0;
    uint8_t second = s->digit[i + 1], third = s->digit[i + 2];
    if (second == 1)
        return third == 0 ? 3 : 0;
    if (second == 2)
        return third != 6 ? 3 : 0;
    return second >= 3 && second <= 9 && i + 4 <= s->n ? 4 : 0;
}

static size_t take_landline(const struct sequence *s, size_t i, struct pii_found *found) {
    const struct pii_text *t = s->t;
    size_t area = area_code(s, i), from = i + area;
    static const struct str line_words[] = {
        STR_INIT("电话"), STR_INIT("座机"), STR_INIT("固话"), STR_INIT("致电"),  STR_INIT("拨打"),
        STR_INIT("热线"), STR_INIT("传真"), STR_INIT("tel"),  STR_INIT("phone"), STR_INIT("号码")};
    bool told = BEFORE(t, s->at[i], 6, line_words), is_order = BEFORE(t, s->at[i], 6, order_words);
    if ((!area && (!told || is_order)) || (is_order && !told))
        return i;
    for (size_t n = 8; n >= 7; n--) {
        if (from + n > s->n || !ends_at(s, from + n) || s->digit[from] < 2 || s->digit[from] > 8 ||
            touches_letter(s, i, from + n))
            continue;
        if (groups_between(s, i, from + n) > 3)
            continue;
        size_t start = s->at[i], end = s->at[from + n - 1] + 1;
        if (is_unit(pii_at(t, end)))
            continue;
        if (start > 0 && pii_at(t, start - 1) == '(')
            start--;
        pii_add(found, PII_LANDLINE, start, end);
        return from + n;
    }
    return i;
}

// 400-xxx-xxxx, 800-xxx-xxxx, 95xxx: a company's.
static size_t skip_company(const struct sequence *s, size_t i) {
    int three = i + 10 <= s->n ? number_of(s->digit + i, 3) : 0;
    return (three == 400 || three == 800) && ends_at(s, i + 10) ? i + 10 : i;
}

static void read_numbers(const struct sequence *s, struct pii_found *found) {
    for (size_t i = 0; i < s->n;) {
        size_t next = i;
        if (s->begins[i]) {
            next = skip_company(s, i);
            next = next == i ? take_id_card(s, i, found) : next;
            next = next == i ? take_bank_card(s, i, found) : next;
            next = next == i ? take_mobile(s, i, found) : next;
            next = next == i ? take_landline(s, i, found) : next;
        }
        i = next == i ? i + 1 : next;
    }
}

void pii_find_numbers(const struct pii_text *t, struct pii_found *found) {
    struct sequence s;
    for (size_t i = 0; i < t->n;) {
        if (t->chars[i].kind == DIGIT_NONE) {
            i++;
            continue;
        }
        i = read_sequence(t, i, &s);
        if (s.n >= 7)
            read_numbers(&s, found);
    }
}
