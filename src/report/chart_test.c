// SPDX-License-Identifier: Apache-2.0
#include "report/chart.h"

#include <float.h>
#include <math.h>

#include "tests/support/test.h"

static const struct chart_head head = {
    .id = STR_INIT("t"), .title = STR_INIT("西藏 <最低>"), .desc = STR_INIT("a & b"), .width = 640};
static const struct chart_axis scores = {.min = 1, .max = 5, .step = 1};

static size_t count(struct str text, const char *what) {
    size_t n = 0, at;
    struct str needle = str_from(what);
    while ((at = str_find(text, needle)) != STR_NONE) {
        text = str_slice(text, at + needle.len, text.len);
        n++;
    }
    return n;
}

static void assert_sound(struct str svg) {
    assert_true(str_starts(svg, STR("<svg xmlns=")));
    assert_true(str_ends(svg, STR("</svg>")));
    static const char *const broken[] = {"nan", "inf"};
    for (size_t i = 0; i < ARRAY_LEN(broken); i++) {
        size_t at = str_find(svg, str_from(broken[i]));
        if (at != STR_NONE)
            fail_msg("%s: %.*s", broken[i],
                     STR_ARG(str_slice(svg, at < 60 ? 0 : at - 60, at + 20)));
    }
    assert_int_equal(count(svg, "<g>"), count(svg, "</g>"));
    assert_int_equal(count(svg, "<a "), count(svg, "</a>"));
    assert_int_equal(count(svg, "<text"), count(svg, "</text>"));
}

TEST(chart_dots_stand_where_the_axis_puts_them) {
    const struct chart_row rows[] = {
        {.label = STR("a"),
         .value_text = STR("3.0"),
         .value = 3,
         .low = 2,
         .high = 4,
         .other = NAN},
        {.label = STR("b"), .value = 9, .low = NAN, .high = NAN, .other = NAN},
        {.label = STR("c"), .value = 1, .low = 0, .high = 2, .other = NAN, .muted = true},
    };
    CLEANUP(strbuf_done) struct strbuf sb = strbuf_init(MIB);
    chart_dots(&sb, &head, rows, 3, scores, &(struct chart_reference){4, STR("总体")});
    struct str svg = strbuf_str(&sb);
    assert_sound(svg);
    // labels 7.3 + 16 wide, values 21.8 + 14: the axis runs from 23.3 to 604.2, its middle is 3
    assert_true(str_has(svg, STR("<circle cx=\"313.7\"")));
    assert_true(str_has(
        svg, STR("<title id=\"t-t\">西藏 &lt;最低&gt;</title><desc id=\"t-d\">a &amp; b</desc>")));
    assert_int_equal(count(svg, "stroke-width=\"3.0\""), 1); // one interval: b has none, c is muted
    assert_int_equal(count(svg, "hollow"), 1);
    assert_true(str_has(svg, STR(">总体</text>")));
    assert_true(str_has(svg, STR("role=\"img\"")));
}

TEST(chart_bars_lead_to_what_is_behind_them) {
    const struct chart_row rows[] = {{.label = STR("物流慢"),
                                      .href = STR("#i1"),
                                      .value_text = STR("8 %"),
                                      .value = 0.08,
                                      .low = 0.06,
                                      .high = 0.09,
                                      .other = NAN,
                                      .tone = TONE_NEG}};
    CLEANUP(strbuf_done) struct strbuf sb = strbuf_init(MIB);
    chart_bars(&sb, &head, rows, 1, chart_axis_from_zero(0.09, true));
    struct str svg = strbuf_str(&sb);
    assert_sound(svg);
    assert_true(str_has(svg, STR("role=\"group\"")));
    assert_true(str_has(svg, STR("<a href=\"#i1\">")));
    assert_true(str_has(svg, STR("class=\"t-neg\" fill=\"#C2410C\"")));
    assert_true(str_has(svg, STR(">0\u00a0%</text>")));
    assert_true(str_has(svg, STR(">10\u00a0%</text>")));
}

TEST(chart_axis_from_zero_ends_on_a_round_number) {
    static const struct {
        double most;
        bool percent;
        double max, step;
    } cases[] = {
        {388, false, 400, 100},   {5, false, 5, 1},        {0, false, 2, 1},   {11, false, 15, 5},
        {1284, false, 1500, 500}, {0.09, true, 0.1, 0.02}, {NAN, false, 2, 1}, {1, true, 1, 0.2},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct chart_axis axis = chart_axis_from_zero(cases[i].most, cases[i].percent);
        assert_true(fabs(axis.max - cases[i].max) < 1e-9);
        assert_true(fabs(axis.step - cases[i].step) < 1e-9);
        assert_true(axis.min == 0);
    }
}

TEST(chart_line_breaks_where_nothing_is_known) {
    struct chart_point points[5] = {0};
    const double values[] = {4, 4.2, NAN, 4.1, 4.3};
    for (size_t i = 0; i < 5; i++)
        points[i] = (struct chart_point){.label = STR("11月3日"),
                                         .value = values[i],
                                         .low = values[i] - 0.1,
                                         .high = values[i] + 0.1};
    points[4].value_text = STR("4.3");
    const struct chart_mark marks[] = {{.from = 3, .to = 4, .label = STR("本期")},
                                       {.from = 1, .is_event = true, .label = STR("促销")},
                                       {.from = 77, .to = 99, .label = STR("不在")}};
    CLEANUP(strbuf_done) struct strbuf sb = strbuf_init(MIB);
    chart_line(&sb, &head, points, 5, scores, marks, 3);
    struct str svg = strbuf_str(&sb);
    assert_sound(svg);
    assert_int_equal(count(svg, "class=\"band\""), 2); // two runs
    assert_int_equal(count(svg, "<circle"), 4);
    assert_true(str_has(svg, STR(">本期</text>")));
    assert_true(str_has(svg, STR(">促销</text>")));
    assert_false(str_has(svg, STR("不在")));
}

TEST(chart_forms_survive_any_number_and_none) {
    static const double odd[] = {NAN, INFINITY, -INFINITY, DBL_MAX, -DBL_MAX, 0, 1e-300, -1};
    static const struct chart_part parts[CHART_MAX_PARTS] = {
        {STR_INIT("负面"), TONE_NEG}, {STR_INIT("中性"), TONE_NEU}, {STR_INIT("正面"), TONE_POS}};
    struct chart_row rows[ARRAY_LEN(odd)];
    struct chart_point points[ARRAY_LEN(odd)];
    struct chart_stack stacks[ARRAY_LEN(odd)];
    for (size_t i = 0; i < ARRAY_LEN(odd); i++) {
        rows[i] = (struct chart_row){.label = STR("<x>"),
                                     .value = odd[i],
                                     .low = odd[i],
                                     .high = odd[7 - i],
                                     .other = odd[i]};
        points[i] = (struct chart_point){.label = STR("<x>"),
                                         .tip = STR("<t>"),
                                         .value = odd[i],
                                         .low = odd[7 - i],
                                         .high = odd[i]};
        stacks[i] = (struct chart_stack){.label = STR("<x>"),
                                         .tip = STR("<t>"),
                                         .parts = {odd[i], odd[7 - i], odd[(i + 3) % 8]}};
    }
    static const int widths[] = {640, 328};
    for (size_t w = 0; w < ARRAY_LEN(widths); w++)
        for (size_t n = 0; n <= ARRAY_LEN(odd); n += ARRAY_LEN(odd)) {
            struct chart_head h = head;
            h.width = widths[w];
            for (int form = 0; form < 6; form++) {
                CLEANUP(strbuf_done) struct strbuf sb = strbuf_init(MIB);
                switch (form) {
                case 0:
                    chart_bars(&sb, &h, rows, n, chart_axis_from_zero(INFINITY, true));
                    break;
                case 1:
                    chart_dots(&sb, &h, rows, n, scores, NULL);
                    break;
                case 2:
                    chart_line(&sb, &h, points, n, scores, NULL, 0);
                    break;
                case 3:
                    chart_shares(&sb, &h, parts, stacks, n);
                    break;
                case 4:
                    chart_columns(&sb, &h, parts, stacks, n);
                    break;
                default:
                    chart_spark(&sb, STR("<x>"), odd, n, 100, 20, TONE_NEG);
                }
                assert_sound(strbuf_str(&sb));
                assert_false(str_has(strbuf_str(&sb), STR("<x>")));
                assert_false(str_has(strbuf_str(&sb), STR("<t>")));
            }
        }
}

TEST(chart_columns_of_two_years_stay_small) {
    static const struct chart_part parts[CHART_MAX_PARTS] = {
        {STR_INIT("负面"), TONE_NEG}, {STR_INIT("中性"), TONE_NEU}, {STR_INIT("正面"), TONE_POS}};
    static struct chart_stack days[730];
    for (size_t i = 0; i < 730; i++)
        days[i] = (struct chart_stack){.label = STR("11月3日"),
                                       .tip = STR("tip"),
                                       .parts = {(double)(i % 7), 3, (double)(i % 90)}};
    CLEANUP(strbuf_done) struct strbuf sb = strbuf_init(MIB);
    chart_columns(&sb, &head, parts, days, 730);
    assert_sound(strbuf_str(&sb));
    assert_true(sb.len < 80 * KIB);
}
