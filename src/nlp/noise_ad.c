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
        STR_INIT("微信"),     STR_INIT("薇信"),  STR_INIT("威信"),     STR_INIT("微信号"),
        STR_INIT("v信"),      STR_INIT("vx"),    STR_INIT("wx"),       STR_INIT("weixin"),
        STR_INIT("wechat"),   STR_INIT("加v:"),  STR_INIT("v:"),       STR_INIT("v："),
        STR_INIT("qq"),       STR_INIT("扣扣"),  STR_INIT("q群"),      STR_INIT("群号"),
        STR_INIT("q:"),       STR_INIT("联系q"), STR_INIT("加q"),      STR_INIT("电话"),
        STR_INIT("手机"),     STR_INIT("热线"),  STR_INIT("联系方式"), STR_INIT("telegram"),
        STR_INIT("whatsapp"),
    };
    size_t n_id = 0;
    for (size_t i = 0; i < s.len; i++)
        n_id += is_id_char(s.ptr[i]);
    for (size_t w = 0; n_id >= 5 && w < ARRAY_LEN(words); w++) {
        struct str rest = s;
        for (size_t at; (at = str_find(rest, words[w])) != STR_NONE;) {
            bool glued = at > 0 && rest.ptr[at - 1] >= 'a' && rest.ptr[at - 1] <= 'z' &&
                         words[w].ptr[0] >= 'a' && words[w].ptr[0] <= 'z';
            rest = str_slice(rest, at + words[w].len, rest.len);
            if (glued)
                continue;
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

static bool is_letter(char c) {
    return c >= 'a' && c <= 'z';
}

// Latin clues must not be parts of longer words: “+v” is not in “+vista”.
static bool is_whole(struct str plain, size_t from, struct str clue) {
    size_t end = from + clue.len;
    bool before = from > 0 && is_letter(plain.ptr[from - 1]) && is_letter(clue.ptr[0]);
    bool after = end < plain.len && is_letter(plain.ptr[end]) && is_letter(clue.ptr[clue.len - 1]);
    return !before && !after;
}

// Points of all clues in the text, each once. What only goes with an advertisement counts once in
// all.
static int points_of(struct str plain) {
    bool seen[ARRAY_LEN(clues)] = {false}, has_minor = false;
    int points = 0;
    for (size_t pos = 0; pos < plain.len;) {
        size_t from = pos;
        utf8_next(plain, &pos);
        struct str first = str_slice(plain, from, pos), rest = str_slice(plain, from, plain.len);
        for (size_t i = lower_bound(first);
             i < ARRAY_LEN(clues) && str_starts(clues[i].text, first); i++) {
            if (seen[i] || !str_starts(rest, clues[i].text) ||
                !is_whole(plain, from, clues[i].text))
                continue;
            seen[i] = true;
            points += clues[i].points == 1 && has_minor ? 0 : clues[i].points;
            has_minor = has_minor || clues[i].points == 1;
        }
    }
    return points;
}

// The longer a text, the more of it may look like an advertisement by chance.
#define CHARS_A_POINT 120

bool noise_is_ad(struct str plain) {
    int points = points_of(plain);
    bool contact = points > -2 && has_contact(plain);
    if (contact)
        points += 2;
    if (points > 1 && has_link(plain))
        points += 2;
    return points >= ENOUGH + contact + (int)(utf8_count(plain) / CHARS_A_POINT);
}
