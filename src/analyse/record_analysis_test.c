// SPDX-License-Identifier: Apache-2.0
#include "analyse/record_analysis.h"

#include <math.h>

#include "tests/support/test.h"

static void analyse(const char *const *texts, size_t n, struct arena *a, struct json **trees,
                    struct json **ret) {
    struct model *m;
    assert_true(model_open(STR("quick"), &m, NULL));
    struct record_analysis *ra = record_analysis_new(m);
    struct record *records = ARENA_ARRAY(a, struct record, n);
    struct record_result *results = ARENA_ARRAY(a, struct record_result, n);
    for (size_t i = 0; i < n; i++) {
        struct record_problems problems = {0};
        assert_true(json_parse(str_from(texts[i]), &trees[i], NULL));
        assert_true(record_parse(trees[i], NULL, a, &records[i], &problems, NULL));
    }
    record_analysis_run(ra, records, n, a, results);
    for (size_t i = 0; i < n; i++) {
        CLEANUP(strbuf_done) struct strbuf sb = strbuf_init(MIB);
        analysis_format(&results[i], &records[i], a, STR("quick-1"), &sb);
        assert_true(json_parse(strbuf_str(&sb), &ret[i], NULL));
    }
    record_analysis_free(ra);
    model_close(m);
}

TEST(record_analysis_reads_text_scores_and_noise_of_mixed_records) {
    static const char *const texts[] = {
        "{\"text\":\"物流太慢了，等了八天才到，客服也不理人\",\"scores\":[{\"value\":2}]}",
        "{\"text\":\"此用户没有填写评价\",\"scores\":[{\"metric\":\"nps\",\"value\":9},{\"value\":90,\"scale\":\"0-100\"}]}",
        "{\"text\":\"衣服质量很好，很喜欢\"}",
        // More kinds of scores than one schema has columns
        ("{\"scores\":[{\"value\":1,\"scale\":\"0-2\"},{\"value\":1,\"scale\":\"0-3\"},{\"value\":1,\"scale\":\"0-4\"},"
         "{\"value\":1,\"scale\":\"0-5\"},{\"value\":1,\"scale\":\"0-6\"},{\"value\":7,\"scale\":\"0-7\"}]}"),
    };
    struct json *trees[4], *out[4];
    CLEANUP(arena_done) struct arena a = {0};
    analyse(texts, 4, &a, trees, out);
    struct analysis_facts f;
    analysis_facts_read(out[0], NULL, 0, &f);
    assert_true(f.used);
    assert_int_equal(f.sentiment, SENTIMENT_NEG);
    assert_true(f.satisfaction == 2);
    assert_true(f.n_aspects >= 1 && f.n_keywords >= 1);
    const struct json *evidence = json_get(json_at(json_get(out[0], "dimensions"), 0), "evidence");
    assert_true(json_str(json_get(evidence, "text")).len > 0);
    analysis_facts_read(out[1], NULL, 0, &f);
    assert_false(f.used);
    assert_true(f.nps == 9);
    assert_true(fabs(f.score[1] - 4.6) < 1e-3);
    assert_int_equal(f.sentiment, N_SENTIMENTS);
    analysis_facts_read(out[2], NULL, 0, &f);
    assert_int_equal(f.sentiment, SENTIMENT_POS);
    assert_true(isnan(f.satisfaction) && f.text_score > 3);
    analysis_facts_read(out[3], NULL, 0, &f);
    assert_true(f.satisfaction == 3);
    assert_true(f.score[5] == 5);
    for (int i = 0; i < 4; i++) {
        json_free(trees[i]);
        json_free(out[i]);
    }
}

TEST(record_analysis_evidence_counts_in_the_whole_text) {
    static const char *const texts[] = {
        "{\"text\":\"颜色好看\",\"follow_up\":\"追评：😀 用了三天就坏了，质量太差\"}"};
    struct json *tree, *out;
    CLEANUP(arena_done) struct arena a = {0};
    analyse(texts, 1, &a, &tree, &out);
    const struct json *list = json_get(out, "dimensions");
    bool found = false;
    for (size_t i = 0; i < json_len(list); i++) {
        const struct json *e = json_get(json_at(list, i), "evidence");
        if (!str_has(json_str(json_get(e, "text")), STR("坏")) &&
            !str_has(json_str(json_get(e, "text")), STR("差")))
            continue;
        found = true;
        // behind 颜色好看, the line feed and 追评：
        assert_true(json_int(json_get(e, "start"), 0) >= 8);
    }
    assert_true(found);
    json_free(tree);
    json_free(out);
}

TEST(record_analysis_corrections_stand_over_the_model) {
    struct json *analysis, *sentiment, *dimensions, *validity;
    assert_true(json_parse(
        STR("{\"sentiment\":\"pos\",\"urgency\":0,\"validity\":\"ok\",\"text_score\":4.5,"
            "\"dimensions\":[{\"code\":\"quality\",\"polarity\":\"pos\"}],\"keywords\":[\"好用\"]}"),
        &analysis, NULL));
    assert_true(json_parse(STR("\"neg\""), &sentiment, NULL));
    assert_true(json_parse(
        STR("[{\"code\":\"price\",\"polarity\":\"neg\"},{\"code\":\"price\",\"polarity\":\"pos\"},{\"code\":\"x\"}]"),
        &dimensions, NULL));
    assert_true(json_parse(STR("\"ad\""), &validity, NULL));
    struct correction c[] = {{.field = STR_INIT("sentiment"), .value = sentiment},
                             {.field = STR_INIT("dimensions"), .value = dimensions},
                             {.field = STR_INIT("validity"), .value = validity}};
    struct analysis_facts f;
    analysis_facts_read(analysis, c, 2, &f);
    assert_int_equal(f.sentiment, SENTIMENT_NEG);
    assert_true(f.text_score < 3);
    assert_int_equal(f.n_aspects, 1);
    assert_int_equal(f.aspects[0].dimension, DIM_PRICE);
    analysis_facts_read(analysis, c, 3, &f);
    assert_false(f.used);
    assert_int_equal(f.n_aspects, 0);
    json_free(analysis);
    json_free(sentiment);
    json_free(dimensions);
    json_free(validity);
}
