// SPDX-License-Identifier: Apache-2.0
#include "base/json.h"

#include "tests/support/test.h"

TEST(json_parse_takes_any_json_text) {
    static const struct {
        const char *text;
        enum json_kind kind; // JSON_KIND_ABSENT: refused
    } cases[] = {
        {"{}", JSON_KIND_OBJECT},
        {"[1]", JSON_KIND_ARRAY},
        {"\"x\"", JSON_KIND_STRING},
        {"-1.5e3", JSON_KIND_NUMBER},
        {"7", JSON_KIND_NUMBER},
        {"true", JSON_KIND_BOOL},
        {" null ", JSON_KIND_NULL},
        {"", JSON_KIND_ABSENT},
        {"{} x", JSON_KIND_ABSENT},
        {"{", JSON_KIND_ABSENT},
        {"[1,]", JSON_KIND_ABSENT},
        {"{'a':1}", JSON_KIND_ABSENT},
        {"nul", JSON_KIND_ABSENT},
        {"01", JSON_KIND_ABSENT},
        {"\"\xB3\xE9\"", JSON_KIND_ABSENT},
        {"[1e999]", JSON_KIND_ABSENT},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        CLEANUP(json_freep) struct json *j = NULL;
        struct error err = {0};
        bool ok = json_parse(str_from(cases[i].text), &j, &err);
        assert_int_equal(ok, cases[i].kind != JSON_KIND_ABSENT);
        assert_int_equal(json_kind(j), cases[i].kind);
        assert_int_equal(err.code, ok ? ERROR_NONE : ERROR_FORMAT);
    }
}

TEST(json_parse_says_where) {
    struct json *j;
    struct error err;
    assert_false(json_parse(STR("{\n  \"a\": tru\n}"), &j, &err));
    assert_true(str_starts(str_from(err.en), STR("line 2 column ")));
    assert_true(str_starts(str_from(err.zh), STR("第 2 行第 ")));
}

TEST(json_parse_says_why) {
    static const struct {
        const char *text, *en;
    } cases[] = {
        {"", "line 1 column 1 is not valid JSON: a value must stand here"},
        {"[1 2]", "line 1 column 4 is not valid JSON: a comma or ] must stand here"},
        {"{\"a\":1 \"b\"", "line 1 column 8 is not valid JSON: a comma or } must stand here"},
        {"{\"回声\" 1}", "line 1 column 7 is not valid JSON: a colon must follow the key"},
        {"{a:1}", "line 1 column 2 is not valid JSON: a key in quotes must stand here"},
        {"{\"a\\u0000\":1}", "line 1 column 11 is not valid JSON: a key must not have a NUL in it"},
        {"\"abc", "line 1 column 5 is not valid JSON: the string has no end"},
        {"\"a\\\"", "line 1 column 5 is not valid JSON: the string has no end"},
        {"\"a\nb\"", "line 1 column 3 is not valid JSON: a control character must be escaped"},
        {"\"\\x\"", "line 1 column 3 is not valid JSON: there is no such escape"},
        {"\"\\u12g4\"", "line 1 column 6 is not valid JSON: \\u needs four hexadecimal digits"},
        {"\"\\ud83d\"",
         "line 1 column 8 is not valid JSON: half of a surrogate pair is no character"},
        {"\"\\ude00\"",
         "line 1 column 8 is not valid JSON: half of a surrogate pair is no character"},
        {"\"a\xFF\"", "line 1 column 3 is not valid JSON: it is not valid UTF-8"},
        {"00", "line 1 column 3 is not valid JSON: a number must not begin with 0"},
        {"1.", "line 1 column 3 is not valid JSON: a digit must follow the point"},
        {"1e+", "line 1 column 4 is not valid JSON: the exponent needs a digit"},
        {"9223372036854775808",
         "line 1 column 20 is not valid JSON: the whole number is too large"},
        {"-1e999", "line 1 column 7 is not valid JSON: the number is too large"},
        {"1 x", "line 1 column 3 is not valid JSON: something follows the value"},
        {"[tru]", "line 1 column 2 is not valid JSON: a value must stand here"},
        {"\xEF\xBB\xBF{}", "line 1 column 1 is not valid JSON: a value must stand here"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct json *j;
        struct error err;
        assert_false(json_parse(str_from(cases[i].text), &j, &err));
        assert_null(j);
        assert_string_equal(err.en, cases[i].en);
    }
}

TEST(json_parse_keeps_what_was_said) {
    CLEANUP(json_freep) struct json *j = NULL;
    assert_true(json_parse(
        STR("[-9223372036854775808, 9223372036854775807, -0, 1.10, 1E2, "
            "\"\\ud83d\\ude00\\/\\b\\f\\u00e9\", 0.1234567890123456789012345678901234567890123456789012345678901234567]"),
        &j, NULL));
    assert_int_equal(json_int(json_at(j, 0), 0), INT64_MIN);
    assert_int_equal(json_int(json_at(j, 1), 0), INT64_MAX);
    assert_int_equal(json_int(json_at(j, 2), 1), 0);
    assert_float_equal(json_num(json_at(j, 4), 0), 100, 0);
    assert_str(json_str(json_at(j, 5)), "😀/\b\fé");
    assert_float_equal(json_num(json_at(j, 6), 0), 0.12345678901234568, 0);
    CLEANUP(strbuf_done) struct strbuf sb = strbuf_init(KIB);
    struct json_writer w = json_writer_init(&sb);
    json_add_value(&w, json_at(j, 3));
    assert_str(strbuf_str(&sb), "1.10");
}

TEST(json_of_many_members_has_each_key_once) {
    CLEANUP(json_freep) struct json *j = NULL;
    CLEANUP(strbuf_done) struct strbuf sb = strbuf_init(64 * KIB);
    strbuf_addc(&sb, '{');
    for (int i = 0; i < 100; i++)
        strbuf_addf(&sb, "%s\"k%d\":%d", i ? "," : "", i % 40, i);
    strbuf_addc(&sb, '}');
    assert_true(json_parse(strbuf_str(&sb), &j, NULL));
    assert_int_equal(json_len(j), 40);
    assert_int_equal(json_int(json_get(j, "k0"), 0), 80);
    assert_int_equal(json_int(json_get(j, "k39"), 0), 79);
    void *it = json_iter(j);
    for (int i = 0; i < 40; i++, it = json_iter_next(j, it)) {
        char key[8];
        snprintf(key, sizeof key, "k%d", i);
        assert_str(json_iter_key(it), key);
    }
    assert_null(it);
}

TEST(json_parse_survives_depth) {
    char text[20000];
    memset(text, '[', sizeof text);
    struct json *j;
    assert_false(json_parse(str_make(text, sizeof text), &j, NULL));
    memset(text, '[', 2000);
    memset(text + 2000, ']', 2000);
    assert_true(json_parse(str_make(text, 4000), &j, NULL));
    json_free(j);
}

TEST(json_add_value_copies_any_depth) {
    for (size_t depth = 1; depth <= 2000; depth += depth < 200 ? 1 : 600) {
        char text[4001];
        CLEANUP(json_freep) struct json *j = NULL;
        CLEANUP(strbuf_done) struct strbuf sb = strbuf_init(8 * KIB);
        struct json_writer w = json_writer_init(&sb);
        memset(text, '[', depth);
        memset(text + depth, ']', depth);
        text[2 * depth] = '\0';
        struct str nested = str_from(text);
        assert_true(json_parse(nested, &j, NULL));
        json_begin_array(&w);
        json_add_value(&w, j);
        json_add_value(&w, j);
        json_end_array(&w);
        struct str all = strbuf_str(&sb);
        assert_int_equal(all.len, 4 * depth + 3);
        assert_str(str_slice(all, 1, 1 + nested.len), text);
    }
}

TEST(json_look_ups_of_nothing_answer_empty) {
    CLEANUP(json_freep) struct json *j = NULL;
    assert_true(json_parse(
        STR("{\"s\":\"x\\u0000y\",\"n\":3,\"r\":2.5,\"b\":true,\"a\":[1,2],\"s\":\"last\"}"), &j,
        NULL));
    assert_str(json_str(json_get(j, "s")), "last"); // duplicate keys: the last wins
    assert_int_equal(json_int(json_get(j, "n"), -1), 3);
    assert_int_equal(json_int(json_get(j, "r"), -1), -1);
    assert_float_equal(json_num(json_get(j, "r"), -1), 2.5, 0);
    assert_float_equal(json_num(json_get(j, "n"), -1), 3, 0);
    assert_true(json_is_whole(json_get(j, "n")));
    assert_false(json_is_whole(json_get(j, "r")));
    assert_true(json_bool(json_get(j, "b"), false));
    assert_int_equal(json_len(json_get(j, "a")), 2);
    assert_int_equal(json_len(j), 5);
    assert_int_equal(json_int(json_at(json_get(j, "a"), 1), 0), 2);
    assert_null(json_at(json_get(j, "a"), 2));
    assert_null(json_get(json_get(j, "n"), "x"));
    assert_int_equal(json_kind(json_get(NULL, "x")), JSON_KIND_ABSENT);
    assert_str(json_str(NULL), "");
    assert_int_equal(json_len(NULL), 0);
    assert_null(json_iter(NULL));
    json_free(NULL);
}

TEST(json_iter_keeps_the_order) {
    CLEANUP(json_freep) struct json *j = NULL;
    assert_true(json_parse(STR("{\"b\":1,\"a\":2,\"丙\":3}"), &j, NULL));
    CLEANUP(strbuf_done) struct strbuf keys = strbuf_init(100);
    for (void *it = json_iter(j); it; it = json_iter_next(j, it))
        strbuf_addf(&keys, "%.*s%d ", STR_ARG(json_iter_key(it)),
                    (int)json_int(json_iter_value(it), 0));
    assert_str(strbuf_str(&keys), "b1 a2 丙3 ");
}

TEST(json_load_names_the_file) {
    struct json *j;
    struct error err;
    const char *path = test_tmp_file("bad.json", STR("{"));
    assert_false(json_load(path, 1 * KIB, &j, &err));
    assert_true(str_starts(str_from(err.en), str_from(path)));
    assert_int_equal(err.code, ERROR_FORMAT);
    assert_false(json_load(test_tmp_file("big.json", STR("[1,2,3]")), 3, &j, &err));
    assert_int_equal(err.code, ERROR_LIMIT);
    assert_false(json_load("/nonexistent.json", 1 * KIB, &j, &err));
    assert_int_equal(err.code, ERROR_NOT_FOUND);
    assert_true(json_load(test_tmp_file("good.json", STR("[1,2,3]")), 1 * KIB, &j, &err));
    assert_int_equal(json_len(j), 3);
    json_free(j);
}

TEST(json_writer_writes_what_json_parse_reads) {
    static const char *const expected[] = {
        "{\"n\":3,\"list\":[1.5,null,\"\\\"\\\\\\n\\u0001回\",{}],\"empty\":[],\"yes\":true}",
        "{\n  \"n\": 3,\n  \"list\": [\n    1.5,\n    null,\n    \"\\\"\\\\\\n\\u0001回\",\n    {}\n  ],\n"
        "  \"empty\": [],\n  \"yes\": true\n}",
    };
    for (int pretty = 0; pretty <= 1; pretty++) {
        CLEANUP(strbuf_done) struct strbuf sb = strbuf_init(4 * KIB);
        struct json_writer w = json_writer_init(&sb);
        w.pretty = pretty;
        json_begin_object(&w);
        json_key(&w, "n");
        json_add_int(&w, 3);
        json_key(&w, "list");
        json_begin_array(&w);
        json_add_num(&w, 1.5, 3);
        json_add_cstr(&w, NULL);
        json_add_str(&w, STR("\"\\\n\x01回"));
        json_begin_object(&w);
        json_end_object(&w);
        json_end_array(&w);
        json_key(&w, "empty");
        json_begin_array(&w);
        json_end_array(&w);
        json_key(&w, "yes");
        json_add_bool(&w, true);
        json_end_object(&w);
        assert_str(strbuf_str(&sb), expected[pretty]);
        CLEANUP(json_freep) struct json *j = NULL;
        assert_true(json_parse(strbuf_str(&sb), &j, NULL));
        CLEANUP(strbuf_done) struct strbuf again = strbuf_init(4 * KIB);
        struct json_writer copy = json_writer_init(&again);
        json_add_value(&copy, j);
        assert_str(strbuf_str(&again), expected[0]);
    }
}

TEST(json_numbers_are_short_and_exact) {
    static const struct {
        double v;
        int decimals;
        const char *text;
    } cases[] = {
        {0, 2, "0"},
        {-0.0, 2, "0"},
        {1, 3, "1"},
        {1.10, 2, "1.1"},
        {100, 0, "100"},
        {0.005, 2, "0.01"},
        {-0.001, 2, "0"},
        {1234567.891, 1, "1234567.9"},
        {NAN, 2, "null"},
        {INFINITY, 2, "null"},
        {1e300, 2, "1.00e+300"},
        {0.97, 4, "0.97"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        CLEANUP(strbuf_done) struct strbuf sb = strbuf_init(100);
        struct json_writer w = json_writer_init(&sb);
        json_add_num(&w, cases[i].v, cases[i].decimals);
        assert_str(strbuf_str(&sb), cases[i].text);
    }
}

TEST(json_strings_become_valid_whatever_the_bytes) {
    CLEANUP(strbuf_done) struct strbuf sb = strbuf_init(100);
    struct json_writer w = json_writer_init(&sb);
    json_add_str(&w, STR("a\xFF\xE5\x9B\0"
                         "b\x7F"));
    assert_str(strbuf_str(&sb), "\"a\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\\u0000b\\u007f\"");
    CLEANUP(json_freep) struct json *j = NULL;
    assert_true(json_parse(strbuf_str(&sb), &j, NULL));
    assert_int_equal(json_str(j).len, 13);
}
