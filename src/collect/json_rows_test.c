// SPDX-License-Identifier: Apache-2.0
#include "base/strbuf.h"
#include "collect/json_split.h"
#include "tests/support/tables.h"
#include "tests/support/test.h"

TEST(json_records_become_rows) {
    static const struct {
        const char *in, *out;
    } cases[] = {
        {"{\"id\":1,\"text\":\"好\"}\n{\"id\":2,\"text\":\"差\",\"score\":4.50}\n",
         "[JSON lines UTF-8]\n0 id|text|score\n1 #1|好\n2 #2|差|#4.5\n"},
        {"[{\"a\":\"x\"},{\"a\":null,\"b\":true}]", "[JSON UTF-8]\n0 a|b\n1 x\n2:1 |?TRUE\n"},
        {"\xEF\xBB\xBF[\n {\n  \"a\": \"x\"\n },\n {\n  \"a\": \"y\"\n }\n]\n",
         "[JSON UTF-8]\n0 a\n1:2 x\n2:5 y\n"},
        {"{\n \"a\": \"x\"\n}\n{\n \"a\": \"y\"\n}\n", "[JSON UTF-8]\n0 a\n1 x\n2:4 y\n"},
        // wrapped
        {"{\"code\":0,\"data\":{\"total\":1,\"list\":[{\"a\":1},{\"a\":2}]},\"msg\":\"\"}",
         "[JSON UTF-8]\n0 a\n1 #1\n2:1 #2\n"},
        {"{\"tags\":[{\"x\":1},{\"x\":2}],\"data\":[{\"a\":1}]}", "[JSON UTF-8]\n0 a\n1 #1\n"},
        {"{\"text\":\"好\",\"pics\":[{\"u\":1}]}",
         "[JSON lines UTF-8]\n0 text|pics\n1 好|{\"u\":1}\n"},
        // flattened
        {"{\"u\":{\"city\":\"北京\",\"geo\":{\"x\":1}},\"t\":[\"a\",2,false,null],\"e\":{},\"l\":[]}",
         "[JSON lines UTF-8]\n0 u.city|u.geo.x|t|e|l\n1 北京|#1|a、2、FALSE、|{}\n"},
        // not objects
        {"[[\"评价\",\"分\"],[\"好\",5]]", "[JSON UTF-8]\n1 评价|分\n2:1 好|#5\n"},
        {"[\"评价\",\"分\"]\n[\"好\",5]\n", "[JSON lines UTF-8]\n1 评价|分\n2 好|#5\n"},
        {"[\"好\",\"差\"]", "[JSON UTF-8]\n1 好\n2:1 差\n"},
        {"[]", "[JSON UTF-8]\n"},
        {"{}", "[JSON lines UTF-8]\n"},
        // no digit of a long number is lost
        {"{\"order\":12345678901234567890,\"n\":-3,\"x\":1e3}",
         "[JSON lines UTF-8]\n0 order|n|x\n1 12345678901234567890|#-3|#1000\n"},
        // bad records stop nothing
        {"{\"a\":1}\n{\"a\":}\n\n{\"a\":3}\n[1]\n{\"a\":5},\n",
         "[JSON lines UTF-8]\n0 a\n1 #1\n2! 0 not valid JSON\n4 #3\n5! 0 not of the same form as the other records\n6 #5\n"},
        {"[{\"a\":1},\n{\"a\":\"x},\n{\"a\":3}]",
         "[JSON UTF-8]\n0 a\n1 #1\n2! 0 not valid JSON\n3 #3\n"},
        {"[{\"a\":1},{\"a\":tru},{\"a\":3}]",
         "[JSON UTF-8]\n0 a\n1 #1\n2:1! 0 not valid JSON\n3:1 #3\n"},
        {"[{\"a\":1},{\"a\":2}", "[JSON UTF-8]\n0 a\n1 #1\n2:1 #2\n"},
        // what JSON forbids and exporters write
        {"{\"a\":\"x\\ud83d y\"}\n{\"a\":\"\\ud83d\\ude00\"}\n{\"a\":\"q\\u0000r\ts\"}\n",
         "[JSON lines UTF-8]\n0 a\n1~1 x� y\n2 😀\n3 qr s\n"},
        {"{\"a\":1,\"a\":2}", "[JSON lines UTF-8]\n0 a\n1 #2\n"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        assert_str(test_table_of(str_from(cases[i].in)), cases[i].out);
}

TEST(json_keys_that_come_late_are_kept) {
    struct strbuf sb = strbuf_init(MIB);
    for (int i = 0; i < 300; i++)
        strbuf_addf(&sb, "{\"a\":%d}\n", i);
    strbuf_adds(&sb, "{\"b\":\"late\"}\n");
    struct table_options options = {.sheet = STR("")};
    struct table_set *set;
    struct table *t;
    const struct row *rows;
    const struct str *keys;
    size_t n;
    assert_true(table_set_open(test_tmp_file("t.json", strbuf_str(&sb)), &options, &set, NULL));
    assert_true(table_set_next(set, &t, NULL) && table_is_keyed(t));
    assert_true(table_peek(t, 10, &rows, &n, NULL));
    assert_int_equal(rows[0].n, 1);
    assert_int_equal(table_keys(t, &keys), 1);
    struct arena arena = {0};
    struct row row, last = {0};
    while (table_next(t, &arena, &row, NULL) && !row.end)
        last = row;
    assert_int_equal(last.number, 301);
    assert_int_equal(last.n, 2);
    assert_str(last.cells[1], "late");
    assert_int_equal(table_keys(t, &keys), 2);
    assert_str(keys[1], "b");
    assert_int_equal(table_counts(t)->late_keys, 1);
    arena_done(&arena);
    table_set_close(set);
    strbuf_done(&sb);
}

TEST(json_a_record_of_50_mb_is_one_bad_row) {
    struct strbuf sb = strbuf_init(64 * MIB);
    strbuf_adds(&sb, "[{\"a\":1},\n{\"a\":\"");
    for (size_t i = 0; i < 50 * MIB / 16; i++)
        strbuf_adds(&sb, "0123456789abcdef");
    strbuf_adds(&sb, "\"},\n{\"a\":3}]");
    assert_str(test_table_of(strbuf_str(&sb)),
               "[JSON UTF-8]\n0 a\n1 #1\n2! 0 the record is larger than 16 MB\n3 #3\n");
    strbuf_done(&sb);
}
