// SPDX-License-Identifier: Apache-2.0
// What the parts of the page share: a pen that escapes, and the pieces every section is made of.
// Only for page*.c.
//
// Rule: text of unknown origin reaches the page through pen_text, pen_say, pen_str + pen_text or
// markup_*; pen_raw and pen_rawf take our own markup and numbers only.
#ifndef REPORT_PAGE_PART_H
#define REPORT_PAGE_PART_H

#include "report/chart.h"
#include "report/excerpt.h"
#include "report/markup.h"
#include "report/pick.h"
#include "report/render.h"
#include "report/words.h"

struct pen {
    const struct report *r;
    struct strbuf *out;
    struct arena *a;
    enum lang lang;
    bool is_tight; // a second try, for a page that was too large: shorter lists and quotes
};

// Most of each list that a page shows.
#define PAGE_TODOS_OPEN  10
#define PAGE_TODOS       60
#define PAGE_ISSUES      12
#define PAGE_QUOTE       220 // characters of a quote
#define PAGE_LIST_QUOTE  600 // where every text is listed
#define PAGE_SEGMENTS    24
#define PAGE_KEYWORDS    12  // of each polarity
#define PAGE_BUCKETS     400 // drawn
#define PAGE_BUCKET_ROWS 120 // in the table
#define PAGE_NAME        40  // characters of a name

// Width of charts in CSS pixels: full column, half column, phone.
#define CHART_FULL  640
#define CHART_HALF  480
#define CHART_PHONE 328

// A cap of the list above, or a third of it on the second try.
size_t page_most(const struct pen *p, size_t cap);

void pen_raw(const struct pen *p, const char *html);
void pen_rawf(const struct pen *p, const char *fmt, ...) PRINTF(2, 3);
void pen_text(const struct pen *p, struct str s);
// Both formats take the same arguments in the same order; what comes out is escaped as a whole.
void pen_say(const struct pen *p, const char *zh, const char *en, ...) PRINTF(2, 4) PRINTF(3, 4);
struct str pen_str(const struct pen *p, const char *zh, const char *en, ...) PRINTF(2, 4)
    PRINTF(3, 4);
struct str pen_name(const struct pen *p, struct str name); // cut to PAGE_NAME; “未命名” for ""

// <section id=… > with its label (“① 今天”) and its finding as <h2>; close with page_section_end.
void page_section(const struct pen *p, const char *id, const char *number, enum word label,
                  struct str finding);
void page_section_named(const struct pen *p, const char *id, struct str label, struct str finding);
void page_section_end(const struct pen *p);

// <figure> with its finding as <h3>; then the chart; page_figure_note; a table; page_figure_end.
void page_figure(const struct pen *p, struct str finding);
void page_figure_note(const struct pen *p, struct str note); // n, period, filter
void page_figure_end(const struct pen *p);
void page_note(const struct pen *p, struct str note); // small type, outside a figure

// A table inside <details>: headers are words, the first column heads the row. `caption` is read,
// not shown.
void page_table_open(const struct pen *p, struct str caption, const struct words *headers,
                     size_t n);
void page_table_close(const struct pen *p);
void page_cell_head(const struct pen *p, struct str s); // <tr><th scope=row>
void page_cell(const struct pen *p, struct str s);      // <td>
void page_cell_number(const struct pen *p, struct str s);
void page_row_end(const struct pen *p);

// “reviews.xlsx 第 1,532 行 · 天猫 · …4521 · 11月12日 09:00 · 1 分”
void page_source(const struct pen *p, const struct quote *q);
// <blockquote> with the proof marked, and its source.
void page_quote(const struct pen *p, const struct quote *q, size_t max_characters);
// Text whose clauses break as wholes where the line allows it: headlines.
void page_clauses(const struct pen *p, struct str s);
// “4.2 ±0.06”; “–” if not known
struct str page_estimate(const struct pen *p, const struct estimate *e);
struct str page_share(const struct pen *p, const struct estimate *e);
enum change_unit {
    CHANGE_SCORE, // −0.31
    CHANGE_SHARE, // −3 点
    CHANGE_WHOLE, // −13
};
// “▼ −0.31 显著”, with its colour; `up_is_good` chooses it.
void page_change(const struct pen *p, const struct change *c, enum change_unit unit,
                 bool up_is_good);
struct str page_covered(const struct pen *p); // the days of the data, or “”

// One chart for two widths: `draw` is called twice.
typedef void page_draw_fn(const struct pen *p, const struct chart_head *head, const void *ctx);
void page_chart(const struct pen *p, const char *id, int width, struct str title, struct str desc,
                page_draw_fn *draw, const void *ctx);

extern const char page_css[];
extern const char page_js[];
extern const char page_js_hash[]; // of page_js, for the content security policy

// The sections, in the order of the page.
void page_today(const struct pen *p);
void page_overall(const struct pen *p);
void page_issues(const struct pen *p);
void page_loved(const struct pen *p);
void page_dimensions(const struct pen *p);
void page_cautions(const struct pen *p);
void page_time(const struct pen *p);
void page_segments(const struct pen *p);
void page_keywords(const struct pen *p);
void page_quality(const struct pen *p);
void page_understood(const struct pen *p);
void page_method(const struct pen *p);

#endif
