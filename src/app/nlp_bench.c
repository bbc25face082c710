// SPDX-License-Identifier: Apache-2.0
#include "app/nlp_bench.h"

#include <errno.h>
#include <stdlib.h>

#include "analyse/enrich.h"
#include "app/nlp_filter.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/strbuf.h"
#include "base/utf8.h"
#include "base/vec.h"
#include "num/parallel.h"

#define OWN_TEXTS 3000
#define READINGS  5 // of which the median counts

struct texts {
    VEC(struct str); // arena memory
    struct arena arena;
    uint64_t characters;
};

static void add_text(struct texts *t, struct str text) {
    t->characters += utf8_count(text);
    vec_push(t, arena_str(&t->arena, text));
}

// Sentences as customers write them, in turn.
static void add_own(struct texts *t) {
    static const char *const own[] = {
        "物流太慢了，下单五天才到，客服一直说在路上，问急了就不回了。东西倒是没坏。",
        "味道不错，分量也足，就是送来的时候有点凉。",
        "一打开就闪退，重装了三次还是这样，麻烦尽快修一下！",
        "房间干净，离地铁站走路五分钟，前台小姑娘很热情，下次来还住这里。",
        "Arrived two days late and the box was open. Nobody answers the phone.",
        "尺码偏小，建议买大一号，颜色和图片上一样，面料摸着挺舒服。",
        "说好的满减没有减，多扣了我二十块钱，找客服让我等，等了一个星期也没有退。",
        "用了一个月，电池一天两充，发热也厉害，不值这个价。",
        "好评",
        "排队排了四十分钟，叫号还跳过了我，办个业务要跑三个窗口，流程真的该改改了。",
    };
    for (size_t i = 0; i < OWN_TEXTS; i++)
        add_text(t, str_from(own[i % ARRAY_LEN(own)]));
}

static void keep_text(void *ctx, UNUSED void *mark, UNUSED const struct json *id, struct str text,
                      UNUSED struct json_writer *w) {
    add_text(ctx, text);
}

static bool read_texts(FILE *in, enum lang lang, struct texts *t, struct error *err) {
    static const struct nlp_verb verb = {
        .doing = {"读取", "reading"}, .in_order = true, .silent = true, .write = keep_text};
    struct nlp_filter_options o = {
        .ctx = t, .threads = 1, .lang = lang, .quiet = true, .complaints = stderr};
    if (in)
        return nlp_filter(in, stdout, &verb, &o, err);
    add_own(t);
    return true;
}

struct reading {
    const struct model *model;
    const struct texts *texts;
    struct model_run **runs;
    struct arena *arenas;
};

static void read_batch(void *ctx, int worker, size_t batch) {
    const struct reading *r = ctx;
    struct enrichment answers[NLP_BATCH];
    size_t from = batch * NLP_BATCH, n = MIN((size_t)NLP_BATCH, r->texts->len - from);
    arena_reset(&r->arenas[worker]);
    enrich_batch(r->model, r->runs[worker], r->texts->items + from, n, &r->arenas[worker], answers);
}

static int by_size(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

static double median_time(const struct model *model, const struct texts *t, int threads) {
    struct reading r = {.model = model,
                        .texts = t,
                        .runs = mem_zero((size_t)threads, sizeof(struct model_run *)),
                        .arenas = mem_zero((size_t)threads, sizeof(struct arena))};
    double seconds[1 + READINGS];
    for (int i = 0; i < threads; i++)
        r.runs[i] = model_run_new(model);
    for (int i = 0; i <= READINGS; i++) {
        int64_t begun = clock_monotonic_us();
        parallel_for(threads, (t->len + NLP_BATCH - 1) / NLP_BATCH, read_batch, &r);
        seconds[i] = (double)(clock_monotonic_us() - begun) / US_PER_SECOND;
    }
    for (int i = 0; i < threads; i++) {
        model_run_free(r.runs[i]);
        arena_done(&r.arenas[i]);
    }
    free(r.runs);
    free(r.arenas);
    qsort(seconds + 1, READINGS, sizeof *seconds, by_size);
    return seconds[1 + READINGS / 2];
}

static bool print(const struct model *model, const struct texts *t, bool own, int threads,
                  double seconds, FILE *out, struct error *err) {
    CLEANUP(strbuf_done) struct strbuf sb = strbuf_init(64 * KIB);
    struct json_writer w = json_writer_init(&sb);
    json_begin_object(&w);
    json_key(&w, "model");
    json_add_str(&w, model_name(model));
    json_key(&w, "sample");
    json_add_cstr(&w, own ? "built-in" : "input");
    json_key(&w, "texts");
    json_add_int(&w, (int64_t)t->len);
    json_key(&w, "characters");
    json_add_int(&w, (int64_t)t->characters);
    json_key(&w, "threads");
    json_add_int(&w, threads);
    json_key(&w, "seconds");
    json_add_num(&w, seconds, 6);
    json_key(&w, "texts_per_second");
    json_add_num(&w, seconds > 0 ? (double)t->len / seconds : 0, 1);
    json_end_object(&w);
    strbuf_addc(&sb, '\n');
    errno = 0;
    if (fwrite(sb.ptr, 1, sb.len, out) != sb.len || fflush(out))
        return error_errno(err, errno ? errno : EIO, "无法写入结果", "cannot write the result",
                           "stdout");
    return true;
}

bool nlp_bench(FILE *in, const struct model *model, int threads, enum lang lang, FILE *out,
               struct error *err) {
    struct texts t = {0};
    bool ok = read_texts(in, lang, &t, err);
    if (ok && t.len == 0)
        ok = error_set(err, ERROR_INVALID, "没有文字可读", "there is no text to read");
    ok = ok && print(model, &t, !in, threads, median_time(model, &t, threads), out, err);
    vec_done(&t);
    arena_done(&t.arena);
    return ok;
}
