// SPDX-License-Identifier: Apache-2.0
// What changed over time: score, volume and sentiment, bucket by bucket.
#include <math.h>

#include "report/page_part.h"

// The buckets that are drawn: the last PAGE_BUCKETS.
struct time_chart {
    const struct bucket *buckets;
    struct chart_point *points;
    struct chart_stack *columns;
    size_t n;
    struct chart_mark marks[1];
    size_t n_marks;
};

static void draw_score(const struct pen *p, const struct chart_head *head, const void *ctx) {
    const struct time_chart *t = ctx;
    chart_line(p->out, head, t->points, t->n, (struct chart_axis){.min = 1, .max = 5, .step = 1},
               t->marks, t->n_marks);
}

static void draw_volume(const struct pen *p, const struct chart_head *head, const void *ctx) {
    const struct time_chart *t = ctx;
    const struct chart_part parts[CHART_MAX_PARTS] = {
        {str_from(word_in(WORD_NEGATIVE, p->lang)), TONE_NEG},
        {str_from(word_in(WORD_NEUTRAL, p->lang)), TONE_NEU},
        {str_from(word_in(WORD_POSITIVE, p->lang)), TONE_POS},
    };
    chart_columns(p->out, head, parts, t->columns, t->n);
}

static struct str bucket_label(const struct pen *p, const struct bucket *b) {
    if (p->r->bucket_days >= 28) {
        int year, month, day;
        if (b->from_days < -719162 || b->from_days > 2932896)
            return STR("–");
        civil_from_days(b->from_days, &year, &month, &day);
        return arena_printf(p->a, "%d-%02d", year, month);
    }
    return format_day(p->a, p->lang, b->from_days);
}

static void fill_bucket(const struct pen *p, struct time_chart *t, size_t i) {
    const struct bucket *b = &t->buckets[i];
    struct str period = format_period(p->a, p->lang, b->from_days, b->to_days, false);
    struct str score = page_estimate(p, &b->score), n = format_exact(p->a, b->n);
    const char *partial = !b->partial ? "" : p->lang == LANG_ZH ? "，不完整" : ", incomplete";
    bool known = estimate_is_known(&b->score);
    t->points[i] = (struct chart_point){
        .label = bucket_label(p, b),
        .tip = arena_printf(p->a, "%.*s: %.*s, n = %.*s%s", STR_ARG(period), STR_ARG(score),
                            STR_ARG(n), partial),
        .value = known ? b->score.value : NAN,
        .low = known ? b->score.low : NAN,
        .high = known ? b->score.high : NAN,
        .muted = b->partial || b->score.n < REPORT_GROUP_MIN_N,
    };
    t->columns[i] = (struct chart_stack){
        .label = t->points[i].label,
        .tip = arena_printf(p->a, "%.*s: n = %.*s%s", STR_ARG(period), STR_ARG(n), partial),
    };
    for (int k = 0; k < N_SENTIMENTS; k++)
        t->columns[i].parts[k] = (double)MAX(b->sentiment[k], 0);
}

// Shades the buckets that a period covers.
static void add_mark(struct time_chart *t, int64_t from, int64_t to, struct str label) {
    size_t first = t->n, last = 0;
    for (size_t i = 0; i < t->n; i++)
        if (t->buckets[i].from_days >= from && t->buckets[i].to_days <= to) {
            first = MIN(first, i);
            last = i;
        }
    if (first < t->n)
        t->marks[t->n_marks++] = (struct chart_mark){.from = first, .to = last, .label = label};
}

// What the test of the two periods says.
static struct str finding_of_periods(const struct pen *p) {
    const struct report *r = p->r;
    struct str a = format_score(p->a, r->before.score.value),
               b = format_score(p->a, r->now.score.value);
    if (!r->score_change.significant)
        return pen_str(p, "上期到本期，满意度没有显著变化（%.*s → %.*s）",
                       "No significant change of satisfaction between the periods (%.*s → %.*s)",
                       STR_ARG(a), STR_ARG(b));
    return r->score_change.diff < 0
               ? pen_str(p, "上期到本期，满意度由 %.*s 降到 %.*s",
                         "Satisfaction fell from %.*s to %.*s between the periods", STR_ARG(a),
                         STR_ARG(b))
               : pen_str(p, "上期到本期，满意度由 %.*s 升到 %.*s",
                         "Satisfaction rose from %.*s to %.*s between the periods", STR_ARG(a),
                         STR_ARG(b));
}

static struct str finding(const struct pen *p) {
    const struct report *r = p->r;
    if (r->has_compare && r->score_change.has && estimate_is_known(&r->now.score) &&
        estimate_is_known(&r->before.score))
        return finding_of_periods(p);
    const struct bucket *first = &r->trend[0], *last = &r->trend[r->n_buckets - 1];
    if (r->n_buckets > 2 && first->partial)
        first++;
    if (r->n_buckets > 2 && last->partial)
        last--;
    if (!estimate_is_known(&first->score) || !estimate_is_known(&last->score))
        return pen_str(p, "每段时间的评价", "The reviews over time");
    struct str a = format_score(p->a, first->score.value),
               b = format_score(p->a, last->score.value);
    bool apart = last->score.high < first->score.low || last->score.low > first->score.high;
    struct str day = bucket_label(p, first);
    return apart ? pen_str(p, "从 %.*s 起，满意度由 %.*s 变到 %.*s",
                           "Since %.*s satisfaction went from %.*s to %.*s", STR_ARG(day),
                           STR_ARG(a), STR_ARG(b))
                 : pen_str(p, "从 %.*s 起，满意度没有明显变化（%.*s → %.*s）",
                           "No clear change of satisfaction since %.*s (%.*s → %.*s)", STR_ARG(day),
                           STR_ARG(a), STR_ARG(b));
}

static void table(const struct pen *p) {
    static const struct words headers[] = {{"时段", "Period"},  {"条数", "n"},
                                           {"满意度", "Score"}, {"负面", "Negative"},
                                           {"中性", "Neutral"}, {"正面", "Positive"}};
    const struct report *r = p->r;
    size_t from = r->n_buckets > page_most(p, PAGE_BUCKET_ROWS)
                      ? r->n_buckets - page_most(p, PAGE_BUCKET_ROWS)
                      : 0;
    struct str left = format_exact(p->a, (int64_t)from);
    page_table_open(p,
                    from ? pen_str(p, "最近的时段；更早的 %.*s 段见 --json",
                                   "Latest periods; %.*s earlier ones in --json", STR_ARG(left))
                         : pen_str(p, "各时段", "Periods"),
                    headers, ARRAY_LEN(headers));
    for (size_t i = from; i < r->n_buckets; i++) {
        const struct bucket *b = &r->trend[i];
        struct str period = format_period(p->a, p->lang, b->from_days, b->to_days, true);
        page_cell_head(p, b->partial
                              ? pen_str(p, "%.*s（不完整）", "%.*s (incomplete)", STR_ARG(period))
                              : period);
        page_cell_number(p, format_exact(p->a, b->n));
        page_cell_number(p, page_estimate(p, &b->score));
        page_cell_number(p, format_exact(p->a, b->sentiment[SENTIMENT_NEG]));
        page_cell_number(p, format_exact(p->a, b->sentiment[SENTIMENT_NEU]));
        page_cell_number(p, format_exact(p->a, b->sentiment[SENTIMENT_POS]));
        page_row_end(p);
    }
    page_table_close(p);
}

static void charts(const struct pen *p) {
    const struct report *r = p->r;
    struct time_chart t = {.n = MIN(r->n_buckets, page_most(p, PAGE_BUCKETS))};
    t.buckets = r->trend + (r->n_buckets - t.n);
    t.points = ARENA_ARRAY(p->a, struct chart_point, t.n);
    t.columns = ARENA_ARRAY(p->a, struct chart_stack, t.n);
    for (size_t i = 0; i < t.n; i++)
        fill_bucket(p, &t, i);
    if (estimate_is_known(&t.buckets[t.n - 1].score))
        t.points[t.n - 1].value_text = format_score(p->a, t.buckets[t.n - 1].score.value);
    if (r->has_compare)
        add_mark(&t, r->this_from, r->this_to, str_from(word_in(WORD_THIS, p->lang)));
    static const struct words steps[] = {{"天", "day"}, {"周", "week"}, {"月", "month"}};
    struct str step =
        str_from(words_in(steps[r->bucket_days >= 28 ? 2 : r->bucket_days >= 7], p->lang));
    struct str period = format_period(p->a, p->lang, r->from_days, r->to_days, true);
    pen_raw(p, "<div class=\"cols\">");
    struct str title = pen_str(p, "满意度", "Satisfaction");
    page_figure(p, title);
    page_chart(p, "score-time", CHART_HALF, title, finding(p), draw_score, &t);
    page_figure_note(
        p, pen_str(p, "满意度 1–5，每点一%.*s，色带是 95 %% 区间；空心：不完整或样本不足。%.*s",
                   "Satisfaction 1–5, a point a %.*s, the band is the 95 %% interval; hollow: "
                   "incomplete or few. %.*s",
                   STR_ARG(step), STR_ARG(period)));
    page_figure_end(p);
    title = pen_str(p, "评价数，按情感", "Reviews by sentiment");
    page_figure(p, title);
    page_chart(p, "volume-time", CHART_HALF, title, (struct str){0}, draw_volume, &t);
    page_figure_note(p, pen_str(p, "有效评价的条数，每柱一%.*s", "Usable reviews, a column a %.*s",
                                STR_ARG(step)));
    page_figure_end(p);
    pen_raw(p, "</div>");
    table(p);
}

void page_time(const struct pen *p) {
    const struct report *r = p->r;
    struct str label = pen_str(p, "变化", "Over time");
    if (r->n_buckets < 2) {
        page_section_named(
            p, "time", label,
            r->has_time
                ? pen_str(p, "时间太短，看不出变化", "Too short a time to see change")
                : pen_str(p, "没有时间列，所以没有变化图", "No dates, so no change over time"));
        if (!r->has_time) {
            pen_raw(p, "<p class=\"lead\">");
            pen_say(p, "如果时间在某一列里，指出来再跑一次：",
                    "If a column holds the time, name it and run again: ");
            pen_raw(p, "<code>--map time=");
            pen_say(p, "列名", "COLUMN");
            pen_raw(p, "</code>");
            pen_raw(p, "</p>");
        }
    } else {
        page_section_named(p, "time", label, finding(p));
        charts(p);
    }
    page_section_end(p);
}
