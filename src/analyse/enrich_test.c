// SPDX-License-Identifier: Apache-2.0
#include "analyse/enrich.h"

#include <math.h>

#include "base/strbuf.h"
#include "base/utf8.h"
#include "tests/support/test.h"

static struct model *open_model(void) {
    CLEANUP(strbuf_done) struct strbuf path = strbuf_init(8 * KIB);
    strbuf_addf(&path, "%s/models/quick", test_source_dir());
    struct model *m = NULL;
    struct error err = {0};
    if (!model_open(strbuf_str(&path), &m, &err))
        fail_msg("%s", err.en);
    return m;
}

static struct model *open_of(const char *name, struct error *err) {
    CLEANUP(strbuf_done) struct strbuf path = strbuf_init(8 * KIB);
    struct model *m = NULL;
    strbuf_addf(&path, "%s/tests/deep/%s", test_source_dir(), name);
    return model_open(strbuf_str(&path), &m, err) ? m : NULL;
}

static void read_with(const char *name, const struct str *texts, size_t n, struct enrichment *ret) {
    struct error err;
    struct model *m = open_of(name, &err);
    if (!m)
        fail_msg("%s", err.en);
    struct model_run *run = model_run_new(m);
    CLEANUP(arena_done) struct arena arena = {0};
    enrich_batch(m, run, texts, n, &arena, ret);
    model_run_free(run);
    model_close(m);
}

// What the first network is not sure of, and only that, is answered by the second.
TEST(enrich_asks_the_second_network_when_the_first_is_not_sure) {
    enum {
        N = 150
    };
    static const char *const parts[] = {"物流", "太慢", "不好用", "客服", "很好", "五天", "！"};
    struct enrichment first[N], second[N], pair[N];
    CLEANUP(arena_done) struct arena arena = {0};
    struct str texts[N];
    for (size_t i = 0; i < N; i++) {
        CLEANUP(strbuf_done) struct strbuf text = strbuf_init(KIB);
        for (size_t k = 0; k < 1 + i % 5; k++)
            strbuf_adds(&text, parts[(i * 3 + k * k) % ARRAY_LEN(parts)]);
        texts[i] = arena_str(&arena, strbuf_str(&text));
    }
    read_with("tiny", texts, N, first);
    read_with("other", texts, N, second);
    read_with("pair", texts, N, pair);
    int by_first = 0, by_second = 0;
    for (size_t i = 0; i < N; i++) {
        const float *p = pair[i].sentiment_probs, *a = first[i].sentiment_probs;
        const float *b = second[i].sentiment_probs;
        bool is_first = fabsf(p[0] - a[0]) < 1e-4f && fabsf(p[1] - a[1]) < 1e-4f;
        bool is_second = fabsf(p[0] - b[0]) < 1e-4f && fabsf(p[1] - b[1]) < 1e-4f;
        assert_true(is_first || is_second);
        by_first += is_first && !is_second;
        by_second += is_second && !is_first;
    }
    assert_true(by_first > 0 && by_second > 0);
    struct error err;
    struct model *m = open_of("pair", &err);
    assert_str(model_name(m), "pair-1");
    model_close(m);
    assert_null(open_of("absent", &err));
}

TEST(enrich_answers_each_text_of_a_batch) {
    struct model *m = open_model();
    struct model_run *run = model_run_new(m);
    CLEANUP(arena_done) struct arena arena = {0};
    const struct str texts[] = {
        STR("物流太慢了，客服也不回复"),
        STR(""),
        STR("味道很好，分量足，推荐"),
        STR("吃出一只蟑螂，已经打12315投诉"),
    };
    struct enrichment e[ARRAY_LEN(texts)];
    enrich_batch(m, run, texts, ARRAY_LEN(texts), &arena, e);
    assert_int_equal(e[0].sentiment, SENTIMENT_NEG);
    assert_true(e[0].n_aspects >= 1 && e[0].n_keywords >= 1);
    assert_int_equal(e[1].validity, VALIDITY_BLANK);
    assert_int_equal(e[1].n_aspects, 0);
    assert_int_equal(e[1].n_keywords, 0);
    assert_int_equal(e[2].sentiment, SENTIMENT_POS);
    assert_int_equal(e[3].urgency, URGENCY_URGENT);
    bool hygiene = false;
    for (int i = 0; i < e[3].n_aspects; i++)
        hygiene |= e[3].aspects[i].dimension == DIM_HYGIENE && e[3].aspects[i].start == 0;
    assert_true(hygiene);
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        float sum = 0;
        for (int s = 0; s < N_SENTIMENTS; s++) {
            sum += e[i].sentiment_probs[s];
            assert_true(e[i].sentiment_probs[s] <= e[i].sentiment_probs[e[i].sentiment]);
        }
        assert_float_equal(sum, 1, 1e-4);
    }
    model_run_free(run);
    model_close(m);
}

TEST(enrich_gives_the_same_answer_again) {
    struct model *m = open_model();
    struct model_run *run = model_run_new(m);
    CLEANUP(arena_done) struct arena arena = {0};
    struct str text = STR("屏幕有划痕，但是客服态度不错");
    struct enrichment first, again, other;
    enrich_batch(m, run, &text, 1, &arena, &first);
    struct str between =
        STR("a completely different and rather longer text, with other words in it");
    enrich_batch(m, run, &between, 1, &arena, &other);
    enrich_batch(m, run, &text, 1, &arena, &again);
    assert_memory_equal(first.sentiment_probs, again.sentiment_probs, sizeof first.sentiment_probs);
    assert_int_equal(first.n_aspects, again.n_aspects);
    for (int i = 0; i < first.n_aspects; i++) {
        assert_int_equal(first.aspects[i].dimension, again.aspects[i].dimension);
        assert_int_equal(first.aspects[i].start, again.aspects[i].start);
        assert_int_equal(first.aspects[i].end, again.aspects[i].end);
    }
    model_run_free(run);
    model_close(m);
}

TEST(model_open_says_what_is_missing) {
    static const struct {
        const char *name;
        enum error_code code;
    } cases[] = {
        {"", ERROR_INVALID},
        {"no-such-model", ERROR_NOT_FOUND},
        {"/no/such/folder", ERROR_NOT_FOUND},
        {"../../..", ERROR_NOT_FOUND},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct model *m = NULL;
        struct error err = {0};
        assert_false(model_open(str_from(cases[i].name), &m, &err));
        assert_int_equal(err.code, cases[i].code);
    }
    struct error err = {0};
    struct model *m = NULL;
    assert_false(model_open(str_make("a\0b", 3), &m, &err));
}
