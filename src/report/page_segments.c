// SPDX-License-Identifier: Apache-2.0
// Who differs: values of columns whose score differs from the rest, and numbers that go with
// dissatisfaction.
#include <math.h>

#include "report/page_part.h"

struct dots {
    struct chart_row rows[PAGE_SEGMENTS];
    size_t n;
    struct chart_reference all;
};

static void draw(const struct pen *p, const struct chart_head *head, const void *ctx) {
    const struct dots *d = ctx;
    chart_dots(p->out, head, d->rows, d->n, (struct chart_axis){.min = 1, .max = 5, .step = 1},
               isfinite(d->all.value) ? &d->all : NULL);
}

static struct str segment_name(const struct pen *p, const struct segment *s) {
    struct str column = clip(p->a, s->column, 16), value = pen_name(p, s->value);
    return arena_printf(p->a, "%.*s%s%.*s", STR_ARG(column), column.len ? " " : "", STR_ARG(value));
}

// The first two that are significantly worse, else better, by name.
static struct str finding(const struct pen *p) {
    const struct report *r = p->r;
    for (int side = 0; side < 2; side++) {
        struct str names[2];
        size_t n = 0, all = 0;
        for (size_t i = 0; i < r->n_segments; i++) {
            const struct segment *s = &r->segments[i];
            if (!s->significant || s->small || (s->diff < 0) != (side == 0))
                continue;
            if (n < 2)
                names[n++] = pen_name(p, s->value);
            all++;
        }
        if (n == 0)
            continue;
        const char *zh = side == 0 ? "明显低于其余" : "明显高于其余";
        const char *en =
            side == 0 ? "score significantly below the rest" : "score significantly above the rest";
        if (n == 1)
            return pen_str(p, "%.*s%s", "%.*s: %s", STR_ARG(names[0]),
                           p->lang == LANG_ZH ? zh : en);
        return pen_str(p, all > 2 ? "%.*s、%.*s 等%s" : "%.*s、%.*s %s",
                       all > 2 ? "%.*s, %.*s and others %s" : "%.*s and %.*s %s", STR_ARG(names[0]),
                       STR_ARG(names[1]), p->lang == LANG_ZH ? zh : en);
    }
    return pen_str(p, "没有哪一组显著不同", "No group differs significantly");
}

static void table(const struct pen *p) {
    static const struct words headers[] = {
        {"列：值", "Column: value"},        {"条数", "n"},    {"满意度", "Score"},
        {"与其余之差", "Against the rest"}, {"检验", "Test"}, {"看原文", "Read them"}};
    const struct report *r = p->r;
    page_table_open(p, pen_str(p, "各组与其余的差", "Groups against the rest"), headers,
                    ARRAY_LEN(headers));
    for (size_t i = 0; i < MIN(r->n_segments, page_most(p, PAGE_SEGMENTS) * 2); i++) {
        const struct segment *s = &r->segments[i];
        struct str column = clip(p->a, s->column, PAGE_NAME),
                   value = clip(p->a, s->value, PAGE_NAME);
        pen_rawf(p, "<tr id=\"s%zu\"><th scope=\"row\">", i + 1);
        pen_text(p, segment_name(p, s));
        pen_raw(p, "</th>");
        page_cell_number(p, format_exact(p->a, s->n));
        page_cell_number(p, page_estimate(p, &s->score));
        struct str diff = format_diff(p->a, s->diff), margin = format_margin(p->a, s->low, s->high);
        page_cell_number(p, s->small
                                ? str_from(word_in(WORD_SMALL, p->lang))
                                : arena_printf(p->a, "%.*s %.*s", STR_ARG(diff), STR_ARG(margin)));
        page_cell_number(p, s->small ? STR("–") : format_q(p->a, s->q));
        pen_raw(p, "<td><code>--where '");
        pen_text(p, column);
        pen_raw(p, "=");
        pen_text(p, value);
        pen_raw(p, "'</code></td></tr>");
    }
    page_table_close(p);
    if (r->n_segments > page_most(p, PAGE_SEGMENTS) * 2) {
        struct str left =
            format_exact(p->a, (int64_t)(r->n_segments - page_most(p, PAGE_SEGMENTS) * 2));
        pen_raw(p, "<p class=\"note\">");
        pen_say(p, "另有 %.*s 组，见 --json。", "%.*s more groups: see --json.", STR_ARG(left));
        pen_raw(p, "</p>");
    }
}

static void fill(const struct pen *p, struct dots *d) {
    for (size_t i = 0; i < d->n; i++) {
        const struct segment *s = &p->r->segments[i];
        bool known = estimate_is_known(&s->score);
        struct str n = format_exact(p->a, s->n), few = str_from(word_in(WORD_SMALL, p->lang));
        struct str score = format_score(p->a, known ? s->score.value : NAN),
                   diff = format_diff(p->a, s->diff);
        d->rows[i] = (struct chart_row){
            .label = segment_name(p, s),
            .note = s->small ? arena_printf(p->a, "n = %.*s %.*s", STR_ARG(n), STR_ARG(few))
                             : arena_printf(p->a, "n = %.*s", STR_ARG(n)),
            .value_text = s->small || !s->significant
                              ? score
                              : arena_printf(p->a, "%.*s (%.*s)", STR_ARG(score), STR_ARG(diff)),
            .href = s->n_quotes ? arena_printf(p->a, "#sq%zu", i + 1) : STR(""),
            .value = known ? s->score.value : NAN,
            .low = s->score.low,
            .high = s->score.high,
            .other = NAN,
            .tone = !s->significant ? TONE_NEU
                    : s->diff < 0   ? TONE_NEG
                                    : TONE_POS,
            .muted = s->small,
        };
    }
    d->all = (struct chart_reference){p->r->all.score.has ? p->r->all.score.value : NAN,
                                      pen_str(p, "总体", "overall")};
}

static void quotes(const struct pen *p, size_t n) {
    for (size_t i = 0; i < n; i++) {
        const struct segment *s = &p->r->segments[i];
        if (!s->n_quotes)
            continue;
        pen_rawf(p, "<div id=\"sq%zu\"><h4 class=\"note\">", i + 1);
        pen_text(p, segment_name(p, s));
        pen_raw(p, "</h4>");
        for (size_t k = 0; k < MIN(s->n_quotes, (size_t)2); k++)
            page_quote(p, &s->quotes[k], PAGE_QUOTE);
        pen_raw(p, "</div>");
    }
}

static void measures(const struct pen *p) {
    static const struct words headers[] = {{"数值", "Number"},
                                           {"负面评价平均", "Mean, negative"},
                                           {"其余平均", "Mean, others"},
                                           {"检验", "Test"}};
    const struct report *r = p->r;
    size_t n = MIN(r->n_measures, (size_t)12);
    if (n == 0)
        return;
    pen_raw(p, "<h3>");
    const struct measure_row *top = &r->measures[0];
    if (top->significant) {
        struct str name = pen_name(p, top->name), bad = format_number(p->a, top->mean_bad),
                   good = format_number(p->a, top->mean_good);
        pen_say(p, "不满意的顾客，%.*s平均 %.*s，其余 %.*s",
                "Unhappy customers: %.*s %.*s on average, others %.*s", STR_ARG(name), STR_ARG(bad),
                STR_ARG(good));
    } else {
        pen_say(p, "没有哪个数值和不满意明显有关", "No number goes with dissatisfaction");
    }
    pen_raw(p, "</h3><table class=\"stack\"><caption>");
    pen_say(p, "负面评价与其余评价的平均值；相关不等于原因",
            "Means of negative and other reviews; going together is not causing");
    pen_raw(p, "</caption><thead><tr>");
    for (size_t i = 0; i < ARRAY_LEN(headers); i++) {
        pen_raw(p, "<th scope=\"col\">");
        pen_text(p, str_from(words_in(headers[i], p->lang)));
        pen_raw(p, "</th>");
    }
    pen_raw(p, "</tr></thead><tbody>");
    for (size_t i = 0; i < n; i++) {
        const struct measure_row *m = &r->measures[i];
        struct str bad = format_number(p->a, m->mean_bad), good = format_number(p->a, m->mean_good);
        struct str n_bad = format_exact(p->a, m->n_bad), n_good = format_exact(p->a, m->n_good);
        page_cell_head(p, pen_name(p, m->name));
        const struct str cells[] = {
            arena_printf(p->a, "%.*s (n = %.*s)", STR_ARG(bad), STR_ARG(n_bad)),
            arena_printf(p->a, "%.*s (n = %.*s)", STR_ARG(good), STR_ARG(n_good)),
            format_q(p->a, m->q)};
        for (size_t k = 0; k < ARRAY_LEN(cells); k++) {
            pen_raw(p, "<td class=\"num\" data-h=\"");
            pen_text(p, str_from(words_in(headers[k + 1], p->lang)));
            pen_raw(p, "\">");
            pen_text(p, cells[k]);
            pen_raw(p, "</td>");
        }
        page_row_end(p);
    }
    pen_raw(p, "</tbody></table>");
}

void page_segments(const struct pen *p) {
    const struct report *r = p->r;
    if (r->n_segments == 0 && r->n_measures == 0)
        return;
    struct dots d = {.n = MIN(r->n_segments, page_most(p, PAGE_SEGMENTS))};
    struct str title = finding(p), tested = format_exact(p->a, r->n_segments_tested);
    page_section_named(p, "who", pen_str(p, "谁不一样", "Who differs"), title);
    if (d.n > 0) {
        fill(p, &d);
        pen_raw(p, "<div class=\"cols side\">");
        page_figure(p, pen_str(p, "各组的满意度", "Satisfaction of each group"));
        page_chart(p, "who-dots", CHART_FULL, title, (struct str){0}, draw, &d);
        page_figure_note(
            p,
            pen_str(
                p,
                "满意度 1–5，横线是 95 %% 区间，括号里是与其余之差；检验了 %.*s "
                "组，已按多重比较校正（Benjamini–Hochberg，q < 0.05 才着色）。灰色：不足 %d "
                "条，不评判",
                "Satisfaction 1–5, lines are 95 %% intervals, in brackets the difference from the "
                "rest; %.*s groups tested, corrected for many comparisons (Benjamini–Hochberg, "
                "coloured only if q < 0.05). Grey: fewer than %d, no verdict",
                STR_ARG(tested), REPORT_GROUP_MIN_N));
        table(p);
        page_figure_end(p);
        pen_raw(p, "<div>");
        quotes(p, d.n);
        pen_raw(p, "</div></div>");
    }
    measures(p);
    page_section_end(p);
}
