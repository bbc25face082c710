// SPDX-License-Identifier: Apache-2.0
// Charts over time: a line with its band and marks, columns of counts.
#include <math.h>

#include "report/chart.h"
#include "report/chart_draw.h"
#include "report/markup.h"

#define MAX_TIPS 130 // above this many points a tip each would outweigh the chart

struct field {                             // the drawing area
    double left, right, top, bottom, step; // step: units a point
    double label_y;
};

static struct field lay_out(int width, double height, double right_room, size_t n) {
    struct field f = {.left = 34, .right = width - right_room, .top = 30, .bottom = height - 26};
    f.step = (f.right - f.left) / (double)MAX(n, (size_t)1);
    f.label_y = height - 8;
    return f;
}

static double point_x(const struct field *f, size_t i) {
    return f->left + f->step * ((double)i + 0.5);
}

static void draw_value_axis(struct strbuf *out, const struct field *f, struct chart_axis axis) {
    int steps = draw_steps(axis);
    for (int i = 0; i <= steps; i++) {
        char buf[32];
        double value = axis.min + axis.step * i;
        double y = draw_place(axis, value, f->bottom, f->top);
        draw_grid(out, f->left, y, f->right, y);
        draw_text(out, f->left - 8, y + 4, ANCHOR_END, CHART_NOTE, TONE_MUTED, false,
                  draw_axis_label(axis, value, buf, sizeof buf));
    }
    draw_line(out, f->left, f->bottom, f->right, f->bottom, TONE_INK, 1);
}

// First and last label always, between them as many at equal steps as fit.
static void draw_time_label(struct strbuf *out, const struct field *f, size_t i, struct str label,
                            double *free_from, double limit) {
    double half = chart_text_width(label, CHART_NOTE) / 2;
    double x = MIN(MAX(point_x(f, i), half), f->right - half + 8);
    if (x - half < *free_from || x + half > limit)
        return;
    draw_line(out, point_x(f, i), f->bottom, point_x(f, i), f->bottom + 4, TONE_INK, 1);
    draw_text(out, x, f->label_y, ANCHOR_MIDDLE, CHART_NOTE, TONE_MUTED, false, label);
    *free_from = x + half + 14;
}

struct labels {
    const void *base;
    size_t stride, offset;
};

static struct str label_at(struct labels l, size_t i) {
    struct str s;
    memcpy(&s, (const char *)l.base + i * l.stride + l.offset, sizeof s);
    return s;
}

static void draw_time_axis(struct strbuf *out, const struct field *f, struct labels labels,
                           size_t n) {
    if (n == 0)
        return;
    double widest = 0, free_from = 0;
    for (size_t i = 0; i < n; i++)
        widest = MAX(widest, chart_text_width(label_at(labels, i), CHART_NOTE) + 14);
    size_t every = (size_t)MAX(ceil(widest / MAX(f->step, 0.1)), 1);
    struct str last = label_at(labels, n - 1);
    double last_left = f->right - chart_text_width(last, CHART_NOTE);
    for (size_t i = 0; i + 1 < n; i += every)
        draw_time_label(out, f, i, label_at(labels, i), &free_from, last_left - 6);
    draw_time_label(out, f, n - 1, last, &free_from, 1e9);
}

static void draw_marks(struct strbuf *out, const struct field *f, const struct chart_mark *marks,
                       size_t n_marks, size_t n) {
    for (size_t i = 0; i < n_marks; i++) {
        const struct chart_mark *m = &marks[i];
        if (n == 0 || m->from >= n)
            continue;
        double x = point_x(f, m->from) - f->step / 2;
        double end = point_x(f, MIN(m->to, n - 1)) + f->step / 2;
        if (m->is_event) {
            end = x;
            draw_line(out, x, f->top - 8, x, f->bottom, TONE_INK, 1);
        } else {
            strbuf_addf(out,
                        "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" "
                        "class=\"shade\" fill=\"#0F766E\" fill-opacity=\"0.08\"/>",
                        x, f->top - 8, MAX(end - x, 1), f->bottom - f->top + 8);
        }
        double half = chart_text_width(m->label, CHART_NOTE) / 2;
        double centre = MIN(MAX((x + end) / 2, f->left + half), f->right - half);
        draw_text(out, centre, f->top - 14, ANCHOR_MIDDLE, CHART_NOTE, TONE_INK, false, m->label);
    }
}

// The band between low and high, one polygon for each run of points that have both.
static void draw_band(struct strbuf *out, const struct field *f, struct chart_axis axis,
                      const struct chart_point *points, size_t n) {
    for (size_t i = 0; i < n;) {
        size_t end = i;
        while (end < n && isfinite(points[end].low) && isfinite(points[end].high))
            end++;
        if (end - i >= 2) {
            strbuf_adds(out, "<path class=\"band\" fill=\"#0F766E\" fill-opacity=\"0.16\" d=\"");
            for (size_t k = i; k < end; k++)
                strbuf_addf(out, "%c%.1f %.1f", k == i ? 'M' : 'L', point_x(f, k),
                            draw_place(axis, points[k].high, f->bottom, f->top));
            for (size_t k = end; k-- > i;)
                strbuf_addf(out, "L%.1f %.1f", point_x(f, k),
                            draw_place(axis, points[k].low, f->bottom, f->top));
            strbuf_adds(out, "Z\"/>");
        }
        i = MAX(end, i + 1);
    }
}

static void draw_path(struct strbuf *out, const struct field *f, struct chart_axis axis,
                      const struct chart_point *points, size_t n) {
    bool pen_down = false;
    strbuf_addf(out,
                "<path fill=\"none\" class=\"%s s\" stroke=\"%s\" stroke-width=\"2\" "
                "stroke-linejoin=\"round\" d=\"",
                tone_class(TONE_ACCENT), tone_colour(TONE_ACCENT));
    for (size_t i = 0; i < n; i++) {
        if (isfinite(points[i].value))
            strbuf_addf(out, "%c%.1f %.1f", pen_down ? 'L' : 'M', point_x(f, i),
                        draw_place(axis, points[i].value, f->bottom, f->top));
        pen_down = isfinite(points[i].value);
    }
    strbuf_adds(out, "\"/>");
}

void chart_line(struct strbuf *out, const struct chart_head *head, const struct chart_point *points,
                size_t n, struct chart_axis axis, const struct chart_mark *marks, size_t n_marks) {
    double height = head->width >= CHART_WIDE ? 236 : 208;
    double room = 10;
    if (n > 0)
        room = MAX(room, chart_text_width(points[n - 1].value_text, CHART_TEXT) + 10);
    struct field f = lay_out(head->width, height, room, n);
    draw_open(out, head, height, false);
    draw_marks(out, &f, marks, n_marks, n);
    draw_value_axis(out, &f, axis);
    draw_time_axis(out, &f,
                   (struct labels){points, sizeof *points, offsetof(struct chart_point, label)}, n);
    draw_band(out, &f, axis, points, n);
    draw_path(out, &f, axis, points, n);
    for (size_t i = 0; i < n; i++) {
        const struct chart_point *point = &points[i];
        if (!isfinite(point->value))
            continue;
        double x = point_x(&f, i), y = draw_place(axis, point->value, f.bottom, f.top);
        if (n <= MAX_TIPS)
            draw_dot(out, x, y, n > 40 ? 2 : 3.5, TONE_ACCENT, point->muted, point->tip);
        if (point->value_text.len && i + 1 == n)
            draw_text(out, x + 8, y + 4.5, ANCHOR_START, CHART_TEXT, TONE_INK, true,
                      point->value_text);
        else if (point->value_text.len)
            draw_text(out, x, y - 10, ANCHOR_MIDDLE, CHART_TEXT, TONE_INK, true, point->value_text);
    }
    draw_close(out);
}

static double stack_total(const struct chart_stack *s) {
    double total = 0;
    for (int k = 0; k < CHART_MAX_PARTS; k++)
        total += isfinite(s->parts[k]) && s->parts[k] > 0 ? s->parts[k] : 0;
    return total;
}

// Names right of the last column, where its parts are, at least a line apart.
static void draw_names(struct strbuf *out, const struct field *f, struct chart_axis axis,
                       const struct chart_part *parts, const struct chart_stack *last) {
    double sum = 0, free_below = f->bottom + 4;
    for (int k = 0; k < CHART_MAX_PARTS; k++) {
        double part = isfinite(last->parts[k]) && last->parts[k] > 0 ? last->parts[k] : 0;
        double y = draw_place(axis, sum + part / 2, f->bottom, f->top) + 4;
        y = MIN(y, free_below);
        draw_text(out, f->right + 6, y, ANCHOR_START, CHART_NOTE, parts[k].tone, true,
                  parts[k].name);
        free_below = y - 15;
        sum += part;
    }
}

static double part_of(const struct chart_stack *column, int k) {
    return isfinite(column->parts[k]) && column->parts[k] > 0 ? column->parts[k] : 0;
}

static double gap_of(const struct field *f) {
    return f->step > 6 ? MIN(f->step * 0.24, 14) : f->step > 2 ? 1 : 0;
}

static void draw_column(struct strbuf *out, const struct field *f, struct chart_axis axis,
                        const struct chart_part *parts, const struct chart_stack *column,
                        size_t i) {
    double gap = gap_of(f), x = f->left + f->step * (double)i + gap / 2, sum = 0;
    strbuf_adds(out, "<g><title>");
    markup_text(out, column->tip);
    strbuf_adds(out, "</title>");
    for (int k = 0; k < CHART_MAX_PARTS; k++) {
        double low = draw_place(axis, sum, f->bottom, f->top);
        sum += part_of(column, k);
        double high = draw_place(axis, sum, f->bottom, f->top);
        if (part_of(column, k) > 0)
            draw_rect(out, x, high, f->step - gap, low - high,
                      column->muted ? TONE_MUTED : parts[k].tone, (struct str){0});
    }
    strbuf_adds(out, "</g>");
}

// Very many columns: one path a part, a tenth of the size; nobody can point at one of them anyway.
static void draw_many(struct strbuf *out, const struct field *f, struct chart_axis axis,
                      const struct chart_part *parts, const struct chart_stack *columns, size_t n) {
    double width = f->step - gap_of(f);
    for (int k = 0; k < CHART_MAX_PARTS; k++) {
        strbuf_addf(out, "<path class=\"%s\" fill=\"%s\" d=\"", tone_class(parts[k].tone),
                    tone_colour(parts[k].tone));
        for (size_t i = 0; i < n; i++) {
            double sum = 0;
            for (int below = 0; below < k; below++)
                sum += part_of(&columns[i], below);
            double low = draw_place(axis, sum, f->bottom, f->top);
            double high = draw_place(axis, sum + part_of(&columns[i], k), f->bottom, f->top);
            if (low - high >= 0.05)
                strbuf_addf(out, "M%.1f %.1fh%.1fv%.1fh-%.1fz", f->left + f->step * (double)i, low,
                            width, high - low, width);
        }
        strbuf_adds(out, "\"/>");
    }
}

void chart_columns(struct strbuf *out, const struct chart_head *head,
                   const struct chart_part *parts, const struct chart_stack *columns, size_t n) {
    double most = 0, room = 10;
    for (size_t i = 0; i < n; i++)
        most = MAX(most, stack_total(&columns[i]));
    for (int k = 0; k < CHART_MAX_PARTS; k++)
        room = MAX(room, chart_text_width(parts[k].name, CHART_NOTE) + 14);
    struct chart_axis axis = chart_axis_from_zero(most, false);
    double height = head->width >= CHART_WIDE ? 200 : 180;
    struct field f = lay_out(head->width, height, room, n);
    f.top = 12;
    draw_open(out, head, height, false);
    draw_value_axis(out, &f, axis);
    draw_time_axis(
        out, &f, (struct labels){columns, sizeof *columns, offsetof(struct chart_stack, label)}, n);
    if (n > MAX_TIPS)
        draw_many(out, &f, axis, parts, columns, n);
    else
        for (size_t i = 0; i < n; i++)
            draw_column(out, &f, axis, parts, &columns[i], i);
    if (n > 0)
        draw_names(out, &f, axis, parts, &columns[n - 1]);
    draw_close(out);
}
