// SPDX-License-Identifier: Apache-2.0
// ① What to do today: what is urgent, what waits for an answer, where to open it.
#include <math.h>

#include "report/page_part.h"

static struct str finding(const struct pen *p) {
    const struct report *r = p->r;
    int64_t open = r->n_urgent + r->n_needs_reply;
    if (r->n_todos == 0)
        return pen_str(p, "今天没有等着处理的评价", "Nothing waits for you today");
    struct str all = format_count(p->a, p->lang, open),
               bad = format_count(p->a, p->lang, r->n_bad_unreplied);
    struct str urgent = format_count(p->a, p->lang, r->n_urgent);
    if (open <= 0)
        return pen_str(p, "没有紧急的；%.*s 条差评还没回复",
                       "Nothing urgent; %.*s bad reviews are unanswered", STR_ARG(bad));
    if (r->n_urgent <= 0)
        return pen_str(p, "今天要处理 %.*s 条，没有紧急的", "%.*s to handle today, none urgent",
                       STR_ARG(all));
    return pen_str(p, "今天要处理 %.*s 条，其中 %.*s 条紧急",
                   "%.*s to handle today, %.*s of them urgent", STR_ARG(all), STR_ARG(urgent));
}

static void sum(const struct pen *p, enum word what, int64_t n, bool is_hot, struct str more) {
    pen_rawf(p, "<div%s><dt>", is_hot && n > 0 ? " class=\"hot\"" : "");
    pen_text(p, str_from(word_in(what, p->lang)));
    pen_raw(p, "</dt><dd>");
    pen_text(p, format_count(p->a, p->lang, n));
    if (more.len) {
        pen_raw(p, "<small>");
        pen_text(p, more);
        pen_raw(p, "</small>");
    }
    pen_raw(p, "</dd></div>");
}

static void sums(const struct pen *p) {
    const struct report *r = p->r;
    struct str oldest = {0};
    if (isfinite(r->oldest_wait_hours)) {
        struct str hours = format_hours(p->a, p->lang, r->oldest_wait_hours);
        oldest = pen_str(p, "最久 %.*s", "oldest %.*s", STR_ARG(hours));
    }
    pen_raw(p, "<dl class=\"sums\">");
    sum(p, WORD_URGENT, r->n_urgent, true, (struct str){0});
    sum(p, WORD_NEEDS_REPLY, r->n_needs_reply, false, (struct str){0});
    sum(p, WORD_BAD_UNREPLIED, r->n_bad_unreplied, false, oldest);
    pen_raw(p, "</dl>\n");
}

static void tag(const struct pen *p, uint8_t urgency) {
    static const char triangle[] = "<svg viewBox=\"0 0 14 14\" aria-hidden=\"true\"><path d=\"M7 1 "
                                   "13.5 13H.5zM6.3 5v4h1.4V5zm0 5v1.4h1.4V10z\" "
                                   "fill-rule=\"evenodd\"/></svg>";
    static const char ring[] = "<svg viewBox=\"0 0 14 14\" aria-hidden=\"true\"><circle cx=\"7\" "
                               "cy=\"7\" r=\"5\"/></svg>";
    enum word word = urgency == URGENCY_URGENT  ? WORD_URGENT
                     : urgency == URGENCY_REPLY ? WORD_NEEDS_REPLY
                                                : WORD_BAD_UNREPLIED;
    pen_rawf(p, "<span class=\"tag\">%s", urgency == URGENCY_URGENT ? triangle : ring);
    pen_text(p, str_from(word_in(word, p->lang)));
    pen_raw(p, "</span>");
}

static void item(const struct pen *p, size_t i) {
    const struct todo *t = &p->r->todos[i];
    pen_rawf(p, "<li class=\"todo%s\" id=\"t%zu\"><h3>",
             t->urgency == URGENCY_URGENT ? " urgent" : "", i + 1);
    tag(p, t->urgency);
    pen_raw(p, "<span>");
    pen_text(p, t->issue.len ? clip(p->a, t->issue, PAGE_NAME)
                             : pen_str(p, "未归类", "not classified"));
    pen_raw(p, "</span>");
    if (t->reason.len) {
        pen_raw(p, "<span class=\"why\">");
        pen_text(p, clip(p->a, t->reason, PAGE_NAME * 2));
        pen_raw(p, "</span>");
    }
    pen_raw(p, "</h3><div><blockquote dir=\"auto\"><p>");
    markup_quote(p->out, &t->quote, page_most(p, PAGE_QUOTE));
    pen_raw(p, "</p></blockquote></div>");
    page_source(p, &t->quote);
    pen_raw(p, "<p class=\"when\">");
    if (isfinite(t->waiting_hours)) {
        struct str hours = format_hours(p->a, p->lang, t->waiting_hours);
        pen_raw(p, "<b>");
        pen_say(p, "未回复 %.*s", "waiting %.*s", STR_ARG(hours));
        pen_raw(p, "</b>");
    }
    if (t->department.len) {
        pen_raw(p, "<span>");
        pen_text(p, clip(p->a, t->department, PAGE_NAME));
        pen_raw(p, "</span>");
    }
    pen_raw(p, "</p></li>\n");
}

static void list(const struct pen *p) {
    size_t n = p->r->n_todos, shown = MIN(n, page_most(p, PAGE_TODOS)),
           open = MIN(n, (size_t)PAGE_TODOS_OPEN);
    if (shown - open < 3)
        open = shown;
    pen_raw(p, "<ol>\n");
    for (size_t i = 0; i < open; i++)
        item(p, i);
    pen_raw(p, "</ol>\n");
    if (shown == open)
        return;
    struct str rest = format_exact(p->a, (int64_t)(shown - open));
    pen_raw(p, "<details class=\"more\"><summary>");
    pen_say(p, "再看 %.*s 条", "Show %.*s more", STR_ARG(rest));
    pen_raw(p, "</summary><ol>\n");
    for (size_t i = open; i < shown; i++)
        item(p, i);
    pen_raw(p, "</ol></details>\n");
    if (n > shown) {
        struct str left = format_exact(p->a, (int64_t)(n - shown));
        pen_raw(p, "<p class=\"note\">");
        pen_say(p, "另有 %.*s 条，见 --csv 或 --xlsx 的“待回复”。",
                "%.*s more: see --csv, or the sheet “To answer” of --xlsx.", STR_ARG(left));
        pen_raw(p, "</p>\n");
    }
}

static void actions(const struct pen *p) {
    struct strbuf brief = strbuf_init(2 * REPORT_BRIEF_LIMIT);
    report_brief(p->r, &brief);
    pen_raw(p, "<div class=\"acts\"><details><summary>");
    pen_say(p, "发到群里的摘要", "Summary to paste into a chat");
    pen_raw(p, "</summary><pre id=\"brief\">");
    pen_text(p, strbuf_str(&brief));
    pen_raw(p, "</pre><button type=\"button\" hidden data-copy=\"brief\" data-done=\"");
    pen_say(p, "已复制", "Copied");
    pen_raw(p, "\">");
    pen_say(p, "复制", "Copy");
    pen_raw(p, "</button></details></div>\n");
    strbuf_done(&brief);
}

void page_today(const struct pen *p) {
    page_section(p, "today", "①", WORD_TODAY, finding(p));
    if (p->r->n_todos > 0) {
        sums(p);
        list(p);
    }
    actions(p);
    page_section_end(p);
}
