// SPDX-License-Identifier: Apache-2.0
// Strokes shared by the charts. Coordinates are user units from the top left.
#ifndef REPORT_CHART_DRAW_H
#define REPORT_CHART_DRAW_H

#include "report/chart.h"

#define CHART_WIDE 480 // from this width on, labels stand beside the marks
#define CHART_TEXT 13  // size of labels
#define CHART_NOTE 12  // size of axis labels and notes

enum anchor {
    ANCHOR_START,
    ANCHOR_MIDDLE,
    ANCHOR_END,
};

const char *tone_colour(enum tone tone);
const char *tone_class(enum tone tone);

// <svg …><title><desc>; `is_interactive`: it holds links.
void draw_open(struct strbuf *out, const struct chart_head *head, double height,
               bool is_interactive);
void draw_close(struct strbuf *out);

// <a> round a row, with an invisible box to hit; nothing if href is "".
void draw_link_open(struct strbuf *out, struct str href, double x, double y, double w, double h);
void draw_link_close(struct strbuf *out, struct str href);

void draw_text(struct strbuf *out, double x, double y, enum anchor anchor, int size, enum tone tone,
               bool is_bold, struct str text);
void draw_line(struct strbuf *out, double x1, double y1, double x2, double y2, enum tone tone,
               double width);
void draw_grid(struct strbuf *out, double x1, double y1, double x2, double y2); // hair line
void draw_rect(struct strbuf *out, double x, double y, double w, double h, enum tone tone,
               struct str tip);
void draw_dot(struct strbuf *out, double x, double y, double r, enum tone tone, bool is_hollow,
              struct str tip);

// Where a value stands between two coordinates; clamped, and the lower end for what is not a
// number.
double draw_place(struct chart_axis axis, double value, double from, double to);
// Text of an axis label, into buf (≥ 32 bytes).
struct str draw_axis_label(struct chart_axis axis, double value, char *buf, size_t cap);
// Number of grid steps, at most 12.
int draw_steps(struct chart_axis axis);
// The text cut with “…” so that it fits; `buf` holds the cut form.
struct str draw_fit(struct str text, double width, int size, char *buf, size_t cap);

#endif
