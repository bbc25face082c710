// SPDX-License-Identifier: Apache-2.0
// Charts as SVG: a handful of forms, drawn the same for the page, mail and PDF. Nothing here knows
// what is shown.
//
// Rules: scores stand on a fixed axis 1–5, shares start at 0 (the caller gives the ends, they are
// drawn and labelled); uncertainty is drawn; what rests on few is muted; labels stand at the marks,
// there is no legend. Every chart has <title> and <desc>; the table behind it is the caller's.
// Colours are presentation attributes (good in mail and PDF) and classes t-neg t-neu t-pos t-accent
// t-ink t-muted (the page's themes override them). Text is never smaller than 12 units: draw at the
// width it will be shown at, once for wide and once for narrow. NAN means not known and is left
// out; values beyond the axis are drawn at its end.
//
//     struct chart_row rows[] = {{.label = STR("西藏"), .value = 3.1, .low = 2.9, .high = 3.3,
//     .other = NAN}}; chart_dots(&sb, &(struct chart_head){.id = STR("who"), .title = ..., .width =
//     640}, rows, 1,
//                (struct chart_axis){.min = 1, .max = 5, .step = 1}, NULL);
#ifndef REPORT_CHART_H
#define REPORT_CHART_H

#include "base/strbuf.h"

enum tone {
    TONE_NEG,
    TONE_NEU,
    TONE_POS,
    TONE_ACCENT,
    TONE_INK,
    TONE_MUTED,
};

struct chart_head {
    struct str id;    // unique in the document: a-z 0-9 -
    struct str title; // the finding
    struct str desc;  // the same for those who hear it, may be ""
    int width;        // user units = CSS pixels; below 480 labels stand above the marks
};

struct chart_axis {
    double min, max, step; // step: distance of grid lines, > 0
    bool percent;          // values are shares
};

// A line of a horizontal chart.
struct chart_row {
    struct str label;
    struct str note;         // small, beside the label: “n = 14”
    struct str value_text;   // at the mark
    struct str href;         // "#…" where the row leads, "" if nowhere
    double value, low, high; // low, high NAN: no interval
    double other;            // hollow mark: the period before, NAN if none
    enum tone tone;
    bool muted; // few: grey, no interval
};

struct chart_reference { // a vertical line all rows are held against
    double value;
    struct str label;
};

void chart_bars(struct strbuf *out, const struct chart_head *head, const struct chart_row *rows,
                size_t n, struct chart_axis axis);
void chart_dots(struct strbuf *out, const struct chart_head *head, const struct chart_row *rows,
                size_t n, struct chart_axis axis, const struct chart_reference *reference);

struct chart_point {
    struct str label;      // on the x axis, where there is room
    struct str tip;        // what the mark says when pointed at
    struct str value_text; // written at the point, "" for most
    double value, low, high;
    bool muted; // partial or few: hollow
};

struct chart_mark {  // a shaded stretch, or an event: a line before the point `from`
    size_t from, to; // indexes of points, both included
    bool is_event;
    struct str label;
};

void chart_line(struct strbuf *out, const struct chart_head *head, const struct chart_point *points,
                size_t n, struct chart_axis axis, const struct chart_mark *marks, size_t n_marks);

#define CHART_MAX_PARTS 3

// A row or column made of parts: sentiment of a period, of a dimension.
struct chart_stack {
    struct str label, note, tip, href;
    double parts[CHART_MAX_PARTS]; // shares for rows, counts for columns; ≥ 0
    bool muted;
};

struct chart_part {
    struct str name;
    enum tone tone;
};

// Horizontal rows of shares, each from 0 to 100 %.
void chart_shares(struct strbuf *out, const struct chart_head *head, const struct chart_part *parts,
                  const struct chart_stack *rows, size_t n);
// Upright columns of counts over time, the parts on each other.
void chart_columns(struct strbuf *out, const struct chart_head *head,
                   const struct chart_part *parts, const struct chart_stack *columns, size_t n);

// A word-sized line without axes, from 0 to its largest value; the last point is marked.
void chart_spark(struct strbuf *out, struct str title, const double *values, size_t n, int width,
                 int height, enum tone tone);

// From 0 to a round number at or above `most`, in 2 to 5 steps of 1, 2 or 5 times a power of ten.
struct chart_axis chart_axis_from_zero(double most, bool percent);

// Rough width in user units of a text at `size`; wide characters count a full em.
double chart_text_width(struct str s, double size);

#endif
