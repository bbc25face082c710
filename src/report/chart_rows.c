// SPDX-License-Identifier: Apache-2.0
// Horizontal charts: bars, dots with intervals, shares.
#include <math.h>

#include "report/chart.h"
#include "report/chart_draw.h"

#define ROW_WIDE    30
#define ROW_NARROW  44
#define MARK_NARROW 31 // y of the mark in a narrow row
#define AXIS_ROOM   22 // above the rows

struct plot { // where things stand
    bool wide;
    double width, row;
    double label_width; // of the label column, wide only
    double left, right; // ends of the axis
    double top, bottom;
};

static struct plot lay_out(int width, const struct chart_row *rows, size_t n) {
    struct plot p = {.wide = width >= CHART_WIDE, .width = width, .top = AXIS_ROOM};
    double label = 0, value = 0;
    for (size_t i = 0; i < n; i++) {
        double note = rows[i].note.len ? chart_text_width(rows[i].note, CHART_NOTE) + 8 : 0;
        label = MAX(label, chart_text_width(rows[i].label, CHART_TEXT) + note);
        value = MAX(value, chart_text_width(rows[i].value_text, CHART_TEXT));
    }
    p.row = p.wide ? ROW_WIDE : ROW_NARROW;
    p.label_width = p.wide ? MIN(label + 16, width * 0.38) : 0;
    p.left = p.wide ? p.label_width : 6;
    p.right = width - (p.wide ? MIN(value + 14, width * 0.3) : 8);
    p.bottom = p.top + p.row * (double)n;
    return p;
}

static void draw_axis(struct strbuf *out, const struct plot *p, struct chart_axis axis) {
    int steps = draw_steps(axis);
    for (int i = 0; i <= steps; i++) {
        char buf[32];
        double value = axis.min + axis.step * i;
        double x = draw_place(axis, value, p->left, p->right);
        if (p->wide)
            draw_grid(out, x, p->top - 4, x, p->bottom);
        else // labels stand above the marks: the line keeps clear of them
            for (double y = p->top; y < p->bottom - 1; y += p->row)
                draw_grid(out, x, y + MARK_NARROW - 8, x, y + MARK_NARROW + 8);
        enum anchor anchor = i == 0 ? ANCHOR_START : i == steps ? ANCHOR_END : ANCHOR_MIDDLE;
        draw_text(out, x, p->top - 9, anchor, CHART_NOTE, TONE_MUTED, false,
                  draw_axis_label(axis, value, buf, sizeof buf));
    }
}

// Label, note and value of one row; returns the y of its mark.
static double draw_row_text(struct strbuf *out, const struct plot *p, const struct chart_row *row,
                            double y, double value_x) {
    char buf[256];
    double note = row->note.len ? chart_text_width(row->note, CHART_NOTE) + 8 : 0;
    double value = chart_text_width(row->value_text, CHART_TEXT);
    double room = (p->wide ? p->label_width - 12 : p->width - value - 20) - note;
    double base = p->wide ? y + p->row / 2 + 4.5 : y + 17;
    enum tone ink = row->muted ? TONE_MUTED : TONE_INK;
    struct str label = draw_fit(row->label, MAX(room, 40), CHART_TEXT, buf, sizeof buf);
    double x = p->wide ? 0 : 2;
    draw_text(out, x, base, ANCHOR_START, CHART_TEXT, ink, false, label);
    draw_text(out, x + chart_text_width(label, CHART_TEXT) + 8, base, ANCHOR_START, CHART_NOTE,
              TONE_MUTED, false, row->note);
    if (p->wide)
        draw_text(out, value_x, base, ANCHOR_START, CHART_TEXT, ink, !row->muted, row->value_text);
    else
        draw_text(out, p->width - 4, base, ANCHOR_END, CHART_TEXT, ink, !row->muted,
                  row->value_text);
    return p->wide ? y + p->row / 2 : y + MARK_NARROW;
}

static bool any_link(const struct chart_row *rows, size_t n) {
    for (size_t i = 0; i < n; i++)
        if (rows[i].href.len)
            return true;
    return false;
}

static void draw_whisker(struct strbuf *out, double x1, double x2, double y, enum tone tone) {
    draw_line(out, x1, y, x2, y, tone, 1.5);
    draw_line(out, x1, y - 4, x1, y + 4, tone, 1.5);
    draw_line(out, x2, y - 4, x2, y + 4, tone, 1.5);
}

void chart_bars(struct strbuf *out, const struct chart_head *head, const struct chart_row *rows,
                size_t n, struct chart_axis axis) {
    struct plot p = lay_out(head->width, rows, n);
    draw_open(out, head, p.bottom + 6, any_link(rows, n));
    draw_axis(out, &p, axis);
    for (size_t i = 0; i < n; i++) {
        const struct chart_row *row = &rows[i];
        double y = p.top + p.row * (double)i;
        double end = draw_place(axis, row->value, p.left, p.right);
        bool has_interval = isfinite(row->low) && isfinite(row->high) && !row->muted;
        double low = draw_place(axis, row->low, p.left, p.right);
        double high = draw_place(axis, row->high, p.left, p.right);
        double other =
            isfinite(row->other) ? draw_place(axis, row->other, p.left, p.right) : p.left;
        draw_link_open(out, row->href, 0, y, p.width, p.row);
        double text_x = MAX(MAX(end, has_interval ? high : end), other) + 8;
        double mid = draw_row_text(out, &p, row, y, text_x);
        if (isfinite(row->value))
            draw_rect(out, p.left, mid - 6, end - p.left, 12, row->muted ? TONE_MUTED : row->tone,
                      (struct str){0});
        if (has_interval)
            draw_whisker(out, low, high, mid, TONE_INK);
        if (isfinite(row->other))
            draw_dot(out, other, mid, 4, TONE_INK, true, (struct str){0});
        draw_link_close(out, row->href);
    }
    if (p.wide)
        draw_line(out, p.left, p.top - 4, p.left, p.bottom, TONE_INK, 1);
    draw_close(out);
}

static void draw_reference(struct strbuf *out, const struct plot *p, struct chart_axis axis,
                           const struct chart_reference *reference) {
    if (!reference || !isfinite(reference->value))
        return;
    double x = draw_place(axis, reference->value, p->left, p->right);
    double step = p->wide ? p->bottom - p->top : p->row;
    double from = p->wide ? -4 : MARK_NARROW - 10, to = p->wide ? step + 4 : MARK_NARROW + 10;
    for (double y = p->top; y < p->bottom - 1; y += step)
        strbuf_addf(out,
                    "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" class=\"t-ink s\" "
                    "stroke=\"#1C1F23\" stroke-dasharray=\"2 3\"/>",
                    x, y + from, x, y + to);
    double half = chart_text_width(reference->label, CHART_NOTE) / 2;
    double at = MIN(MAX(x, half + 2), p->width - half - 2);
    draw_text(out, at, p->bottom + 17, ANCHOR_MIDDLE, CHART_NOTE, TONE_INK, false,
              reference->label);
}

void chart_dots(struct strbuf *out, const struct chart_head *head, const struct chart_row *rows,
                size_t n, struct chart_axis axis, const struct chart_reference *reference) {
    struct plot p = lay_out(head->width, rows, n);
    draw_open(out, head, p.bottom + (reference ? 24 : 6), any_link(rows, n));
    draw_axis(out, &p, axis);
    draw_reference(out, &p, axis, reference);
    for (size_t i = 0; i < n; i++) {
        const struct chart_row *row = &rows[i];
        double y = p.top + p.row * (double)i;
        enum tone tone = row->muted ? TONE_MUTED : row->tone;
        draw_link_open(out, row->href, 0, y, p.width, p.row);
        double mid = draw_row_text(out, &p, row, y, p.right + 12);
        double x = draw_place(axis, row->value, p.left, p.right);
        if (isfinite(row->other)) {
            double other = draw_place(axis, row->other, p.left, p.right);
            draw_line(out, other, mid, x, mid, TONE_MUTED, 1);
            draw_dot(out, other, mid, 4, TONE_MUTED, true, (struct str){0});
        }
        if (isfinite(row->low) && isfinite(row->high) && !row->muted)
            draw_line(out, draw_place(axis, row->low, p.left, p.right), mid,
                      draw_place(axis, row->high, p.left, p.right), mid, tone, 3);
        if (isfinite(row->value))
            draw_dot(out, x, mid, row->muted ? 4 : 5, tone, row->muted, (struct str){0});
        draw_link_close(out, row->href);
    }
    draw_close(out);
}

// Names of the parts over the first row, where each is; pushed apart so that none covers another.
static void draw_part_names(struct strbuf *out, const struct plot *p,
                            const struct chart_part *parts, const double *shares) {
    double x = p->left, free_from = p->left;
    double widths[CHART_MAX_PARTS], total = 0;
    for (int k = 0; k < CHART_MAX_PARTS; k++)
        total += widths[k] = chart_text_width(parts[k].name, CHART_NOTE) + 10;
    for (int k = 0; k < CHART_MAX_PARTS; k++) {
        double at = MIN(MAX(x, free_from), MAX(p->right - total, free_from));
        draw_text(out, at, p->top - 8, ANCHOR_START, CHART_NOTE, parts[k].tone, true,
                  parts[k].name);
        free_from = at + widths[k];
        total -= widths[k];
        x += (p->right - p->left) * (isfinite(shares[k]) ? MIN(MAX(shares[k], 0), 1) : 0);
    }
}

static void draw_share_row(struct strbuf *out, const struct plot *p, const struct chart_part *parts,
                           const struct chart_stack *row, double mid) {
    double x = p->left, height = p->wide ? 18 : 14;
    for (int k = 0; k < CHART_MAX_PARTS; k++) {
        double share = isfinite(row->parts[k]) ? MIN(MAX(row->parts[k], 0), 1) : 0;
        double width = MIN((p->right - p->left) * share, p->right - x);
        if (width <= 0)
            continue;
        draw_rect(out, x, mid - height / 2, MAX(width - 1, 0.5), height,
                  row->muted ? TONE_MUTED : parts[k].tone, (struct str){0});
        char buf[32];
        struct str text = draw_axis_label((struct chart_axis){.percent = true},
                                          round(share * 100) / 100, buf, sizeof buf);
        if (p->wide && width > chart_text_width(text, CHART_NOTE) + 8) {
            strbuf_addf(out,
                        "<text x=\"%.1f\" y=\"%.1f\" font-size=\"%d\" class=\"on\" fill=\"#fff\">",
                        x + 5, mid + 4.5, CHART_NOTE);
            strbuf_add(out, text);
            strbuf_adds(out, "</text>");
        }
        x += width;
    }
}

void chart_shares(struct strbuf *out, const struct chart_head *head, const struct chart_part *parts,
                  const struct chart_stack *rows, size_t n) {
    double label = 0;
    bool has_links = false;
    for (size_t i = 0; i < n; i++) {
        double note = rows[i].note.len ? chart_text_width(rows[i].note, CHART_NOTE) + 8 : 0;
        label = MAX(label, chart_text_width(rows[i].label, CHART_TEXT) + note);
        has_links = has_links || rows[i].href.len;
    }
    struct plot p = {.wide = head->width >= CHART_WIDE, .width = head->width, .top = AXIS_ROOM};
    p.row = p.wide ? ROW_WIDE : ROW_NARROW;
    p.label_width = p.wide ? MIN(label + 16, head->width * 0.38) : 0;
    p.left = p.wide ? p.label_width : 2;
    p.right = head->width - 2;
    p.bottom = p.top + p.row * (double)n;
    draw_open(out, head, p.bottom + 4, has_links);
    if (n > 0)
        draw_part_names(out, &p, parts, rows[0].parts);
    for (size_t i = 0; i < n; i++) {
        double y = p.top + p.row * (double)i;
        struct chart_row text = {
            .label = rows[i].label, .note = rows[i].note, .muted = rows[i].muted};
        draw_link_open(out, rows[i].href, 0, y, p.width, p.row);
        draw_share_row(out, &p, parts, &rows[i], draw_row_text(out, &p, &text, y, p.right));
        draw_link_close(out, rows[i].href);
    }
    draw_close(out);
}
