// SPDX-License-Identifier: Apache-2.0
// Keywords and phrases, complaints and praise apart; negation was kept when they were found.
#include <math.h>

#include "report/page_part.h"

struct words_chart {
    struct chart_row rows[PAGE_KEYWORDS];
    size_t n;
    struct chart_axis axis;
};

static void draw(const struct pen *p, const struct chart_head *head, const void *ctx) {
    const struct words_chart *w = ctx;
    chart_bars(p->out, head, w->rows, w->n, w->axis);
}

static enum tone tone_of(uint8_t polarity) {
    return polarity == SENTIMENT_NEG ? TONE_NEG : polarity == SENTIMENT_POS ? TONE_POS : TONE_NEU;
}

static void figure(const struct pen *p, uint8_t polarity, const char *id, struct str title,
                   double most) {
    struct words_chart w = {.axis = chart_axis_from_zero(most, false)};
    for (size_t i = 0; i < p->r->n_keywords && w.n < PAGE_KEYWORDS; i++) {
        const struct keyword *k = &p->r->keywords[i];
        if (k->polarity != polarity)
            continue;
        struct str change = format_times(p->a, k->change);
        bool has_moved = isfinite(k->change) && (k->change >= 1.5 || k->change <= 0.67);
        w.rows[w.n++] = (struct chart_row){
            .label = clip(p->a, k->text, 14),
            .note = has_moved ? change : STR(""),
            .value_text = format_exact(p->a, k->n),
            .href = k->n_quotes ? arena_printf(p->a, "#k%zu", i + 1) : STR(""),
            .value = (double)k->n,
            .low = NAN,
            .high = NAN,
            .other = NAN,
            .tone = tone_of(polarity),
        };
    }
    if (w.n == 0)
        return;
    page_figure(p, title);
    page_chart(p, id, CHART_HALF, title, (struct str){0}, draw, &w);
    page_figure_end(p);
}

static void table(const struct pen *p) {
    static const struct words headers[] = {{"词", "Phrase"},
                                           {"条数", "n"},
                                           {"多在", "Mostly in"},
                                           {"比上期", "Against before"},
                                           {"例", "Example"}};
    const struct report *r = p->r;
    page_table_open(p, pen_str(p, "关键词与短语", "Keywords and phrases"), headers,
                    ARRAY_LEN(headers));
    size_t shown = MIN(r->n_keywords, (size_t)60);
    for (size_t i = 0; i < shown; i++) {
        const struct keyword *k = &r->keywords[i];
        pen_rawf(p, "<tr id=\"k%zu\"><th scope=\"row\">", i + 1);
        pen_text(p, pen_name(p, k->text));
        pen_raw(p, "</th>");
        page_cell_number(p, format_exact(p->a, k->n));
        page_cell(p, str_from(k->polarity < N_SENTIMENTS
                                  ? words_in(sentiment_labels[k->polarity].name, p->lang)
                                  : "–"));
        page_cell_number(p, format_times(p->a, k->change));
        pen_raw(p, "<td>");
        if (k->n_quotes) {
            markup_quote(p->out, &k->quotes[0], 40);
            page_source(p, &k->quotes[0]);
        }
        pen_raw(p, "</td></tr>");
    }
    page_table_close(p);
}

// The phrase that has grown most, among those with enough reviews to say so.
static struct str finding(const struct pen *p) {
    const struct keyword *top = NULL;
    for (size_t i = 0; i < p->r->n_keywords; i++) {
        const struct keyword *k = &p->r->keywords[i];
        if (k->n >= REPORT_GROUP_MIN_N && isfinite(k->change) && k->change >= 1.5 &&
            (!top || k->change > top->change))
            top = k;
    }
    if (!top)
        return pen_str(p, "顾客用的词", "The words they use");
    struct str text = pen_name(p, top->text), times = format_times(p->a, top->change);
    return pen_str(p, "“%.*s”出现的比例是上期的 %.*s", "“%.*s” is said %.*s as often as before",
                   STR_ARG(text), STR_ARG(times));
}

void page_keywords(const struct pen *p) {
    const struct report *r = p->r;
    if (r->n_keywords == 0)
        return;
    double most = 0;
    for (size_t i = 0; i < r->n_keywords; i++)
        most = MAX(most, (double)r->keywords[i].n);
    page_section_named(p, "words", pen_str(p, "关键词", "Words"), finding(p));
    pen_raw(p, "<div class=\"cols\">");
    figure(p, SENTIMENT_NEG, "words-neg", pen_str(p, "− 多见于抱怨", "− Mostly in complaints"),
           most);
    figure(p, SENTIMENT_POS, "words-pos", pen_str(p, "＋ 多见于称赞", "+ Mostly in praise"), most);
    pen_raw(p, "</div>");
    page_note(
        p,
        r->has_compare
            ? pen_str(p,
                      "含这个词的评价条数；2.6× "
                      "是占比与上期之比，只标变动大的。否定保留：“不好用”不算“好用”",
                      "Reviews that contain the phrase; 2.6× is its share against the period "
                      "before, shown where it moved. Negation is kept: “not good” is not “good”")
            : pen_str(
                  p, "含这个词的评价条数。否定保留：“不好用”不算“好用”",
                  "Reviews that contain the phrase. Negation is kept: “not good” is not “good”"));
    table(p);
    page_section_end(p);
}
