// SPDX-License-Identifier: Apache-2.0
#include "collect/hub_record.h"

#include "base/clock.h"
#include "base/strbuf.h"
#include "tests/support/test.h"

#define NEEDED                                                                                     \
    "\"tenant_id\":\"t\",\"submission_id\":\"s\",\"field_id\":\"f\",\"field_type\":\"text\","      \
    "\"source_type\":\"survey\""

// "value_number field_id": the members complained of, in order.
static void problems_of(const char *text, bool update, struct strbuf *ret) {
    struct json *j;
    struct error err;
    struct hub_record h = {0};
    struct record_problems p = {0};
    strbuf_reset(ret);
    assert_true(json_parse(str_from(text), &j, &err));
    bool ok = hub_record_parse(j, update, &h, &p);
    if (!ok && p.n == 0)
        strbuf_adds(ret, "no object");
    for (size_t i = 0; i < p.n; i++)
        strbuf_addf(ret, "%s%s", i ? " " : "", p.items[i].name);
    assert_int_equal(ok, ret->len == 0);
    json_free(j);
}

TEST(hub_record_tells_every_wrong_member) {
    static const struct {
        const char *json;
        bool update;
        const char *problems;
    } cases[] = {
        {"{" NEEDED "}", false, ""},
        {"[]", false, "no object"},
        {"{}", false, "source_type field_id field_type tenant_id submission_id"},
        {"{" NEEDED ",\"value_text\":null,\"source_id\":null,\"field_label\":null}", false, ""},
        {"{" NEEDED ",\"value_number\":null}", false, "value_number"},
        {"{" NEEDED ",\"value_number\":\"5\"}", false, "value_number"},
        {"{" NEEDED ",\"value_number\":1e16}", false, "value_number"},
        {"{" NEEDED ",\"value_number\":-1e15}", false, ""},
        {"{" NEEDED ",\"value_boolean\":1}", false, "value_boolean"},
        {"{" NEEDED ",\"metadata\":[]}", false, "metadata"},
        {"{" NEEDED ",\"language\":\"12345678901\"}", false, "language"},
        {"{" NEEDED ",\"language\":\"一二三四五六七八九十\"}", false, ""},
        {"{" NEEDED ",\"value_date\":\"2024-02-30T00:00:00Z\"}", false, "value_date"},
        {"{" NEEDED ",\"value_date\":\"2024-02-29\"}", false, "value_date"},
        {"{" NEEDED ",\"collected_at\":\"1969-12-31T23:59:59Z\"}", false, "collected_at"},
        {"{" NEEDED ",\"colour\":1,\"id\":\"x\"}", false, "colour id"},
        {"{\"tenant_id\":\" \",\"submission_id\":\"s\",\"field_id\":\"f\",\"field_type\":\"star\","
         "\"source_type\":7}",
         false, "tenant_id field_type source_type"},
        {"{}", true, ""},
        {"{\"value_text\":\"x\",\"user_id\":\"u\"}", true, ""},
        {"{\"value_text\":null}", true, "value_text"},
        {"{\"tenant_id\":\"t\",\"field_type\":\"text\"}", true, "tenant_id field_type"},
    };
    CLEANUP(strbuf_done) struct strbuf sb = strbuf_init(4 * KIB);
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        problems_of(cases[i].json, cases[i].update, &sb);
        if (!str_eq(strbuf_str(&sb), str_from(cases[i].problems)))
            fail_msg("%s: \"%s\"", cases[i].json, strbuf_cstr(&sb));
    }
}

TEST(hub_record_reads_times_of_rfc_3339_only) {
    static const struct {
        const char *text;
        int64_t ms; // −1: refused
    } cases[] = {
        {"2024-03-01T08:30:00Z", 1709281800000},
        {"2024-03-01T08:30:00.250Z", 1709281800250},
        {"2024-03-01T16:30:00+08:00", 1709281800000},
        {"2024-03-01t08:30:00z", 1709281800000},
        {"1970-01-01T00:00:00Z", 0},
        {"2080-12-31T23:59:59Z", 3502915199000},
        {"2081-01-01T00:00:00Z", -1},
        {"2024-03-01T08:30:00", -1},
        {"2024-03-01 08:30:00Z", -1},
        {"1709281800", -1},
        {"", -1},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        int64_t us = -1000;
        bool ok = hub_time_parse(str_from(cases[i].text), &us);
        if (ok != (cases[i].ms >= 0) || (ok && us != cases[i].ms * 1000))
            fail_msg("%s: %" PRId64, cases[i].text, us);
    }
}

// Client → record → stored JSON → record → client.
static void round_trip(const char *text, struct record *ret, struct arena *a, struct json **trees,
                       struct strbuf *shown) {
    struct error err;
    struct hub_record h, back;
    struct record made;
    struct record_problems p = {0};
    assert_true(json_parse(str_from(text), &trees[0], &err));
    assert_true(hub_record_parse(trees[0], false, &h, &p));
    hub_record_store(&h, a, &made, &trees[1]);
    CLEANUP(strbuf_done) struct strbuf stored = strbuf_init(MIB);
    record_format(&made, &stored);
    assert_true(json_parse(strbuf_str(&stored), &trees[2], &err));
    assert_true(record_parse_stored(trees[2], a, ret, &err));
    assert_true(hub_record_load(ret, &back));
    struct json_writer w = json_writer_init(shown);
    json_begin_object(&w);
    hub_record_add(&back, &w);
    json_end_object(&w);
}

TEST(hub_record_comes_back_as_it_was) {
    static const char *const cases[] = {
        "{\"source_type\":\"survey\",\"field_id\":\"f\",\"field_type\":\"text\",\"value_text\":\" 太慢了 \","
        "\"tenant_id\":\"t\",\"submission_id\":\"s\"}",
        "{\"source_type\":\"review\",\"source_id\":\"7\",\"source_name\":\"商店\",\"field_id\":\"f\","
        "\"field_label\":\"为什么？\",\"field_type\":\"categorical\",\"field_group_id\":\"g\","
        "\"field_group_label\":\"G\",\"value_text\":\"红色\",\"value_id\":\"red\",\"tenant_id\":\"t\","
        "\"submission_id\":\"s\"}",
        "{\"source_type\":\"survey\",\"field_id\":\"f\",\"field_type\":\"nps\",\"value_number\":9.25,"
        "\"value_boolean\":false,\"value_date\":\"2024-02-29T00:00:00Z\","
        "\"metadata\":{\"a\":[1,null,{\"b\":\"二\"}]},\"language\":\"zh\",\"user_id\":\"u\","
        "\"tenant_id\":\"t\",\"submission_id\":\"s\",\"collected_at\":\"2024-03-01T08:30:00Z\"}",
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        CLEANUP(arena_done) struct arena a = {0};
        CLEANUP(strbuf_done) struct strbuf shown = strbuf_init(MIB);
        struct json *trees[3];
        struct record r;
        round_trip(cases[i], &r, &a, trees, &shown);
        assert_str(strbuf_str(&shown), cases[i]);
        for (int k = 0; k < 3; k++)
            json_free(trees[k]);
    }
}

TEST(hub_record_is_an_ordinary_feedback) {
    CLEANUP(arena_done) struct arena a = {0};
    CLEANUP(strbuf_done) struct strbuf shown = strbuf_init(MIB);
    struct json *trees[3];
    struct record r;
    round_trip("{" NEEDED ",\"value_text\":\"太慢\",\"source_name\":\"Q1\",\"user_id\":\"u\","
               "\"language\":\"zh\",\"field_label\":\"为什么？\"}",
               &r, &a, trees, &shown);
    assert_str(r.text, "太慢");
    assert_str(r.source, "Q1");
    assert_str(r.channel, "survey");
    assert_str(r.customer.external_id, "u");
    assert_str(r.language, "zh");
    assert_int_equal(r.n_attributes, 2);
    assert_str(r.attributes[0].name, "tenant");
    assert_str(r.attributes[1].value, "为什么？");
    assert_int_equal(r.n_scores, 0);
    for (int k = 0; k < 3; k++)
        json_free(trees[k]);
    round_trip(
        "{\"tenant_id\":\"t\",\"submission_id\":\"s\",\"field_id\":\"f\",\"field_type\":\"nps\","
        "\"source_type\":\"survey\",\"value_number\":8}",
        &r, &a, trees, &shown);
    assert_int_equal(r.n_scores, 1);
    assert_str(r.scores[0].value, "8");
    assert_true(r.scores[0].low == 0 && r.scores[0].high == 10);
    for (int k = 0; k < 3; k++)
        json_free(trees[k]);
    struct hub_record none;
    assert_false(hub_record_load(&(struct record){.text = STR("x")}, &none));
}
