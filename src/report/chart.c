// SPDX-License-Identifier: Apache-2.0
#include "report/chart.h"

#include <math.h>

#include "base/utf8.h"
#include "report/chart_draw.h"
#include "report/markup.h"

static const struct {
    const char *colour, *class;
} tones[] = {
    [TONE_NEG] = {"#C2410C", "t-neg"}, [TONE_NEU] = {"#6B7280", "t-neu"},
    [TONE_POS] = {"#0F766E", "t-pos"}, [TONE_ACCENT] = {"#0F766E", "t-accent"},
    [TONE_INK] = {"#1C1F23", "t-ink"}, [TONE_MUTED] = {"#6B7280", "t-muted"},
};

const char *tone_colour(enum tone tone) {
    return tones[tone].colour;
}

const char *tone_class(enum tone tone) {
    return tones[tone].class;
}

double chart_text_width(struct str s, double size) {
    double width = 0;
    for (size_t pos = 0; pos < s.len;) {
        int columns = utf8_char_width(utf8_next(s, &pos));
        width += columns == 2 ? 1 : columns * 0.56;
    }
    return width * size;
}

struct str draw_fit(struct str text, double width, int size, char *buf, size_t cap) {
    if (chart_text_width(text, size) <= width)
        return text;
    double used = size; // the ellipsis
    size_t pos = 0, keep = 0;
    while (pos < text.len) {
        size_t from = pos;
        utf8_next(text, &pos);
        used += chart_text_width(str_slice(text, from, pos), size);
        if (used > width || pos + 4 > cap)
            break;
        keep = pos;
    }
    int n = snprintf(buf, cap, "%.*s…", (int)keep, text.ptr);
    return str_make(buf, n > 0 ? (size_t)n : 0);
}

void draw_open(struct strbuf *out, const struct chart_head *head, double height,
               bool is_interactive) {
    // A picture's children are hidden from screen readers; with links inside it has to be a group.
    strbuf_addf(out,
                "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"chart\" role=\"%s\" "
                "viewBox=\"0 0 %d %.0f\" width=\"%d\" height=\"%.0f\" font-family=\"-apple-system,"
                "&quot;PingFang SC&quot;,&quot;Microsoft YaHei&quot;,&quot;Noto Sans CJK SC&quot;,"
                "sans-serif\" aria-labelledby=\"%.*s-t %.*s-d\"><title id=\"%.*s-t\">",
                is_interactive ? "group" : "img", head->width, height, head->width, height,
                STR_ARG(head->id), STR_ARG(head->id), STR_ARG(head->id));
    markup_text(out, head->title);
    strbuf_addf(out, "</title><desc id=\"%.*s-d\">", STR_ARG(head->id));
    markup_text(out, head->desc);
    strbuf_adds(out, "</desc>");
}

void draw_close(struct strbuf *out) {
    strbuf_adds(out, "</svg>");
}

void draw_link_open(struct strbuf *out, struct str href, double x, double y, double w, double h) {
    if (!href.len)
        return;
    strbuf_adds(out, "<a href=\"");
    markup_text(out, href);
    strbuf_addf(out,
                "\"><rect class=\"hit\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" "
                "fill=\"none\" pointer-events=\"all\"/>",
                x, y, w, h);
}

void draw_link_close(struct strbuf *out, struct str href) {
    if (href.len)
        strbuf_adds(out, "</a>");
}

void draw_text(struct strbuf *out, double x, double y, enum anchor anchor, int size, enum tone tone,
               bool is_bold, struct str text) {
    static const char *const anchors[] = {"", " text-anchor=\"middle\"", " text-anchor=\"end\""};
    if (!text.len)
        return;
    strbuf_addf(out, "<text x=\"%.1f\" y=\"%.1f\" font-size=\"%d\" class=\"%s\" fill=\"%s\"%s%s>",
                x, y, size, tone_class(tone), tone_colour(tone), anchors[anchor],
                is_bold ? " font-weight=\"600\"" : "");
    markup_text(out, text);
    strbuf_adds(out, "</text>");
}

void draw_line(struct strbuf *out, double x1, double y1, double x2, double y2, enum tone tone,
               double width) {
    strbuf_addf(out,
                "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" class=\"%s s\" "
                "stroke=\"%s\" stroke-width=\"%.1f\"/>",
                x1, y1, x2, y2, tone_class(tone), tone_colour(tone), width);
}

void draw_grid(struct strbuf *out, double x1, double y1, double x2, double y2) {
    strbuf_addf(out,
                "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" class=\"grid\" "
                "stroke=\"#E3E5E8\"/>",
                x1, y1, x2, y2);
}

static void close_with_tip(struct strbuf *out, const char *element, struct str tip) {
    if (!tip.len) {
        strbuf_adds(out, "/>");
        return;
    }
    strbuf_adds(out, "><title>");
    markup_text(out, tip);
    strbuf_addf(out, "</title></%s>", element);
}

void draw_rect(struct strbuf *out, double x, double y, double w, double h, enum tone tone,
               struct str tip) {
    strbuf_addf(out,
                "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" class=\"%s\" "
                "fill=\"%s\"",
                x, y, MAX(w, 0), MAX(h, 0), tone_class(tone), tone_colour(tone));
    close_with_tip(out, "rect", tip);
}

void draw_dot(struct strbuf *out, double x, double y, double r, enum tone tone, bool is_hollow,
              struct str tip) {
    strbuf_addf(out, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"%.1f\"", x, y, r);
    if (is_hollow)
        strbuf_addf(out, " class=\"%s hollow\" fill=\"#fff\" stroke=\"%s\" stroke-width=\"1.5\"",
                    tone_class(tone), tone_colour(tone));
    else
        strbuf_addf(out, " class=\"%s\" fill=\"%s\"", tone_class(tone), tone_colour(tone));
    close_with_tip(out, "circle", tip);
}

double draw_place(struct chart_axis axis, double value, double from, double to) {
    double span = axis.max - axis.min;
    if (!isfinite(value) || !(span > 0))
        return from;
    double share = (value - axis.min) / span;
    return from + (to - from) * MIN(MAX(share, 0), 1);
}

int draw_steps(struct chart_axis axis) {
    double steps = (axis.max - axis.min) / axis.step;
    if (!(steps >= 1))
        return 1;
    return (int)MIN(steps + 1e-6, 12);
}

struct str draw_axis_label(struct chart_axis axis, double value, char *buf, size_t cap) {
    int n = axis.percent ? snprintf(buf, cap, "%g\u00a0%%", round(value * 1000) / 10)
                         : snprintf(buf, cap, "%g", value);
    return str_make(buf, n > 0 ? MIN((size_t)n, cap - 1) : 0);
}

struct chart_axis chart_axis_from_zero(double most, bool percent) {
    double least = percent ? 0.02 : 2; // below that, steps would be smaller than what is counted
    most = isfinite(most) ? MIN(MAX(most, least), 1e15) : least;
    double step = pow(10, floor(log10(most / 2)));
    static const double times[] = {1, 2, 5, 10};
    size_t k = 0;
    while (k + 1 < ARRAY_LEN(times) && most / (step * times[k]) > 5 + 1e-9)
        k++;
    step *= times[k];
    double steps = ceil(most / step - 1e-9);
    return (struct chart_axis){.min = 0, .max = steps * step, .step = step, .percent = percent};
}

void chart_spark(struct strbuf *out, struct str title, const double *values, size_t n, int width,
                 int height, enum tone tone) {
    double top = 0;
    for (size_t i = 0; i < n; i++)
        if (isfinite(values[i]))
            top = MAX(top, values[i]);
    struct chart_axis axis = {.min = 0, .max = top > 0 ? top : 1, .step = 1};
    strbuf_addf(out,
                "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"spark\" role=\"img\" "
                "viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\"><title>",
                width, height, width, height);
    markup_text(out, title);
    strbuf_adds(out, "</title>");
    draw_grid(out, 0, height - 1, width, height - 1);
    strbuf_addf(out, "<path fill=\"none\" class=\"%s s\" stroke=\"%s\" stroke-width=\"1.5\" d=\"",
                tone_class(tone), tone_colour(tone));
    bool pen_down = false;
    double last_x = NAN, last_y = NAN;
    for (size_t i = 0; i < n; i++) {
        if (!isfinite(values[i])) {
            pen_down = false;
            continue;
        }
        last_x = n > 1 ? 3 + (width - 6.0) * (double)i / (double)(n - 1) : width / 2.0;
        last_y = draw_place(axis, values[i], height - 2, 4);
        strbuf_addf(out, "%c%.1f %.1f", pen_down ? 'L' : 'M', last_x, last_y);
        pen_down = true;
    }
    strbuf_adds(out, "\"/>");
    if (isfinite(last_x))
        draw_dot(out, last_x, last_y, 2.5, tone, false, (struct str){0});
    draw_close(out);
}
