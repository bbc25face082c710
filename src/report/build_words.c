// SPDX-License-Identifier: Apache-2.0
// The sentences of the report that are made of findings: the headline, what not to misread, data quality, what was
// understood of the files. Every number in them stands in the report too.
#include <math.h>

#include "base/utf8.h"
#include "report/build_inner.h"
#include "report/words.h"

#define ZH(b) ((b)->in->lang == LANG_ZH)

// ── the headline ──

// “西藏、青海”
static struct str join_values(const struct build *b, const struct driver *d) {
    struct str s = STR("");
    for (int i = 0; i < d->n_values; i++) {
        struct str v = facts_value(b->in->layout->facts, d->column, d->values[i]);
        const char *sep = i == 0 ? "" : ZH(b) ? "、" : i == d->n_values - 1 ? " and " : ", ";
        s = arena_printf(b->arena, "%.*s%s%.*s", STR_ARG(s), sep, STR_ARG(v));
    }
    return s;
}

static struct str change_headline(const struct build *b, const struct driver *d) {
    struct arena *a = b->arena;
    const struct report *r = b->report;
    const struct change *c = &r->score_change;
    struct str before = format_score(a, r->before.score.value),
               now = format_score(a, r->now.score.value);
    if (str_eq(before, now)) { // the difference hides behind one decimal
        before = arena_printf(a, "%.2f", r->before.score.value);
        now = arena_printf(a, "%.2f", r->now.score.value);
    }
    struct str head = arena_printf(a, ZH(b) ? "满意度 %.*s→%.*s" : "Satisfaction %.*s → %.*s",
                                   STR_ARG(before), STR_ARG(now));
    if (!d->has)
        return arena_printf(a,
                            ZH(b) ? "%.*s，%s，没有单一的主因" : "%.*s: %s, without one main cause",
                            STR_ARG(head),
                            c->diff < 0 ? (ZH(b) ? "显著下降" : "a significant fall")
                                        : (ZH(b) ? "显著上升" : "a significant rise"));
    struct str place = join_values(b, d);
    struct str issue = STR("");
    if (d->has_issue)
        issue = taxonomy_dimension_name(b->in->taxonomy, (enum dimension)d->issue, b->in->lang);
    const char *way_zh = c->diff < 0 ? "下降" : "上升", *way_en = c->diff < 0 ? "fall" : "rise";
    bool part = d->has_issue && d->n_values &&
                d->share < 0.9 * d->place_share; // the issue is most of it, not all
    double all = part ? d->place_share : d->share;
    struct str share =
        all >= 1 ? build_say(b, (struct words){"几乎全部", "nearly all"}) : format_share(a, all);
    if (ZH(b))
        return arena_printf(
            a, all >= 1 ? "%.*s，%s的%.*s来自%.*s%s%.*s" : "%.*s，%s的 %.*s 来自%.*s%s%.*s",
            STR_ARG(head), way_zh, STR_ARG(share), STR_ARG(place),
            !place.len || !issue.len ? ""
            : part                   ? "，主要是"
                                     : "的",
            STR_ARG(issue));
    return arena_printf(a, "%.*s: %.*s of the %s comes from %.*s%s%.*s", STR_ARG(head),
                        STR_ARG(share), way_en, STR_ARG(place),
                        !place.len || !issue.len ? ""
                        : part                   ? ", mainly "
                                                 : ": ",
                        STR_ARG(issue));
}

// Nothing compared, or nothing moved: the level and what hurts most.
static struct str level_headline(const struct build *b) {
    struct arena *a = b->arena;
    const struct report *r = b->report;
    const struct issue *top = r->n_issues ? &r->issues[0] : NULL;
    struct str score = format_score(a, r->all.score.value), share = STR("");
    if (top)
        share = format_share(a, top->share.value);
    if (r->mode == REPORT_EMPTY)
        return build_say(b, (struct words){"没有可分析的反馈", "No feedback to analyse"});
    if (r->mode == REPORT_LIST)
        return arena_printf(a,
                            ZH(b) ? "%lld 条反馈，%lld 条不满，逐条列出"
                                  : "%lld pieces of feedback, %lld dissatisfied, each listed",
                            (long long)r->all.n_used, (long long)r->all.sentiment[SENTIMENT_NEG]);
    struct str steady = STR("");
    if (r->score_change.has)
        steady = build_say(b, (struct words){"，与上期无显著变化", ", no significant change"});
    if (!top)
        return arena_printf(a, ZH(b) ? "满意度 %.*s%.*s" : "Satisfaction %.*s%.*s", STR_ARG(score),
                            STR_ARG(steady));
    return arena_printf(a,
                        ZH(b) ? "满意度 %.*s%.*s；说得最多的问题是%.*s（%.*s）"
                              : "Satisfaction %.*s%.*s; the most frequent complaint is %.*s (%.*s)",
                        STR_ARG(score), STR_ARG(steady), STR_ARG(top->name), STR_ARG(share));
}

void build_headline(struct build *b, struct error *err) {
    struct report *r = b->report;
    struct driver driver = {0};
    bool moved = r->mode == REPORT_FULL && r->score_change.has && r->score_change.significant;
    if (moved && !driver_find(b->in->layout, &b->comparison, b->arena, &driver, err))
        driver.has = false; // the level can still be said
    r->headline = moved ? change_headline(b, &driver) : level_headline(b);
}

// ── ⑤ do not misread ──

static void caution(struct build *b, struct str text) {
    struct report *r = b->report;
    r->cautions[r->n_cautions++] = (struct caution){text};
}

#define MAX_CAUTIONS 12

// Share of the facts without a value in a column.
static double missing_share(const struct build *b, int column) {
    const struct facts *f = b->in->layout->facts;
    uint32_t n = facts_count(f), missing = 0;
    for (uint32_t i = 0; i < n; i++)
        missing += facts_code_at(f, column, i) == FACTS_UNKNOWN_CODE;
    return n ? (double)missing / n : 0;
}

// What the score would be without the texts that look copied, where there are many.
static void caution_suspects(struct build *b, struct error *err) {
    const struct layout *l = b->in->layout;
    struct query q = query_init(GRAIN_FEEDBACK);
    query_measure(&q, layout_score(l));
    query_period(&q, b->period);
    q.flags_none = FACT_SUSPECT | FACT_SYSTEM_GIVEN;
    CLEANUP(result_done) struct result r = {0};
    if (b->in->counts->suspects * 20 < b->in->counts->used ||
        !facts_query(l->facts, &q, l->threads, &r, err))
        return;
    struct moments m = result_moments(&r, 0, 0);
    if (m.n)
        caution(
            b,
            arena_printf(
                b->arena,
                ZH(b) ? "%.*s 条长文与别的顾客雷同，疑似刷评，仍计入；不计则满意度为 %.*s"
                      : "%.*s long texts are copies of other customers' and may be brushing; they "
                        "count. Without them the score is %.*s",
                STR_ARG(format_exact(b->arena, (int64_t)b->in->counts->suspects)),
                STR_ARG(format_score(b->arena, moments_mean(m)))));
}

static void caution_columns(struct build *b) {
    const struct facts *f = b->in->layout->facts;
    int region = facts_find_role(f, STR("region"));
    double missing = region >= 0 ? missing_share(b, region) : 0;
    if (missing >= 0.05)
        caution(b, arena_printf(b->arena,
                                ZH(b) ? "%.0f%% 没有“%.*s”，按它比较时不含这些"
                                      : "%.0f%% have no “%.*s”; comparisons by it leave them out",
                                missing * 100, STR_ARG(build_column(b, region))));
    for (int i = FACTS_FIRST_COLUMN; i < facts_columns(f) && b->report->n_cautions < MAX_CAUTIONS;
         i++)
        if (facts_kind(f, i) == COLUMN_DIMENSION && facts_state(f, i) == COLUMN_TOO_MANY)
            caution(b, arena_printf(
                           b->arena,
                           ZH(b) ? "“%.*s”几乎每行一个值，没有拿来分组"
                                 : "“%.*s” has a different value in nearly every row and was not "
                                   "used for comparison",
                           STR_ARG(build_column(b, i))));
}

// What part of the rows a figure is about.
static void caution_rows(struct build *b) {
    struct report *r = b->report;
    struct arena *a = b->arena;
    const struct build_counts *c = b->in->counts;
    if (r->mode == REPORT_LIST)
        caution(b,
                arena_printf(a,
                             ZH(b) ? "不足 %d 条文字，不做检验，只逐条列出"
                                   : "Fewer than %d texts: nothing is tested, everything is listed",
                             REPORT_TEST_MIN_N));
    if (r->has_time && c->no_time)
        caution(b, arena_printf(a,
                                ZH(b) ? "%.*s 条没有时间，不在趋势里"
                                      : "%.*s rows have no time and are not in the trend",
                                STR_ARG(format_exact(a, (int64_t)c->no_time))));
    if (c->filtered)
        caution(b, arena_printf(a,
                                ZH(b) ? "按条件筛去 %.*s 条，以下只说剩下的"
                                      : "%.*s rows were filtered out; this is about the rest",
                                STR_ARG(format_exact(a, (int64_t)c->filtered))));
    if (!isnan(r->order_join_rate) && r->order_join_rate < 0.95)
        caution(
            b,
            arena_printf(
                a,
                ZH(b)
                    ? "%.0f%% 的评价对上了订单，其余没有订单信息"
                    : "%.0f%% of the reviews were matched with an order; the rest have no order data",
                r->order_join_rate * 100));
}

void build_cautions(struct build *b, struct error *err) {
    struct report *r = b->report;
    struct arena *a = b->arena;
    r->cautions = ARENA_ARRAY(a, struct caution, MAX_CAUTIONS + 8);
    if (r->all.n_default_praise) {
        struct str n = format_exact(a, r->all.n_default_praise);
        struct str with = format_score(a, r->all.score_all.value);
        caution(
            b,
            arena_printf(
                a,
                ZH(b)
                    ? "系统默认好评 %.*s 条未计分；计入则为 %.*s"
                    : "%.*s ratings given by the platform are left out; with them the score is %.*s",
                STR_ARG(n), STR_ARG(with)));
    }
    caution_suspects(b, err);
    if (r->all.from_text && r->mode != REPORT_EMPTY)
        caution(b, build_say(
                       b, (struct words){"没有足够的评分，满意度由文字推算，只宜看相对高低",
                                         "There are too few ratings: satisfaction is read from the "
                                         "texts; compare, do not take it as a measured score"}));
    if (!r->has_time && r->mode != REPORT_EMPTY)
        caution(b,
                build_say(b, (struct words){"没有时间列，看不出变化",
                                            "No time column: changes over time cannot be seen"}));
    else if (r->mode == REPORT_FULL && !r->has_compare)
        caution(
            b,
            build_say(
                b, (struct words){
                       "时间跨度太短或两期样本太少，没有做前后比较",
                       "The time covered is too short, or too few texts, to compare two periods"}));
    if (r->n_buckets && r->trend[r->n_buckets - 1].partial)
        caution(
            b,
            build_say(
                b,
                (struct words){
                    "最后一段时间不完整，近期评价未到齐",
                    "The last stretch of time is incomplete: recent reviews are still to come"}));
    caution_rows(b);
    caution_columns(b);
}

// ── data quality ──

static void quality(struct build *b, struct quality_row row) {
    if (row.n > 0)
        b->report->quality[b->report->n_quality++] = row;
}

static void quality_with(struct build *b, struct quality_row row, const uint32_t *examples) {
    size_t n = MIN((size_t)row.n, (size_t)BUILD_EXAMPLES);
    row.examples = ARENA_ARRAY(b->arena, struct quote, n);
    for (size_t i = 0; i < n; i++)
        row.examples[i] = build_quote(b, &b->in->texts->items[examples[i]], NULL);
    row.n_examples = n;
    quality(b, row);
}

static void quality_of_texts(struct build *b) {
    const struct build_counts *c = b->in->counts;
    for (int q = QUALITY_USED + 1; q < N_QUALITIES; q++)
        quality_with(b,
                     (struct quality_row){.code = str_from(quality_kinds[q].code),
                                          .name = build_say(b, quality_kinds[q].name),
                                          .treatment = build_say(b, quality_kinds[q].treatment),
                                          .n = (int64_t)c->quality[q]},
                     c->examples[q]);
    quality_with(
        b,
        (struct quality_row){
            .code = STR("near_duplicate"),
            .name = build_say(
                b, (struct words){"不同顾客的雷同长文", "long texts that others have too"}),
            .treatment = build_say(b, (struct words){"疑似刷评，只标记，照常计入",
                                                     "suspected brushing: marked, still counted"}),
            .n = (int64_t)c->suspects},
        c->suspect_examples);
}

static void quality_of_rows(struct build *b) {
    for (int k = 0; k < N_REJECTS; k++) {
        const struct rejects *r = source_rejects(b->in->source, (enum reject_kind)k);
        size_t n = MIN(r->n_examples, (size_t)BUILD_EXAMPLES);
        struct quote *examples = ARENA_ARRAY(b->arena, struct quote, n);
        for (size_t i = 0; i < n; i++) {
            const struct reject *x = &r->examples[i];
            struct str reason = build_say(b, x->reason);
            examples[i] = (struct quote){
                .file = x->file,
                .row = x->row,
                .text = arena_printf(b->arena, "%.*s%s%.*s%s%.*s", STR_ARG(x->column),
                                     x->column.len ? ": " : "", STR_ARG(x->sample),
                                     x->sample.len ? " — " : "", STR_ARG(reason)),
                .occurred_us = TIME_NONE,
                .score = NAN,
            };
        }
        quality(b, (struct quality_row){.code = str_from(r->code),
                                        .name = build_say(b, r->name),
                                        .treatment = build_say(b, r->treatment),
                                        .n = (int64_t)r->total,
                                        .examples = examples,
                                        .n_examples = n});
    }
}

void build_quality(struct build *b) {
    const struct build_counts *c = b->in->counts;
    b->report->quality = ARENA_ARRAY(b->arena, struct quality_row, N_QUALITIES + N_REJECTS + 4);
    quality_of_texts(b);
    quality_of_rows(b);
    const struct {
        const char *code;
        struct words name, treatment;
        uint64_t n;
    } marks[] = {
        {"no_time",
         {"没有时间", "no time"},
         {"计入总体，不在趋势里", "counted in the whole, not in the trend"},
         b->report->has_time ? c->no_time : 0},
        {"profanity",
         {"含辱骂词", "abusive words"},
         {"只标记，照常计入", "marked only, counted"},
         c->profanity},
        {"personal_data",
         {"文中的个人信息（处）", "personal data in texts (spans)"},
         {"引用时遮盖", "masked in quotes"},
         c->masked},
    };
    for (size_t i = 0; i < ARRAY_LEN(marks); i++)
        quality(b, (struct quality_row){.code = str_from(marks[i].code),
                                        .name = build_say(b, marks[i].name),
                                        .treatment = build_say(b, marks[i].treatment),
                                        .n = (int64_t)marks[i].n});
}

// ── what was understood ──

static void understood_files(struct build *b) {
    struct report *r = b->report;
    size_t n;
    const struct source_info *files = source_files(b->in->source, &n);
    r->files = ARENA_ARRAY(b->arena, struct source_file, n);
    r->n_files = n;
    for (size_t i = 0; i < n; i++) {
        struct words known = source_channel_words(b->in->source, files[i].channel);
        r->files[i] = (struct source_file){
            .name = files[i].name,
            .kind = files[i].kind,
            .channel = known.zh ? build_say(b, known) : files[i].channel,
            .read = files[i].read,
            .used = files[i].used,
            .rejected = files[i].rejected,
        };
        r->read += files[i].read;
        r->rejected += files[i].rejected;
    }
    r->used = b->in->asked ? (uint64_t)r->all.n_used : b->in->counts->used;
    r->title = b->in->title;
    if (!r->title.len)
        r->title =
            n == 1 ? files[0].name : build_say(b, (struct words){"全部渠道", "All channels"});
    if (n) {
        r->text_column = files[0].text_column;
        r->time_column = files[0].time_column;
    }
}

void build_understood(struct build *b) {
    struct report *r = b->report;
    const struct schema *s = source_schema(b->in->source);
    size_t n;
    understood_files(b);
    const struct source_column *columns = source_columns(b->in->source, &n);
    r->columns = ARENA_ARRAY(b->arena, struct column_line, n);
    for (size_t i = 0; i < n; i++)
        if (columns[i].used)
            r->columns[r->n_columns++] = (struct column_line){
                r->files[columns[i].file].name, columns[i].name, build_say(b, columns[i].meaning)};
    for (int i = s->n_scores - 1; i >= 0; i--) {
        if (s->scores[i].dimension.len && r->score_column.len)
            continue;
        r->score_column = s->scores[i].name;
        r->score_low = s->scores[i].low;
        r->score_high = s->scores[i].high;
    }
    r->attr_names = ARENA_ARRAY(b->arena, struct str, FEEDBACK_MAX_ATTRS);
    for (int i = 0; i < s->n_attrs; i++)
        r->attr_names[r->n_attrs++] = s->attrs[i].name;
    struct source_join join = source_join(b->in->source);
    if (join.n_orders && join.n_with_order)
        r->order_join_rate = (double)join.n_joined / (double)join.n_with_order;
}
