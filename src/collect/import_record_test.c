// SPDX-License-Identifier: Apache-2.0
#include "collect/import_record.h"

#include "base/strbuf.h"
#include "base/utf8.h"
#include "tests/support/test.h"

struct mapped {
    struct source *source;
    struct import_mapper *mapper;
    struct arena arena;
    struct feedback feedback[16];
    struct record records[16];
    uint32_t nth[16];
    struct words cut[16];
    size_t n;
};

static struct mapped map_file(const char *name, struct str content, struct str shown) {
    struct mapped m = {.n = 0};
    struct error err;
    const char *path = test_tmp_file(name, content);
    struct source_options o = {.paths = &path, .n_paths = 1, .names = &shown};
    if (!source_open(&o, &m.source, &err) ||
        !source_next(m.source, &m.arena, m.feedback, ARRAY_LEN(m.feedback), &m.n, &err))
        fail_msg("%s", err.en);
    m.mapper = import_mapper_new(m.source);
    for (size_t i = 0; i < m.n; i++)
        m.nth[i] = import_mapper_next(m.mapper, &m.feedback[i], &m.arena, &m.records[i], &m.cut[i]);
    return m;
}

static void mapped_done(struct mapped *m) {
    import_mapper_free(m->mapper);
    source_close(m->source);
    arena_done(&m->arena);
}

TEST(import_record_keeps_what_the_row_says) {
    static const char file[] =
        "评价ID,订单编号,评价内容,追评内容,商家回复,综合评分,物流评分,评价时间,省份,配送天数,买家昵称,手机号,邮箱\n"
        "R900001,88001234567890,味道不错,又买了一次,感谢您的支持与喜爱,5,3,2026-10-01 12:00:00,广东省,3,小红书,13800138000,a@example.com\n"
        "R900002,88001234567891,一般,,,3,2,2026-10-02,浙江省,4,t***8,138****8000,\n"
        "R900003,88001234567892,不好,,,1,1,2026-10-03,广东省,9,李四,13900139000,b@example.com\n";
    struct mapped m = map_file("m.csv", str_from(file), STR("天猫 10月.csv"));
    assert_int_equal(m.n, 3);
    const struct record *r = &m.records[0];
    assert_str(r->source, "import"); // only the file's name says 天猫
    assert_str(r->channel, "天猫");
    assert_str(r->external_id, "R900001");
    assert_str(r->text, "味道不错");
    assert_str(r->follow_up, "又买了一次");
    assert_str(r->reply, "感谢您的支持与喜爱");
    assert_true(r->replied);
    assert_str(r->order, "88001234567890");
    assert_str(r->customer.name, "小红书");
    assert_str(r->customer.phone, "13800138000");
    assert_str(r->customer.email, "a@example.com");
    assert_int_equal(r->n_scores, 2);
    bool logistics = false;
    for (size_t i = 0; i < r->n_scores; i++) {
        assert_true(r->scores[i].low == 1 && r->scores[i].high == 5);
        logistics = logistics || (str_eq(r->scores[i].dimension, STR("logistics")) &&
                                  str_eq(r->scores[i].value, STR("3")));
    }
    assert_true(logistics);
    bool days = false, region = false;
    for (size_t i = 0; i < r->n_attributes; i++) {
        const struct record_attr *a = &r->attributes[i];
        days = days || (a->kind == RECORD_ATTR_NUMBER && str_eq(a->value, STR("3")) &&
                        str_eq(a->role, STR("delivery_days")));
        region = region || (str_eq(a->role, STR("region")) && str_eq(a->value, STR("广东")));
    }
    assert_true(region);
    assert_true(days);
    // A masked name is a name; a masked number is nobody's.
    assert_str(m.records[1].customer.name, "t***8");
    assert_str(m.records[1].customer.phone, "");
    assert_true(m.records[1].date_only);
    mapped_done(&m);
}

TEST(import_record_counts_what_is_alike) {
    static const char file[] = "评价内容,评分,评价时间,买家昵称\n"
                               "好,5,2026-10-01,a***1\n"
                               "好,5,2026-10-01,a***1\n"
                               "好,5,2026-10-01,b***1\n"
                               "好,5,2026-10-02,a***1\n"
                               "好,5,2026-10-01,a***1\n";
    struct mapped m = map_file("n.csv", str_from(file), STR("n.csv"));
    static const uint32_t expected[] = {1, 2, 1, 1, 3};
    assert_int_equal(m.n, ARRAY_LEN(expected));
    for (size_t i = 0; i < m.n; i++)
        assert_int_equal(m.nth[i], expected[i]);
    mapped_done(&m);
}

// Row numbers begin anew in every file: as ids they would put other people's reviews over each other.
TEST(import_record_takes_no_row_numbers_for_ids) {
    static const char file[] =
        "评论ID,评价内容,评分\n1,很好很满意,5\n2,太差了不满意,1\n3,一般般吧,3\n";
    struct mapped m = map_file("s.csv", str_from(file), STR("s.csv"));
    assert_int_equal(m.n, 3);
    for (size_t i = 0; i < m.n; i++)
        assert_str(m.records[i].external_id, "");
    mapped_done(&m);
}

TEST(import_record_keeps_two_opinions_under_one_id_apart) {
    static const char file[] = "评价ID,商品名称,评价内容,评分\n"
                               "R900001,红茶,很好,5\nR900001,绿茶,不好,1\nR900002,红茶,一般,3\n";
    struct mapped m = map_file("o.csv", str_from(file), STR("o.csv"));
    assert_int_equal(m.n, 3);
    assert_str(m.records[0].external_id, "R900001");
    assert_str(m.records[1].external_id, "R900001~2");
    mapped_done(&m);
}

TEST(import_record_cuts_what_is_too_long) {
    CLEANUP(strbuf_done) struct strbuf file = strbuf_init(MIB);
    strbuf_adds(&file, "评价内容,评分\n");
    for (int i = 0; i < RECORD_MAX_TEXT + 5; i++)
        strbuf_adds(&file, "慢");
    strbuf_adds(&file, ",1\n很好,5\n");
    struct mapped m = map_file("l.csv", strbuf_str(&file), STR("l.csv"));
    assert_int_equal(m.n, 2);
    assert_int_equal(utf8_count(m.records[0].text), RECORD_MAX_TEXT);
    assert_non_null(m.cut[0].zh);
    assert_null(m.cut[1].zh);
    mapped_done(&m);
}
