// SPDX-License-Identifier: Apache-2.0
#include "report/render.h"

#include <math.h>

#include "base/utf8.h"
#include "report/excerpt.h"
#include "report/markup.h"
#include "report/pick.h"
#include "report/words.h"

// Lines are gathered most important first; one that does not fit is left out with all that follow.
struct brief {
    const struct report *r;
    struct arena *a;
    enum lang lang;
    struct strbuf *out;
    bool full;
};

// One line, without control characters and line ends: a chat shows it as it is.
static void line(struct brief *b, struct str s) {
    CLEANUP(strbuf_done) struct strbuf clean = strbuf_init(4 * KIB);
    for (size_t pos = 0; pos < s.len;) {
        uint32_t c = utf8_next(s, &pos);
        bool is_space = c < 0x20 || c == 0xA0;
        bool is_turning = (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);
        if (is_turning || (c >= 0x7F && c < 0xA0))
            continue;
        strbuf_add_utf8(&clean, is_space ? ' ' : c);
    }
    if (b->full || clean.len == 0)
        return;
    if (b->out->len + clean.len + 1 > REPORT_BRIEF_LIMIT || clean.overflow) {
        b->full = true;
        return;
    }
    strbuf_add(b->out, strbuf_str(&clean));
    strbuf_addc(b->out, '\n');
}

static void head(struct brief *b) {
    const struct report *r = b->r;
    bool zh = b->lang == LANG_ZH;
    struct str title = clip(b->a, r->title, 24), period = {0};
    if (r->has_time)
        period = r->this_to > r->this_from
                     ? format_period(b->a, b->lang, r->this_from, r->this_to, false)
                     : format_period(b->a, b->lang, r->from_days, r->to_days, false);
    line(b, arena_printf(b->a, zh ? "【回声】%.*s%s%.*s" : "[Huisheng] %.*s%s%.*s", STR_ARG(title),
                         period.len && title.len ? " · " : "", STR_ARG(period)));
    line(b, clip(b->a, r->headline, 100));
}

static void today(struct brief *b) {
    const struct report *r = b->r;
    bool zh = b->lang == LANG_ZH;
    if (r->n_todos == 0)
        return;
    struct str urgent = format_count(b->a, b->lang, r->n_urgent),
               reply = format_count(b->a, b->lang, r->n_needs_reply);
    struct str bad = format_count(b->a, b->lang, r->n_bad_unreplied);
    struct str oldest = isfinite(r->oldest_wait_hours)
                            ? format_hours(b->a, b->lang, r->oldest_wait_hours)
                            : STR("");
    line(b,
         arena_printf(b->a,
                      zh ? "① 今天：紧急 %.*s，待回复 %.*s，差评未回复 %.*s%s%.*s%s"
                         : "1 Today: %.*s urgent, %.*s to answer, %.*s bad ones unanswered%s%.*s%s",
                      STR_ARG(urgent), STR_ARG(reply), STR_ARG(bad),
                      oldest.len ? zh ? "（最久 " : " (oldest " : "", STR_ARG(oldest),
                      oldest.len ? zh ? "）" : ")" : ""));
    for (size_t i = 0; i < MIN(r->n_todos, (size_t)5); i++) {
        const struct todo *t = &r->todos[i];
        if (t->urgency != URGENCY_URGENT)
            break;
        struct str issue = clip(b->a, t->issue, 16), channel = clip(b->a, t->quote.channel, 12),
                   tail = clip(b->a, tail_of(b->a, &t->quote), 12);
        struct str department = clip(b->a, t->department, 16), reason = clip(b->a, t->reason, 30);
        struct str wait =
            isfinite(t->waiting_hours) ? format_hours(b->a, b->lang, t->waiting_hours) : STR("");
        struct str row = format_exact(b->a, (int64_t)MIN(t->quote.row, (uint64_t)INT64_MAX));
        line(b, arena_printf(b->a,
                             zh ? "· %.*s｜%.*s｜%.*s %.*s 第 %.*s 行%s%.*s%s%.*s"
                                : "- %.*s | %.*s | %.*s %.*s row %.*s%s%.*s%s%.*s",
                             STR_ARG(issue), STR_ARG(reason), STR_ARG(channel), STR_ARG(tail),
                             STR_ARG(row), wait.len ? zh ? "｜未回复 " : " | waiting " : "",
                             STR_ARG(wait), department.len ? zh ? "｜" : " | " : "",
                             STR_ARG(department)));
    }
}

static void overall(struct brief *b) {
    const struct satisfaction *now = &b->r->now;
    bool zh = b->lang == LANG_ZH;
    struct strbuf s = strbuf_init(KIB);
    if (estimate_is_known(&now->score)) {
        struct str score = format_score(b->a, now->score.value),
                   margin = format_margin(b->a, now->score.low, now->score.high);
        strbuf_addf(&s, zh ? "② 满意度 %.*s%.*s" : "2 Satisfaction %.*s%.*s", STR_ARG(score),
                    STR_ARG(margin));
        if (b->r->score_change.has && estimate_is_known(&b->r->before.score)) {
            struct str before = format_score(b->a, b->r->before.score.value);
            strbuf_addf(
                &s, zh ? "（上期 %.*s，%s）" : " (before %.*s, %s)", STR_ARG(before),
                word_in(b->r->score_change.significant ? WORD_SIGNIFICANT : WORD_NOT_SIGNIFICANT,
                        b->lang));
        }
        if (estimate_is_known(&now->good_share) && estimate_is_known(&now->bad_share)) {
            struct str good = format_share(b->a, now->good_share.value),
                       bad = format_share(b->a, now->bad_share.value);
            strbuf_addf(&s, zh ? "；好评率 %.*s，差评率 %.*s" : "; good %.*s, bad %.*s",
                        STR_ARG(good), STR_ARG(bad));
        }
        struct str n = format_count(b->a, b->lang, now->n_used);
        strbuf_addf(&s, zh ? "；有效 %.*s 条" : "; n = %.*s", STR_ARG(n));
        line(b, strbuf_str(&s));
    }
    strbuf_done(&s);
}

static void why(struct brief *b) {
    const struct report *r = b->r;
    bool zh = b->lang == LANG_ZH;
    for (size_t i = 0; i < MIN(r->n_issues, (size_t)3); i++) {
        const struct issue *issue = &r->issues[i];
        struct str name = clip(b->a, issue->name, 16), n = format_count(b->a, b->lang, issue->n);
        struct str share =
            isfinite(issue->share_of_bad) ? format_share(b->a, issue->share_of_bad) : STR("");
        bool moved = issue->trend.has && issue->trend.significant && isfinite(issue->trend.diff);
        struct str points = moved ? format_points(b->a, b->lang, issue->trend.diff) : STR("");
        struct str where = issue->n_where ? clip(b->a, issue->where[0].value, 16) : STR("");
        line(b, arena_printf(b->a,
                             zh ? "%s%.*s %.*s 条%s%.*s%s%.*s%s%.*s"
                                : "%s%.*s: %.*s reviews%s%.*s%s%.*s%s%.*s",
                             i == 0 ? zh ? "③ " : "3 "
                             : zh   ? "　"
                                    : "  ",
                             STR_ARG(name), STR_ARG(n),
                             share.len ? zh ? "，占负面 " : ", of negative " : "", STR_ARG(share),
                             points.len ? zh ? "，比上期 " : ", change " : "", STR_ARG(points),
                             where.len ? zh ? "，集中在 " : ", worst in " : "", STR_ARG(where)));
        if (i == 0 && issue->n_quotes) {
            struct excerpt e = excerpt_of(&issue->quotes[0], 40);
            line(b, arena_printf(b->a, "  %s%s%.*s%.*s%.*s%s%s", zh ? "「" : "“",
                                 e.cut_head ? "…" : "", STR_ARG(e.before), STR_ARG(e.proof),
                                 STR_ARG(e.after), e.cut_tail ? "…" : "", zh ? "」" : "”"));
        }
        if (i == 0 && issue->measure.len) {
            struct str measure = clip(b->a, issue->measure, 40),
                       department = clip(b->a, issue->department, 16);
            line(b, arena_printf(b->a, zh ? "  建议：%.*s%s%.*s（%s）" : "  Try: %.*s%s%.*s (%s)",
                                 STR_ARG(measure), department.len ? zh ? "｜" : " | " : "",
                                 STR_ARG(department), word_in(WORD_NOT_PROVEN, b->lang)));
        }
    }
}

static void rest(struct brief *b) {
    const struct report *r = b->r;
    bool zh = b->lang == LANG_ZH;
    const struct dimension_row *loved[2];
    struct str names[2];
    size_t n = loved_dimensions(r, loved, 2);
    for (size_t i = 0; i < n; i++)
        names[i] = clip(b->a, loved[i]->name, 16);
    if (n > 0)
        line(b, arena_printf(b->a, zh ? "④ 顾客喜欢：%.*s%s%.*s" : "4 They love: %.*s%s%.*s",
                             STR_ARG(names[0]), n > 1 ? zh ? "、" : ", " : "",
                             n > 1 ? (int)names[1].len : 0, n > 1 ? names[1].ptr : ""));
    for (size_t i = 0; i < MIN(r->n_cautions, (size_t)3); i++) {
        struct str text = clip(b->a, r->cautions[i].text, 80);
        line(b, arena_printf(b->a, "%s%.*s",
                             i == 0 ? zh ? "⑤ 别误读：" : "5 Mind: "
                             : zh   ? "　"
                                    : "  ",
                             STR_ARG(text)));
    }
}

void report_brief(const struct report *r, struct strbuf *ret) {
    CLEANUP(arena_done) struct arena a = {0};
    CLEANUP(strbuf_done) struct strbuf own = strbuf_init(REPORT_BRIEF_LIMIT);
    struct brief b = {.r = r, .a = &a, .lang = r->lang, .out = &own};
    head(&b);
    if (r->mode != REPORT_EMPTY) {
        today(&b);
        overall(&b);
        why(&b);
        rest(&b);
    }
    strbuf_add(ret, strbuf_str(&own));
}
