// SPDX-License-Identifier: Apache-2.0
#include "nlp/quick.h"

#include <sys/stat.h>

#include "base/json.h"
#include "base/mem.h"
#include "base/strbuf.h"
#include "base/utf8.h"
#include "sys/file.h"
#include "tests/support/test.h"

static const char *model_dir(struct strbuf *path) {
    strbuf_reset(path);
    strbuf_addf(path, "%s/models/quick", test_source_dir());
    return strbuf_cstr(path);
}

static struct quick *open_model(void) {
    CLEANUP(strbuf_done) struct strbuf path = strbuf_init(8 * KIB);
    struct quick *q = NULL;
    struct error err = {0};
    if (!quick_open(model_dir(&path), &q, &err))
        fail_msg("%s", err.en);
    return q;
}

static int largest(const float *p, int n) {
    int best = 0;
    for (int i = 1; i < n; i++)
        if (p[i] > p[best])
            best = i;
    return best;
}

TEST(quick_reads_plain_feedback_rightly) {
    static const struct {
        const char *text;
        int sentiment, dimension, polarity; // dimension −1: not checked
    } cases[] = {
        {"质量很好，非常满意", SENTIMENT_POS, DIM_QUALITY, SENTIMENT_POS},
        {"物流太慢了，等了十天才到", SENTIMENT_NEG, DIM_LOGISTICS, SENTIMENT_NEG},
        {"客服态度很差，爱理不理", SENTIMENT_NEG, DIM_SERVICE, SENTIMENT_NEG},
        {"味道不错，下次还会点", SENTIMENT_POS, DIM_TASTE, SENTIMENT_POS},
        {"价格太贵了，不值", SENTIMENT_NEG, DIM_PRICE, SENTIMENT_NEG},
        {"房间很脏，床单上有头发", SENTIMENT_NEG, DIM_HYGIENE, SENTIMENT_NEG},
        {"包装破损，里面都漏了", SENTIMENT_NEG, DIM_PACKAGING, SENTIMENT_NEG},
        {"一直不给退款", SENTIMENT_NEG, DIM_AFTERSALES, SENTIMENT_NEG},
        {"Great food and friendly staff", SENTIMENT_POS, -1, 0},
        {"Terrible service, never again", SENTIMENT_NEG, -1, 0},
    };
    struct quick *q = open_model();
    struct quick_run *r = quick_run_new();
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct text_answer a;
        quick_read(q, r, str_from(cases[i].text), &a);
        if (largest(a.sentiment, N_SENTIMENTS) != cases[i].sentiment)
            fail_msg("“%s” read as %d", cases[i].text, largest(a.sentiment, N_SENTIMENTS));
        bool found = cases[i].dimension < 0;
        for (int k = 0; k < a.n_aspects; k++)
            found |= a.aspects[k].dimension == cases[i].dimension &&
                     a.aspects[k].polarity == cases[i].polarity;
        if (!found)
            fail_msg("“%s”: dimension %d not found", cases[i].text, cases[i].dimension);
    }
    quick_run_free(r);
    quick_close(q);
}

TEST(quick_answers_stay_in_their_bounds) {
    CLEANUP(strbuf_done) struct strbuf huge = strbuf_init(1 * MIB);
    for (int i = 0; i < 20000; i++)
        strbuf_adds(&huge, i % 7 ? "物流慢，" : "good phone ");
    const struct str cases[] = {
        STR(""),
        STR(" "),
        STR("。"),
        STR("，，，，"),
        STR("\xFF\xFE\xFD"),
        STR("好"),
        STR("a"),
        STR("\0\0\0"),
        STR("👍👍👍"),
        STR("12345"),
        strbuf_str(&huge),
        STR("但是"),
        STR("不\xE8\xBF"),
        STR("مرحبا بالعالم"),
        STR("とても良いです。配送が遅い"),
    };
    struct quick *q = open_model();
    struct quick_run *r = quick_run_new();
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct text_answer a;
        quick_read(q, r, cases[i], &a);
        float sum = a.sentiment[0] + a.sentiment[1] + a.sentiment[2];
        assert_float_equal(sum, 1, 1e-4);
        size_t n = MIN(utf8_count(cases[i]), 2000);
        assert_true(a.urgency_level < N_URGENCIES && a.validity_label < N_VALIDITIES);
        assert_true(a.n_aspects <= ANSWER_MAX_ASPECTS);
        for (int k = 0; k < a.n_aspects; k++) {
            assert_true(a.aspects[k].start < a.aspects[k].end && a.aspects[k].end <= n);
            assert_true(a.aspects[k].score > 0 && a.aspects[k].score <= 1);
            assert_true(k == 0 || a.aspects[k].score <= a.aspects[k - 1].score);
        }
    }
    quick_run_free(r);
    quick_close(q);
}

TEST(quick_says_blank_where_there_is_no_word) {
    static const char *const cases[] = {"", "  \n", "。。。！！", "12345", "👍", "5.0 !!"};
    struct quick *q = open_model();
    struct quick_run *r = quick_run_new();
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct text_answer a;
        quick_read(q, r, str_from(cases[i]), &a);
        assert_int_equal(a.validity_label, VALIDITY_BLANK);
        assert_int_equal(a.n_aspects, 0);
    }
    quick_run_free(r);
    quick_close(q);
}

// tests/quick/parity.jsonl: what train/quick (Python) says of texts, written by train/quick/fixture.py.
TEST(quick_agrees_with_its_trainer) {
    CLEANUP(strbuf_done) struct strbuf file = strbuf_init(4 * MIB);
    CLEANUP(strbuf_done) struct strbuf path = strbuf_init(8 * KIB);
    strbuf_addf(&path, "%s/tests/quick/parity.jsonl", test_source_dir());
    struct error err = {0};
    if (!file_read(strbuf_cstr(&path), 4 * MIB, &file, &err))
        fail_msg("%s", err.en);
    struct quick *q = open_model();
    struct quick_run *r = quick_run_new();
    struct str rest = strbuf_str(&file), line;
    int n = 0;
    while (str_cut(&rest, '\n', &line)) {
        if (!line.len)
            continue;
        CLEANUP(json_freep) struct json *j = NULL;
        assert_true(json_parse(line, &j, &err));
        struct text_answer a;
        quick_read(q, r, json_str(json_get(j, "text")), &a);
        const struct json *p = json_get(j, "sentiment"), *u = json_get(j, "urgency");
        for (size_t i = 0; i < 3; i++) {
            assert_float_equal(a.sentiment[i], json_num(json_at(p, i), -1), 1e-3);
            assert_float_equal(a.urgency[i], json_num(json_at(u, i), -1), 1e-3);
        }
        assert_str(json_str(json_get(j, "validity")), validity_labels[a.validity_label].code);
        const struct json *aspects = json_get(j, "aspects");
        assert_int_equal(json_len(aspects), a.n_aspects);
        for (size_t i = 0; i < a.n_aspects; i++) {
            const struct json *x = json_at(aspects, i);
            assert_str(json_str(json_at(x, 0)), dimension_labels[a.aspects[i].dimension].code);
            assert_str(json_str(json_at(x, 1)), sentiment_labels[a.aspects[i].polarity].code);
            assert_float_equal(a.aspects[i].score, json_num(json_at(x, 2), -1), 1e-3);
        }
        n++;
    }
    assert_true(n >= 100);
    quick_run_free(r);
    quick_close(q);
}

// A copy of the model's small files in a folder of its own, with one text replaced.
static const char *broken_copy(const char *file, const char *from, const char *to) {
    static const char *const files[] = {"config.json", "labels.json", "model.safetensors"};
    CLEANUP(strbuf_done) struct strbuf path = strbuf_init(8 * KIB), source = strbuf_init(8 * KIB);
    for (size_t i = 0; i < ARRAY_LEN(files); i++) {
        CLEANUP(strbuf_done) struct strbuf bytes = strbuf_init(64 * MIB);
        strbuf_reset(&path);
        strbuf_addf(&path, "%s/%s", model_dir(&source), files[i]);
        assert_true(file_read(strbuf_cstr(&path), 64 * MIB, &bytes, NULL));
        struct str whole = strbuf_str(&bytes);
        if (strcmp(files[i], file) != 0) {
            test_tmp_file(files[i], whole);
            continue;
        }
        CLEANUP(strbuf_done) struct strbuf changed = strbuf_init(64 * MIB);
        size_t at = str_find(whole, str_from(from));
        assert_true(at != STR_NONE);
        strbuf_add(&changed, str_slice(whole, 0, at));
        if (to) { // NULL: the file ends there
            strbuf_adds(&changed, to);
            strbuf_add(&changed, str_slice(whole, at + strlen(from), whole.len));
        }
        test_tmp_file(files[i], strbuf_str(&changed));
    }
    return test_tmp_dir();
}

TEST(quick_refuses_files_that_do_not_fit) {
    static const struct {
        const char *file, *from, *to, *says;
    } cases[] = {
        {"config.json", "\"format\": ", "\"format\": 9", "format"},
        {"config.json", "\"aspect\":", "\"aspekt\":", "thresholds"},
        {"config.json", "{", NULL, "config.json"},
        {"labels.json", "\"taste\"", "\"smell\"", "labels.json"},
        {"labels.json", "\"blank\"", "\"ad\"", "labels.json"},
        {"model.safetensors", "\"wide.keys\"", "\"wide.kyes\"", "wide.keys"},
        {"model.safetensors", "\"U16\"", "\"F32\"", "damaged"},
        {"model.safetensors", "\"aspect.w1\"", NULL, "damaged"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct quick *q = NULL;
        struct error err = {0};
        const char *dir = broken_copy(cases[i].file, cases[i].from, cases[i].to);
        assert_false(quick_open(dir, &q, &err));
        if (!str_has(str_from(err.en), str_from(cases[i].says)))
            fail_msg("case %zu says: %s", i, err.en);
        assert_true(err.zh[0] != '\0');
    }
}
