// SPDX-License-Identifier: Apache-2.0
#include "collect/json_split.h"

#include "tests/support/test.h"

TEST(json_scan_finds_the_end_however_bytes_come) {
    static const char *const values[] = {"{\"a\":[1,\"}\\\"\"]}", "\"x\\\\\"", "[[],{}]", "{}"};
    for (size_t i = 0; i < ARRAY_LEN(values); i++) {
        size_t len = strlen(values[i]);
        for (size_t cut = 0; cut <= len; cut++) {
            struct json_scan s = {0};
            bool done;
            size_t n = json_scan_feed(&s, values[i], cut, &done);
            if (!done)
                n += json_scan_feed(&s, values[i] + cut, len - cut, &done);
            assert_true(done);
            assert_int_equal(n, len);
        }
    }
}

TEST(json_locate_finds_where_records_begin) {
    static const struct {
        const char *text;
        bool complete;
        enum json_layout layout;
        size_t start;
    } cases[] = {
        {"", true, JSON_LINES, 0},
        {" {\"a\":1}", true, JSON_LINES, 1},
        {"{\"a\":1}\n{\"a\":2}", true, JSON_LINES, 0},
        {"{\n\"a\":1}\n{\n\"a\":2}", true, JSON_CHAIN, 0},
        {"[{\"a\":1}]", true, JSON_ARRAY, 1},
        {"[1,2]\n[3,4]", true, JSON_LINES, 0},
        {"{\"data\":[{\"a\":1}]}", true, JSON_ARRAY, 9},
        {"{\"x\":[{\"a\":1},{\"a\":2}]}", true, JSON_ARRAY, 6},
        {"{\"x\":[{\"a\":1}]}", true, JSON_LINES, 0},             // one record that holds a list
        {"{\"x\":[{\"a\":1}],\"list\":[{", true, JSON_ARRAY, 23}, // cut off: the named one
        {"{\"a\":\"[{\"}", true, JSON_LINES, 0},                  // brackets in a string
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        size_t start;
        assert_int_equal(json_locate(str_from(cases[i].text), cases[i].complete, &start),
                         cases[i].layout);
        assert_int_equal(start, cases[i].start);
    }
}

TEST(json_clean_changes_only_what_json_forbids) {
    static const struct {
        const char *in, *out;
        uint64_t nuls, replaced;
    } cases[] = {
        {"{\"a\": [1, -2.5e3, true]}", "{\"a\": [1, -2.5e3, true]}", 0, 0},
        {"{\"a\":1234567890123456789}", "{\"a\":\"1234567890123456789\"}", 0, 0},
        {"{\"a\":123456789012345678}", "{\"a\":123456789012345678}", 0, 0},
        {"{\"a\":1234567890123456789.5}", "{\"a\":1234567890123456789.5}", 0, 0},
        {"\"1234567890123456789\"", "\"1234567890123456789\"", 0, 0},
        {"\"a\tb\\n\\\"c\"", "\"a b\\n\\\"c\"", 0, 0},
        {"\"\\u0000x\\ud83d\\ude00\\ude00\\ud83d\"", "\"x\\ud83d\\ude00\\ufffd\\ufffd\"", 1, 2},
        {"\"open", "\"open", 0, 0},
        {"\"open\\", "\"open\\", 0, 0},
        {"\"\\u12", "\"\\u12", 0, 0},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        CLEANUP(strbuf_done) struct strbuf sb = strbuf_init(KIB);
        struct json_mending m = {0};
        json_clean(str_from(cases[i].in), &sb, &m);
        assert_str(strbuf_str(&sb), cases[i].out);
        assert_int_equal(m.nuls, cases[i].nuls);
        assert_int_equal(m.replaced, cases[i].replaced);
    }
}
