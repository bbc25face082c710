// SPDX-License-Identifier: Apache-2.0
// The ways a report is shown. Each takes a finished struct report, works nothing out, and says “not
// known” where the report does. All are safe with any text in the report: markup, control
// characters, broken numbers.
#ifndef REPORT_RENDER_H
#define REPORT_RENDER_H

#include "report/report.h"
#include "sys/file.h"

// Most bytes of a page, whatever the report; lists are capped and say how much they leave out.
#define REPORT_PAGE_LIMIT  (600 * 1000)
#define REPORT_BRIEF_LIMIT 2048

// One self-contained HTML file: no request, no script needed, zh or en, light and dark, phone and
// print. Only writing can fail, and that shows at output_commit; ERROR_LIMIT if the page would pass
// the limit.
bool report_page(const struct report *r, struct output *out, struct error *err) MUST_USE;

// For the terminal: at most 80 columns a line, wide characters counted as two; ANSI colours only if
// `colour`.
void report_text(const struct report *r, bool colour, struct strbuf *ret);

// To paste into a chat group: at most REPORT_BRIEF_LIMIT bytes of UTF-8, whole lines, the most
// important first.
void report_brief(const struct report *r, struct strbuf *ret);

// Everything as data, one JSON object and a line end; keys are described in docs/json-report.md and
// only grow.
void report_json(const struct report *r, struct strbuf *ret);

#endif
