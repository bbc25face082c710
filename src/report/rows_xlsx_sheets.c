// SPDX-License-Identifier: Apache-2.0
// 总览, 问题, 待回复: the report's facts as cells that people sort and filter.
#include <math.h>

#include "report/pick.h"
#include "report/rows_xlsx_part.h"
#include "report/words.h"

static void line(struct sheet *s, struct words what, const struct estimate *now,
                 const struct estimate *before, const struct change *c, enum sheet_style style) {
    if (!now->has && !before->has)
        return;
    sheet_word(s, what, STYLE_PLAIN);
    const struct estimate *both[] = {now, before};
    for (int i = 0; i < 2; i++) {
        bool known = estimate_is_known(both[i]);
        sheet_number(s, known ? both[i]->value : NAN, style);
        sheet_number(s, known ? both[i]->low : NAN, style);
        sheet_number(s, known ? both[i]->high : NAN, style);
        sheet_number(s, known ? (double)both[i]->n : NAN, STYLE_COUNT);
    }
    sheet_number(s, c && c->has ? c->diff : NAN, style == STYLE_SHARE ? STYLE_SHARE : STYLE_DIFF);
    sheet_number(s, c && c->has ? c->q : NAN, STYLE_Q);
    sheet_next_row(s);
}

static void title(struct sheet *s, struct words w) {
    sheet_next_row(s);
    sheet_word(s, w, STYLE_HEAD);
    sheet_next_row(s);
}

static struct words pair(enum word w) {
    return (struct words){word_in(w, LANG_ZH), word_in(w, LANG_EN)};
}

static void overview_head(struct sheet *s, const struct report *r, struct arena *a) {
    static const double widths[] = {26, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10};
    static const struct words headers[] = {
        {"指标", "Figure"}, {"本期", "This period"}, {"低", "Low"}, {"高", "High"},
        {"n", "n"},         {"上期", "Before"},      {"低", "Low"}, {"高", "High"},
        {"n", "n"},         {"变化", "Change"},      {"q", "q"}};
    for (size_t i = 0; i < ARRAY_LEN(widths); i++)
        worksheet_set_column(s->ws, (lxw_col_t)i, (lxw_col_t)i, widths[i], NULL);
    sheet_text(s, r->headline, STYLE_TITLE);
    sheet_next_row(s);
    struct str period = {0}, before = {0};
    if (r->has_time && r->this_to > r->this_from)
        period = format_period(a, r->lang, r->this_from, r->this_to, true);
    else if (r->has_time)
        period = format_period(a, r->lang, r->from_days, r->to_days, true);
    if (r->has_compare)
        before = format_period(a, r->lang, r->prev_from, r->prev_to, true);
    sheet_text(s,
               arena_printf(a, "%.*s%s%.*s%s%.*s", STR_ARG(r->title), period.len ? "  " : "",
                            STR_ARG(period), before.len ? "  /  " : "", STR_ARG(before)),
               STYLE_NOTE);
    sheet_next_row(s);
    sheet_next_row(s);
    for (size_t i = 0; i < ARRAY_LEN(headers); i++)
        sheet_word(s, headers[i], STYLE_HEAD);
    sheet_next_row(s);
}

static void overview_channels(struct sheet *s, const struct report *r) {
    if (r->n_channels == 0)
        return;
    title(s, (struct words){"渠道", "Channels"});
    for (size_t i = 0; i < r->n_channels; i++) {
        const struct channel_row *c = &r->channels[i];
        bool known = estimate_is_known(&c->score);
        sheet_text(s, c->name, STYLE_TEXT);
        sheet_number(s, known ? c->score.value : NAN, STYLE_SCORE);
        sheet_number(s, known ? c->score.low : NAN, STYLE_SCORE);
        sheet_number(s, known ? c->score.high : NAN, STYLE_SCORE);
        sheet_number(s, (double)c->n, STYLE_COUNT);
        sheet_next_row(s);
    }
}

static void overview_counts(struct sheet *s, const struct report *r) {
    const struct {
        struct words what;
        double now, before;
    } rows[] = {
        {pair(WORD_USED), (double)r->now.n_used, (double)r->before.n_used},
        {pair(WORD_POSITIVE), (double)r->now.sentiment[SENTIMENT_POS],
         (double)r->before.sentiment[SENTIMENT_POS]},
        {pair(WORD_NEUTRAL), (double)r->now.sentiment[SENTIMENT_NEU],
         (double)r->before.sentiment[SENTIMENT_NEU]},
        {pair(WORD_NEGATIVE), (double)r->now.sentiment[SENTIMENT_NEG],
         (double)r->before.sentiment[SENTIMENT_NEG]},
        {pair(WORD_BAD_UNREPLIED), (double)r->n_bad_unreplied, NAN},
        {pair(WORD_URGENT), (double)r->n_urgent, NAN},
        {pair(WORD_NEEDS_REPLY), (double)r->n_needs_reply, NAN},
    };
    title(s, (struct words){"条数", "Counts"});
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        sheet_word(s, rows[i].what, STYLE_PLAIN);
        sheet_number(s, rows[i].now, STYLE_COUNT);
        for (int k = 0; k < 3; k++)
            sheet_skip(s);
        sheet_number(s, r->has_compare ? rows[i].before : NAN, STYLE_COUNT);
        sheet_next_row(s);
    }
}

static void overview_dimensions(struct sheet *s, const struct report *r) {
    if (r->n_dimensions == 0)
        return;
    title(s, (struct words){"各方面", "Dimensions"});
    for (size_t i = 0; i < r->n_dimensions; i++) {
        const struct dimension_row *d = &r->dimensions[i];
        bool known = estimate_is_known(&d->score);
        sheet_text(s, d->name, STYLE_TEXT);
        sheet_number(s, known ? d->score.value : NAN, STYLE_SCORE);
        sheet_number(s, known ? d->score.low : NAN, STYLE_SCORE);
        sheet_number(s, known ? d->score.high : NAN, STYLE_SCORE);
        sheet_number(s, (double)d->n, STYLE_COUNT);
        sheet_next_row(s);
    }
}

void sheet_overview(struct sheet *s, const struct report *r) {
    CLEANUP(arena_done) struct arena a = {0};
    const struct satisfaction *now = &r->now, *before = &r->before;
    overview_head(s, r, &a);
    line(s, pair(WORD_SCORE), &now->score, &before->score, &r->score_change, STYLE_SCORE);
    line(s, pair(WORD_SCORE_ALL), &now->score_all, &before->score_all, NULL, STYLE_SCORE);
    line(s, pair(WORD_GOOD_SHARE), &now->good_share, &before->good_share, &r->good_change,
         STYLE_SHARE);
    line(s, pair(WORD_BAD_SHARE), &now->bad_share, &before->bad_share, &r->bad_change, STYLE_SHARE);
    line(s, pair(WORD_NPS), &now->nps, &before->nps, &r->nps_change, STYLE_SCORE);
    line(s, pair(WORD_CSAT), &now->csat, &before->csat, NULL, STYLE_SHARE);
    line(s, pair(WORD_CES), &now->ces, &before->ces, NULL, STYLE_SCORE);
    line(s, pair(WORD_INDEX), &now->index, &before->index, NULL, STYLE_SCORE);
    overview_counts(s, r);
    overview_channels(s, r);
    overview_dimensions(s, r);
    if (r->n_cautions)
        title(s, pair(WORD_CAUTIONS));
    for (size_t i = 0; i < r->n_cautions; i++) {
        sheet_text(s, r->cautions[i].text, STYLE_NOTE);
        sheet_next_row(s);
    }
    worksheet_activate(s->ws);
}

void sheet_issues(struct sheet *s, const struct report *r) {
    static const struct words headers[] = {{"问题", "Issue"},
                                           {"条数", "n"},
                                           {"占有效评价", "Share"},
                                           {"占负面", "Of negative"},
                                           {"比上期（点）", "Change"},
                                           {"q", "q"},
                                           {"对分数", "Score effect"},
                                           {"最集中", "Worst in"},
                                           {"那里的占比", "Share there"},
                                           {"建议（未经本店验证）", "Measure (not proven here)"},
                                           {"部门", "Department"},
                                           {"原文", "Quote"},
                                           {"文件", "File"},
                                           {"行号", "Row"}};
    static const double widths[] = {16, 8, 10, 10, 10, 10, 10, 18, 10, 34, 12, 60, 16, 8};
    CLEANUP(arena_done) struct arena a = {0};
    sheet_header(s, headers, widths, ARRAY_LEN(headers));
    for (size_t i = 0; i < r->n_issues; i++) {
        const struct issue *issue = &r->issues[i];
        const struct where *w = issue->n_where ? &issue->where[0] : NULL;
        const struct quote *q = issue->n_quotes ? &issue->quotes[0] : NULL;
        sheet_text(s, issue_name_of(issue, r->lang), STYLE_TEXT);
        sheet_number(s, (double)issue->n, STYLE_COUNT);
        sheet_number(s, estimate_is_known(&issue->share) ? issue->share.value : NAN, STYLE_SHARE);
        sheet_number(s, issue->share_of_bad, STYLE_SHARE);
        sheet_number(s, issue->trend.has ? issue->trend.diff * 100 : NAN, STYLE_DIFF);
        sheet_number(s, issue->trend.has ? issue->trend.q : NAN, STYLE_Q);
        sheet_number(s, estimate_is_known(&issue->score_effect) ? issue->score_effect.value : NAN,
                     STYLE_DIFF);
        sheet_text(
            s, w ? arena_printf(&a, "%.*s %.*s", STR_ARG(w->column), STR_ARG(w->value)) : STR(""),
            STYLE_TEXT);
        sheet_number(s, w ? w->share : NAN, STYLE_SHARE);
        sheet_text(s, issue->measure, STYLE_WRAP);
        sheet_text(s, issue->department, STYLE_TEXT);
        sheet_text(s, q ? q->text : STR(""), STYLE_WRAP);
        sheet_text(s, q && q->file < r->n_files ? r->files[q->file].name : STR(""), STYLE_TEXT);
        sheet_number(s, q ? (double)q->row : NAN, STYLE_PLAIN);
        sheet_next_row(s);
    }
    if (r->n_issues)
        worksheet_autofilter(s->ws, 0, 0, s->row - 1, ARRAY_LEN(headers) - 1);
}

static void todo_time(struct sheet *s, const struct report *r, const struct quote *q) {
    int64_t days = q->occurred_us / US_PER_DAY;
    if (q->occurred_us == TIME_NONE || days < -719161 || days > 2932895) {
        sheet_skip(s);
        return;
    }
    struct civil c =
        r->zone ? zone_from_us(r->zone, q->occurred_us) : civil_from_us(q->occurred_us);
    sheet_time(s, &c, q->date_only);
}

void sheet_todos(struct sheet *s, const struct report *r) {
    static const struct words headers[] = {{"级别", "Level"},
                                           {"问题", "Issue"},
                                           {"原因", "Why"},
                                           {"渠道", "Channel"},
                                           {"订单尾号", "Order"},
                                           {"时间", "Time"},
                                           {"未回复（小时）", "Waiting (h)"},
                                           {"部门", "Department"},
                                           {"评分", "Rating"},
                                           {"原文", "Text"},
                                           {"文件", "File"},
                                           {"行号", "Row"}};
    static const double widths[] = {12, 14, 20, 10, 10, 17, 12, 12, 8, 70, 16, 8};
    sheet_header(s, headers, widths, ARRAY_LEN(headers));
    for (size_t i = 0; i < MIN(r->n_todos, (size_t)1000000); i++) {
        const struct todo *t = &r->todos[i];
        bool urgent = t->urgency == URGENCY_URGENT;
        enum word level = urgent                        ? WORD_URGENT
                          : t->urgency == URGENCY_REPLY ? WORD_NEEDS_REPLY
                                                        : WORD_BAD_UNREPLIED;
        sheet_word(s, pair(level), urgent ? STYLE_URGENT : STYLE_PLAIN);
        sheet_text(s, t->issue, STYLE_TEXT);
        sheet_text(s, t->reason, STYLE_TEXT);
        sheet_text(s, t->quote.channel, STYLE_TEXT);
        sheet_text(s, t->quote.customer_tail, STYLE_TEXT);
        todo_time(s, r, &t->quote);
        sheet_number(s, isfinite(t->waiting_hours) ? floor(t->waiting_hours) : NAN, STYLE_COUNT);
        sheet_text(s, t->department, STYLE_TEXT);
        sheet_number(s, t->quote.score, STYLE_PLAIN);
        sheet_text(s, t->quote.text, STYLE_WRAP);
        sheet_text(s, t->quote.file < r->n_files ? r->files[t->quote.file].name : STR(""),
                   STYLE_TEXT);
        sheet_number(s, (double)t->quote.row, STYLE_PLAIN);
        sheet_next_row(s);
    }
    if (r->n_todos)
        worksheet_autofilter(s->ws, 0, 0, s->row - 1, ARRAY_LEN(headers) - 1);
}
