// SPDX-License-Identifier: Apache-2.0
// Time zones of base/clock.h: reads the compiled tz database (RFC 8536, TZif version 2 and later). After the last
// transition that a file lists, the rule of its footer holds.
#include "base/clock.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/zone_rule.h"

struct zone {
    char name[64];
    size_t n;        // transitions
    int64_t *at_s;   // seconds since 1970, ascending
    int32_t *offset; // seconds east of UTC from at_s[i] on
    int32_t first;   // before at_s[0]
    bool has_rule;   // after at_s[n - 1]
    struct zone_rule rule;
};

#define TZIF_LIMIT (256 * KIB)

static uint32_t be32(const unsigned char *p) {
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static int64_t be64(const unsigned char *p) {
    return (int64_t)((uint64_t)be32(p) << 32 | be32(p + 4));
}

// "+08:00", "+0800", "-5", "UTC+8" → seconds; false if it is not an offset.
static bool parse_offset(struct str s, int32_t *ret) {
    if (str_starts(s, STR("UTC")) || str_starts(s, STR("GMT")))
        s = str_slice(s, 3, s.len);
    if (s.len == 0 || s.len > 6 || (s.ptr[0] != '+' && s.ptr[0] != '-'))
        return false;
    int digits = 0, value[4] = {0};
    for (size_t i = 1; i < s.len; i++) {
        if (s.ptr[i] == ':' && digits == 2)
            continue;
        if (s.ptr[i] < '0' || s.ptr[i] > '9' || digits == 4)
            return false;
        value[digits++] = s.ptr[i] - '0';
    }
    int hours, minutes = 0;
    if (digits == 1 || digits == 2)
        hours = digits == 1 ? value[0] : value[0] * 10 + value[1];
    else if (digits == 4)
        hours = value[0] * 10 + value[1], minutes = value[2] * 10 + value[3];
    else
        return false;
    if (hours > 14 || minutes > 59)
        return false;
    *ret = (s.ptr[0] == '-' ? -1 : 1) * (hours * 3600 + minutes * 60);
    return true;
}

// The footer: a newline, the rule, a newline.
static void parse_footer(struct zone *z, const unsigned char *p, size_t len) {
    struct str text = str_make((const char *)p, len), line;
    if (len < 2 || p[0] != '\n')
        return;
    text = str_slice(text, 1, text.len);
    z->has_rule = str_cut(&text, '\n', &line) && zone_rule_parse(line, &z->rule);
}

// Fills z from the 64-bit block of a TZif file; false if it is not one.
static bool parse_tzif(struct zone *z, const unsigned char *p, size_t len) {
    if (len < 44 || memcmp(p, "TZif", 4) != 0 || p[4] < '2')
        return false;
    size_t v1 = 44 + (size_t)be32(p + 32) * 5 + (size_t)be32(p + 36) * 6 + be32(p + 40) +
                (size_t)be32(p + 28) * 8 + be32(p + 24) + be32(p + 20);
    if (v1 > len || len - v1 < 44 || memcmp(p + v1, "TZif", 4) != 0)
        return false;
    const unsigned char *h = p + v1, *times = h + 44;
    size_t n_times = be32(h + 32), n_types = be32(h + 36), left = len - v1 - 44;
    if (n_types == 0 || n_times > left / 9 || left - n_times * 9 < n_types * 6)
        return false;
    const unsigned char *index = times + n_times * 8, *types = index + n_times;
    z->n = n_times;
    z->at_s = NEW_ARRAY(int64_t, n_times);
    z->offset = NEW_ARRAY(int32_t, n_times);
    z->first = (int32_t)be32(types);
    for (size_t i = 0; i < n_times; i++) {
        if (index[i] >= n_types)
            return false;
        z->at_s[i] = be64(times + i * 8);
        z->offset[i] = (int32_t)be32(types + index[i] * 6);
    }
    size_t block = n_times * 9 + n_types * 6 + (size_t)be32(h + 40) + (size_t)be32(h + 28) * 12 +
                   be32(h + 24) + be32(h + 20);
    if (block <= left)
        parse_footer(z, times + block, left - block);
    return true;
}

static bool load_file(struct zone *z, const char *path) {
    FILE *f = fopen(path, "rbe");
    if (!f)
        return false;
    unsigned char *data = mem_alloc(TZIF_LIMIT);
    size_t len = fread(data, 1, TZIF_LIMIT, f);
    bool ok = !ferror(f) && parse_tzif(z, data, len);
    free(data);
    fclose(f);
    return ok;
}

static bool is_zone_name(struct str name) {
    for (size_t i = 0; i < name.len; i++) {
        char c = name.ptr[i];
        bool ok = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  c == '/' || c == '_' || c == '-' || c == '+';
        if (!ok || (c == '/' && i == 0))
            return false;
    }
    return name.len > 0 && name.len < 48;
}

// The machine's own zone: $TZ, else the link /etc/localtime, else UTC.
static void local_name(char *buf, size_t cap) {
    const char *tz = getenv("TZ");
    char link[256];
    ssize_t n = readlink("/etc/localtime", link, sizeof link - 1);
    snprintf(buf, cap, "UTC");
    if (tz && *tz) {
        snprintf(buf, cap, "%.47s", *tz == ':' ? tz + 1 : tz);
    } else if (n > 0) {
        link[n] = '\0';
        const char *at = strstr(link, "zoneinfo/");
        if (at)
            snprintf(buf, cap, "%.47s", at + 9);
    }
}

bool zone_open(struct str name, struct zone **ret, struct error *err) {
    char own[48];
    bool asked = name.len > 0;
    if (!asked) {
        local_name(own, sizeof own);
        name = str_from(own);
    }
    struct zone *z = NEW(struct zone);
    snprintf(z->name, sizeof z->name, "%.*s", (int)MIN(name.len, (size_t)47), name.ptr);
    char path[128];
    snprintf(path, sizeof path, "/usr/share/zoneinfo/%s", z->name);
    bool is_utc = str_eq(name, STR("UTC")) || str_eq(name, STR("Z"));
    if (is_utc || parse_offset(name, &z->first) || (is_zone_name(name) && load_file(z, path))) {
        *ret = z;
        return true;
    }
    zone_free(z);
    if (!asked) // a machine without a tz database still works
        return zone_open(STR("UTC"), ret, err);
    return error_set(err, ERROR_INVALID, "没有时区 “%.*s”，请写成 Asia/Shanghai 或 +08:00",
                     "no time zone \"%.*s\"; write Asia/Shanghai or +08:00", STR_ARG(name));
}

void zone_free(struct zone *z) {
    if (!z)
        return;
    free(z->at_s);
    free(z->offset);
    free(z);
}

struct str zone_name(const struct zone *z) {
    return str_from(z->name);
}

static int64_t seconds(int64_t us) {
    return us / US_PER_SECOND - (us % US_PER_SECOND < 0);
}

int zone_offset_s(const struct zone *z, int64_t us) {
    int64_t s = seconds(us);
    if (z->has_rule && (z->n == 0 || s >= z->at_s[z->n - 1]))
        return zone_rule_offset(&z->rule, s);
    if (z->n == 0 || s < z->at_s[0])
        return z->first;
    size_t lo = 0, hi = z->n;
    while (hi - lo > 1) {
        size_t mid = (lo + hi) / 2;
        if (z->at_s[mid] <= s)
            lo = mid;
        else
            hi = mid;
    }
    return z->offset[lo];
}

int64_t zone_to_us(const struct zone *z, const struct civil *local) {
    int64_t wall = civil_to_us(local);
    int64_t before = wall - zone_offset_s(z, wall - US_PER_DAY) * US_PER_SECOND;
    int64_t after = wall - zone_offset_s(z, wall + US_PER_DAY) * US_PER_SECOND;
    if (before == after)
        return before;
    bool before_fits = before + zone_offset_s(z, before) * US_PER_SECOND == wall;
    bool after_fits = after + zone_offset_s(z, after) * US_PER_SECOND == wall;
    if (before_fits && after_fits)
        return MIN(before, after);
    if (before_fits || after_fits)
        return before_fits ? before : after;
    return MAX(before, after);
}

struct civil zone_from_us(const struct zone *z, int64_t us) {
    return civil_from_us(us + zone_offset_s(z, us) * US_PER_SECOND);
}

int64_t zone_local_days(const struct zone *z, int64_t us) {
    int64_t local = us + zone_offset_s(z, us) * US_PER_SECOND;
    return local / US_PER_DAY - (local % US_PER_DAY < 0);
}
