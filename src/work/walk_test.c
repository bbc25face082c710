// SPDX-License-Identifier: Apache-2.0
#include "work/walk.h"

#include "report/render.h"
#include "tests/support/test.h"

// A shop's reviews: praise, slow delivery in one province, noise. The same for every call.
static const char *reviews(int rows) {
    static const struct {
        const char *text;
        int score;
    } lines[] = {
        {"物流太慢了，等了八天才到", 2},
        {"质量很好，包装也很严实", 5},
        {"客服态度很差，问什么都不理人", 1},
        {"味道不错，价格也便宜", 5},
        {"此用户没有填写评价!", 5},
        {"收到的时候包装破了，里面碎了一半", 2},
        {"很好", 5},
        {"。。。", 3},
        {"加微信 dailiao888 领优惠券，量大从优", 5},
    };
    static const char *const provinces[] = {"广东", "浙江", "西藏", "四川"};
    CLEANUP(strbuf_done) struct strbuf sb = strbuf_init(MIB);
    strbuf_adds(&sb, "订单编号,评价内容,评分,评价时间,省份,用户昵称\n");
    for (int i = 0; i < rows; i++) {
        int k = (i * 7 + i / 9) % (int)ARRAY_LEN(lines);
        strbuf_addf(&sb, "8%011d,第%d单：%s,%d,2026-10-%02d 12:00:00,%s,u***%d\n", i, i,
                    lines[k].text, lines[k].score, 1 + i % 28, provinces[(i / 3) % 4], i);
    }
    return test_tmp_file("walk.csv", strbuf_str(&sb));
}

struct outcome {
    struct walk walk;
    struct arena arena;
    struct report report;
    struct strbuf json;
};

static bool run(const char *path, struct walk_options *o, const struct period *asked,
                struct outcome *ret, struct error *err) {
    const char *paths[] = {path};
    struct zone *zone;
    if (!zone_open(STR("Asia/Shanghai"), &zone, err))
        return false;
    o->source.paths = paths;
    o->source.n_paths = 1;
    o->source.zone = o->zone = zone;
    o->model = STR("quick");
    o->lang = LANG_ZH;
    o->mask = true;
    o->threads = o->threads ? o->threads : 2;
    *ret = (struct outcome){.json = strbuf_init(64 * MIB)};
    bool ok = walk_run(o, &ret->walk, err);
    if (ok) {
        struct build_input in = {.layout = &ret->walk.layout,
                                 .texts = &ret->walk.texts,
                                 .lexicon = ret->walk.lexicon,
                                 .taxonomy = ret->walk.taxonomy,
                                 .source = ret->walk.source,
                                 .counts = &ret->walk.counts,
                                 .zone = zone,
                                 .model = STR("test"),
                                 .lang = LANG_ZH,
                                 .asked = asked};
        ok = report_build(&in, &ret->arena, &ret->report, err);
    }
    if (ok)
        report_json(&ret->report, &ret->json);
    ret->report.zone = NULL;
    zone_free(zone);
    return ok;
}

static void outcome_done(struct outcome *o) {
    walk_done(&o->walk);
    arena_done(&o->arena);
    strbuf_done(&o->json);
}

#define RUN(path, options, asked, ret)                                                             \
    do {                                                                                           \
        struct error e = {0};                                                                      \
        if (!run((path), (options), (asked), (ret), &e))                                           \
            fail_msg("%s", e.en);                                                                  \
    } while (0)

TEST(walk_is_the_same_for_any_number_of_threads) {
    const char *path = reviews(1500);
    struct outcome one, four;
    RUN(path, (&(struct walk_options){.threads = 1}), NULL, &one);
    RUN(path, (&(struct walk_options){.threads = 4}), NULL, &four);
    assert_true(one.json.len > 1000);
    assert_true(str_eq(strbuf_str(&one.json), strbuf_str(&four.json)));
    outcome_done(&one);
    outcome_done(&four);
}

TEST(walk_counts_add_up) {
    struct outcome o;
    RUN(reviews(900), (&(struct walk_options){0}), NULL, &o);
    const struct build_counts *c = &o.walk.counts;
    uint64_t all = 0;
    for (int q = 0; q < N_QUALITIES; q++)
        all += c->quality[q];
    assert_int_equal(c->given, 900);
    assert_int_equal(all, 900);
    assert_int_equal(o.walk.texts.len, 900);
    assert_int_equal(o.report.read, 900);
    assert_int_equal(o.report.mode, REPORT_FULL);
    int64_t sentiments = 0;
    for (int s = 0; s < N_SENTIMENTS; s++)
        sentiments += o.report.all.sentiment[s];
    assert_int_equal(sentiments, c->quality[QUALITY_USED]);
    assert_true(o.report.all.score.has);
    assert_true(o.report.n_issues > 0);
    outcome_done(&o);
}

TEST(walk_where_keeps_what_is_asked_for) {
    struct outcome o;
    static const struct walk_filter where[] = {{STR_INIT("省份"), STR_INIT("西藏")},
                                               {STR_INIT("region"), STR_INIT("四川")}};
    struct walk_options options = {.where = where, .n_where = 2};
    RUN(reviews(1200), &options, NULL, &o);
    assert_int_equal(o.walk.counts.given - o.walk.counts.filtered, 600);
    assert_int_equal(o.walk.texts.len, 600);
    outcome_done(&o);
}

TEST(walk_where_names_the_columns_when_there_is_none) {
    struct outcome o;
    struct error err = {0};
    static const struct walk_filter where[] = {{STR_INIT("星座"), STR_INIT("狮子")}};
    struct walk_options options = {.where = where, .n_where = 1};
    assert_false(run(reviews(120), &options, NULL, &o, &err));
    assert_int_equal(err.code, ERROR_INVALID);
    assert_string_equal(err.field, "where");
    assert_non_null(strstr(err.zh, "省份"));
    outcome_done(&o);
}

TEST(walk_few_texts_are_listed_not_tested) {
    struct outcome o;
    RUN(reviews(18), (&(struct walk_options){0}), NULL, &o);
    assert_int_equal(o.report.mode, REPORT_LIST);
    assert_int_equal(o.report.n_segments, 0);
    assert_false(o.report.score_change.has);
    // Every dissatisfied customer is quoted somewhere.
    size_t bad = 0, quoted = 0;
    for (size_t i = 0; i < o.walk.texts.len; i++) {
        const struct text *t = &o.walk.texts.items[i];
        if (t->quality != QUALITY_USED || !(t->satisfaction <= 2))
            continue;
        bad++;
        bool found = false;
        for (size_t k = 0; k < o.report.n_issues; k++)
            for (size_t q = 0; q < o.report.issues[k].n_quotes; q++)
                found = found || o.report.issues[k].quotes[q].row == t->row;
        quoted += found;
    }
    assert_true(bad > 0);
    assert_int_equal(quoted, bad);
    outcome_done(&o);
}

TEST(walk_period_asked_for_is_what_is_reported) {
    struct outcome o;
    int32_t from = (int32_t)civil_to_days(2026, 10, 8);
    struct period asked = {from, from + 7};
    RUN(reviews(1400), (&(struct walk_options){0}), &asked, &o);
    assert_int_equal(o.report.from_days, from);
    assert_int_equal(o.report.to_days, from + 7);
    // 1,400 rows over 28 days; default praise and advertisements are no used feedback.
    assert_in_range(o.report.all.n_used, 200, 350);
    assert_true(o.report.has_compare);
    assert_int_equal(o.report.prev_to, from);
    outcome_done(&o);
}
