// SPDX-License-Identifier: Apache-2.0
#include "report/page_part.h"

#include <math.h>
#include <stdarg.h>

#include "base/utf8.h"

size_t page_most(const struct pen *p, size_t cap) {
    return p->is_tight ? MAX(cap / 3, (size_t)3) : cap;
}

void pen_raw(const struct pen *p, const char *html) {
    strbuf_adds(p->out, html);
}

PRINTF(2, 0) static struct str format(struct arena *a, const char *fmt, va_list args) {
    va_list again;
    va_copy(again, args);
    int n = vsnprintf(NULL, 0, fmt, args);
    char *text = arena_alloc(a, (size_t)MAX(n, 0) + 1);
    vsnprintf(text, (size_t)MAX(n, 0) + 1, fmt, again);
    va_end(again);
    return str_make(text, (size_t)MAX(n, 0));
}

void pen_rawf(const struct pen *p, const char *fmt, ...) {
    va_list args;
    va_start(args, fmt);
    strbuf_add(p->out, format(p->a, fmt, args));
    va_end(args);
}

void pen_text(const struct pen *p, struct str s) {
    markup_text(p->out, s);
}

void pen_say(const struct pen *p, const char *zh, const char *en, ...) {
    va_list args;
    va_start(args, en);
    pen_text(p, format(p->a, p->lang == LANG_ZH ? zh : en, args));
    va_end(args);
}

struct str pen_str(const struct pen *p, const char *zh, const char *en, ...) {
    va_list args;
    va_start(args, en);
    struct str s = format(p->a, p->lang == LANG_ZH ? zh : en, args);
    va_end(args);
    return s;
}

struct str pen_name(const struct pen *p, struct str name) {
    struct str s = clip(p->a, name, PAGE_NAME);
    return s.len ? s : pen_str(p, "未命名", "unnamed");
}

void page_clauses(const struct pen *p, struct str s) {
    static const uint32_t ends[] = {0xFF0C, 0xFF1B, 0xFF1A, 0x3002};
    size_t from = 0;
    for (size_t pos = 0; pos < s.len;) {
        uint32_t c = utf8_next(s, &pos);
        bool is_end = pos == s.len;
        for (size_t i = 0; i < ARRAY_LEN(ends); i++)
            is_end = is_end || c == ends[i];
        if (!is_end)
            continue;
        pen_raw(p, "<span class=\"cl\">");
        pen_text(p, str_slice(s, from, pos));
        pen_raw(p, "</span>");
        from = pos;
    }
}

static void open_section(const struct pen *p, const char *id, struct str label,
                         struct str finding) {
    pen_rawf(p, "<section id=\"%s\" aria-labelledby=\"%s-h\"><header><p class=\"no\">", id, id);
    pen_text(p, label);
    pen_rawf(p, "</p><h2 id=\"%s-h\">", id);
    page_clauses(p, finding);
    pen_raw(p, "</h2></header>\n");
}

void page_section(const struct pen *p, const char *id, const char *number, enum word label,
                  struct str finding) {
    open_section(p, id, arena_printf(p->a, "%s %s", number, word_in(label, p->lang)), finding);
}

void page_section_named(const struct pen *p, const char *id, struct str label, struct str finding) {
    open_section(p, id, label, finding);
}

void page_section_end(const struct pen *p) {
    pen_raw(p, "</section>\n");
}

void page_figure(const struct pen *p, struct str finding) {
    pen_raw(p, "<figure><h3>");
    pen_text(p, finding);
    pen_raw(p, "</h3>");
}

void page_figure_note(const struct pen *p, struct str note) {
    pen_raw(p, "<figcaption>");
    pen_text(p, note);
    pen_raw(p, "</figcaption>");
}

void page_note(const struct pen *p, struct str note) {
    pen_raw(p, "<p class=\"note\">");
    pen_text(p, note);
    pen_raw(p, "</p>");
}

void page_figure_end(const struct pen *p) {
    pen_raw(p, "</figure>\n");
}

void page_table_open(const struct pen *p, struct str caption, const struct words *headers,
                     size_t n) {
    pen_raw(p, "<details class=\"data\"><summary>");
    pen_say(p, "数据表", "Data table");
    pen_raw(p, "</summary><div class=\"scroll\" tabindex=\"0\" role=\"group\" aria-label=\"");
    pen_text(p, caption);
    pen_raw(p, "\"><table><caption>");
    pen_text(p, caption);
    pen_raw(p, "</caption><thead><tr>");
    for (size_t i = 0; i < n; i++) {
        pen_raw(p, "<th scope=\"col\">");
        pen_text(p, str_from(words_in(headers[i], p->lang)));
        pen_raw(p, "</th>");
    }
    pen_raw(p, "</tr></thead><tbody>");
}

void page_table_close(const struct pen *p) {
    pen_raw(p, "</tbody></table></div></details>\n");
}

void page_cell_head(const struct pen *p, struct str s) {
    pen_raw(p, "<tr><th scope=\"row\">");
    pen_text(p, s);
    pen_raw(p, "</th>");
}

void page_cell(const struct pen *p, struct str s) {
    pen_raw(p, "<td>");
    pen_text(p, s);
    pen_raw(p, "</td>");
}

void page_cell_number(const struct pen *p, struct str s) {
    pen_raw(p, "<td class=\"num\">");
    pen_text(p, s);
    pen_raw(p, "</td>");
}

void page_row_end(const struct pen *p) {
    pen_raw(p, "</tr>");
}

static void add_part(const struct pen *p, bool *is_first, struct str s) {
    if (!s.len)
        return;
    pen_raw(p, *is_first ? "<span>" : " <span>");
    pen_text(p, s);
    pen_raw(p, "</span>");
    *is_first = false;
}

void page_source(const struct pen *p, const struct quote *q) {
    const struct report *r = p->r;
    bool is_first = true;
    struct str row = format_exact(p->a, (int64_t)MIN(q->row, (uint64_t)INT64_MAX));
    struct str file = q->file < r->n_files ? pen_name(p, r->files[q->file].name) : STR("");
    pen_raw(p, "<p class=\"src\">");
    add_part(p, &is_first,
             pen_str(p, "%.*s%s第\u00a0%.*s\u00a0行", "%.*s%srow\u00a0%.*s", STR_ARG(file),
                     file.len ? " " : "", STR_ARG(row)));
    add_part(p, &is_first, clip(p->a, q->channel, PAGE_NAME));
    add_part(p, &is_first, clip(p->a, tail_of(p->a, q), PAGE_NAME));
    if (q->occurred_us != TIME_NONE)
        add_part(p, &is_first, format_time(p->a, p->lang, r->zone, q->occurred_us, q->date_only));
    if (isfinite(q->score)) {
        struct str score = format_number(p->a, q->score);
        add_part(p, &is_first, pen_str(p, "%.*s\u00a0分", "rated\u00a0%.*s", STR_ARG(score)));
    }
    if (q->replied)
        add_part(p, &is_first, pen_str(p, "已回复", "answered"));
    pen_raw(p, "</p>");
}

void page_quote(const struct pen *p, const struct quote *q, size_t max_characters) {
    pen_raw(p, "<blockquote dir=\"auto\"><p>");
    markup_quote(p->out, q, page_most(p, max_characters));
    pen_raw(p, "</p></blockquote>");
    page_source(p, q);
}

struct str page_estimate(const struct pen *p, const struct estimate *e) {
    if (!estimate_is_known(e))
        return STR("–");
    struct str value = format_score(p->a, e->value), margin = format_margin(p->a, e->low, e->high);
    return arena_printf(p->a, "%.*s%s%.*s", STR_ARG(value), margin.len ? " " : "", STR_ARG(margin));
}

struct str page_share(const struct pen *p, const struct estimate *e) {
    return estimate_is_known(e) ? format_share(p->a, e->value) : STR("–");
}

void page_change(const struct pen *p, const struct change *c, enum change_unit unit,
                 bool up_is_good) {
    if (!c->has || !isfinite(c->diff)) {
        pen_raw(p, "<span class=\"dim\">–</span>");
        return;
    }
    bool up = c->diff > 0;
    const char *class = !c->significant ? "dim" : up == up_is_good ? "good" : "bad";
    struct str diff = unit == CHANGE_SHARE   ? format_points(p->a, p->lang, c->diff)
                      : unit == CHANGE_WHOLE ? format_whole_diff(p->a, c->diff)
                                             : format_diff(p->a, c->diff);
    pen_rawf(p, "<span class=\"%s\">%s", class, c->significant ? up ? "▲ " : "▼ " : "");
    pen_text(p, diff);
    pen_raw(p, " <small>");
    pen_text(p,
             str_from(word_in(c->significant ? WORD_SIGNIFICANT : WORD_NOT_SIGNIFICANT, p->lang)));
    pen_raw(p, "</small></span>");
}

struct str page_covered(const struct pen *p) {
    const struct report *r = p->r;
    return r->has_time ? format_period(p->a, p->lang, r->from_days, r->to_days, false) : STR("");
}

void page_chart(const struct pen *p, const char *id, int width, struct str title, struct str desc,
                page_draw_fn *draw, const void *ctx) {
    struct chart_head head = {.title = title, .desc = desc};
    head.id = arena_printf(p->a, "%s-w", id);
    head.width = width;
    pen_raw(p, "<div class=\"w\">");
    draw(p, &head, ctx);
    head.id = arena_printf(p->a, "%s-n", id);
    head.width = CHART_PHONE;
    pen_raw(p, "</div><div class=\"n\">");
    draw(p, &head, ctx);
    pen_raw(p, "</div>");
}
