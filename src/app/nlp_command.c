// SPDX-License-Identifier: Apache-2.0
#include "app/nlp_command.h"

#include <errno.h>

#include "analyse/enrich.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "sys/ordered.h"
#include "sys/stop.h"
#include "sys/terminal.h"

#define MAX_LINE_BYTES (16 * MIB)
#define BATCH_LINES    128
#define BATCH_BYTES    (256 * KIB) // a batch is closed when it holds this much
// An answer: at most six proofs and eight phrases of the text.
#define MAX_ANSWER_BYTES (1 * GIB)

struct line {
    uint64_t number; // 1-based
    size_t start, len;
    bool too_long;
};

struct batch {
    struct strbuf in;
    size_t n;
    struct line lines[BATCH_LINES];
    struct strbuf out;
    struct strbuf complaints;
    uint64_t bad;
};

struct filter {
    const struct nlp_options *options;
    struct model_run **runs;
    struct arena *arenas;
    FILE *out;
    struct progress progress;
    uint64_t done, bad;
    double bytes_done;
    int write_error; // errno
};

static struct batch *batch_new(void) {
    struct batch *b = mem_zero(1, sizeof *b);
    b->in = strbuf_init(BATCH_BYTES + MAX_LINE_BYTES + 1);
    b->out = strbuf_init(MAX_ANSWER_BYTES);
    b->complaints = strbuf_init(4 * MIB);
    return b;
}

static void drop_batch(UNUSED void *ctx, void *item) {
    struct batch *b = item;
    strbuf_done(&b->in);
    strbuf_done(&b->out);
    strbuf_done(&b->complaints);
    free(b);
}

// ── one answer ──

static void add_probability(struct json_writer *w, const char *key, double p) {
    json_key(w, key);
    json_add_num(w, p, 4);
}

// Leaves the object open.
static void begin_label(struct json_writer *w, const char *key, const char *label, double score) {
    json_key(w, key);
    json_begin_object(w);
    json_key(w, "label");
    json_add_cstr(w, label);
    add_probability(w, "score", score);
}

static void add_sentiment(struct json_writer *w, const struct enrichment *e) {
    begin_label(w, "sentiment", sentiment_labels[e->sentiment].code,
                e->sentiment_probs[e->sentiment]);
    json_key(w, "probs");
    json_begin_object(w);
    for (int s = N_SENTIMENTS - 1; s >= 0; s--)
        add_probability(w, sentiment_labels[s].code, e->sentiment_probs[s]);
    json_end_object(w);
    json_end_object(w);
}

static void add_dimensions(struct json_writer *w, struct str text, const struct enrichment *e) {
    json_key(w, "dimensions");
    json_begin_array(w);
    for (int i = 0; i < e->n_aspects; i++) {
        const struct aspect *a = &e->aspects[i];
        json_begin_object(w);
        json_key(w, "code");
        json_add_cstr(w, dimension_labels[a->dimension].code);
        json_key(w, "polarity");
        json_add_cstr(w, sentiment_labels[a->polarity].code);
        add_probability(w, "score", a->score);
        json_key(w, "evidence");
        json_begin_object(w);
        json_key(w, "start");
        json_add_int(w, a->start);
        json_key(w, "end");
        json_add_int(w, a->end);
        json_key(w, "text");
        json_add_str(w, str_slice(text, utf8_offset(text, a->start), utf8_offset(text, a->end)));
        json_end_object(w);
        json_end_object(w);
    }
    json_end_array(w);
}

static void add_answer(struct json_writer *w, const struct json *id, struct str text,
                       const struct enrichment *e, struct str model) {
    json_begin_object(w);
    json_key(w, "id");
    if (id)
        json_add_value(w, id);
    else
        json_add_null(w);
    add_sentiment(w, e);
    add_dimensions(w, text, e);
    json_key(w, "urgency");
    json_begin_object(w);
    json_key(w, "level");
    json_add_int(w, e->urgency);
    add_probability(w, "score", e->urgency_score);
    json_end_object(w);
    begin_label(w, "validity", validity_labels[e->validity].code, e->validity_score);
    json_end_object(w);
    json_key(w, "emotions");
    json_begin_array(w);
    if (e->emotion != EMOTION_NONE)
        json_add_cstr(w, emotion_labels[e->emotion].code);
    json_end_array(w);
    json_key(w, "keywords");
    json_begin_array(w);
    for (int i = 0; i < e->n_keywords; i++)
        json_add_str(w, e->keywords[i]);
    json_end_array(w);
    json_key(w, "model");
    json_add_str(w, model);
    json_end_object(w);
}

static void add_complaint(struct filter *f, struct batch *b, const struct line *line,
                          const struct json *id, const struct error *why) {
    const char *text = error_text(why, f->options->lang);
    struct json_writer w = json_writer_init(&b->out);
    json_begin_object(&w);
    json_key(&w, "id");
    if (id)
        json_add_value(&w, id);
    else
        json_add_null(&w);
    json_key(&w, "line");
    json_add_int(&w, (int64_t)line->number);
    json_key(&w, "error");
    json_add_cstr(&w, text);
    json_end_object(&w);
    strbuf_addf(&b->complaints,
                f->options->lang == LANG_ZH ? "第 %llu 行：%s\n" : "line %llu: %s\n",
                (unsigned long long)line->number, text);
    b->bad++;
}

static bool parse_line(struct str text, bool too_long, struct json **ret, struct error *err) {
    if (too_long)
        return error_set(err, ERROR_LIMIT, "一行超过 16 MB，未分析",
                         "longer than 16 MB, not analysed");
    if (!json_parse(text, ret, err))
        return false;
    if (json_kind(*ret) != JSON_KIND_OBJECT)
        return error_set(err, ERROR_FORMAT, "不是 JSON 对象，应为 {\"id\":…,\"text\":…}",
                         "not a JSON object; expected {\"id\":…,\"text\":…}");
    if (json_kind(json_get(*ret, "text")) != JSON_KIND_STRING)
        return error_set(err, ERROR_FORMAT, "缺少文字 text，或它不是字符串",
                         "there is no \"text\", or it is not a string");
    return true;
}

// What a line says, before all texts of the batch are read together.
struct asked {
    struct json *json;
    struct error why; // when it is no text
    bool ok;
};

static void parse_lines(const struct batch *b, struct asked *ret, struct str *ret_texts) {
    for (size_t i = 0; i < b->n; i++) {
        const struct line *line = &b->lines[i];
        struct str raw = str_slice(strbuf_str(&b->in), line->start, line->start + line->len);
        ret[i] = (struct asked){0};
        ret[i].ok = parse_line(raw, line->too_long, &ret[i].json, &ret[i].why);
        ret_texts[i] = ret[i].ok ? json_str(json_get(ret[i].json, "text")) : STR("");
    }
}

static void analyse_batch(void *ctx, int worker, void *item) {
    struct filter *f = ctx;
    struct batch *b = item;
    struct asked asked[BATCH_LINES];
    struct str texts[BATCH_LINES];
    struct enrichment answers[BATCH_LINES];
    parse_lines(b, asked, texts);
    arena_reset(&f->arenas[worker]);
    enrich_batch(f->options->model, f->runs[worker], texts, b->n, &f->arenas[worker], answers);
    for (size_t i = 0; i < b->n; i++) {
        struct json_writer w = json_writer_init(&b->out);
        const struct json *id = json_get(asked[i].json, "id");
        if (asked[i].ok)
            add_answer(&w, id, texts[i], &answers[i], model_name(f->options->model));
        else
            add_complaint(f, b, &b->lines[i], id, &asked[i].why);
        strbuf_addc(&b->out, '\n');
        json_free(asked[i].json);
    }
}

static bool deliver_batch(void *ctx, void *item) {
    struct filter *f = ctx;
    struct batch *b = item;
    if (b->bad) {
        progress_done(&f->progress);
        fwrite(b->complaints.ptr, 1, b->complaints.len, f->options->complaints);
    }
    errno = 0;
    if (b->out.len && fwrite(b->out.ptr, 1, b->out.len, f->out) != b->out.len)
        f->write_error = errno ? errno : EIO;
    f->done += b->n;
    f->bad += b->bad;
    f->bytes_done += (double)b->in.len;
    drop_batch(NULL, b);
    double all = f->options->in_bytes;
    progress_show(&f->progress, f->options->lang == LANG_ZH ? STR("分析") : STR("analysing"),
                  (int64_t)f->done, all > 0 ? MIN(f->bytes_done / all, 1) : -1);
    return f->write_error == 0 && !stop_requested();
}

// ── reading ──

// Appends one line to the batch, without its end. False at the end of the input. A line that is too long is
// read to its end and kept only as a mark.
static bool read_line(FILE *in, struct batch *b, uint64_t number) {
    size_t start = b->in.len;
    bool too_long = false, any = false;
    for (int c; (c = getc_unlocked(in)) != EOF;) {
        any = true;
        if (c == '\n')
            break;
        if (b->in.len - start < MAX_LINE_BYTES)
            strbuf_addc(&b->in, (char)c);
        else
            too_long = true;
    }
    if (!any)
        return false;
    struct str raw = str_slice(strbuf_str(&b->in), start, b->in.len);
    if (too_long)
        strbuf_truncate(&b->in, start);
    struct str line = str_trim(raw); // a byte-order mark too
    if (line.len || too_long)
        b->lines[b->n++] = (struct line){number, start + (size_t)(line.ptr - raw.ptr),
                                         too_long ? 0 : line.len, too_long};
    return true;
}

static bool read_all(FILE *in, struct ordered *o) {
    uint64_t number = 0;
    for (bool more = true; more;) {
        struct batch *b = batch_new();
        while (more && b->n < BATCH_LINES && b->in.len < BATCH_BYTES)
            more = read_line(in, b, ++number);
        if (!b->n)
            drop_batch(NULL, b);
        else if (!ordered_submit(o, b))
            return false;
    }
    return !ferror(in);
}

static bool outcome(const struct filter *f, FILE *in, struct error *err) {
    if (f->write_error)
        return error_errno(err, f->write_error, "无法写入结果", "cannot write the result",
                           "stdout");
    if (stop_requested())
        return stop_error(err);
    if (ferror(in))
        return error_set(err, ERROR_IO, "读取输入时出错", "reading the input failed");
    if (f->bad)
        return error_set(
            err, ERROR_FORMAT, "有 %llu 行无法读取，已在结果中标出；其余 %llu 行已分析",
            "%llu lines could not be read and are marked in the result; the other %llu "
            "were analysed",
            (unsigned long long)f->bad, (unsigned long long)(f->done - f->bad));
    return true;
}

bool nlp_analyse(FILE *in, FILE *out, const struct nlp_options *options, struct error *err) {
    size_t n = (size_t)options->threads;
    struct filter f = {.options = options, .out = out};
    f.runs = mem_zero(n, sizeof(struct model_run *));
    f.arenas = mem_zero(n, sizeof *f.arenas);
    for (size_t i = 0; i < n; i++)
        f.runs[i] = model_run_new(options->model);
    progress_init(&f.progress, options->lang, options->quiet);
    struct ordered *o = ordered_new(options->threads, analyse_batch, deliver_batch, drop_batch, &f);
    read_all(in, o);
    ordered_finish(o);
    progress_done(&f.progress);
    for (size_t i = 0; i < n; i++) {
        model_run_free(f.runs[i]);
        arena_done(&f.arenas[i]);
    }
    free(f.runs);
    free(f.arenas);
    return outcome(&f, in, err);
}
