// SPDX-License-Identifier: Apache-2.0
#include "account/scope.h"

#include "tests/support/test.h"

TEST(scope_is_read_and_written_as_it_was) {
    static const struct {
        const char *json, *back; // NULL: refused
    } cases[] = {
        {"[]", "[]"},
        {"null", "[]"},
        {"[{\"dimension\":\"region\",\"values\":[\"华东\",\"华南\"]},"
         "{\"dimension\":\"channel\",\"values\":[\"tmall\"]}]",
         "[{\"dimension\":\"region\",\"values\":[\"华东\",\"华南\"]},"
         "{\"dimension\":\"channel\",\"values\":[\"tmall\"]}]"},
        {"{}", NULL},
        {"\"region\"", NULL},
        {"[1]", NULL},
        {"[{\"dimension\":\"region\"}]", NULL},
        {"[{\"dimension\":\"region\",\"values\":[]}]", NULL}, // nothing at all is surely not meant
        {"[{\"dimension\":\"region\",\"values\":\"华东\"}]", NULL},
        {"[{\"dimension\":\"region\",\"values\":[1]}]", NULL},
        {"[{\"dimension\":\"\",\"values\":[\"a\"]}]", NULL},
        {"[{\"values\":[\"a\"]}]", NULL},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        CLEANUP(arena_done) struct arena a = {0};
        CLEANUP(json_freep) struct json *j = NULL;
        CLEANUP(strbuf_done) struct strbuf sb = strbuf_init(KIB);
        const struct scope_rule *rules;
        size_t n;
        struct error err = {0};
        assert_true(json_parse(str_from(cases[i].json), &j, &err));
        if (scope_parse(j, &a, &rules, &n, &err) != (cases[i].back != NULL))
            fail_msg("%s", cases[i].json);
        if (!cases[i].back) {
            assert_string_equal(err.field, "scope");
            continue;
        }
        struct json_writer w = json_writer_init(&sb);
        scope_format(rules, n, &w);
        assert_str(strbuf_str(&sb), cases[i].back);
    }
}

TEST(scope_has_limits) {
    CLEANUP(strbuf_done) struct strbuf sb = strbuf_init(MIB);
    for (int kind = 0; kind < 3; kind++) {
        int rules = kind == 0 ? 17 : 1, values = kind == 1 ? 201 : 1, bytes = kind == 2 ? 201 : 1;
        CLEANUP(arena_done) struct arena a = {0};
        CLEANUP(json_freep) struct json *j = NULL;
        struct json_writer w = json_writer_init(&sb);
        strbuf_reset(&sb);
        json_begin_array(&w);
        for (int r = 0; r < rules; r++) {
            json_begin_object(&w);
            json_key(&w, "dimension");
            json_add_cstr(&w, "region");
            json_key(&w, "values");
            json_begin_array(&w);
            for (int k = 0; k < values; k++) {
                char value[256] = {0};
                memset(value, 'v', (size_t)bytes);
                json_add_cstr(&w, value);
            }
            json_end_array(&w);
            json_end_object(&w);
        }
        json_end_array(&w);
        const struct scope_rule *list;
        size_t n;
        struct error err = {0};
        assert_true(json_parse(strbuf_str(&sb), &j, &err));
        assert_false(scope_parse(j, &a, &list, &n, &err));
        assert_int_equal(err.code, ERROR_LIMIT);
    }
}

TEST(scope_within_another_shows_nothing_more) {
    static const struct str east[] = {STR_INIT("east")},
                            both[] = {STR_INIT("east"), STR_INIT("west")},
                            shop[] = {STR_INIT("shop")};
    static const struct scope_rule one[] = {{STR_INIT("region"), east, 1}},
                                   wide[] = {{STR_INIT("region"), both, 2}},
                                   two[] = {{STR_INIT("channel"), shop, 1},
                                            {STR_INIT("region"), east, 1}};
    static const struct {
        const struct scope_rule *rules;
        size_t n;
        const struct scope_rule *outer;
        size_t n_outer;
        bool within;
    } cases[] = {
        {NULL, 0, NULL, 0, true}, {one, 1, NULL, 0, true}, {NULL, 0, one, 1, false},
        {one, 1, one, 1, true},   {one, 1, wide, 1, true}, {wide, 1, one, 1, false},
        {two, 2, one, 1, true},   {two, 2, wide, 1, true}, {one, 1, two, 2, false},
        {two, 1, one, 1, false},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        if (scope_is_within(cases[i].rules, cases[i].n, cases[i].outer, cases[i].n_outer) !=
            cases[i].within)
            fail_msg("case %zu", i);
}
