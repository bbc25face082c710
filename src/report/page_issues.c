// SPDX-License-Identifier: Apache-2.0
// ③ What hurts and why: each issue with its proof, where it is worst, and one measure.
#include <math.h>

#include "report/page_part.h"

static struct str issue_name(const struct pen *p, const struct issue *issue) {
    return pen_name(p, issue_name_of(issue, p->lang));
}

static struct str finding(const struct pen *p) {
    const struct report *r = p->r;
    if (r->n_issues == 0)
        return pen_str(p, "没有人抱怨具体的问题", "Nobody complains of anything concrete");
    const struct issue *top = &r->issues[0];
    struct str name = issue_name(p, top), n = format_count(p->a, p->lang, top->n);
    if (r->mode == REPORT_LIST)
        return pen_str(p, "抱怨最多的是%.*s：%.*s 条。下面按问题逐条列出",
                       "Most complaints: %.*s (%.*s). All of them by issue", STR_ARG(name),
                       STR_ARG(n));
    if (!isfinite(top->share_of_bad))
        return pen_str(p, "抱怨最多的是%.*s：%.*s 条", "Most complaints: %.*s (%.*s)",
                       STR_ARG(name), STR_ARG(n));
    struct str share = format_share(p->a, top->share_of_bad);
    if (top->trend.has && top->trend.significant && isfinite(top->trend.diff)) {
        struct str points = format_points(p->a, p->lang, top->trend.diff);
        return pen_str(
            p, "抱怨最多的是%.*s：占负面评价的 %.*s，在全部评价里比上期 %.*s",
            "%.*s leads the complaints: %.*s of the negative reviews; %.*s of all reviews",
            STR_ARG(name), STR_ARG(share), STR_ARG(points));
    }
    return pen_str(p, "抱怨最多的是%.*s：占负面评价的 %.*s",
                   "%.*s leads the complaints: %.*s of the negative reviews", STR_ARG(name),
                   STR_ARG(share));
}

struct bars {
    struct chart_row rows[PAGE_ISSUES];
    size_t n;
    struct chart_axis axis;
};

static void draw_bars(const struct pen *p, const struct chart_head *head, const void *ctx) {
    const struct bars *b = ctx;
    chart_bars(p->out, head, b->rows, b->n, b->axis);
}

static void fill_bars(const struct pen *p, struct bars *b) {
    double most = 0;
    for (size_t i = 0; i < b->n; i++) {
        const struct issue *issue = &p->r->issues[i];
        const struct estimate *share = &issue->share;
        bool known = estimate_is_known(share), small = issue->n < REPORT_GROUP_MIN_N;
        struct str n = format_exact(p->a, issue->n);
        b->rows[i] = (struct chart_row){
            .label = issue_name(p, issue),
            .note = arena_printf(p->a, "n = %.*s", STR_ARG(n)),
            .value_text = page_share(p, share),
            .href = arena_printf(p->a, "#i%zu", i + 1),
            .value = known ? share->value : NAN,
            .low = share->low,
            .high = share->high,
            .other = NAN,
            .tone = TONE_NEG,
            .muted = small,
        };
        if (issue->trend.has && issue->trend.significant && isfinite(issue->trend.diff)) {
            struct str share_text = page_share(p, share),
                       diff = format_points(p->a, p->lang, issue->trend.diff);
            b->rows[i].value_text = arena_printf(p->a, "%.*s  %s %.*s", STR_ARG(share_text),
                                                 issue->trend.diff > 0 ? "▲" : "▼", STR_ARG(diff));
        }
        if (isfinite(b->rows[i].value))
            most = MAX(most, MAX(share->value, isfinite(share->high) ? share->high : 0));
    }
    b->axis = chart_axis_from_zero(MIN(most, 1), true);
}

static void issue_table(const struct pen *p) {
    static const struct words headers[] = {{"问题", "Issue"},       {"条数", "n"},
                                           {"占有效评价", "Share"}, {"占负面", "Of negative"},
                                           {"变化", "Change"},      {"对分数", "On the score"},
                                           {"检验", "Test"}};
    const struct report *r = p->r;
    page_table_open(p, pen_str(p, "全部问题", "All issues"), headers, ARRAY_LEN(headers));
    for (size_t i = 0; i < r->n_issues; i++) {
        const struct issue *issue = &r->issues[i];
        page_cell_head(p, issue_name(p, issue));
        page_cell_number(p, format_exact(p->a, issue->n));
        page_cell_number(p, page_share(p, &issue->share));
        page_cell_number(p, format_share(p->a, issue->share_of_bad));
        page_cell_number(p, issue->trend.has ? format_points(p->a, p->lang, issue->trend.diff)
                                             : STR("–"));
        page_cell_number(p, estimate_is_known(&issue->score_effect)
                                ? format_diff(p->a, issue->score_effect.value)
                                : STR("–"));
        page_cell_number(p, issue->trend.has ? format_q(p->a, issue->trend.q) : STR("–"));
        page_row_end(p);
    }
    page_table_close(p);
}

static void overview(const struct pen *p) {
    const struct report *r = p->r;
    struct bars b = {.n = MIN(r->n_issues, page_most(p, PAGE_ISSUES))};
    fill_bars(p, &b);
    size_t risen = 0;
    for (size_t i = 0; i < r->n_issues; i++)
        risen +=
            r->issues[i].trend.has && r->issues[i].trend.significant && r->issues[i].trend.diff > 0;
    struct str title = pen_str(p, "每种问题有多少评价提到", "How many reviews mention each issue");
    if (r->has_compare)
        title = risen
                    ? pen_str(p, "%zu 种问题比上期显著变多", "%zu issues grew significantly", risen)
                    : pen_str(p, "没有哪种问题显著变多", "No issue grew significantly");
    struct str n = format_exact(p->a, r->all.n_used), period = page_covered(p);
    page_figure(p, title);
    page_chart(p, "issues", CHART_FULL, title, (struct str){0}, draw_bars, &b);
    page_figure_note(
        p, pen_str(p, "占有效评价的比例，细线是 95 %% 区间%s；n = %.*s%s%.*s。灰色：不足 %d 条",
                   "Share of usable reviews, lines are 95 %% intervals%s; n = %.*s%s%.*s. Grey: "
                   "fewer than %d",
                   r->has_compare ? p->lang == LANG_ZH
                                        ? "，▲▼ 是比上期显著的变化"
                                        : ", ▲▼ significant change against the period before"
                                  : "",
                   STR_ARG(n), period.len ? p->lang == LANG_ZH ? "，" : ", " : "", STR_ARG(period),
                   REPORT_GROUP_MIN_N));
    issue_table(p);
    page_figure_end(p);
}

static void fact(const struct pen *p, const char *zh, const char *en) {
    pen_raw(p, "<dt>");
    pen_text(p, str_from(p->lang == LANG_ZH ? zh : en));
    pen_raw(p, "</dt><dd>");
}

static void where_facts(const struct pen *p, const struct issue *issue) {
    for (size_t i = 0; i < issue->n_where; i++) {
        const struct where *w = &issue->where[i];
        struct str column = pen_name(p, w->column), value = pen_name(p, w->value),
                   n = format_exact(p->a, w->n);
        struct str share = format_share(p->a, w->share), base = format_share(p->a, w->base_share);
        fact(p, "最集中", "Worst in");
        pen_raw(p, "<b>");
        pen_say(p, "%.*s %.*s", "%.*s %.*s", STR_ARG(column), STR_ARG(value));
        pen_raw(p, "</b>");
        pen_say(p, "：那里 %.*s 的评价提到（总体 %.*s），n = %.*s",
                ": %.*s of the reviews there mention it (%.*s overall), n = %.*s", STR_ARG(share),
                STR_ARG(base), STR_ARG(n));
        if (w->n < REPORT_GROUP_MIN_N)
            pen_say(p, "，样本不足，先看原文", "; too few, read them first");
        pen_raw(p, "</dd>");
    }
}

static void spark_fact(const struct pen *p, const struct issue *issue) {
    const struct report *r = p->r;
    if (!issue->sparkline || r->n_buckets < 3)
        return;
    size_t n = MIN(r->n_buckets, (size_t)60); // the last ones
    const double *values = issue->sparkline + (r->n_buckets - n);
    struct str name = issue_name(p, issue), first = format_share(p->a, values[0]),
               last = format_share(p->a, values[n - 1]);
    fact(p, "走势", "Over time");
    chart_spark(p->out,
                pen_str(p, "%.*s的占比从 %.*s 到 %.*s", "%.*s: share from %.*s to %.*s",
                        STR_ARG(name), STR_ARG(first), STR_ARG(last)),
                values, n, 180, 32, TONE_NEG);
    pen_raw(p, "</dd>");
}

static void facts(const struct pen *p, const struct issue *issue, size_t i) {
    struct str n = format_exact(p->a, issue->n), share = page_share(p, &issue->share);
    pen_raw(p, "<dl class=\"is\">");
    fact(p, "提到", "Mentioned");
    pen_rawf(p, "<a href=\"#q%zu\">", i + 1);
    pen_say(p, "%.*s 条", "%.*s reviews", STR_ARG(n));
    pen_raw(p, "</a>");
    if (estimate_is_known(&issue->share))
        pen_say(p, "，占有效评价的 %.*s", ", %.*s of all", STR_ARG(share));
    pen_raw(p, "</dd>");
    if (issue->trend.has) {
        fact(p, "比上期", "Change");
        page_change(p, &issue->trend, CHANGE_SHARE, false);
        pen_raw(p, "</dd>");
    }
    if (estimate_is_known(&issue->score_effect)) {
        struct str effect = format_diff(p->a, issue->score_effect.value);
        struct str margin = format_margin(p->a, issue->score_effect.low, issue->score_effect.high);
        fact(p, "对分数", "Score");
        pen_say(p, "提到它的评价平均 %.*s 分（%.*s）", "reviews that mention it: %.*s (%.*s)",
                STR_ARG(effect), STR_ARG(margin));
        pen_raw(p, "</dd>");
    }
    where_facts(p, issue);
    spark_fact(p, issue);
    if (issue->n_phrases) {
        fact(p, "原话", "In their words");
        pen_raw(p, "<ul class=\"chips\">");
        for (size_t k = 0; k < issue->n_phrases; k++) {
            pen_raw(p, "<li>");
            pen_text(p, pen_name(p, issue->phrases[k]));
            pen_raw(p, "</li>");
        }
        pen_raw(p, "</ul></dd>");
    }
    pen_raw(p, "</dl>");
}

static void measure(const struct pen *p, const struct issue *issue) {
    if (!issue->measure.len)
        return;
    pen_raw(p, "<p class=\"do\"><b>");
    pen_say(p, "建议：", "Try: ");
    pen_raw(p, "</b>");
    pen_text(p, clip(p->a, issue->measure, 120));
    pen_raw(p, "<small>");
    if (issue->department.len) {
        pen_text(p, pen_name(p, issue->department));
        pen_say(p, "，", ", ");
    }
    pen_text(p, str_from(word_in(WORD_NOT_PROVEN, p->lang)));
    pen_raw(p, "</small></p>");
}

static void evidence(const struct pen *p, const struct issue *issue, size_t i) {
    size_t most = p->r->mode == REPORT_LIST ? REPORT_TEST_MIN_N : 3;
    size_t cut = p->r->mode == REPORT_LIST ? PAGE_LIST_QUOTE : PAGE_QUOTE;
    pen_rawf(p, "<div id=\"q%zu\">", i + 1);
    for (size_t k = 0; k < MIN(issue->n_quotes, most); k++)
        page_quote(p, &issue->quotes[k], cut);
    if (issue->n > (int64_t)issue->n_quotes) {
        struct str name = issue_name(p, issue), n = format_exact(p->a, issue->n);
        pen_raw(p, "<p class=\"note\">");
        pen_say(p, "全部 %.*s 条：在 --xlsx 或 --csv 的明细里把“问题”筛选为“%.*s”。 ",
                "All %.*s: filter “issues” for “%.*s” in the rows of --xlsx or --csv. ", STR_ARG(n),
                STR_ARG(name));
        pen_raw(p, "<a href=\"#why\">");
        pen_say(p, "回到问题一览", "Back to all issues");
        pen_raw(p, "</a>");
        pen_raw(p, "</p>");
    }
    pen_raw(p, "</div>");
}

static void article(const struct pen *p, size_t i) {
    const struct issue *issue = &p->r->issues[i];
    pen_rawf(p, "<article class=\"issue\" id=\"i%zu\"><h3>", i + 1);
    pen_text(p, issue_name(p, issue));
    pen_raw(p, "<small>");
    if (p->r->mode != REPORT_LIST && issue->n < REPORT_GROUP_MIN_N) {
        pen_say(p, "n = %d，样本不足，先看原文", "n = %d: too few, read them first",
                (int)MAX(issue->n, 0));
    } else if (isfinite(issue->share_of_bad)) {
        struct str share = format_share(p->a, issue->share_of_bad);
        pen_say(p, "占负面评价的 %.*s", "%.*s of the negative reviews", STR_ARG(share));
    } else {
        struct str n = format_exact(p->a, issue->n);
        pen_say(p, "%.*s 条", "%.*s reviews", STR_ARG(n));
    }
    pen_raw(p, "</small></h3><div class=\"cols quotes\">");
    evidence(p, issue, i);
    pen_raw(p, "<div>");
    if (p->r->mode != REPORT_LIST)
        facts(p, issue, i);
    measure(p, issue);
    pen_raw(p, "</div></div>");
    pen_raw(p, "</article>\n");
}

void page_issues(const struct pen *p) {
    const struct report *r = p->r;
    page_section(p, "why", "③", WORD_WHY, finding(p));
    if (r->mode == REPORT_FULL && r->n_issues > 0)
        overview(p);
    size_t shown =
        r->mode == REPORT_LIST ? r->n_issues : MIN(r->n_issues, page_most(p, PAGE_ISSUES));
    for (size_t i = 0; i < shown; i++)
        article(p, i);
    page_section_end(p);
}
