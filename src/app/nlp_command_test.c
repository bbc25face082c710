// SPDX-License-Identifier: Apache-2.0
#include "app/nlp_command.h"

#include "analyse/enrich.h"
#include "base/json.h"
#include "base/strbuf.h"
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

static struct str read_back(FILE *f, struct strbuf *out) {
    char buf[4096];
    size_t n;
    rewind(f);
    while ((n = fread(buf, 1, sizeof buf, f)) > 0)
        strbuf_add(out, str_make(buf, n));
    fclose(f);
    return strbuf_str(out);
}

struct result {
    bool ok;
    struct error err;
    struct strbuf out, complaints;
};

static void result_done(struct result *r) {
    strbuf_done(&r->out);
    strbuf_done(&r->complaints);
}

static struct result filter(const struct model *m, struct str in, int threads) {
    struct result r = {.out = strbuf_init(64 * MIB), .complaints = strbuf_init(1 * MIB)};
    FILE *from = tmpfile(), *to = tmpfile(), *complaints = tmpfile();
    assert_true(from && to && complaints);
    fwrite(in.ptr, 1, in.len, from);
    rewind(from);
    struct nlp_filter_options o = {
        .threads = threads, .lang = LANG_EN, .quiet = true, .complaints = complaints};
    r.ok = nlp_analyse(from, to, m, o, &r.err);
    fclose(from);
    read_back(to, &r.out);
    read_back(complaints, &r.complaints);
    return r;
}

TEST(nlp_analyse_keeps_ids_and_order) {
    struct model *m = open_model();
    static const char *const ids[] = {"1",   "\"a\"", "null",       "[1,{\"b\":2}]", "{\"k\":true}",
                                      "1.5", "-0",    "\"\\u4f60\""};
    CLEANUP(strbuf_done) struct strbuf in = strbuf_init(1 * MIB);
    for (size_t i = 0; i < ARRAY_LEN(ids); i++)
        strbuf_addf(&in, "{\"id\":%s,\"text\":\"质量好，物流慢\"}\n\n", ids[i]);
    CLEANUP(result_done) struct result r = filter(m, strbuf_str(&in), 2);
    assert_true(r.ok);
    struct str rest = strbuf_str(&r.out), line;
    for (size_t i = 0; i < ARRAY_LEN(ids); i++) {
        CLEANUP(json_freep) struct json *want = NULL, *got = NULL;
        CLEANUP(strbuf_done) struct strbuf a = strbuf_init(KIB), b = strbuf_init(KIB);
        assert_true(str_cut(&rest, '\n', &line));
        assert_true(json_parse(line, &got, NULL) && json_parse(str_from(ids[i]), &want, NULL));
        struct json_writer wa = json_writer_init(&a), wb = json_writer_init(&b);
        json_add_value(&wa, json_get(got, "id"));
        json_add_value(&wb, want);
        assert_str(strbuf_str(&a), strbuf_cstr(&b));
    }
    model_close(m);
}

TEST(nlp_analyse_answers_in_the_agreed_shape) {
    struct model *m = open_model();
    CLEANUP(result_done)
    struct result r = filter(m, STR("{\"id\":1,\"text\":\"物流太慢了，等了十天\"}"), 1);
    assert_true(r.ok);
    CLEANUP(json_freep) struct json *j = NULL;
    assert_true(json_parse(strbuf_str(&r.out), &j, NULL));
    const struct json *s = json_get(j, "sentiment"), *d = json_at(json_get(j, "dimensions"), 0);
    assert_str(json_str(json_get(s, "label")), "neg");
    double sum = 0;
    for (int i = 0; i < N_SENTIMENTS; i++)
        sum += json_num(json_get(json_get(s, "probs"), sentiment_labels[i].code), -9);
    assert_float_equal(sum, 1, 1e-3);
    assert_true(json_num(json_get(s, "score"), 0) > 0.5);
    assert_str(json_str(json_get(d, "code")), "logistics");
    assert_str(json_str(json_get(d, "polarity")), "neg");
    const struct json *e = json_get(d, "evidence");
    assert_true(json_int(json_get(e, "start"), -1) >= 0);
    assert_true(json_int(json_get(e, "end"), -1) > json_int(json_get(e, "start"), -1));
    assert_true(str_has(STR("物流太慢了，等了十天"), json_str(json_get(e, "text"))));
    assert_true(json_is_whole(json_get(json_get(j, "urgency"), "level")));
    assert_str(json_str(json_get(json_get(j, "validity"), "label")), "ok");
    assert_int_equal(json_kind(json_get(j, "keywords")), JSON_KIND_ARRAY);
    assert_true(str_starts(json_str(json_get(j, "model")), STR("quick-")));
    model_close(m);
}

TEST(nlp_analyse_marks_bad_lines_and_goes_on) {
    static const struct {
        const char *line, *id, *says;
    } cases[] = {
        {"not json", "null", "JSON"},
        {"[1]", "null", "object"},
        {"{\"id\":7}", "7", "text"},
        {"{\"id\":8,\"text\":5}", "8", "text"},
        {"{\"id\":9,\"text\":\"\xFF\"}", "null", "JSON"},
        {"{\"id\":9,\"text\":\"\\ud800\"}", "null", "JSON"},
        {"{\"text\":\"a\"} x", "null", "JSON"},
    };
    struct model *m = open_model();
    CLEANUP(strbuf_done) struct strbuf in = strbuf_init(1 * MIB);
    strbuf_adds(&in, "\xEF\xBB\xBF{\"id\":0,\"text\":\"好\"}\r\n");
    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        strbuf_addf(&in, "%s\n", cases[i].line);
    strbuf_adds(&in, "{\"id\":1,\"text\":\"好\"}");
    CLEANUP(result_done) struct result r = filter(m, strbuf_str(&in), 1);
    assert_false(r.ok);
    assert_int_equal(error_exit_status(r.err.code), 65);
    struct str rest = strbuf_str(&r.out), line;
    assert_true(str_cut(&rest, '\n', &line));
    assert_true(str_starts(line, STR("{\"id\":0,\"sentiment\"")));
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        CLEANUP(json_freep) struct json *j = NULL;
        assert_true(str_cut(&rest, '\n', &line));
        assert_true(json_parse(line, &j, NULL));
        assert_int_equal(json_int(json_get(j, "line"), -1), (int)i + 2);
        assert_true(str_has(line, str_from(cases[i].id)));
        assert_true(str_has(json_str(json_get(j, "error")), str_from(cases[i].says)));
    }
    assert_true(str_cut(&rest, '\n', &line));
    assert_true(str_starts(line, STR("{\"id\":1,\"sentiment\"")));
    assert_true(str_has(strbuf_str(&r.complaints), STR("line 2: ")));
    assert_true(str_has(strbuf_str(&r.complaints), STR("line 8: ")));
    model_close(m);
}

TEST(nlp_analyse_is_the_same_for_any_number_of_threads) {
    struct model *m = open_model();
    CLEANUP(strbuf_done) struct strbuf in = strbuf_init(4 * MIB);
    for (int i = 0; i < 1500; i++)
        strbuf_addf(&in, "{\"id\":%d,\"text\":\"第%d次购买，%s，物流%s\"}\n", i, i,
                    i % 3 ? "质量不错" : "坏了", i % 2 ? "很快" : "太慢");
    CLEANUP(result_done) struct result one = filter(m, strbuf_str(&in), 1);
    CLEANUP(result_done) struct result four = filter(m, strbuf_str(&in), 4);
    assert_true(one.ok && four.ok);
    assert_true(str_eq(strbuf_str(&one.out), strbuf_str(&four.out)));
    model_close(m);
}

TEST(nlp_analyse_takes_an_empty_input) {
    struct model *m = open_model();
    CLEANUP(result_done) struct result r = filter(m, STR("\n  \n"), 2);
    assert_true(r.ok);
    assert_int_equal(r.out.len, 0);
    model_close(m);
}
