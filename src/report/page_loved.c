// SPDX-License-Identifier: Apache-2.0
// ④ What they love, the score of each dimension, ⑤ what not to misread.
#include <math.h>

#include "report/page_part.h"

#define MAX_LOVED 4

static void praise(const struct pen *p, const struct dimension_row *d) {
    struct str n = format_exact(p->a, d->pos), all = format_exact(p->a, d->n);
    pen_raw(p, "<div><h3>");
    pen_text(p, pen_name(p, d->name));
    pen_raw(p, "</h3><p class=\"note\">");
    pen_say(p, "%.*s 条提到，其中 %.*s 条称赞", "%.*s mention it, %.*s praise it", STR_ARG(all),
            STR_ARG(n));
    pen_raw(p, "</p>");
    for (size_t i = 0; i < MIN(d->n_quotes, (size_t)2); i++)
        page_quote(p, &d->quotes[i], PAGE_QUOTE);
    pen_raw(p, "</div>");
}

static void short_praise(const struct pen *p, const struct dimension_row *d) {
    struct str name = pen_name(p, d->name), pos = format_exact(p->a, d->pos),
               all = format_exact(p->a, d->n);
    page_note(p, pen_str(p, "%.*s：%.*s 条提到，其中 %.*s 条称赞",
                         "%.*s: %.*s mention it, %.*s praise it", STR_ARG(name), STR_ARG(all),
                         STR_ARG(pos)));
}

void page_loved(const struct pen *p) {
    const struct dimension_row *best[MAX_LOVED];
    size_t n = loved_dimensions(p->r, best, MAX_LOVED);
    struct str title = pen_str(p, "没有特别受称赞的方面", "Nothing is praised in particular");
    if (n == 1) {
        struct str a = pen_name(p, best[0]->name);
        title = pen_str(p, "顾客最常称赞%.*s", "Praised most: %.*s", STR_ARG(a));
    } else if (n > 1) {
        struct str a = pen_name(p, best[0]->name), b = pen_name(p, best[1]->name);
        title = pen_str(p, "顾客最常称赞%.*s和%.*s", "Praised most: %.*s and %.*s", STR_ARG(a),
                        STR_ARG(b));
    }
    page_section(p, "loved", "④", WORD_LOVED, title);
    pen_raw(p, "<div class=\"cols\">");
    for (size_t i = 0; i < n; i++)
        if (best[i]->n_quotes)
            praise(p, best[i]);
    pen_raw(p, "</div>");
    for (size_t i = 0; i < n; i++)
        if (!best[i]->n_quotes)
            short_praise(p, best[i]);
    page_section_end(p);
}

void page_cautions(const struct pen *p) {
    const struct report *r = p->r;
    size_t shown = MIN(r->n_cautions, (size_t)12);
    if (shown == 0)
        return;
    page_section(p, "cautions", "⑤", WORD_CAUTIONS,
                 pen_str(p, "看这些数字之前，先知道 %zu 件事",
                         "%zu things to know about these numbers", shown));
    pen_raw(p, "<ul class=\"ideas\">");
    for (size_t i = 0; i < shown; i++) {
        pen_raw(p, "<li>");
        pen_text(p, clip(p->a, r->cautions[i].text, 300));
        pen_raw(p, "</li>");
    }
    pen_raw(p, "</ul>");
    page_section_end(p);
}

#define MAX_DIMENSIONS ((size_t)N_DIMENSIONS)

struct dimension_chart {
    struct chart_row dots[MAX_DIMENSIONS];
    struct chart_stack shares[MAX_DIMENSIONS];
    size_t n;
    struct chart_reference all;
};

static void draw_dots(const struct pen *p, const struct chart_head *head, const void *ctx) {
    const struct dimension_chart *c = ctx;
    chart_dots(p->out, head, c->dots, c->n, (struct chart_axis){.min = 1, .max = 5, .step = 1},
               isfinite(c->all.value) ? &c->all : NULL);
}

static void draw_shares(const struct pen *p, const struct chart_head *head, const void *ctx) {
    const struct dimension_chart *c = ctx;
    const struct chart_part parts[CHART_MAX_PARTS] = {
        {str_from(word_in(WORD_POSITIVE, p->lang)), TONE_POS},
        {str_from(word_in(WORD_NEUTRAL, p->lang)), TONE_NEU},
        {str_from(word_in(WORD_NEGATIVE, p->lang)), TONE_NEG},
    };
    chart_shares(p->out, head, parts, c->shares, c->n);
}

static void fill(const struct pen *p, struct dimension_chart *c) {
    for (size_t i = 0; i < c->n; i++) {
        const struct dimension_row *d = &p->r->dimensions[i];
        bool known = estimate_is_known(&d->score), small = d->n < REPORT_GROUP_MIN_N;
        struct str n = format_exact(p->a, d->n);
        double counts[] = {(double)MAX(d->pos, 0), (double)MAX(d->neu, 0), (double)MAX(d->neg, 0)};
        double total = counts[0] + counts[1] + counts[2];
        c->dots[i] = (struct chart_row){
            .label = pen_name(p, d->name),
            .note = arena_printf(p->a, "n = %.*s", STR_ARG(n)),
            .value_text = format_score(p->a, known ? d->score.value : NAN),
            .value = known ? d->score.value : NAN,
            .low = d->score.low,
            .high = d->score.high,
            .other = NAN,
            .tone = TONE_ACCENT,
            .muted = small,
        };
        c->shares[i] = (struct chart_stack){
            .label = c->dots[i].label, .note = c->dots[i].note, .muted = false};
        for (int k = 0; k < CHART_MAX_PARTS; k++)
            c->shares[i].parts[k] = total > 0 ? counts[k] / total : 0;
    }
    c->all = (struct chart_reference){p->r->all.score.has ? p->r->all.score.value : NAN,
                                      pen_str(p, "总体", "overall")};
}

static void table(const struct pen *p) {
    static const struct words headers[] = {
        {"方面", "Dimension"}, {"满意度", "Score"},  {"条数", "n"},      {"正面", "Positive"},
        {"中性", "Neutral"},   {"负面", "Negative"}, {"变化", "Change"}, {"权重", "Weight"}};
    page_table_open(p, pen_str(p, "各方面", "Dimensions"), headers, ARRAY_LEN(headers));
    for (size_t i = 0; i < p->r->n_dimensions; i++) {
        const struct dimension_row *d = &p->r->dimensions[i];
        page_cell_head(p, pen_name(p, d->name));
        page_cell_number(p, page_estimate(p, &d->score));
        page_cell_number(p, format_exact(p->a, d->n));
        page_cell_number(p, format_exact(p->a, d->pos));
        page_cell_number(p, format_exact(p->a, d->neu));
        page_cell_number(p, format_exact(p->a, d->neg));
        page_cell_number(p, d->trend.has ? format_diff(p->a, d->trend.diff) : STR("–"));
        page_cell_number(p, format_share(p->a, d->weight));
        page_row_end(p);
    }
    page_table_close(p);
}

// The one dimension whose interval lies below the whole's, worst first.
static struct str finding(const struct pen *p) {
    const struct dimension_row *worst = NULL;
    const struct estimate *all = &p->r->all.score;
    for (size_t i = 0; i < p->r->n_dimensions && estimate_is_known(all); i++) {
        const struct dimension_row *d = &p->r->dimensions[i];
        if (d->n >= REPORT_GROUP_MIN_N && estimate_is_known(&d->score) &&
            d->score.high < all->low && (!worst || d->score.value < worst->score.value))
            worst = d;
    }
    if (!worst)
        return pen_str(p, "各个方面，各有多满意", "How satisfied with each side of it");
    struct str name = pen_name(p, worst->name), score = page_estimate(p, &worst->score);
    return pen_str(p, "最低的是%.*s：%.*s", "Lowest is %.*s: %.*s", STR_ARG(name), STR_ARG(score));
}

void page_dimensions(const struct pen *p) {
    struct dimension_chart c = {.n = MIN(p->r->n_dimensions, (size_t)14)};
    if (c.n == 0)
        return;
    fill(p, &c);
    struct str title = finding(p);
    page_section_named(p, "dimensions", pen_str(p, "各方面", "Dimensions"), title);
    pen_raw(p, "<div class=\"cols\">");
    page_figure(p, pen_str(p, "满意度", "Satisfaction"));
    page_chart(p, "dims", CHART_HALF, title, (struct str){0}, draw_dots, &c);
    page_figure_note(
        p,
        pen_str(
            p,
            "满意度 1–5，横线是 95 %% "
            "区间；空心点是显著不同的上期。有自己评分列的方面用评分，其余按文字估计",
            "Satisfaction 1–5, lines are 95 %% intervals. From its own rating column, else from the text"));
    table(p);
    page_figure_end(p);
    page_figure(p, pen_str(p, "提到时是称赞还是抱怨", "Praise or complaint when mentioned"));
    page_chart(p, "dim-shares", CHART_HALF, pen_str(p, "称赞与抱怨", "Praise and complaint"),
               (struct str){0}, draw_shares, &c);
    page_figure_note(p, pen_str(p, "提到该方面的评价中的比例，条数写在名称旁",
                                "Share of the reviews that mention it; n beside the name"));
    page_figure_end(p);
    pen_raw(p, "</div>");
    page_section_end(p);
}
