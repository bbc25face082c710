// SPDX-License-Identifier: Apache-2.0
#include "work/walk.h"

#include <math.h>

#include "analyse/enrich.h"
#include "analyse/final.h"
#include "analyse/score.h"
#include "base/utf8.h"
#include "sys/ordered.h"
#include "sys/stop.h"
#include "unify/dedup.h"
#include "unify/unify.h"

#define BATCH 256

// What travels through the workers.
struct batch {
    struct arena arena;
    size_t n;
    struct feedback feedback[BATCH];
    struct unified unified[BATCH];
    struct enrichment enriched[BATCH];
};

// One --where column, resolved.
struct walk_where {
    int attr; // index into schema.attrs, or one of the below
    struct str value;
};

enum {
    WHERE_CHANNEL = -1,
    WHERE_PRODUCT = -2,
};

struct walker {
    const struct walk_options *options;
    struct walk *walk;
    const struct schema *schema;
    struct model_run **runs; // one a worker
    struct dedup *dedup;
    struct walk_where *where;
    struct arena scratch; // strings of one detail row
    uint32_t **columns;   // [file][cell] → index into walk.headers
    struct str *cells;    // one row under walk.headers
};

static void batch_free(struct batch *b) {
    arena_done(&b->arena);
    free(b);
}

static void drop_batch(UNUSED void *ctx, void *item) {
    batch_free(item);
}

// ── the parallel part ──

static void work(void *ctx, int worker, void *item) {
    struct walker *k = ctx;
    struct batch *b = item;
    struct str texts[BATCH];
    unify_batch(k->walk->lexicon, k->schema, b->feedback, b->n, &b->arena, b->unified);
    for (size_t i = 0; i < b->n; i++)
        texts[i] = b->unified[i].flags & UNIFY_UNUSED_TEXT ? STR("") : b->unified[i].text;
    enrich_batch(k->walk->model, k->runs[worker], texts, b->n, &b->arena, b->enriched);
}

// ── filters ──

static struct str where_value(const struct walk_where *w, const struct feedback *f) {
    if (w->attr == WHERE_CHANNEL)
        return f->channel;
    return w->attr == WHERE_PRODUCT ? f->product : f->attrs[w->attr];
}

static int32_t day_of(const struct walker *k, const struct feedback *f) {
    if (f->occurred_us == TIME_NONE)
        return FACTS_NO_DAY;
    return (int32_t)zone_local_days(k->options->zone, f->occurred_us);
}

static bool is_wanted(const struct walker *k, const struct feedback *f) {
    const struct walk_options *o = k->options;
    for (size_t i = 0; i < o->n_where; i++) {
        bool first = true, any = false;
        for (size_t j = 0; j < i; j++)
            first = first && k->where[j].attr != k->where[i].attr;
        for (size_t j = i; first && j < o->n_where; j++)
            any = any || (k->where[j].attr == k->where[i].attr &&
                          str_eq(where_value(&k->where[j], f), k->where[j].value));
        if (first && !any)
            return false;
    }
    return true;
}

static bool resolve_where(struct walker *k, struct error *err) {
    const struct walk_options *o = k->options;
    k->where = ARENA_ARRAY(&k->walk->arena, struct walk_where, o->n_where);
    for (size_t i = 0; i < o->n_where; i++) {
        struct str name = o->where[i].column;
        int attr = INT32_MIN;
        for (int a = 0; a < k->schema->n_attrs; a++)
            if (str_eq(k->schema->attrs[a].name, name) ||
                (k->schema->attrs[a].role.len && str_eq(k->schema->attrs[a].role, name)))
                attr = a;
        if (attr == INT32_MIN && (str_eq(name, STR("channel")) || str_eq(name, STR("渠道"))))
            attr = WHERE_CHANNEL;
        if (attr == INT32_MIN && (str_eq(name, STR("product")) || str_eq(name, STR("商品"))))
            attr = WHERE_PRODUCT;
        if (attr == INT32_MIN) {
            CLEANUP(strbuf_done) struct strbuf known = strbuf_init(300);
            for (int a = 0; a < k->schema->n_attrs; a++)
                strbuf_addf(&known, "%s%.*s", a ? ", " : "", STR_ARG(k->schema->attrs[a].name));
            error_set(err, ERROR_INVALID, "没有可筛选的列 “%.*s”；可用的有：channel, product, %s",
                      "no column \"%.*s\" to filter by; there are: channel, product, %s",
                      STR_ARG(name), strbuf_cstr(&known));
            return error_field(err, "where");
        }
        k->where[i] = (struct walk_where){attr, o->where[i].value};
    }
    return true;
}

// ── the ordered part ──

static struct str tail_of(struct str id) {
    size_t n = utf8_count(id);
    return n > 4 ? str_slice(id, utf8_offset(id, n - 4), id.len) : id;
}

// Returns its row in the facts, TEXT_NO_FACT if it counts for nothing.
static uint32_t add_layout_row(struct walker *k, const struct feedback *f, const struct unified *u,
                               const struct enrichment *e, enum quality quality, int32_t day) {
    struct fact_row row = {.feedback = f, .local_day = day};
    bool scored = false;
    for (int i = 0; i < k->schema->n_scores; i++) {
        enum metric m = k->schema->scores[i].metric;
        row.satisfaction[i] = u->score[i];
        row.original[i] = m == METRIC_NPS ? u->nps : m == METRIC_CES ? u->ces : u->score[i];
        scored = scored || !isnan(row.satisfaction[i]) || !isnan(row.original[i]);
    }
    scored = scored && (quality_kinds[quality].score_counts || quality == QUALITY_DEFAULT_PRAISE);
    if (quality == QUALITY_USED)
        row.enrichment = e;
    else if (!scored)
        return TEXT_NO_FACT;
    row.flags |= quality == QUALITY_USED ? 0 : FACT_NO_TEXT;
    row.flags |= quality == QUALITY_DEFAULT_PRAISE ? FACT_SYSTEM_GIVEN : 0;
    row.flags |= f->replied ? FACT_REPLIED : 0;
    row.flags |= u->flags & UNIFY_NEAR_DUPLICATE ? FACT_SUSPECT : 0;
    uint32_t fact = facts_count(k->walk->layout.facts);
    layout_put(&k->walk->layout, &row);
    k->walk->counts.used += quality != QUALITY_DEFAULT_PRAISE;
    return fact;
}

static void count_row(struct build_counts *c, const struct feedback *f, const struct unified *u,
                      enum quality quality, uint32_t number) {
    if (c->quality[quality] < BUILD_EXAMPLES)
        c->examples[quality][c->quality[quality]] = number;
    c->quality[quality]++;
    if (u->flags & UNIFY_NEAR_DUPLICATE) {
        if (c->suspects < BUILD_EXAMPLES)
            c->suspect_examples[c->suspects] = number;
        c->suspects++;
    }
    c->masked += u->n_pii;
    c->profanity += (u->flags & UNIFY_PROFANITY) != 0;
    c->out_of_range += (u->flags & UNIFY_OUT_OF_RANGE) != 0;
    if (f->occurred_us == TIME_NONE) {
        c->no_time++;
        return;
    }
    c->n_with_time++;
    c->n_date_only += f->date_only;
    if (c->first_us == TIME_NONE || f->occurred_us < c->first_us)
        c->first_us = f->occurred_us;
    if (c->last_us == TIME_NONE || f->occurred_us > c->last_us)
        c->last_us = f->occurred_us;
}

static void send_row(struct walker *k, const struct feedback *f, const struct unified *u,
                     const struct enrichment *e, enum quality quality);

// From here on a known channel goes by the name people know it by.
static void name_channel(struct walker *k, struct feedback *f) {
    struct words known = source_channel_words(k->walk->source, f->channel);
    if (known.zh)
        f->channel = str_from(words_in(known, k->options->lang));
}

static void deliver_one(struct walker *k, const struct feedback *f, const struct unified *u,
                        const struct enrichment *e) {
    struct walk *w = k->walk;
    enum quality quality = final_quality(u, e);
    bool used = quality == QUALITY_USED;
    int32_t day = day_of(k, f);
    struct text_aspect aspects[ENRICH_MAX_ASPECTS];
    uint32_t phrases[ENRICH_MAX_KEYWORDS];
    int n_aspects = used ? e->n_aspects : 0, n_phrases = used ? e->n_keywords : 0;
    for (int i = 0; i < n_aspects; i++)
        aspects[i] =
            (struct text_aspect){e->aspects[i].dimension, e->aspects[i].polarity,
                                 e->aspects[i].score, e->aspects[i].start, e->aspects[i].end};
    for (int i = 0; i < n_phrases; i++)
        phrases[i] = dict_add(&w->texts.keywords, e->keywords[i]);
    struct str shown = k->options->mask ? u->masked : u->text;
    struct str tail = tail_of(f->order.len ? f->order : f->customer);
    struct text t = {
        .ptr = shown.ptr,
        .len = (uint32_t)shown.len,
        .row = f->row,
        .occurred_us = f->occurred_us,
        .aspects = aspects,
        .n_aspects = (uint8_t)n_aspects,
        .keywords = phrases,
        .n_keywords = (uint8_t)n_phrases,
        .tail = dict_add(&w->texts.names, tail),
        .channel = dict_add(&w->texts.names, f->channel),
        .day = day,
        .fact = add_layout_row(k, f, u, e, quality, day),
        .file = (uint16_t)f->file,
        .satisfaction = (float)(quality_kinds[quality].score_counts ? u->satisfaction : NAN),
        .urgency_score = e->urgency_score,
        .sentiment = e->sentiment,
        .urgency = used ? e->urgency : URGENCY_ORDINARY,
        .quality = (uint8_t)quality,
        .date_only = f->date_only,
        .replied = f->replied,
    };
    uint32_t number = texts_add(&w->texts, &t);
    count_row(&w->counts, f, u, quality, number);
    if (k->options->on_row)
        send_row(k, f, u, e, quality);
}

static bool deliver(void *ctx, void *item) {
    struct walker *k = ctx;
    struct batch *b = item;
    dedup_mark(k->dedup, b->feedback, b->unified, b->n);
    for (size_t i = 0; i < b->n; i++) {
        name_channel(k, &b->feedback[i]);
        deliver_one(k, &b->feedback[i], &b->unified[i], &b->enriched[i]);
    }
    batch_free(b);
    struct source_progress p = source_progress(k->walk->source);
    if (k->options->progress)
        progress_show(k->options->progress,
                      k->options->lang == LANG_ZH ? STR("读取并分析")
                                                  : STR("reading and analysing"),
                      (int64_t)p.rows, p.share);
    return !stop_requested();
}

// ── detail rows ──

// The columns of all files by name, in the order they first appear.
static void merge_headers(struct walker *k) {
    struct walk *w = k->walk;
    struct dict names = {0};
    size_t n_files;
    source_files(w->source, &n_files);
    k->columns = ARENA_ARRAY(&w->arena, uint32_t *, n_files);
    for (size_t f = 0; f < n_files; f++) {
        uint32_t n;
        const struct str *header = source_header(w->source, (uint32_t)f, &n);
        k->columns[f] = ARENA_ARRAY(&w->arena, uint32_t, n);
        for (uint32_t i = 0; i < n; i++)
            k->columns[f][i] = dict_add(&names, header[i]);
    }
    struct str *headers = ARENA_ARRAY(&w->arena, struct str, names.count);
    for (uint32_t i = 0; i < names.count; i++)
        headers[i] = arena_str(&w->arena, dict_str(&names, i));
    w->headers = headers;
    w->n_headers = names.count;
    k->cells = ARENA_ARRAY(&w->arena, struct str, names.count);
    dict_done(&names);
}

static void join_aspects(struct walker *k, const struct enrichment *e, struct detail_row *row) {
    const struct taxonomy *t = k->walk->taxonomy;
    enum lang lang = k->options->lang;
    for (int i = 0; i < e->n_aspects; i++) {
        const struct aspect *a = &e->aspects[i];
        enum dimension d = a->dimension;
        row->dimensions =
            arena_printf(&k->scratch, "%.*s%s%s:%s", STR_ARG(row->dimensions), i ? " " : "",
                         dimension_labels[d].code, sentiment_labels[a->polarity].code);
        if (a->polarity != SENTIMENT_NEG)
            continue;
        row->issues =
            arena_printf(&k->scratch, "%.*s%s%.*s", STR_ARG(row->issues),
                         row->issues.len ? "；" : "", STR_ARG(taxonomy_issue_name(t, d, lang)));
        if (!row->department.len)
            row->department = taxonomy_department(t, d, lang);
    }
    for (int i = 0; i < e->n_keywords; i++)
        row->keywords = arena_printf(&k->scratch, "%.*s%s%.*s", STR_ARG(row->keywords),
                                     i ? "；" : "", STR_ARG(e->keywords[i]));
}

static struct str flag_codes(struct walker *k, uint32_t flags) {
    static const struct {
        uint32_t flag;
        const char *code;
    } names[] = {
        {UNIFY_NEAR_DUPLICATE, "near_duplicate"},
        {UNIFY_PROFANITY, "profanity"},
        {UNIFY_OUT_OF_RANGE, "out_of_range"},
        {UNIFY_UNREADABLE_SCORE, "unreadable_score"},
    };
    struct str s = STR("");
    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        if (flags & names[i].flag)
            s = arena_printf(&k->scratch, "%.*s%s%s", STR_ARG(s), s.len ? " " : "", names[i].code);
    return s;
}

static void send_row(struct walker *k, const struct feedback *f, const struct unified *u,
                     const struct enrichment *e, enum quality quality) {
    size_t n_files;
    const struct source_info *files = source_files(k->walk->source, &n_files);
    uint32_t n_header;
    source_header(k->walk->source, f->file, &n_header);
    for (size_t i = 0; i < k->walk->n_headers; i++)
        k->cells[i] = STR("");
    for (uint32_t i = 0; i < MIN(f->n_cells, n_header); i++)
        k->cells[k->columns[f->file][i]] = f->cells[i];
    bool used = quality == QUALITY_USED;
    bool rated = !isnan(u->satisfaction);
    struct detail_row row = {
        .file = files[f->file].name,
        .row = f->row,
        .cells = k->cells,
        .n_cells = k->walk->n_headers,
        .occurred_us = f->occurred_us,
        .date_only = f->date_only,
        .channel = f->channel,
        .order = f->order,
        .product = f->product,
        .text = k->options->mask ? u->masked : u->text,
        .satisfaction = rated  ? u->satisfaction
                        : used ? score_read(e->sentiment_probs)
                               : NAN,
        .satisfaction_from_text = !rated && used,
        .sentiment = used ? e->sentiment : N_SENTIMENTS,
        .sentiment_score = used ? (double)e->sentiment_probs[e->sentiment] : NAN,
        .urgency = used ? e->urgency : URGENCY_ORDINARY,
        .replied = f->replied,
        .validity = str_from(quality_kinds[quality].code),
        .flags = flag_codes(k, u->flags),
    };
    if (used)
        join_aspects(k, e, &row);
    k->options->on_row(k->options->ctx, &row);
    arena_reset(&k->scratch);
}

// ── the walk ──

// Reads the next batch and takes out what the filters do not want. *ret is NULL at the end.
static bool next_batch(struct walker *k, struct batch **ret, struct error *err) {
    struct batch *b = NEW(struct batch);
    size_t n;
    do {
        if (!source_next(k->walk->source, &b->arena, b->feedback, BATCH, &n, err)) {
            batch_free(b);
            return false;
        }
        k->walk->counts.given += n;
        for (size_t i = 0; i < n; i++)
            if (is_wanted(k, &b->feedback[i]))
                b->feedback[b->n++] = b->feedback[i];
        k->walk->counts.filtered += n - b->n;
    } while (n > 0 && b->n == 0);
    if (n == 0) {
        batch_free(b);
        b = NULL;
    }
    *ret = b;
    return true;
}

// The industry, from what was said or from names and the first texts.
static bool open_taxonomy(struct walker *k, const struct batch *first, struct error *err) {
    struct walk *w = k->walk;
    CLEANUP(arena_done) struct arena a = {0};
    size_t n_files, n_columns, n_names = 0, n_texts = 0;
    const struct source_info *files = source_files(w->source, &n_files);
    const struct source_column *columns = source_columns(w->source, &n_columns);
    struct str *names = ARENA_ARRAY(&a, struct str, 2 * n_files + n_columns);
    struct str *texts = ARENA_ARRAY(&a, struct str, BATCH);
    for (size_t i = 0; i < n_files; i++) {
        names[n_names++] = files[i].name;
        names[n_names++] = files[i].channel;
    }
    for (size_t i = 0; i < n_columns; i++)
        names[n_names++] = columns[i].name;
    for (size_t i = 0; first && i < first->n; i++)
        texts[n_texts++] = first->feedback[i].text;
    struct taxonomy_hints hints = {names, n_names, texts, n_texts};
    return taxonomy_open(NULL, k->options->industry, &hints, &w->taxonomy, err);
}

// Nothing came out of any file: said plainly, with what was there instead.
static bool no_rows(struct walker *k, struct error *err) {
    size_t n;
    const struct source_info *files = source_files(k->walk->source, &n);
    uint64_t read = 0;
    for (size_t i = 0; i < n; i++)
        read += files[i].read;
    if (read)
        return error_set(err, ERROR_FORMAT, "%.*s：%llu 行里没有一行能读作反馈",
                         "%.*s: none of %llu rows can be read as feedback", STR_ARG(files[0].name),
                         (unsigned long long)read);
    return error_set(err, ERROR_FORMAT, "%.*s：只有表头，没有数据行",
                     "%.*s: a header, but no rows below it", STR_ARG(files[0].name));
}

static bool walk_rows(struct walker *k, struct error *err) {
    struct walk *w = k->walk;
    struct batch *b;
    if (!next_batch(k, &b, err) || (!k->walk->counts.given && !no_rows(k, err)))
        return false;
    if (!open_taxonomy(k, b, err) ||
        (k->options->on_open && !k->options->on_open(k->options->ctx, w, err))) {
        if (b)
            batch_free(b);
        return false;
    }
    struct ordered *o = ordered_new(k->options->threads, work, deliver, drop_batch, k);
    bool ok = true;
    while (b && ordered_submit(o, b)) {
        ok = next_batch(k, &b, err);
        if (!ok)
            break;
    }
    bool delivered = ok ? ordered_finish(o) : (ordered_cancel(o), false);
    if (ok && !delivered)
        return stop_error(err);
    if (!ok)
        return false;
    layout_seal(&w->layout);
    return true;
}

bool walk_run(const struct walk_options *options, struct walk *ret, struct error *err) {
    struct walk *w = ret;
    *w = (struct walk){.counts = {.first_us = TIME_NONE, .last_us = TIME_NONE}};
    struct walker k = {.options = options, .walk = w};
    texts_init(&w->texts);
    if (!source_open(&options->source, &w->source, err) ||
        !model_open(options->model, &w->model, err))
        return false;
    w->lexicon = model_lexicon(w->model);
    k.schema = source_schema(w->source);
    layout_init(&w->layout, k.schema, options->threads);
    w->has_layout = true;
    merge_headers(&k);
    bool ok = resolve_where(&k, err);
    if (ok) {
        k.dedup = dedup_new();
        k.runs = NEW_ARRAY(struct model_run *, (size_t)options->threads);
        for (int i = 0; i < options->threads; i++)
            k.runs[i] = model_run_new(w->model);
        ok = walk_rows(&k, err);
        for (int i = 0; i < options->threads; i++)
            model_run_free(k.runs[i]);
        free(k.runs);
        dedup_free(k.dedup);
    }
    arena_done(&k.scratch);
    return ok;
}

void walk_done(struct walk *w) {
    texts_done(&w->texts);
    if (w->has_layout)
        layout_done(&w->layout);
    taxonomy_close(w->taxonomy);
    model_close(w->model);
    source_close(w->source);
    arena_done(&w->arena);
    *w = (struct walk){0};
}
