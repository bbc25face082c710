// SPDX-License-Identifier: Apache-2.0
// ② How satisfied: the score with its interval, the platforms' words, now against before, by
// channel.
#include <math.h>

#include "report/page_part.h"

static struct str finding(const struct pen *p) {
    const struct report *r = p->r;
    if (!estimate_is_known(&r->now.score))
        return pen_str(p, "没有可用的分数", "There is no score to show");
    struct str score = page_estimate(p, &r->now.score);
    const struct change *c = &r->score_change;
    if (!c->has || !isfinite(c->diff))
        return pen_str(p, "满意度 %.*s（满分 5）", "Satisfaction is %.*s of 5", STR_ARG(score));
    struct str before = format_score(p->a, r->before.score.value);
    struct str diff = format_diff(p->a, fabs(c->diff));
    struct str size = str_slice(diff, 1, diff.len); // without the sign
    if (!c->significant)
        return pen_str(p, "满意度 %.*s，和上期的 %.*s 没有显著差别",
                       "Satisfaction is %.*s, no significant change from %.*s", STR_ARG(score),
                       STR_ARG(before));
    return c->diff < 0 ? pen_str(p, "满意度 %.*s，比上期的 %.*s 低 %.*s，显著",
                                 "Satisfaction is %.*s, significantly down from %.*s (by %.*s)",
                                 STR_ARG(score), STR_ARG(before), STR_ARG(size))
                       : pen_str(p, "满意度 %.*s，比上期的 %.*s 高 %.*s，显著",
                                 "Satisfaction is %.*s, significantly up from %.*s (by %.*s)",
                                 STR_ARG(score), STR_ARG(before), STR_ARG(size));
}

static void row_head(const struct pen *p, enum word what, const char *note) {
    pen_raw(p, "<tr><th scope=\"row\">");
    pen_text(p, str_from(word_in(what, p->lang)));
    if (note) {
        pen_raw(p, " <small>");
        pen_text(p, str_from(note));
        pen_raw(p, "</small>");
    }
    pen_raw(p, "</th>");
}

static void value_cell(const struct pen *p, struct str value, struct str small) {
    pen_raw(p, "<td class=\"num\">");
    pen_text(p, value);
    if (small.len) {
        pen_raw(p, " <small>");
        pen_text(p, small);
        pen_raw(p, "</small>");
    }
    pen_raw(p, "</td>");
}

static void estimate_cell(const struct pen *p, const struct estimate *e, bool is_share,
                          int64_t n_whole) {
    struct str n = {0};
    if (!estimate_is_known(e)) {
        value_cell(p, str_from(word_in(WORD_UNKNOWN, p->lang)), n);
        return;
    }
    if (e->n != n_whole) {
        n = format_exact(p->a, e->n);
        n = arena_printf(p->a, "n = %.*s", STR_ARG(n));
    }
    if (is_share && isfinite(e->low) && isfinite(e->high)) {
        struct str low = format_share(p->a, e->low), high = format_share(p->a, e->high);
        // “89–92 %”: the sign once
        low = str_slice(low, 0, str_find(low, STR("\u00a0")));
        struct str both = arena_printf(p->a, "%.*s–%.*s%s%.*s", STR_ARG(low), STR_ARG(high),
                                       n.len ? ", " : "", STR_ARG(n));
        value_cell(p, format_share(p->a, e->value), both);
    } else {
        value_cell(p, is_share ? format_share(p->a, e->value) : page_estimate(p, e), n);
    }
}

static void row(const struct pen *p, enum word what, const char *note, const struct estimate *now,
                const struct estimate *before, const struct change *c, bool is_share,
                bool up_is_good) {
    if (!now->has && !before->has)
        return;
    row_head(p, what, note);
    estimate_cell(p, now, is_share, p->r->now.n_used);
    if (p->r->has_compare) {
        estimate_cell(p, before, is_share, p->r->before.n_used);
        pen_raw(p, "<td class=\"num\">");
        if (c)
            page_change(p, c, is_share, up_is_good);
        pen_raw(p, "</td>");
    }
    page_row_end(p);
}

static void table_head(const struct pen *p) {
    const struct report *r = p->r;
    pen_raw(p, "<table class=\"facts\"><caption>");
    pen_say(p, "± 和区间都是 95 %% 置信区间", "± and ranges are 95 %% confidence intervals");
    pen_raw(p, "</caption><thead><tr><th scope=\"col\">");
    pen_say(p, "指标", "Figure");
    pen_raw(p, "</th><th scope=\"col\">");
    pen_text(p,
             r->has_compare ? str_from(word_in(WORD_THIS, p->lang)) : pen_str(p, "数值", "Value"));
    pen_raw(p, "</th>");
    if (r->has_compare) {
        pen_raw(p, "<th scope=\"col\">");
        pen_text(p, str_from(word_in(WORD_BEFORE, p->lang)));
        pen_raw(p, "</th><th scope=\"col\">");
        pen_say(p, "变化", "Change");
        pen_raw(p, "</th>");
    }
    pen_raw(p, "</tr></thead><tbody>");
}

static void count_row(const struct pen *p, enum word what, int64_t now, int64_t before) {
    row_head(p, what, NULL);
    value_cell(p, format_exact(p->a, now), (struct str){0});
    if (p->r->has_compare) {
        value_cell(p, format_exact(p->a, before), (struct str){0});
        pen_raw(p, "<td></td>");
    }
    page_row_end(p);
}

static void table(const struct pen *p) {
    const struct satisfaction *a = &p->r->now, *b = &p->r->before;
    const struct report *r = p->r;
    bool zh = p->lang == LANG_ZH;
    table_head(p);
    row(p, WORD_SCORE, zh ? "1–5" : "1–5", &a->score, &b->score, &r->score_change, false, true);
    if (a->n_default_praise > 0)
        row(p, WORD_SCORE_ALL, NULL, &a->score_all, &b->score_all, NULL, false, true);
    row(p, WORD_GOOD_SHARE, zh ? "4–5 星" : "4–5 stars", &a->good_share, &b->good_share,
        &r->good_change, true, true);
    row(p, WORD_BAD_SHARE, zh ? "1–2 星" : "1–2 stars", &a->bad_share, &b->bad_share,
        &r->bad_change, true, false);
    row(p, WORD_NPS, "−100–100", &a->nps, &b->nps, &r->nps_change, false, true);
    row(p, WORD_CSAT, NULL, &a->csat, &b->csat, NULL, true, true);
    row(p, WORD_CES, "1–7", &a->ces, &b->ces, NULL, false, true);
    row(p, WORD_INDEX, "0–100", &a->index, &b->index, NULL, false, true);
    count_row(p, WORD_USED, a->n_used, b->n_used);
    pen_raw(p, "</tbody></table>\n");
}

static void set_parts(struct chart_stack *row, const int64_t *counts) {
    double total = 0;
    for (int k = 0; k < N_SENTIMENTS; k++)
        total += (double)MAX(counts[k], 0);
    // Praise first: the eye starts where most is.
    static const int order[] = {SENTIMENT_POS, SENTIMENT_NEU, SENTIMENT_NEG};
    for (int k = 0; k < N_SENTIMENTS; k++)
        row->parts[k] = total > 0 ? (double)MAX(counts[order[k]], 0) / total : 0;
}

struct sentiment_rows {
    struct chart_stack rows[2];
    size_t n;
};

static void draw_sentiment(const struct pen *p, const struct chart_head *head, const void *ctx) {
    const struct sentiment_rows *s = ctx;
    const struct chart_part parts[CHART_MAX_PARTS] = {
        {str_from(word_in(WORD_POSITIVE, p->lang)), TONE_POS},
        {str_from(word_in(WORD_NEUTRAL, p->lang)), TONE_NEU},
        {str_from(word_in(WORD_NEGATIVE, p->lang)), TONE_NEG},
    };
    chart_shares(p->out, head, parts, s->rows, s->n);
}

static void sentiment_table(const struct pen *p, const struct sentiment_rows *s) {
    static const struct words headers[] = {
        {"时段", "Period"}, {"正面", "Positive"}, {"中性", "Neutral"}, {"负面", "Negative"}};
    page_table_open(p, pen_str(p, "情感，条数", "Sentiment, counts"), headers, ARRAY_LEN(headers));
    for (size_t i = 0; i < s->n; i++) {
        const struct satisfaction *f = i == 0 ? &p->r->now : &p->r->before;
        page_cell_head(p, s->rows[i].label);
        page_cell_number(p, format_exact(p->a, f->sentiment[SENTIMENT_POS]));
        page_cell_number(p, format_exact(p->a, f->sentiment[SENTIMENT_NEU]));
        page_cell_number(p, format_exact(p->a, f->sentiment[SENTIMENT_NEG]));
        page_row_end(p);
    }
    page_table_close(p);
}

static void sentiment(const struct pen *p) {
    const struct report *r = p->r;
    struct sentiment_rows s = {.n = r->has_compare ? 2 : 1};
    set_parts(&s.rows[0], r->now.sentiment);
    set_parts(&s.rows[1], r->before.sentiment);
    s.rows[0].label =
        r->has_compare ? str_from(word_in(WORD_THIS, p->lang)) : pen_str(p, "全部", "All");
    s.rows[1].label = str_from(word_in(WORD_BEFORE, p->lang));
    struct str negative = format_share(p->a, s.rows[0].parts[2]);
    struct str was = format_share(p->a, s.rows[1].parts[2]);
    struct str title =
        s.n == 2
            ? pen_str(p, "%.*s 的评价在抱怨，上期 %.*s",
                      "%.*s of the reviews complain, %.*s before", STR_ARG(negative), STR_ARG(was))
            : pen_str(p, "%.*s 的评价在抱怨", "%.*s of the reviews complain", STR_ARG(negative));
    struct str n = format_exact(p->a, r->now.n_used), m = format_exact(p->a, r->before.n_used);
    page_figure(p, title);
    page_chart(p, "sentiment", CHART_HALF, title, (struct str){0}, draw_sentiment, &s);
    page_figure_note(p, s.n == 2
                            ? pen_str(p, "按文字判断的情感；n = %.*s，上期 %.*s",
                                      "Sentiment as read from the text; n = %.*s, before %.*s",
                                      STR_ARG(n), STR_ARG(m))
                            : pen_str(p, "按文字判断的情感；n = %.*s",
                                      "Sentiment as read from the text; n = %.*s", STR_ARG(n)));
    sentiment_table(p, &s);
    page_figure_end(p);
}

#define MAX_CHANNELS 12

struct channel_rows {
    struct chart_row rows[MAX_CHANNELS];
    size_t n;
    struct chart_reference all;
};

// The row whose interval lies below all others', or `n`: values with overlapping intervals are not
// ranked.
static size_t clearly_lowest(const struct chart_row *rows, size_t n) {
    size_t lowest = n;
    for (size_t i = 0; i < n; i++)
        if (!rows[i].muted && isfinite(rows[i].value) &&
            (lowest == n || rows[i].value < rows[lowest].value))
            lowest = i;
    for (size_t i = 0; i < n && lowest < n; i++)
        if (i != lowest && !rows[i].muted && isfinite(rows[i].value) &&
            !(rows[lowest].high < rows[i].low))
            return n;
    return lowest;
}

static void draw_channels(const struct pen *p, const struct chart_head *head, const void *ctx) {
    const struct channel_rows *c = ctx;
    chart_dots(p->out, head, c->rows, c->n, (struct chart_axis){.min = 1, .max = 5, .step = 1},
               &c->all);
}

static void channel_table(const struct pen *p) {
    static const struct words headers[] = {{"渠道", "Channel"}, {"条数", "n"}, {"满意度", "Score"}};
    const struct report *r = p->r;
    page_table_open(p, pen_str(p, "各渠道", "Channels"), headers, ARRAY_LEN(headers));
    for (size_t i = 0; i < MIN(r->n_channels, (size_t)MAX_CHANNELS * 4); i++) {
        page_cell_head(p, pen_name(p, r->channels[i].name));
        page_cell_number(p, format_exact(p->a, r->channels[i].n));
        page_cell_number(p, page_estimate(p, &r->channels[i].score));
        page_row_end(p);
    }
    page_table_close(p);
}

static void channels(const struct pen *p) {
    const struct report *r = p->r;
    struct channel_rows c = {.n = MIN(r->n_channels, (size_t)MAX_CHANNELS)};
    if (c.n < 2)
        return;
    for (size_t i = 0; i < c.n; i++) {
        const struct channel_row *from = &r->channels[i];
        bool small = from->n < REPORT_GROUP_MIN_N;
        struct str n = format_exact(p->a, from->n);
        c.rows[i] = (struct chart_row){
            .label = pen_name(p, from->name),
            .note = arena_printf(p->a, "n = %.*s", STR_ARG(n)),
            .value_text =
                format_score(p->a, estimate_is_known(&from->score) ? from->score.value : NAN),
            .value = estimate_is_known(&from->score) ? from->score.value : NAN,
            .low = from->score.low,
            .high = from->score.high,
            .other = NAN,
            .tone = TONE_ACCENT,
            .muted = small,
        };
    }
    size_t lowest = clearly_lowest(c.rows, c.n);
    c.all = (struct chart_reference){r->now.score.value, pen_str(p, "全部", "all")};
    struct str title =
        pen_str(p, "各渠道分不出高低：区间重叠", "No channel stands out: the intervals overlap");
    if (lowest < c.n) {
        struct str score = format_score(p->a, c.rows[lowest].value);
        title = pen_str(p, "%.*s 的分数最低：%.*s", "%.*s scores lowest: %.*s",
                        STR_ARG(c.rows[lowest].label), STR_ARG(score));
    }
    struct str period = page_period(p);
    page_figure(p, title);
    page_chart(p, "channels", CHART_HALF, title, (struct str){0}, draw_channels, &c);
    page_figure_note(p,
                     pen_str(p, "满意度 1–5，横线是 95 %% 置信区间%s%.*s",
                             "Satisfaction 1–5; lines are 95 %% intervals%s%.*s",
                             period.len ? p->lang == LANG_ZH ? "；" : "; " : "", STR_ARG(period)));
    channel_table(p);
    page_figure_end(p);
}

void page_overall(const struct pen *p) {
    const struct report *r = p->r;
    page_section(p, "overall", "②", WORD_OVERALL, finding(p));
    if (r->now.from_text) {
        pen_raw(p, "<p class=\"lead\">");
        pen_say(p, "数据里没有评分。这里的分数是模型按文字估计的，换算表见模型卡。",
                "The data has no ratings. This score is estimated from the texts by the table in "
                "the model card.");
        pen_raw(p, "</p>");
    }
    pen_raw(p, "<div class=\"cols\"><div>");
    table(p);
    pen_raw(p, "</div><div>");
    sentiment(p);
    channels(p);
    pen_raw(p, "</div></div>");
    page_section_end(p);
}
