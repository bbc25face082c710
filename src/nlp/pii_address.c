// SPDX-License-Identifier: Apache-2.0
// Postal addresses: the name of a street, estate or building with a number and its unit
// (文三路100号, 翠苑小区3幢2单元502室), taken to the left over the province, city and district, to
// the right over building, unit and room.
#include "base/utf8.h"
#include "nlp/pii_parts.h"

#define MAX_NAME  10 // characters of a street's name
#define MAX_LEFT  36
#define MAX_RIGHT 40

static const struct str streets[] = {
    STR_INIT("路"),   STR_INIT("街"), STR_INIT("大道"), STR_INIT("道"),
    STR_INIT("巷"),   STR_INIT("弄"), STR_INIT("胡同"), STR_INIT("里"),
    STR_INIT("大街"), STR_INIT("村"), STR_INIT("屯"),   STR_INIT("庄"),
    STR_INIT("组"),   STR_INIT("段"), STR_INIT("街道"), STR_INIT("公路"),
};
static const struct str estates[] = {
    STR_INIT("小区"), STR_INIT("花园"), STR_INIT("苑"),   STR_INIT("公寓"),   STR_INIT("家园"),
    STR_INIT("新村"), STR_INIT("大厦"), STR_INIT("广场"), STR_INIT("国际"),   STR_INIT("城"),
    STR_INIT("府"),   STR_INIT("湾"),   STR_INIT("庭"),   STR_INIT("园"),     STR_INIT("名邸"),
    STR_INIT("宿舍"), STR_INIT("社区"), STR_INIT("嘉园"), STR_INIT("家属院"), STR_INIT("院"),
    STR_INIT("居"),   STR_INIT("轩"),   STR_INIT("阁"),   STR_INIT("里"),     STR_INIT("中心"),
    STR_INIT("学院"), STR_INIT("大学"), STR_INIT("厂"),   STR_INIT("区"),     STR_INIT("期"),
    STR_INIT("郡"),   STR_INIT("墅"),
};
static const struct str door_units[] = {STR_INIT("号楼"), STR_INIT("号院"), STR_INIT("号"),
                                        STR_INIT("弄"), STR_INIT("#")};
static const struct str building_units[] = {
    STR_INIT("号楼"), STR_INIT("栋"), STR_INIT("幢"),   STR_INIT("座"), STR_INIT("单元"),
    STR_INIT("室"),   STR_INIT("号"), STR_INIT("号门"), STR_INIT("弄"), STR_INIT("楼"),
    STR_INIT("层"),   STR_INIT("#"),  STR_INIT("户"),   STR_INIT("门"), STR_INIT("房"),
    STR_INIT("期"),   STR_INIT("区"), STR_INIT("排"),   STR_INIT("组"),
};
static const struct str firm_units[] = {STR_INIT("栋"), STR_INIT("幢"), STR_INIT("号楼"),
                                        STR_INIT("单元"), STR_INIT("室")};
// Characters that never belong to the name of a place: the name begins after them.
static const char stops[] =
    "在到是住于的了从去我你他她您这那就给往寄送至址有与跟离为说着把被将向走过往找叫";
static const struct str admin[] = {STR_INIT("省"), STR_INIT("市"),   STR_INIT("区"),
                                   STR_INIT("县"), STR_INIT("镇"),   STR_INIT("乡"),
                                   STR_INIT("州"), STR_INIT("旗"),   STR_INIT("盟"),
                                   STR_INIT("村"), STR_INIT("街道"), STR_INIT("道")};

static bool is_stop(uint32_t c) {
    struct str s = {stops, sizeof stops - 1};
    for (size_t pos = 0; pos < s.len;)
        if (utf8_next(s, &pos) == c)
            return true;
    return false;
}

// A number of a house at i: digits, letters, Chinese numerals, “-”; its end, or i.
static size_t number_end(const struct pii_text *t, size_t i) {
    size_t from = i, marks = 0;
    while (i - from < 9) {
        uint32_t c = pii_at(t, i);
        bool is_digit = t->chars[MIN(i, t->n)].kind != DIGIT_NONE;
        bool is_ten = c == 0x5341 /*十*/ || c == 0x767E /*百*/;
        if (is_digit || is_ten)
            marks++;
        else if (!((c >= 'a' && c <= 'z' && i - from < 4) || (c == '-' && i > from)))
            break;
        i++;
    }
    bool is_letter = i == from + 1 && pii_at(t, from) >= 'a' && pii_at(t, from) <= 'z';
    return marks || is_letter ? i : from;
}

static size_t skip_spaces(const struct pii_text *t, size_t i) {
    while (i < t->n &&
           (pii_is_space(t->chars[i].c) || t->chars[i].c == ',' || t->chars[i].c == 0xFF0C))
        i++;
    return i;
}

// Number and unit at i; the end, or i.
static size_t part_end(const struct pii_text *t, size_t i, const struct str *units,
                       size_t n_units) {
    size_t k = number_end(t, i);
    if (k == i)
        return i;
    size_t unit = pii_match(t, k, units, n_units);
    return unit ? k + unit : i;
}

static bool ends_with(const struct pii_text *t, size_t end, const struct str *words, size_t n) {
    for (size_t len = 1; len <= 3 && len <= end; len++)
        for (size_t w = 0; w < n; w++)
            if (utf8_count(words[w]) == len && pii_match(t, end - len, &words[w], 1) == len)
                return true;
    return false;
}

// Where the name that ends at `end` begins.
static size_t name_start(const struct pii_text *t, size_t end, size_t floor) {
    size_t from = end;
    while (from > floor && end - from < MAX_LEFT) {
        uint32_t c = t->chars[from - 1].c;
        bool spaced = (pii_is_space(c) || c == '-') && from - 1 > floor &&
                      ends_with(t, from - 1, admin, ARRAY_LEN(admin));
        if (!spaced && (!(utf8_is_han(c) || pii_is_alnum(c)) || is_stop(c)))
            break;
        from--;
    }
    bool after_me = from > 0 && is_stop(t->chars[from - 1].c) && pii_at(t, from) == 0x5BB6; // 我家…
    if (after_me)
        from++;
    while (from < end && !utf8_is_han(t->chars[from].c))
        from++;
    return from;
}

// Building, unit, room, and estates between them.
static size_t extend_right(const struct pii_text *t, size_t i) {
    size_t limit = MIN(t->n, i + MAX_RIGHT), end = i;
    while (i < limit) {
        size_t k = skip_spaces(t, i);
        if (k - i > 2)
            break;
        size_t part = part_end(t, k, building_units, ARRAY_LEN(building_units));
        if (part > k) {
            end = i = part;
            continue;
        }
        size_t bare = number_end(t, k); // “…3单元502”
        if (bare > k && bare - k >= 3 && k == i && !utf8_is_han(pii_at(t, bare))) {
            end = bare;
            break;
        }
        size_t name = k; // the estate or building between street and number
        while (name < limit && name - k < MAX_NAME && utf8_is_han(pii_at(t, name)) &&
               !is_stop(pii_at(t, name)))
            name++;
        size_t stop = name;
        while (stop > k + 1 && !ends_with(t, stop, estates, ARRAY_LEN(estates)))
            stop--;
        if (stop <= k + 1)
            break;
        end = i = stop;
    }
    return end;
}

static size_t take_address(const struct pii_text *t, size_t i, size_t floor,
                           struct pii_found *found) {
    size_t number = skip_spaces(t, i);
    if (number - i > 1)
        return i;
    bool street = ends_with(t, i, streets, ARRAY_LEN(streets)),
         estate = ends_with(t, i, estates, ARRAY_LEN(estates));
    size_t end = number;
    if (street)
        end = part_end(t, number, door_units, ARRAY_LEN(door_units));
    if (end == number && (estate || street))
        end = part_end(t, number, firm_units, ARRAY_LEN(firm_units));
    if (end == number)
        return i;
    static const struct str no_door[] = {STR_INIT("口"), STR_INIT("线"),   STR_INIT("油"),
                                         STR_INIT("店"), STR_INIT("出口"), STR_INIT("馆")};
    static const struct str no_street[] = {STR_INIT("公里"), STR_INIT("手里"), STR_INIT("那里"),
                                           STR_INIT("这里"), STR_INIT("哪里"), STR_INIT("家里")};
    if (pii_match(t, end, no_door, ARRAY_LEN(no_door)) ||
        ends_with(t, i, no_street, ARRAY_LEN(no_street)))
        return i; // “6号线浦电路4号口”, “480公里95号油”
    size_t from = name_start(t, i, floor);
    if (i - from < 2)
        return i;
    end = extend_right(t, end);
    pii_add(found, PII_ADDRESS, from, end);
    return end;
}

void pii_find_addresses(const struct pii_text *t, struct pii_found *found) {
    size_t floor = 0;
    for (size_t i = 1; i < t->n;) {
        uint32_t c = t->chars[i].c;
        bool is_number =
            t->chars[i].kind != DIGIT_NONE || pii_is_alnum(c) || pii_is_space(c) || c == 0x5341;
        size_t next =
            is_number && utf8_is_han(t->chars[i - 1].c) ? take_address(t, i, floor, found) : i;
        if (next > i)
            floor = next;
        i = next == i ? i + 1 : next;
    }
}
