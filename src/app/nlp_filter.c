// SPDX-License-Identifier: Apache-2.0
#include "app/nlp_filter.h"

#include <errno.h>

#include "base/mem.h"
#include "sys/ordered.h"
#include "sys/stop.h"
#include "sys/terminal.h"

#define MAX_LINE_BYTES (16 * MIB)
#define BATCH_BYTES    (256 * KIB) // a batch is closed when it holds this much
// An answer holds little more than parts of its text.
#define MAX_ANSWER_BYTES (1 * GIB)

struct line {
    uint64_t number; // 1-based
    size_t start, len;
    bool too_long;
    struct json *json; // what it says
    struct str text;
    struct error why; // when it is no text
    bool ok;
};

struct batch {
    struct strbuf in;
    size_t n;
    struct line lines[NLP_BATCH];
    void *marks; // NLP_BATCH × mark_bytes of the verb
    struct strbuf out;
    struct strbuf complaints;
    uint64_t bad;
};

struct filter {
    const struct nlp_filter_options *options;
    const struct nlp_verb *verb;
    FILE *out;
    struct progress progress;
    uint64_t done, bad;
    double bytes_done;
    int write_error; // errno
};

static struct batch *batch_new(const struct nlp_verb *verb) {
    struct batch *b = mem_zero(1, sizeof *b);
    b->in = strbuf_init(BATCH_BYTES + MAX_LINE_BYTES + 1);
    b->out = strbuf_init(MAX_ANSWER_BYTES);
    b->complaints = strbuf_init(4 * MIB);
    b->marks = mem_zero(NLP_BATCH, MAX(verb->mark_bytes, (size_t)1));
    return b;
}

static void drop_batch(UNUSED void *ctx, void *item) {
    struct batch *b = item;
    for (size_t i = 0; i < b->n; i++)
        json_free(b->lines[i].json);
    strbuf_done(&b->in);
    strbuf_done(&b->out);
    strbuf_done(&b->complaints);
    free(b->marks);
    free(b);
}

// ── one batch ──

static void add_id(struct json_writer *w, const struct json *id) {
    json_key(w, "id");
    if (id)
        json_add_value(w, id);
    else
        json_add_null(w);
}

static void add_complaint(struct filter *f, struct batch *b, const struct line *line,
                          const struct json *id, const struct error *why) {
    const char *text = error_text(why, f->options->lang);
    struct json_writer w = json_writer_init(&b->out);
    strbuf_addf(&b->complaints,
                f->options->lang == LANG_ZH ? "第 %llu 行：%s\n" : "line %llu: %s\n",
                (unsigned long long)line->number, text);
    b->bad++;
    if (f->verb->silent)
        return;
    json_begin_object(&w);
    add_id(&w, id);
    json_key(&w, "line");
    json_add_int(&w, (int64_t)line->number);
    json_key(&w, "error");
    json_add_cstr(&w, text);
    json_end_object(&w);
    strbuf_addc(&b->out, '\n');
}

static bool parse_line(struct str text, bool too_long, struct json **ret, struct error *err) {
    if (too_long)
        return error_set(err, ERROR_LIMIT, "一行超过 16 MB，未处理", "longer than 16 MB, left out");
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

static void write_answer(struct filter *f, struct batch *b, const struct line *line, void *mark) {
    const struct json *id = json_get(line->json, "id");
    if (f->verb->silent) {
        f->verb->write(f->options->ctx, mark, id, line->text, NULL);
        return;
    }
    struct json_writer w = json_writer_init(&b->out);
    json_begin_object(&w);
    add_id(&w, id);
    f->verb->write(f->options->ctx, mark, id, line->text, &w);
    json_end_object(&w);
    strbuf_addc(&b->out, '\n');
}

static void write_answers(struct filter *f, struct batch *b) {
    for (size_t i = 0; i < b->n; i++) {
        const struct line *line = &b->lines[i];
        if (line->ok)
            write_answer(f, b, line, (char *)b->marks + i * f->verb->mark_bytes);
        else
            add_complaint(f, b, line, json_get(line->json, "id"), &line->why);
    }
}

static void work_on_batch(void *ctx, int worker, void *item) {
    struct filter *f = ctx;
    struct batch *b = item;
    struct str texts[NLP_BATCH];
    for (size_t i = 0; i < b->n; i++) {
        struct line *line = &b->lines[i];
        struct str raw = str_slice(strbuf_str(&b->in), line->start, line->start + line->len);
        line->ok = parse_line(raw, line->too_long, &line->json, &line->why);
        texts[i] = line->text = line->ok ? json_str(json_get(line->json, "text")) : STR("");
    }
    if (f->verb->read)
        f->verb->read(f->options->ctx, worker, texts, b->n, b->marks);
    if (!f->verb->in_order)
        write_answers(f, b);
}

static bool deliver_batch(void *ctx, void *item) {
    struct filter *f = ctx;
    struct batch *b = item;
    if (f->verb->in_order)
        write_answers(f, b);
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
    progress_show(&f->progress,
                  str_from(f->options->lang == LANG_ZH ? f->verb->doing.zh : f->verb->doing.en),
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
        b->lines[b->n++] = (struct line){.number = number,
                                         .start = start + (size_t)(line.ptr - raw.ptr),
                                         .len = too_long ? 0 : line.len,
                                         .too_long = too_long};
    return true;
}

static bool read_all(const struct filter *f, FILE *in, struct ordered *o) {
    uint64_t number = 0;
    for (bool more = true; more;) {
        struct batch *b = batch_new(f->verb);
        while (more && b->n < NLP_BATCH && b->in.len < BATCH_BYTES)
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
    unsigned long long bad = f->bad, good = f->done - f->bad;
    if (f->bad && f->verb->silent)
        return error_set(err, ERROR_FORMAT, "有 %llu 行无法读取，未计入；其余 %llu 行已处理",
                         "%llu lines could not be read and do not count; the other %llu were read",
                         bad, good);
    if (f->bad)
        return error_set(
            err, ERROR_FORMAT, "有 %llu 行无法读取，已在结果中标出；其余 %llu 行已处理",
            "%llu lines could not be read and are marked in the result; the other %llu "
            "were read",
            bad, good);
    return true;
}

bool nlp_filter(FILE *in, FILE *out, const struct nlp_verb *verb,
                const struct nlp_filter_options *options, struct error *err) {
    struct filter f = {.options = options, .verb = verb, .out = out};
    progress_init(&f.progress, options->lang, options->quiet);
    struct ordered *o = ordered_new(options->threads, work_on_batch, deliver_batch, drop_batch, &f);
    read_all(&f, in, o);
    ordered_finish(o);
    progress_done(&f.progress);
    return outcome(&f, in, err);
}
