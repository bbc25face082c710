// SPDX-License-Identifier: Apache-2.0
// The report in a terminal of 80 columns, in the order of the page.
#include "report/render.h"

#include <math.h>
#include <stdarg.h>

#include "base/utf8.h"
#include "report/excerpt.h"
#include "report/markup.h"
#include "report/pick.h"
#include "report/words.h"

#define COLUMNS   80
#define BAR       20
#define MAX_TODOS 12
#define MAX_ROWS  8

enum ink { // SGR; the meaning colours of the design, in the terminal's own palette
    INK_PLAIN,
    INK_BOLD,
    INK_DIM,
    INK_NEG,
    INK_POS,
    INK_URGENT,
    INK_HEAD,
};

struct sheet {
    const struct report *r;
    struct arena *a;
    struct strbuf *out;
    enum lang lang;
    bool colour;
    size_t column; // where the line stands
};

static void ink(struct sheet *s, enum ink which) {
    static const char *const codes[] = {"\033[0m",  "\033[1m",    "\033[2m",   "\033[33m",
                                        "\033[36m", "\033[1;31m", "\033[1;36m"};
    if (s->colour)
        strbuf_adds(s->out, codes[which]);
}

static bool is_shown(uint32_t c) {
    return c >= 0x20 && !(c >= 0x7F && c < 0xA0) && !(c >= 0x202A && c <= 0x202E) &&
           !(c >= 0x2066 && c <= 0x2069);
}

static void newline(struct sheet *s) {
    strbuf_addc(s->out, '\n');
    s->column = 0;
}

// Writes what fits before column `limit`, “…” if not all did. Control characters become spaces.
static void put(struct sheet *s, struct str text, size_t limit) {
    size_t whole = 0;
    for (size_t pos = 0; pos < text.len;)
        whole += (size_t)utf8_char_width(utf8_next(text, &pos));
    bool fits = s->column + whole <= limit;
    for (size_t pos = 0; pos < text.len;) {
        uint32_t c = utf8_next(text, &pos);
        if (c == '\n' || c == '\t' || c == '\r' || c == 0xA0)
            c = ' ';
        if (!is_shown(c))
            continue;
        size_t width = (size_t)utf8_char_width(c);
        if (s->column + width > (fits ? limit : limit - 1)) {
            if (s->column < limit) {
                strbuf_adds(s->out, "…");
                s->column++;
            }
            return;
        }
        strbuf_add_utf8(s->out, c);
        s->column += width;
    }
}

static void put_ink(struct sheet *s, enum ink which, struct str text, size_t limit) {
    ink(s, which);
    put(s, text, limit);
    ink(s, INK_PLAIN);
}

static void pad(struct sheet *s, size_t to) {
    while (s->column < to) {
        strbuf_addc(s->out, ' ');
        s->column++;
    }
}

// May a line begin with this character? Closing punctuation stays with what it closes.
static bool clings(uint32_t c) {
    static const uint32_t closing[] = {',',    '.',    ';',    ':',    '!',    '?',    ')',
                                       '%',    0x3001, 0x3002, 0xFF0C, 0xFF1B, 0xFF1A, 0xFF01,
                                       0xFF1F, 0xFF09, 0x201D, 0x300D, 0xA0};
    for (size_t i = 0; i < ARRAY_LEN(closing); i++)
        if (c == closing[i])
            return true;
    return false;
}

// Bytes of `text` that fit into `room` columns, cut at a space or between wide characters.
static size_t line_length(struct str text, size_t room) {
    size_t width = 0, best = 0, pos = 0;
    uint32_t before = 0;
    while (pos < text.len) {
        size_t from = pos;
        uint32_t c = utf8_next(text, &pos);
        size_t w = (size_t)utf8_char_width(c);
        bool may_break =
            (c == ' ' || w == 2 || (from && utf8_char_width(before) == 2)) && !clings(c);
        if (from && may_break)
            best = from;
        if (width + w > room)
            return best ? best : MAX(from, pos - from);
        width += w;
        before = c;
    }
    return text.len;
}

// Paragraph with a hanging indent, at most `most` lines.
static void paragraph(struct sheet *s, enum ink which, struct str text, size_t indent, int most) {
    text = str_trim(text);
    for (int line = 0; text.len && line < most; line++) {
        pad(s, indent);
        size_t n = line + 1 < most ? line_length(text, COLUMNS - s->column) : text.len;
        size_t end = str_find_char(str_slice(text, 0, n), '\n');
        n = end == STR_NONE ? n : end + 1;
        put_ink(s, which, str_trim(str_slice(text, 0, n)), COLUMNS);
        newline(s);
        text = str_trim(str_slice(text, n, text.len));
    }
}

static struct str say(struct sheet *s, const char *zh, const char *en, ...) PRINTF(2, 4)
    PRINTF(3, 4);
static struct str say(struct sheet *s, const char *zh, const char *en, ...) {
    va_list args;
    va_start(args, en);
    char buf[1024];
    int n = vsnprintf(buf, sizeof buf, s->lang == LANG_ZH ? zh : en, args);
    va_end(args);
    struct str text = str_make(buf, MIN((size_t)MAX(n, 0), sizeof buf - 1));
    return arena_str(s->a, utf8_cut_bytes(text, text.len));
}

// Corner brackets in Chinese: the texts themselves often hold “ ”.
static const char *quote_mark(const struct sheet *s, int end) {
    static const char *const marks[2][2] = {{"「", "」"}, {"“", "”"}};
    return marks[s->lang == LANG_ZH ? 0 : 1][end];
}

static void heading(struct sheet *s, const char *number, struct str text) {
    newline(s);
    put_ink(s, INK_HEAD, str_from(number), COLUMNS);
    put(s, STR(" "), COLUMNS);
    put_ink(s, INK_BOLD, text, COLUMNS);
    newline(s);
}

static void rule(struct sheet *s) {
    for (int i = 0; i < COLUMNS; i++)
        strbuf_adds(s->out, "─");
    newline(s);
}

static void head(struct sheet *s) {
    const struct report *r = s->r;
    struct str title = clip(s->a, r->title, 30), period = {0};
    if (r->has_time)
        period = r->this_to > r->this_from
                     ? format_period(s->a, s->lang, r->this_from, r->this_to, false)
                     : format_period(s->a, s->lang, r->from_days, r->to_days, false);
    struct str before = {0};
    if (r->has_compare)
        before = format_period(s->a, s->lang, r->prev_from, r->prev_to, false);
    put_ink(s, INK_DIM,
            say(s, "回声｜%.*s%s%.*s%s%.*s", "Huisheng | %.*s%s%.*s%s%.*s", STR_ARG(title),
                period.len ? s->lang == LANG_ZH ? "｜" : " | " : "", STR_ARG(period),
                before.len ? s->lang == LANG_ZH ? " 对比 " : " against " : "", STR_ARG(before)),
            COLUMNS);
    newline(s);
    paragraph(s, INK_BOLD, r->headline, 0, 3);
    rule(s);
}

static void todo_line(struct sheet *s, const struct todo *t) {
    bool urgent = t->urgency == URGENCY_URGENT;
    enum word tag = urgent                        ? WORD_URGENT
                    : t->urgency == URGENCY_REPLY ? WORD_NEEDS_REPLY
                                                  : WORD_BAD_UNREPLIED;
    struct str row = format_exact(s->a, (int64_t)MIN(t->quote.row, (uint64_t)INT64_MAX));
    struct str wait =
        isfinite(t->waiting_hours) ? format_hours(s->a, s->lang, t->waiting_hours) : STR("");
    put(s, STR("  "), COLUMNS);
    put_ink(s, urgent ? INK_URGENT : INK_DIM,
            say(s, "%s%s", "%s%s", urgent ? "! " : "", word_in(tag, s->lang)), COLUMNS);
    put(s, STR(" "), COLUMNS);
    put_ink(s, INK_BOLD, t->issue, s->column + 20);
    struct str rest[] = {t->reason,
                         t->quote.channel,
                         tail_of(s->a, &t->quote),
                         say(s, "第 %.*s 行", "row %.*s", STR_ARG(row)),
                         wait.len ? say(s, "未回复 %.*s", "waiting %.*s", STR_ARG(wait)) : wait,
                         t->department};
    for (size_t i = 0; i < ARRAY_LEN(rest); i++) {
        // A word that would be cut to a stub is worse than none.
        size_t need = MIN(utf8_width(rest[i]), (size_t)12) + (s->lang == LANG_ZH ? 2 : 3);
        if (!rest[i].len || s->column + need > COLUMNS)
            continue;
        put(s, s->lang == LANG_ZH ? STR("｜") : STR(" | "), COLUMNS);
        put(s, rest[i], MIN(s->column + (i == 0 ? 16 : 22), (size_t)COLUMNS));
    }
    newline(s);
    struct excerpt e = excerpt_of(&t->quote, 80);
    paragraph(s, INK_DIM,
              arena_printf(s->a, "%s%s%.*s%.*s%.*s%s%s", quote_mark(s, 0), e.cut_head ? "…" : "",
                           STR_ARG(e.before), STR_ARG(e.proof), STR_ARG(e.after),
                           e.cut_tail ? "…" : "", quote_mark(s, 1)),
              4, 2);
}

static void today(struct sheet *s) {
    const struct report *r = s->r;
    struct str urgent = format_count(s->a, s->lang, r->n_urgent),
               reply = format_count(s->a, s->lang, r->n_needs_reply);
    struct str bad = format_count(s->a, s->lang, r->n_bad_unreplied);
    if (r->n_todos == 0) {
        heading(s, s->lang == LANG_ZH ? "①" : "1",
                say(s, "今天没有等着处理的评价", "Nothing waits for you today"));
        return;
    }
    heading(s, s->lang == LANG_ZH ? "①" : "1",
            say(s, "今天：紧急 %.*s，待回复 %.*s，差评未回复 %.*s",
                "Today: %.*s urgent, %.*s to answer, %.*s bad ones unanswered", STR_ARG(urgent),
                STR_ARG(reply), STR_ARG(bad)));
    size_t shown = MIN(r->n_todos, (size_t)MAX_TODOS);
    for (size_t i = 0; i < shown; i++)
        todo_line(s, &r->todos[i]);
    if (r->n_todos > shown) {
        struct str left = format_exact(s->a, (int64_t)(r->n_todos - shown));
        put_ink(s, INK_DIM,
                say(s, "  另有 %.*s 条，见 --csv", "  %.*s more: see --csv", STR_ARG(left)),
                COLUMNS);
        newline(s);
    }
}

enum kind { // how a figure is written
    KIND_SCORE,
    KIND_SHARE,
    KIND_NPS,
};

static struct str estimate_text(struct sheet *s, const struct estimate *e, enum kind kind) {
    if (!estimate_is_known(e))
        return STR("–");
    if (kind == KIND_SHARE)
        return format_share(s->a, e->value);
    if (kind == KIND_NPS) {
        struct str nps = format_fixed(s->a, e->value, 0),
                   half = format_fixed(s->a, (e->high - e->low) / 2, 0);
        return arena_printf(s->a, "%.*s±%.*s", STR_ARG(nps), STR_ARG(half));
    }
    struct str value = format_score(s->a, e->value), margin = format_margin(s->a, e->low, e->high);
    return arena_printf(s->a, "%.*s%.*s", STR_ARG(value), STR_ARG(margin));
}

static void figure_line(struct sheet *s, enum word what, const struct estimate *now,
                        const struct estimate *before, const struct change *c, enum kind kind) {
    if (!now->has && !before->has)
        return;
    put(s, STR("  "), COLUMNS);
    put(s, str_from(word_in(what, s->lang)), 26);
    pad(s, 28);
    put(s, estimate_text(s, now, kind), 43);
    if (s->r->has_compare) {
        pad(s, 44);
        put(s, estimate_text(s, before, kind), 59);
    }
    if (s->r->has_compare && c && c->has) {
        pad(s, 60);
        struct str diff = kind == KIND_SHARE ? format_points(s->a, s->lang, c->diff)
                          : kind == KIND_NPS ? format_whole_diff(s->a, c->diff)
                                             : format_diff(s->a, c->diff);
        put_ink(s, c->significant ? INK_BOLD : INK_DIM,
                say(s, "%.*s %s", "%.*s %s", STR_ARG(diff),
                    word_in(c->significant ? WORD_SIGNIFICANT : WORD_NOT_SIGNIFICANT, s->lang)),
                COLUMNS);
    }
    newline(s);
}

static void count_line(struct sheet *s) {
    put(s, STR("  "), COLUMNS);
    put(s, str_from(word_in(WORD_USED, s->lang)), 26);
    pad(s, 28);
    put(s, format_exact(s->a, s->r->now.n_used), 43);
    if (s->r->has_compare) {
        pad(s, 44);
        put(s, format_exact(s->a, s->r->before.n_used), 59);
    }
    newline(s);
}

static void overall(struct sheet *s) {
    const struct report *r = s->r;
    const struct satisfaction *a = &r->now, *b = &r->before;
    heading(s, s->lang == LANG_ZH ? "②" : "2", str_from(word_in(WORD_OVERALL, s->lang)));
    if (r->has_compare) {
        pad(s, 28);
        put_ink(s, INK_DIM, str_from(word_in(WORD_THIS, s->lang)), 43);
        pad(s, 44);
        put_ink(s, INK_DIM, str_from(word_in(WORD_BEFORE, s->lang)), 59);
        newline(s);
    }
    figure_line(s, WORD_SCORE, &a->score, &b->score, &r->score_change, KIND_SCORE);
    if (a->n_default_praise > 0)
        figure_line(s, WORD_SCORE_ALL, &a->score_all, &b->score_all, NULL, KIND_SCORE);
    figure_line(s, WORD_GOOD_SHARE, &a->good_share, &b->good_share, &r->good_change, KIND_SHARE);
    figure_line(s, WORD_BAD_SHARE, &a->bad_share, &b->bad_share, &r->bad_change, KIND_SHARE);
    figure_line(s, WORD_NPS, &a->nps, &b->nps, &r->nps_change, KIND_NPS);
    figure_line(s, WORD_CSAT, &a->csat, &b->csat, NULL, KIND_SHARE);
    figure_line(s, WORD_CES, &a->ces, &b->ces, NULL, KIND_SCORE);
    figure_line(s, WORD_INDEX, &a->index, &b->index, NULL, KIND_SCORE);
    count_line(s);
    for (size_t i = 0; r->n_channels > 1 && i < MIN(r->n_channels, (size_t)MAX_ROWS); i++) {
        const struct channel_row *c = &r->channels[i];
        struct str n = format_exact(s->a, c->n);
        put(s, STR("    "), COLUMNS);
        put(s, c->name, 26);
        pad(s, 28);
        put(s, estimate_text(s, &c->score, KIND_SCORE), 43);
        pad(s, 44);
        put_ink(s, INK_DIM,
                say(s, "n = %.*s%s%s", "n = %.*s%s%s", STR_ARG(n),
                    c->n < REPORT_GROUP_MIN_N ? " " : "",
                    c->n < REPORT_GROUP_MIN_N ? word_in(WORD_SMALL, s->lang) : ""),
                COLUMNS);
        newline(s);
    }
}

// `share` of BAR columns in eighths of a block.
static void bar(struct sheet *s, double share, enum ink which) {
    static const char *const eighths[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
    if (!isfinite(share))
        return;
    int units = (int)(MIN(MAX(share, 0), 1) * BAR * 8 + 0.5);
    ink(s, which);
    for (int i = 0; i < units / 8; i++)
        strbuf_adds(s->out, "█");
    strbuf_adds(s->out, eighths[units % 8]);
    ink(s, INK_PLAIN);
    s->column += (size_t)(units / 8 + (units % 8 != 0));
}

static void issue_lines(struct sheet *s, const struct issue *issue, double most) {
    const struct report *r = s->r;
    bool small = issue->n < REPORT_GROUP_MIN_N, full = r->mode == REPORT_FULL;
    struct str n = format_exact(s->a, issue->n);
    put(s, STR("  "), COLUMNS);
    put_ink(s, INK_BOLD, issue_name_of(issue, s->lang), 22);
    pad(s, 24);
    bar(s, most > 0 ? (double)issue->n / most : NAN, full && small ? INK_DIM : INK_NEG);
    pad(s, 24 + BAR + 1);
    put(s, say(s, "%.*s 条", "n = %.*s", STR_ARG(n)), 56);
    if (full && isfinite(issue->share_of_bad)) {
        struct str share = format_share(s->a, issue->share_of_bad);
        put(s, say(s, " 占负面 %.*s", " %.*s of negative", STR_ARG(share)), COLUMNS);
    }
    if (full && issue->trend.has && issue->trend.significant) {
        struct str points = format_points(s->a, s->lang, issue->trend.diff);
        put_ink(s, issue->trend.diff > 0 ? INK_NEG : INK_POS,
                say(s, " %.*s", " %.*s", STR_ARG(points)), COLUMNS);
    }
    newline(s);
    size_t quotes = full ? MIN(issue->n_quotes, (size_t)1) : issue->n_quotes;
    for (size_t i = 0; i < quotes; i++) {
        struct excerpt e = excerpt_of(&issue->quotes[i], 80);
        struct str row =
            format_exact(s->a, (int64_t)MIN(issue->quotes[i].row, (uint64_t)INT64_MAX));
        struct str where = say(s, "（第 %.*s 行）", " (row %.*s)", STR_ARG(row));
        paragraph(s, INK_DIM,
                  arena_printf(s->a, "%s%s%.*s%.*s%.*s%s%s%.*s", quote_mark(s, 0),
                               e.cut_head ? "…" : "", STR_ARG(e.before), STR_ARG(e.proof),
                               STR_ARG(e.after), e.cut_tail ? "…" : "", quote_mark(s, 1),
                               STR_ARG(where)),
                  4, 3);
    }
    if (full && issue->n_where) {
        const struct where *w = &issue->where[0];
        struct str share = format_share(s->a, w->share), base = format_share(s->a, w->base_share);
        struct str column = clip(s->a, w->column, 20), value = clip(s->a, w->value, 20);
        paragraph(s, INK_PLAIN,
                  say(s, "最集中：%.*s %.*s 占 %.*s（总体 %.*s）",
                      "Worst in: %.*s %.*s, %.*s (overall %.*s)", STR_ARG(column), STR_ARG(value),
                      STR_ARG(share), STR_ARG(base)),
                  4, 2);
    }
    if (issue->measure.len) {
        struct str measure = clip(s->a, issue->measure, 60),
                   department = clip(s->a, issue->department, 20);
        paragraph(s, INK_PLAIN,
                  say(s, "→ 建议：%.*s%s%.*s（%s）", "→ Try: %.*s%s%.*s (%s)", STR_ARG(measure),
                      department.len ? s->lang == LANG_ZH ? "｜" : " | " : "", STR_ARG(department),
                      word_in(WORD_NOT_PROVEN, s->lang)),
                  4, 2);
    }
}

static void why(struct sheet *s) {
    const struct report *r = s->r;
    heading(s, s->lang == LANG_ZH ? "③" : "3", str_from(word_in(WORD_WHY, s->lang)));
    double most = 0;
    for (size_t i = 0; i < r->n_issues; i++)
        most = MAX(most, (double)r->issues[i].n);
    size_t shown = r->mode == REPORT_LIST ? r->n_issues : MIN(r->n_issues, (size_t)MAX_ROWS);
    for (size_t i = 0; i < shown; i++)
        issue_lines(s, &r->issues[i], most);
    if (r->n_issues == 0) {
        put(s, say(s, "  没有人抱怨具体的问题", "  Nobody complains of anything concrete"),
            COLUMNS);
        newline(s);
    }
}

static void loved(struct sheet *s) {
    const struct dimension_row *best[3];
    size_t n = loved_dimensions(s->r, best, ARRAY_LEN(best));
    if (n == 0)
        return;
    heading(s, s->lang == LANG_ZH ? "④" : "4", str_from(word_in(WORD_LOVED, s->lang)));
    for (size_t i = 0; i < n; i++) {
        struct str pos = format_exact(s->a, best[i]->pos), all = format_exact(s->a, best[i]->n);
        put(s, STR("  "), COLUMNS);
        put(s, best[i]->name, 22);
        pad(s, 24);
        put_ink(s, INK_POS,
                say(s, "%.*s 条里 %.*s 条称赞", "%.*s mention it, %.*s praise it", STR_ARG(all),
                    STR_ARG(pos)),
                COLUMNS);
        newline(s);
    }
}

static void cautions(struct sheet *s) {
    if (s->r->n_cautions == 0)
        return;
    heading(s, s->lang == LANG_ZH ? "⑤" : "5", str_from(word_in(WORD_CAUTIONS, s->lang)));
    for (size_t i = 0; i < MIN(s->r->n_cautions, (size_t)MAX_ROWS); i++)
        paragraph(s, INK_PLAIN, arena_printf(s->a, "· %.*s", STR_ARG(s->r->cautions[i].text)), 2,
                  3);
}

static void groups(struct sheet *s) {
    const struct report *r = s->r;
    size_t shown = 0;
    for (size_t i = 0; i < r->n_segments && shown < MAX_ROWS; i++) {
        const struct segment *g = &r->segments[i];
        if (!g->significant || g->small)
            continue;
        if (shown++ == 0)
            heading(s, "·", say(s, "谁不一样（q < 0.05）", "Who differs (q < 0.05)"));
        struct str n = format_exact(s->a, g->n), diff = format_diff(s->a, g->diff);
        struct str column = clip(s->a, g->column, 16);
        put(s, STR("  "), COLUMNS);
        put(s, arena_printf(s->a, "%.*s %.*s", STR_ARG(column), STR_ARG(g->value)), 36);
        pad(s, 38);
        put(s, estimate_text(s, &g->score, KIND_SCORE), 50);
        pad(s, 52);
        put_ink(s, g->diff < 0 ? INK_NEG : INK_POS, diff, 62);
        pad(s, 64);
        put_ink(s, INK_DIM, arena_printf(s->a, "n = %.*s", STR_ARG(n)), COLUMNS);
        newline(s);
    }
}

static void foot(struct sheet *s) {
    const struct report *r = s->r;
    struct str read = format_exact(s->a, (int64_t)r->read),
               used = format_exact(s->a, (int64_t)r->used);
    struct str rejected = format_exact(s->a, (int64_t)r->rejected),
               model = clip(s->a, r->model, 20);
    newline(s);
    rule(s);
    put_ink(s, INK_DIM,
            say(s, "读了 %.*s 行，用了 %.*s 条，%.*s 行读不了；模型 %.*s",
                "%.*s rows read, %.*s used, %.*s unreadable; model %.*s", STR_ARG(read),
                STR_ARG(used), STR_ARG(rejected), STR_ARG(model)),
            COLUMNS);
    newline(s);
}

void report_text(const struct report *r, bool colour, struct strbuf *ret) {
    CLEANUP(arena_done) struct arena a = {0};
    struct sheet s = {.r = r, .a = &a, .out = ret, .lang = r->lang, .colour = colour};
    head(&s);
    if (r->mode == REPORT_EMPTY) {
        paragraph(&s, INK_PLAIN,
                  say(&s, "没有可以分析的文字。用 --map text=列名 指出原文所在的列，再跑一次。",
                      "There is no text to analyse. Name the column with --map text=COLUMN and run "
                      "again."),
                  0, 3);
    } else {
        today(&s);
        overall(&s);
        why(&s);
        loved(&s);
        cautions(&s);
        groups(&s);
    }
    foot(&s);
}
