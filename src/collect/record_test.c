// SPDX-License-Identifier: Apache-2.0
#include "collect/record.h"

#include "tests/support/test.h"

struct parsed {
    struct json *json;
    struct arena arena;
    struct record record;
    struct record_problems problems;
    bool ok;
};

static void parse(struct parsed *p, const char *text) {
    *p = (struct parsed){0};
    assert_true(json_parse(str_from(text), &p->json, NULL));
    p->ok = record_parse(p->json, NULL, &p->arena, &p->record, &p->problems, NULL);
}

static void parsed_done(struct parsed *p) {
    json_free(p->json);
    arena_done(&p->arena);
}

TEST(record_keeps_everything_it_was_given) {
    struct parsed p;
    parse(
        &p,
        "{\"source\":\"tmall\",\"channel\":\"天猫\",\"external_id\":10012,\"text\":\"等了八天才到\","
        "\"follow_up\":\"客服给补发了\",\"occurred_at\":\"2026-11-16T08:30:00+08:00\","
        "\"scores\":[{\"metric\":\"rating\",\"value\":2},{\"metric\":\"nps\",\"value\":\"3\"},"
        "{\"value\":\"80\",\"scale\":\"0-100\",\"dimension\":\"logistics\"}],"
        "\"customer\":{\"phone\":\"13800000000\",\"attributes\":{\"会员\":\"金卡\"}},"
        "\"attributes\":{\"省份\":\"西藏\",\"配送天数\":8,\"首单\":true}}");
    assert_true(p.ok);
    assert_str(p.record.external_id, "10012");
    assert_int_equal(p.record.n_scores, 3);
    assert_true(p.record.scores[2].high == 100);
    assert_int_equal(p.record.n_attributes, 3);
    CLEANUP(strbuf_done) struct strbuf first = strbuf_init(4 * KIB), second = strbuf_init(4 * KIB);
    record_format(&p.record, &first);
    struct json *again;
    struct record r;
    assert_true(json_parse(strbuf_str(&first), &again, NULL));
    assert_true(record_parse_stored(again, &p.arena, &r, NULL));
    record_format(&r, &second);
    assert_str(strbuf_str(&second), strbuf_cstr(&first));
    assert_int_equal(r.occurred_us, p.record.occurred_us);
    assert_str(record_whole_text(&r, &p.arena), "等了八天才到\n客服给补发了");
    json_free(again);
    parsed_done(&p);
}

TEST(record_names_each_wrong_member) {
    static const struct {
        const char *json, *name;
    } cases[] = {
        {"{}", "text"},
        {"{\"text\":\"  \"}", "text"},
        {"{\"text\":5.5e3,\"text2\":1}", "text2"},
        {"{\"text\":[\"a\"]}", "text"},
        {"{\"text\":\"a\\u0000b\"}", "text"},
        {"{\"text\":\"a\",\"occurred_at\":\"昨天\"}", "occurred_at"},
        {"{\"text\":\"a\",\"occurred_at\":20260101}", "occurred_at"},
        {"{\"scores\":[{\"metric\":\"stars\",\"value\":3}]}", "scores[0].metric"},
        {"{\"scores\":[{\"value\":6}]}", "scores[0].value"},
        {"{\"scores\":[{\"metric\":\"nps\",\"value\":11}]}", "scores[0].value"},
        {"{\"scores\":[{\"value\":{}}]}", "scores[0].value"},
        {"{\"scores\":[{\"value\":1,\"scale\":\"5\"}]}", "scores[0].scale"},
        {"{\"scores\":[{\"value\":1,\"scale\":[1,1]}]}", "scores[0].scale"},
        {"{\"scores\":[{\"value\":1,\"dimension\":\"moon\"}]}", "scores[0].dimension"},
        {"{\"scores\":[{\"value\":1,\"unit\":\"x\"}]}", "scores[0].unit"},
        {"{\"scores\":{\"value\":1}}", "scores"},
        {"{\"scores\":[1]}", "scores[0]"},
        {"{\"text\":\"a\",\"customer\":\"b\"}", "customer"},
        {"{\"text\":\"a\",\"customer\":{\"fax\":\"1\"}}", "customer.fax"},
        {"{\"text\":\"a\",\"attributes\":[]}", "attributes"},
        {"{\"text\":\"a\",\"attributes\":{\"x\":{}}}", "attributes.x"},
        {"{\"text\":\"a\",\"attributes\":{\"\":\"y\"}}", "attributes."},
        {"{\"text\":\"a\",\"metadata\":3}", "metadata"},
        {"{\"text\":\"a\",\"replied\":\"yes\"}", "replied"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct parsed p;
        parse(&p, cases[i].json);
        if (p.ok || p.problems.n != 1 || strcmp(p.problems.items[0].name, cases[i].name) != 0)
            fail_msg("%s: ok %d, %zu problems, first %s", cases[i].json, p.ok, p.problems.n,
                     p.problems.items[0].name);
        parsed_done(&p);
    }
}

TEST(record_of_a_later_import_changes_only_what_it_says) {
    struct parsed old, new;
    parse(
        &old,
        "{\"text\":\"还行\",\"scores\":[{\"value\":4}],\"attributes\":{\"省份\":\"四川\",\"店\":\"一店\"}}");
    parse(
        &new,
        "{\"text\":\"还行\",\"follow_up\":\"用了两周坏了\",\"scores\":[{\"value\":1}],\"attributes\":{\"店\":\"二店\",\"天\":3}}");
    struct record r;
    record_merge(&old.record, &new.record, &old.arena, &r);
    assert_str(r.follow_up, "用了两周坏了");
    assert_int_equal(r.n_scores, 1);
    assert_str(r.scores[0].value, "1");
    assert_int_equal(r.n_attributes, 3);
    assert_str(r.attributes[0].value, "四川");
    assert_str(r.attributes[1].value, "二店");
    assert_str(r.attributes[2].value, "3");
    parsed_done(&old);
    parsed_done(&new);
}

TEST(record_scales_may_be_reversed) {
    struct parsed p;
    parse(
        &p,
        "{\"scores\":[{\"value\":1,\"scale\":[5,1]},{\"value\":-2,\"scale\":\"-3-3\",\"metric\":\"csat\"}]}");
    assert_true(p.ok);
    assert_true(p.record.scores[0].reversed && p.record.scores[0].low == 1);
    assert_true(p.record.scores[1].low == -3 && p.record.scores[1].high == 3);
    parsed_done(&p);
}

TEST(record_change_replaces_what_is_given_and_empties_by_null) {
    static const struct {
        const char *change, *becomes; // NULL: refused
        const char *problem;
    } cases[] = {
        {"{}",
         "{\"source\":\"jd\",\"external_id\":\"1\",\"text\":\"慢\",\"reply\":\"抱歉\",\"replied\":true,"
         "\"scores\":[{\"metric\":\"rating\",\"value\":\"1\"}],\"attributes\":{\"a\":\"x\",\"b\":2}}",
         NULL},
        {"{\"reply\":null,\"text\":\"快\",\"attributes\":{\"a\":null,\"c\":true}}",
         "{\"source\":\"jd\",\"external_id\":\"1\",\"text\":\"快\",\"scores\":[{\"metric\":\"rating\",\"value\":\"1\"}],"
         "\"attributes\":{\"b\":2,\"c\":true}}",
         NULL},
        {"{\"text\":\"\",\"scores\":[{\"value\":5}],\"source\":\"jd\"}",
         "{\"source\":\"jd\",\"external_id\":\"1\",\"reply\":\"抱歉\",\"replied\":true,\"scores\":[{\"metric\":\"rating\",\"value\":\"5\"}],"
         "\"attributes\":{\"a\":\"x\",\"b\":2}}",
         NULL},
        {"{\"text\":null,\"scores\":[]}", NULL, "text"},
        {"{\"text\":[1]}", NULL, "text"},
        {"{\"source\":\"tmall\"}", NULL, "source"},
        {"{\"external_id\":2}", NULL, "external_id"},
        {"{\"txt\":\"a\"}", NULL, "txt"},
        {"{\"scores\":[{\"value\":9}]}", NULL, "scores[0].value"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct parsed was, expected;
        struct record_problems problems = {.n = 0};
        struct record now;
        CLEANUP(json_freep) struct json *change = NULL;
        CLEANUP(strbuf_done) struct strbuf a = strbuf_init(4 * KIB), b = strbuf_init(4 * KIB);
        parse(
            &was,
            "{\"source\":\"jd\",\"external_id\":\"1\",\"text\":\"慢\",\"reply\":\"抱歉\",\"scores\":[{\"value\":1}],"
            "\"attributes\":{\"a\":\"x\",\"b\":2}}");
        assert_true(was.ok && json_parse(str_from(cases[i].change), &change, NULL));
        bool ok = record_change(&was.record, change, NULL, &was.arena, &now, &problems, NULL);
        if (ok != (cases[i].becomes != NULL) ||
            (!ok && strcmp(problems.items[0].name, cases[i].problem) != 0))
            fail_msg("%s: %s", cases[i].change, problems.n ? problems.items[0].name : "taken");
        if (ok) {
            parse(&expected, cases[i].becomes);
            record_format(&now, &a);
            record_format(&expected.record, &b);
            assert_str(strbuf_str(&a), strbuf_cstr(&b));
            parsed_done(&expected);
        }
        parsed_done(&was);
    }
}
