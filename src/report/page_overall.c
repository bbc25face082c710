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

enum kind { // how a figure is written
    KIND_SCORE,
    KIND_SHARE,
    KIND_NPS,
    KIND_INDEX,
};

struct figure {
    enum word what;
    struct words scale;
    enum kind kind;
    bool up_is_good;
    size_t offset; // of its estimate in struct satisfaction
};

static const struct figure figures[] = {
    {WORD_SCORE, {"1–5", "1–5"}, KIND_SCORE, true, offsetof(struct satisfaction, score)},
    {WORD_SCORE_ALL, {"", ""}, KIND_SCORE, true, offsetof(struct satisfaction, score_all)},
    {WORD_GOOD_SHARE,
     {"4–5 星", "4–5 stars"},
     KIND_SHARE,
     true,
     offsetof(struct satisfaction, good_share)},
    {WORD_BAD_SHARE,
     {"1–2 星", "1–2 stars"},
     KIND_SHARE,
     false,
     offsetof(struct satisfaction, bad_share)},
    {WORD_NPS, {"", ""}, KIND_NPS, true, offsetof(struct satisfaction, nps)},
    {WORD_CSAT, {"", ""}, KIND_SHARE, true, offsetof(struct satisfaction, csat)},
    {WORD_CES, {"1–7", "1–7"}, KIND_SCORE, true, offsetof(struct satisfaction, ces)},
    {WORD_INDEX, {"0–100", "0–100"}, KIND_INDEX, true, offsetof(struct satisfaction, index)},
};

static const struct estimate *figure_of(const struct satisfaction *s, const struct figure *f) {
    return (const struct estimate *)((const char *)s + f->offset);
}

static const struct change *change_of(const struct report *r, enum word what) {
    return what == WORD_SCORE        ? &r->score_change
           : what == WORD_NPS        ? &r->nps_change
           : what == WORD_GOOD_SHARE ? &r->good_change
           : what == WORD_BAD_SHARE  ? &r->bad_change
                                     : NULL;
}

static void row_head(const struct pen *p, enum word what, struct words note) {
    struct str small = str_from(words_in(note, p->lang));
    pen_raw(p, "<tr><th scope=\"row\">");
    pen_text(p, str_from(word_in(what, p->lang)));
    if (small.len) {
        pen_raw(p, " <small>");
        pen_text(p, small);
        pen_raw(p, "</small>");
    }
    pen_raw(p, "</th>");
}

static void open_cell(const struct pen *p, struct str header) {
    pen_raw(p, "<td data-h=\"");
    pen_text(p, header);
    pen_raw(p, "\">");
}

// “4.2 ±0.06”, “91 % ±1.6”, “31 ±6”
static struct str value_of(const struct pen *p, const struct estimate *e, enum kind kind) {
    if (kind == KIND_SCORE)
        return page_estimate(p, e);
    double half = (e->high - e->low) / 2;
    int decimals = kind == KIND_NPS ? 0 : 1;
    struct str value =
        kind == KIND_SHARE ? format_share(p->a, e->value) : format_fixed(p->a, e->value, decimals);
    if (!isfinite(half))
        return value;
    struct str margin = format_fixed(p->a, kind == KIND_SHARE ? half * 100 : half, decimals);
    return arena_printf(p->a, "%.*s ±%.*s", STR_ARG(value), STR_ARG(margin));
}

static void estimate_cell(const struct pen *p, struct str header, const struct estimate *e,
                          enum kind kind, int64_t n_whole) {
    open_cell(p, header);
    if (!estimate_is_known(e)) {
        pen_raw(p, "<span class=\"dim\">");
        pen_text(p, str_from(word_in(WORD_UNKNOWN, p->lang)));
        pen_raw(p, "</span>");
    } else {
        pen_text(p, value_of(p, e, kind));
        if (e->n != n_whole) {
            struct str n = format_exact(p->a, e->n);
            pen_raw(p, " <small class=\"of\">n = ");
            pen_text(p, n);
            pen_raw(p, "</small>");
        }
    }
    pen_raw(p, "</td>");
}

struct columns { // headers of the table
    struct str now, before, change, all;
};

static void change_cell(const struct pen *p, struct str header, const struct change *c,
                        const struct figure *f) {
    open_cell(p, header);
    if (c)
        page_change(p, c,
                    f->kind == KIND_SHARE ? CHANGE_SHARE
                    : f->kind == KIND_NPS ? CHANGE_WHOLE
                                          : CHANGE_SCORE,
                    f->up_is_good);
    pen_raw(p, "</td>");
}

static void figure_row(const struct pen *p, const struct columns *h, const struct figure *f) {
    const struct report *r = p->r;
    const struct estimate *all = figure_of(&r->all, f);
    if (!all->has || (f->what == WORD_SCORE_ALL && r->all.n_default_praise <= 0))
        return;
    row_head(p, f->what, f->scale);
    if (r->has_compare) {
        estimate_cell(p, h->now, figure_of(&r->now, f), f->kind, r->now.n_used);
        estimate_cell(p, h->before, figure_of(&r->before, f), f->kind, r->before.n_used);
        change_cell(p, h->change, change_of(r, f->what), f);
    }
    estimate_cell(p, h->all, all, f->kind, r->all.n_used);
    page_row_end(p);
}

static void table_head(const struct pen *p, const struct columns *h) {
    const struct str names[] = {pen_str(p, "指标", "Figure"), h->now, h->before, h->change, h->all};
    pen_raw(p, "<table class=\"stack facts\"><caption>");
    pen_say(p, "± 是 95 %% 置信区间；比例的 ± 是百分点",
            "± is the 95 %% confidence interval; of shares, in points");
    pen_raw(p, "</caption><thead><tr>");
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        if (i >= 1 && i <= 3 && !p->r->has_compare)
            continue;
        pen_raw(p, "<th scope=\"col\">");
        pen_text(p, names[i]);
        pen_raw(p, "</th>");
    }
    pen_raw(p, "</tr></thead><tbody>");
}

static void table(const struct pen *p) {
    const struct report *r = p->r;
    const struct columns h = {.now = str_from(word_in(WORD_THIS, p->lang)),
                              .before = str_from(word_in(WORD_BEFORE, p->lang)),
                              .change = pen_str(p, "变化", "Change"),
                              .all = pen_str(p, "全部", "All")};
    table_head(p, &h);
    for (size_t i = 0; i < ARRAY_LEN(figures); i++)
        figure_row(p, &h, &figures[i]);
    row_head(p, WORD_USED, (struct words){"", ""});
    const int64_t counts[] = {r->now.n_used, r->before.n_used, -1, r->all.n_used};
    const struct str names[] = {h.now, h.before, h.change, h.all};
    for (size_t i = r->has_compare ? 0 : 3; i < ARRAY_LEN(counts); i++) {
        open_cell(p, names[i]);
        if (i != 2)
            pen_text(p, format_exact(p->a, counts[i]));
        pen_raw(p, "</td>");
    }
    page_row_end(p);
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
    const struct satisfaction *figure[2];
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
        page_cell_head(p, s->rows[i].label);
        page_cell_number(p, format_exact(p->a, s->figure[i]->sentiment[SENTIMENT_POS]));
        page_cell_number(p, format_exact(p->a, s->figure[i]->sentiment[SENTIMENT_NEU]));
        page_cell_number(p, format_exact(p->a, s->figure[i]->sentiment[SENTIMENT_NEG]));
        page_row_end(p);
    }
    page_table_close(p);
}

static void sentiment(const struct pen *p) {
    const struct report *r = p->r;
    struct sentiment_rows s = {.n = r->has_compare ? 2 : 1,
                               .figure = {r->has_compare ? &r->now : &r->all, &r->before}};
    for (size_t i = 0; i < s.n; i++) {
        struct str n = format_exact(p->a, s.figure[i]->n_used);
        set_parts(&s.rows[i], s.figure[i]->sentiment);
        s.rows[i].note = arena_printf(p->a, "n = %.*s", STR_ARG(n));
        s.rows[i].label = !r->has_compare
                              ? pen_str(p, "全部", "All")
                              : str_from(word_in(i == 0 ? WORD_THIS : WORD_BEFORE, p->lang));
    }
    struct str negative = format_share(p->a, s.rows[0].parts[2]),
               was = format_share(p->a, s.rows[1].parts[2]);
    struct str title =
        s.n == 2
            ? pen_str(p, "%.*s 的评价在抱怨，上期 %.*s",
                      "%.*s of the reviews complain, %.*s before", STR_ARG(negative), STR_ARG(was))
            : pen_str(p, "%.*s 的评价在抱怨", "%.*s of the reviews complain", STR_ARG(negative));
    page_figure(p, title);
    page_chart(p, "sentiment", CHART_HALF, title, (struct str){0}, draw_sentiment, &s);
    page_figure_note(p, pen_str(p, "按文字判断的情感，占有效评价的比例",
                                "Sentiment as read from the texts, share of usable reviews"));
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
        if (from->from_text)
            c.rows[i].note = pen_str(p, "n = %.*s，据文字", "n = %.*s, from text", STR_ARG(n));
    }
    size_t lowest = clearly_lowest(c.rows, c.n);
    c.all = (struct chart_reference){r->all.score.has ? r->all.score.value : NAN,
                                     pen_str(p, "全部", "all")};
    struct str title =
        pen_str(p, "各渠道分不出高低：区间重叠", "No channel stands out: the intervals overlap");
    if (lowest < c.n) {
        struct str score = format_score(p->a, c.rows[lowest].value);
        title = pen_str(p, "%.*s的分数最低：%.*s", "%.*s scores lowest: %.*s",
                        STR_ARG(c.rows[lowest].label), STR_ARG(score));
    }
    struct str period = page_covered(p);
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
    if (r->all.from_text) {
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
