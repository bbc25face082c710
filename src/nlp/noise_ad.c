// SPDX-License-Identifier: Apache-2.0
// Advertisement: what is offered or whom to contact, in points. Three points make an advertisement.
// Words of a customer who tells of such an offer (卖家让我加微信, 返现没给) take points away.
#include "base/utf8.h"
#include "nlp/noise_parts.h"

#define ENOUGH 3

struct clue {
    struct str text;
    int points;
};

static const struct clue clues[] = {
#include "nlp/noise_ad.inc"
};

static bool is_id_char(char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

// A name or number of five or more characters right after a word for a messenger: “加微信:abc123”,
// “vx888666”.
static bool has_contact(struct str s) {
    static const struct str words[] = {
        STR_INIT("微信"),     STR_INIT("薇信"),     STR_INIT("威信"),  STR_INIT("微信号"),
        STR_INIT("v信"),      STR_INIT("vx"),       STR_INIT("wx"),    STR_INIT("weixin"),
        STR_INIT("wechat"),   STR_INIT("+v"),       STR_INIT("加v"),   STR_INIT("v:"),
        STR_INIT("v："),      STR_INIT("qq"),       STR_INIT("扣扣"),  STR_INIT("q群"),
        STR_INIT("群号"),     STR_INIT("q:"),       STR_INIT("联系q"), STR_INIT("加q"),
        STR_INIT("电话"),     STR_INIT("手机"),     STR_INIT("热线"),  STR_INIT("联系方式"),
        STR_INIT("telegram"), STR_INIT("whatsapp"),
    };
    for (size_t w = 0; w < ARRAY_LEN(words); w++) {
        struct str rest = s;
        for (size_t at; (at = str_find(rest, words[w])) != STR_NONE;) {
            rest = str_slice(rest, at + words[w].len, rest.len);
            size_t i = 0, skipped = 0, n = 0;
            while (i < rest.len && skipped < 3 && !is_id_char(rest.ptr[i])) { // “：”, “号”, “同号”
                utf8_next(rest, &i);
                skipped++;
            }
            while (i + n < rest.len && is_id_char(rest.ptr[i + n]))
                n++;
            if (n >= 5)
                return true;
        }
    }
    return false;
}

static bool has_link(struct str s) {
    static const struct str marks[] = {STR_INIT("http://"), STR_INIT("https://"), STR_INIT("www."),
                                       STR_INIT("www。"),   STR_INIT("http:"),    STR_INIT(".top"),
                                       STR_INIT("。top"),   STR_INIT(".xyz"),     STR_INIT(".vip/"),
                                       STR_INIT(".com/"),   STR_INIT(".cn/"),     STR_INIT("t.cn")};
    for (size_t i = 0; i < ARRAY_LEN(marks); i++)
        if (str_has(s, marks[i]))
            return true;
    return false;
}

// First clue that is not below `s`.
static size_t lower_bound(struct str s) {
    size_t lo = 0, hi = ARRAY_LEN(clues);
    while (lo < hi) {
        size_t mid = (lo + hi) / 2;
        if (str_cmp(clues[mid].text, s) < 0)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}

// Points of all clues in the text, each once.
static int points_of(struct str plain) {
    bool seen[ARRAY_LEN(clues)] = {false};
    int points = 0;
    for (size_t pos = 0; pos < plain.len;) {
        size_t from = pos;
        utf8_next(plain, &pos);
        struct str first = str_slice(plain, from, pos), rest = str_slice(plain, from, plain.len);
        for (size_t i = lower_bound(first);
             i < ARRAY_LEN(clues) && str_starts(clues[i].text, first); i++) {
            if (!seen[i] && str_starts(rest, clues[i].text)) {
                seen[i] = true;
                points += clues[i].points;
            }
        }
    }
    return points;
}

bool noise_is_ad(struct str plain) {
    int points = points_of(plain);
    if (points > -2 && has_contact(plain))
        points += 2;
    if (points > 0 && has_link(plain))
        points += 2;
    return points >= ENOUGH;
}
