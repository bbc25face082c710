// SPDX-License-Identifier: Apache-2.0
// tests/deep/tiny: a network of random weights and what its definition (train/deep/network.py) says of a few texts.
#include "nlp/network.h"

#include <math.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/json.h"
#include "base/mem.h"
#include "base/strbuf.h"
#include "base/utf8.h"
#include "num/parallel.h"
#include "sys/file.h"
#include "tests/support/test.h"

#define TOLERANCE 1e-4

static struct network *open_tiny(enum network_precision precision) {
    CLEANUP(strbuf_done) struct strbuf dir = strbuf_init(8 * KIB);
    struct network *n = NULL;
    struct error err;
    strbuf_addf(&dir, "%s/tests/deep/tiny", test_source_dir());
    if (!network_open(strbuf_cstr(&dir), precision, &n, &err))
        fail_msg("%s", err.en);
    return n;
}

static void assert_numbers(const struct json *want, const float *have, size_t n) {
    assert_int_equal(json_len(want), n);
    for (size_t i = 0; i < n; i++)
        if (!(fabs(json_num(json_at(want, i), NAN) - (double)have[i]) < TOLERANCE))
            fail_msg("%.6f instead of %.6f", (double)have[i], json_num(json_at(want, i), NAN));
}

static void assert_expected(const struct network *n, struct network_run *r, struct str line) {
    CLEANUP(json_freep) struct json *j = NULL;
    struct network_logits l;
    assert_true(json_parse(line, &j, NULL));
    network_logits(n, r, json_str(json_get(j, "text")), &l);
    assert_numbers(json_get(j, "sentiment"), l.sentiment, N_SENTIMENTS);
    assert_numbers(json_get(j, "urgency"), l.urgency, N_URGENCIES);
    assert_numbers(json_get(j, "validity"), l.validity, N_VALIDITIES);
    assert_numbers(json_get(j, "emotion"), l.emotion, N_EMOTIONS);
    assert_numbers(json_get(j, "dimensions"), &l.dimensions[0][0],
                   (size_t)N_DIMENSIONS * (1 + N_SENTIMENTS));
    float embedding[16];
    struct str text = json_str(json_get(j, "text"));
    assert_int_equal(network_embedding(n), ARRAY_LEN(embedding));
    network_embed(n, r, &text, 1, embedding);
    assert_numbers(json_get(j, "embedding"), embedding, ARRAY_LEN(embedding));
}

TEST(network_computes_what_its_definition_says) {
    static const char *const processors[] = {"generic", "avx2"}; // where there is none: the best
    for (size_t i = 0; i < ARRAY_LEN(processors); i++) {
        setenv("HUISHENG_CPU", processors[i], 1);
        struct network *n = open_tiny(NETWORK_FLOAT);
        unsetenv("HUISHENG_CPU");
        struct network_run *r = network_run_new(n);
        assert_str(network_name(n), "tiny-1");
        CLEANUP(strbuf_done) struct strbuf path = strbuf_init(8 * KIB), text = strbuf_init(MIB);
        strbuf_addf(&path, "%s/tests/deep/tiny/expected.jsonl", test_source_dir());
        assert_true(file_read(strbuf_cstr(&path), MIB, &text, NULL));
        size_t lines = 0;
        for (struct str rest = strbuf_str(&text); rest.len; lines++) {
            size_t end = str_find_char(rest, '\n');
            assert_expected(n, r, str_slice(rest, 0, end));
            rest = str_slice(rest, end + 1, rest.len);
        }
        assert_int_equal(lines, 8);
        network_run_free(r);
        network_close(n);
    }
}

static const char *const texts[] = {"物流太慢，等了五天！", "",  "不好用", "Wi-Fi 很好",
                                    "客服不理人。用不了",   "😀😀"};
#define N_TEXTS 500

static struct str text_at(size_t i) {
    static char many[4000];
    if (i % 97 == 96) { // longer than a network reads
        for (size_t k = 0; k + 3 < sizeof many; k += 3)
            memcpy(many + k, "好", 3);
        return str_make(many, sizeof many - sizeof many % 3);
    }
    return str_from(texts[i * 7 % ARRAY_LEN(texts)]);
}

static void assert_same(const struct text_answer *a, const struct text_answer *b) {
    for (int i = 0; i < N_SENTIMENTS; i++)
        assert_true(fabsf(a->sentiment[i] - b->sentiment[i]) < 1e-5f);
    assert_int_equal(a->urgency_level, b->urgency_level);
    assert_int_equal(a->validity_label, b->validity_label);
    assert_int_equal(a->n_aspects, b->n_aspects);
    for (int i = 0; i < a->n_aspects; i++) {
        assert_int_equal(a->aspects[i].dimension, b->aspects[i].dimension);
        assert_int_equal(a->aspects[i].start, b->aspects[i].start);
        assert_int_equal(a->aspects[i].end, b->aspects[i].end);
    }
}

TEST(network_reads_many_as_it_reads_one) {
    struct network *n = open_tiny(NETWORK_INT8);
    struct network_run *r = network_run_new(n);
    struct str all[N_TEXTS];
    struct text_answer *many = NEW_ARRAY(struct text_answer, N_TEXTS);
    for (size_t i = 0; i < N_TEXTS; i++)
        all[i] = text_at(i);
    network_read(n, r, all, N_TEXTS, many);
    for (size_t i = 0; i < N_TEXTS; i++) {
        struct text_answer one;
        network_read(n, r, &all[i], 1, &one);
        assert_same(&one, &many[i]);
        double sum = 0;
        for (int s = 0; s < N_SENTIMENTS; s++)
            sum += (double)one.sentiment[s];
        assert_float_equal(sum, 1, 1e-5);
        assert_true(one.certainty >= 0 && one.certainty <= 1);
        if (all[i].len == 0)
            assert_int_equal(one.validity_label, VALIDITY_BLANK);
        for (int k = 0; k < one.n_aspects; k++) {
            assert_true(one.aspects[k].start < one.aspects[k].end);
            assert_true(one.aspects[k].end <= utf8_count(all[i]));
            assert_true(k == 0 || one.aspects[k].score <= one.aspects[k - 1].score);
        }
    }
    network_read(n, r, all, 0, many);
    free(many);
    network_run_free(r);
    network_close(n);
}

struct crowd {
    const struct network *network;
    const struct str *texts;
    struct text_answer *answers;
};

static void read_some(void *ctx, UNUSED int worker, size_t item) {
    const struct crowd *c = ctx;
    struct network_run *r = network_run_new(c->network);
    network_read(c->network, r, c->texts + item * 50, 50, c->answers + item * 50);
    network_run_free(r);
}

TEST(network_says_the_same_on_any_number_of_threads) {
    struct network *n = open_tiny(NETWORK_INT8);
    struct str all[N_TEXTS];
    struct text_answer *answers[2];
    for (size_t i = 0; i < N_TEXTS; i++)
        all[i] = text_at(i);
    for (int k = 0; k < 2; k++) {
        answers[k] = NEW_ARRAY(struct text_answer, N_TEXTS);
        parallel_for(k ? 4 : 1, N_TEXTS / 50, read_some, &(struct crowd){n, all, answers[k]});
    }
    assert_memory_equal(answers[0], answers[1], N_TEXTS * sizeof **answers);
    free(answers[0]);
    free(answers[1]);
    network_close(n);
}

// A copy of the folder with one file changed: `cut` bytes of it, or with `from` put for `to`.
static bool opens_with(const char *file, size_t cut, const char *from, const char *to,
                       struct error *err) {
    static const char *const files[] = {"config.json", "labels.json", "vocab.txt",
                                        "model.safetensors"};
    static int turn;
    char dir[300], path[400];
    snprintf(dir, sizeof dir, "%s/network-%d", test_tmp_dir(), turn++);
    assert_int_equal(mkdir(dir, 0700), 0);
    for (size_t i = 0; i < ARRAY_LEN(files); i++) {
        CLEANUP(strbuf_done) struct strbuf text = strbuf_init(MIB), changed = strbuf_init(MIB);
        snprintf(path, sizeof path, "%s/tests/deep/tiny/%s", test_source_dir(), files[i]);
        assert_true(file_read(path, MIB, &text, NULL));
        struct str whole = strbuf_str(&text);
        size_t at = from ? str_find(whole, str_from(from)) : STR_NONE;
        if (strcmp(files[i], file) == 0 && from) {
            assert_true(at != STR_NONE);
            strbuf_add(&changed, str_slice(whole, 0, at));
            strbuf_adds(&changed, to);
            strbuf_add(&changed, str_slice(whole, at + strlen(from), whole.len));
        } else {
            strbuf_add(&changed, str_slice(whole, 0, strcmp(files[i], file) ? whole.len : cut));
        }
        snprintf(path, sizeof path, "%s/%s", dir, files[i]);
        struct output *o;
        assert_true(output_open(path, &o, NULL));
        output_write(o, strbuf_str(&changed));
        assert_true(output_commit(o, NULL));
    }
    struct network *n = NULL;
    bool ok = network_open(dir, NETWORK_INT8, &n, err);
    network_close(n);
    return ok;
}

TEST(network_refuses_files_that_do_not_fit) {
    static const struct {
        const char *file;
        size_t cut;
        const char *from, *to, *says;
    } cases[] = {
        {"config.json", 10, NULL, NULL, "config.json"},
        {"config.json", 0, "\"network\"", "\"abacus\"", "kind"},
        {"config.json", 0, "\"format\": 1", "\"format\": 99", "format"},
        {"config.json", 0, "\"hidden\": 16", "\"hidden\": 12", "hidden"},
        {"config.json", 0, "\"hidden\": 16", "\"hidden\": 32", "words.weight"},
        {"config.json", 0, "\"layers\": 2", "\"layers\": 3", "layers.2.qkv"},
        {"config.json", 0, "\"embedding\": 16", "\"embedding\": -1", "embedding"},
        {"config.json", 0, "\"urgent\": 0.5", "\"urgent\": 2", "thresholds"},
        {"labels.json", 0, "\"taste\"", "\"flavour\"", "dimensions"},
        {"labels.json", 0, "\"anger\"", "\"rage\"", "emotion"},
        {"vocab.txt", 20, NULL, NULL, "vocab.txt"},
        {"vocab.txt", 0, "wi\n", "", "words.weight"},
        {"model.safetensors", 1000, NULL, NULL, "model.safetensors"},
        {"model.safetensors", 33980, NULL, NULL, "model.safetensors"},
        {"model.safetensors", 0, "\"I8\"", "\"U8\"", "attend.weight"},
    };
    struct error err = {0};
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        if (opens_with(cases[i].file, cases[i].cut, cases[i].from, cases[i].to, &err))
            fail_msg("case %zu was opened", i);
        if (!strstr(err.en, cases[i].says))
            fail_msg("case %zu: “%s” does not name %s", i, err.en, cases[i].says);
    }
    struct network *n = NULL;
    assert_false(network_open("/nonexistent", NETWORK_INT8, &n, &err));
}
