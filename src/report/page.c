// SPDX-License-Identifier: Apache-2.0
#include "report/render.h"

#include "report/page_part.h"

static void head(const struct pen *p, struct str headline) {
    pen_rawf(p,
             "<!doctype html>\n<html lang=\"%s\">\n<head>\n<meta charset=\"utf-8\">\n"
             "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n"
             "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
             "'unsafe-inline'; script-src '%s'; base-uri 'none'; form-action 'none'\">\n"
             "<meta name=\"referrer\" content=\"no-referrer\">\n"
             "<meta name=\"color-scheme\" content=\"light dark\">\n<title>",
             p->lang == LANG_ZH ? "zh-CN" : "en", page_js_hash);
    pen_text(p, headline);
    pen_raw(p, "</title>\n<style>");
    pen_raw(p, page_css);
    pen_raw(p, "</style>\n</head>\n<body>\n");
}

static void dek(const struct pen *p) {
    const struct report *r = p->r;
    struct str read = format_exact(p->a, (int64_t)r->read);
    struct str used = format_exact(p->a, (int64_t)r->used), covered = page_covered(p);
    pen_raw(p, "<p class=\"dek\">");
    pen_say(p, "%.*s%s%.*s 条有效评价，读了 %.*s 行。",
            "%.*s%s%.*s usable reviews of %.*s rows read. ", STR_ARG(covered),
            covered.len ? p->lang == LANG_ZH ? "，" : ": " : "", STR_ARG(used), STR_ARG(read));
    if (r->has_compare && r->prev_to > r->prev_from) {
        struct str now = format_period(p->a, p->lang, r->this_from, r->this_to, false);
        struct str before = format_period(p->a, p->lang, r->prev_from, r->prev_to, false);
        pen_say(p, "本期 %.*s，上期 %.*s。", "This period %.*s, before %.*s.", STR_ARG(now),
                STR_ARG(before));
    }
    pen_raw(p, "</p>");
}

static void masthead(const struct pen *p, struct str headline) {
    const struct report *r = p->r;
    struct str title = clip(p->a, r->title, PAGE_NAME);
    pen_raw(p, "<header class=\"mast\"><p class=\"brand\"><span><b>");
    pen_say(p, "回声", "Huisheng");
    pen_raw(p, "</b></span><span>");
    pen_say(p, "顾客反馈报告", "Customer feedback report");
    pen_raw(p, "</span>");
    if (title.len) {
        pen_raw(p, "<span>");
        pen_text(p, title);
        pen_raw(p, "</span>");
    }
    pen_raw(p, "</p><h1>");
    page_clauses(p, headline);
    pen_raw(p, "</h1>");
    dek(p);
    pen_raw(p, "</header>\n");
}

static void link_to(const struct pen *p, const char *id, struct str label) {
    pen_rawf(p, "<li><a href=\"#%s\">", id);
    pen_text(p, label);
    pen_raw(p, "</a></li>");
}

static void link_word(const struct pen *p, const char *id, const char *number, enum word w) {
    link_to(p, id, arena_printf(p->a, "%s %s", number, word_in(w, p->lang)));
}

static void contents(const struct pen *p) {
    const struct report *r = p->r;
    pen_raw(p, "<nav aria-label=\"");
    pen_say(p, "目录", "Contents");
    pen_raw(p, "\"><ol>");
    if (r->mode != REPORT_EMPTY) {
        link_word(p, "today", "①", WORD_TODAY);
        link_word(p, "overall", "②", WORD_OVERALL);
        link_word(p, "why", "③", WORD_WHY);
        link_word(p, "loved", "④", WORD_LOVED);
        if (r->n_cautions)
            link_word(p, "cautions", "⑤", WORD_CAUTIONS);
        if (r->mode == REPORT_FULL) {
            link_to(p, "time", pen_str(p, "变化", "Over time"));
            if (r->n_dimensions)
                link_to(p, "dimensions", pen_str(p, "各方面", "Dimensions"));
            if (r->n_segments || r->n_measures)
                link_to(p, "who", pen_str(p, "谁不一样", "Who differs"));
        }
        if (r->n_keywords)
            link_to(p, "words", pen_str(p, "关键词", "Words"));
    }
    link_to(p, "quality", pen_str(p, "数据质量", "Data quality"));
    link_to(p, "understood", pen_str(p, "读懂了什么", "What was understood"));
    link_to(p, "method", pen_str(p, "怎么算的", "Method"));
    pen_raw(p, "</ol></nav>\n");
}

static void empty_state(const struct pen *p) {
    page_section_named(
        p, "today", pen_str(p, "怎么办", "What to do"),
        p->r->text_column.len
            ? pen_str(p, "这一列里没有顾客写的话", "That column holds nothing customers wrote")
            : pen_str(p, "先指出哪一列是顾客写的话",
                      "Say which column holds what customers wrote"));
    pen_raw(p, "<p class=\"lead\">");
    pen_say(p, "文件没有改动。用下面的命令指出原文所在的列，再跑一次；列名见下面的“读懂了什么”。",
            "The file is untouched. Name the column with the text and run again; the columns are "
            "listed below.");
    pen_raw(p, "</p><p><code>huisheng report ");
    if (p->r->n_files)
        pen_text(p, pen_name(p, p->r->files[0].name));
    pen_raw(p, " --map text=");
    pen_say(p, "列名", "COLUMN");
    pen_raw(p, "</code></p>");
    page_section_end(p);
}

static void sections(const struct pen *p) {
    enum report_mode mode = p->r->mode;
    if (mode == REPORT_EMPTY) {
        empty_state(p);
    } else {
        page_today(p);
        page_overall(p);
        page_issues(p);
        page_loved(p);
        page_cautions(p);
        if (mode == REPORT_FULL) {
            page_time(p);
            page_dimensions(p);
            page_segments(p);
        }
        page_keywords(p);
    }
    page_quality(p);
    page_understood(p);
    page_method(p);
}

static void footer(const struct pen *p) {
    const struct report *r = p->r;
    struct str version = clip(p->a, r->version, PAGE_NAME), model = clip(p->a, r->model, PAGE_NAME);
    struct str when = format_time(p->a, p->lang, r->zone, r->generated_us, false);
    pen_raw(p, "<footer><p>");
    pen_say(p, "回声 %.*s 生成，模型 %.*s，%.*s。这一页不联网，可以转发、打印。",
            "Made by Huisheng %.*s with model %.*s, %.*s. This page asks nothing of the network; "
            "forward or print it.",
            STR_ARG(version), STR_ARG(model), STR_ARG(when));
    pen_raw(p, "</p></footer>\n");
}

static void write_page(const struct pen *p) {
    struct str headline = clip(p->a, p->r->headline.len ? p->r->headline : p->r->title, 120);
    head(p, headline);
    pen_raw(p, "<a class=\"skip\" href=\"#main\">");
    pen_say(p, "跳到正文", "Skip to content");
    pen_raw(p, "</a>\n<div class=\"page\">\n");
    masthead(p, headline);
    contents(p);
    pen_raw(p, "<main id=\"main\">\n");
    sections(p);
    pen_raw(p, "</main>\n");
    footer(p);
    pen_raw(p, "</div>\n<script>");
    pen_raw(p, page_js);
    pen_raw(p, "</script>\n</body>\n</html>\n");
}

bool report_page(const struct report *r, struct output *out, struct error *err) {
    CLEANUP(strbuf_done) struct strbuf html = strbuf_init(REPORT_PAGE_LIMIT);
    for (int try = 0; try < 2; try++) {
        CLEANUP(arena_done) struct arena arena = {0};
        const struct pen pen = {
            .r = r, .out = &html, .a = &arena, .lang = r->lang, .is_tight = try == 1};
        strbuf_reset(&html);
        write_page(&pen);
        if (!html.overflow) {
            output_write(out, strbuf_str(&html));
            return true;
        }
    }
    return error_set(err, ERROR_LIMIT, "报告页超过 %d 字节；用 --json 可得全部数据",
                     "the page would pass %d bytes; --json gives all data", REPORT_PAGE_LIMIT);
}
