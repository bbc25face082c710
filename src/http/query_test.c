// SPDX-License-Identifier: Apache-2.0
#include "http/query.h"

#include "base/strbuf.h"
#include "tests/support/test.h"

// The pairs as "name=value|name=value", or "!field" for an error.
static const struct {
    const char *text, *expected;
} queries[] = {
    {"", ""},
    {"a=1", "a=1"},
    {"a=1&b=2&a=3", "a=1|b=2|a=3"},
    {"a", "a="},
    {"=x", "=x"},
    {"a=b=c", "a=b=c"},
    {"&&a=1&", "a=1"},
    {"q=%E5%9B%9E%e5%a3%b0+x%2B", "q=回声 x+"},
    {"filter[occurred_at][gte]=2026-11-16T00:00:00Z",
     "filter[occurred_at][gte]=2026-11-16T00:00:00Z"},
    {"filter%5Ba%5D=1", "filter[a]=1"},
    {"\xE5\x9B\x9E=1", "回=1"}, // not encoded, but UTF-8
    {"a=%", "!a"},
    {"a=%4", "!a"},
    {"a=%zz", "!a"},
    {"a=%00", "!a"},
    {"a=\xff", "!a"},
    {"b=1&a=%ED%A0%80", "!a"}, // half of a surrogate pair
    {"%ff=1", "!query"},
};

TEST(http_query_is_decoded_or_refused) {
    for (size_t i = 0; i < ARRAY_LEN(queries); i++) {
        CLEANUP(arena_done) struct arena a = {0};
        CLEANUP(strbuf_done) struct strbuf sb = strbuf_init(KIB);
        struct pairs p = {0};
        struct error err = {0};
        if (!query_parse(&a, str_from(queries[i].text), &p, &err))
            strbuf_addf(&sb, "!%s", err.field);
        for (size_t k = 0; !err.code && k < p.n; k++)
            strbuf_addf(&sb, "%s%.*s=%.*s", k ? "|" : "", STR_ARG(p.items[k].name),
                        STR_ARG(p.items[k].value));
        if (!str_eq(strbuf_str(&sb), str_from(queries[i].expected)))
            fail_msg("%s → %s, not %s", queries[i].text, strbuf_cstr(&sb), queries[i].expected);
    }
}

TEST(http_query_of_too_many_names_is_refused) {
    CLEANUP(arena_done) struct arena a = {0};
    CLEANUP(strbuf_done) struct strbuf sb = strbuf_init(4 * KIB);
    for (int i = 0; i <= QUERY_MAX; i++)
        strbuf_adds(&sb, "a=1&");
    struct pairs p;
    struct error err = {0};
    assert_false(query_parse(&a, strbuf_str(&sb), &p, &err));
    assert_int_equal(err.code, ERROR_LIMIT);
    strbuf_truncate(&sb, 4 * QUERY_MAX - 1);
    assert_true(query_parse(&a, strbuf_str(&sb), &p, &err));
    assert_int_equal(p.n, QUERY_MAX);
}

TEST(http_query_segment_keeps_its_plus) {
    CLEANUP(arena_done) struct arena a = {0};
    struct str s;
    assert_true(query_decode_segment(&a, STR("a+b%20c"), &s));
    assert_str(s, "a+b c");
    assert_false(query_decode_segment(&a, STR("%00"), &s));
}

static const struct {
    const char *header, *name, *value;
} cookies[] = {
    {"a=1; b=2", "b", "2"}, {"a=1;b=2", "b", "2"},   {"a=\"x y\"", "a", "x y"},
    {"a=1; a=2", "a", "1"}, {"junk; b=2", "b", "2"}, {"=1; b=2", "b", "2"},
    {"a=b=c", "a", "b=c"},  {"a=%41", "a", "%41"},   {"", "a", ""},
    {";;;", "a", ""},       {"aa=1", "a", ""},       {"a=\"", "a", "\""},
    {"a=", "a", ""},
};

TEST(http_cookies_are_found_among_rubbish) {
    for (size_t i = 0; i < ARRAY_LEN(cookies); i++) {
        CLEANUP(arena_done) struct arena a = {0};
        struct pairs p;
        cookies_parse(&a, str_from(cookies[i].header), &p);
        struct str found = pairs_get(&p, str_from(cookies[i].name));
        if (!str_eq(found, str_from(cookies[i].value)))
            fail_msg("%s: %s is %.*s", cookies[i].header, cookies[i].name, STR_ARG(found));
    }
}
