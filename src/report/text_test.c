// SPDX-License-Identifier: Apache-2.0
#include "base/utf8.h"
#include "report/render.h"
#include "tests/support/report_fixture.h"
#include "tests/support/test.h"

TEST(text_keeps_to_80_columns_and_is_plain_without_colour) {
    for (int which = 0; which < N_REPORT_FIXTURES; which++)
        for (int lang = LANG_ZH; lang <= LANG_EN; lang++) {
            CLEANUP(arena_done) struct arena a = {0};
            CLEANUP(strbuf_done) struct strbuf sb = strbuf_init(MIB);
            report_text(report_fixture((enum report_fixture)which, (enum lang)lang, &a), false,
                        &sb);
            assert_true(utf8_is_valid(strbuf_str(&sb)));
            assert_false(str_has(strbuf_str(&sb), STR("\033")));
            struct str rest = strbuf_str(&sb), line;
            size_t lines = 0;
            while (str_cut(&rest, '\n', &line)) {
                if (utf8_width(line) > 80)
                    fail_msg("%s: %zu columns: %.*s", report_fixture_names[which], utf8_width(line),
                             STR_ARG(line));
                if (str_ends(line, STR(" ")))
                    fail_msg("%s: space at the end: %.*s|", report_fixture_names[which],
                             STR_ARG(line));
                lines++;
            }
            assert_true(lines > 3 && lines < 200);
        }
}

TEST(text_says_the_first_screen) {
    static const char *const lines[] = {
        "\n① 今天：紧急 3，待回复 9，差评未回复 38\n",
        "\n  ! 紧急 异物｜受伤：划破嘴｜天猫｜…4521｜第 1,863 行｜未回复 31 小时｜质检部\n",
        "\n  满意度                    4.2±0.06        4.5±0.06        −0.31 显著\n",
        "\n  NPS                       31±6            44±6            −13 显著\n",
        "    「等了八天才到，水果都软了，问客服只会说“亲再等等”。」（第 1,532 行）\n",
        "    → 建议：加配西部仓储，偏远地区改发空运｜仓储部（未经本店验证）\n",
        "  省份 西藏                           2.9±0.31      −1.33       n = 67\n",
    };
    CLEANUP(arena_done) struct arena a = {0};
    CLEANUP(strbuf_done) struct strbuf sb = strbuf_init(MIB);
    report_text(report_fixture(FIXTURE_WEEK, LANG_ZH, &a), false, &sb);
    for (size_t i = 0; i < ARRAY_LEN(lines); i++)
        if (!str_has(strbuf_str(&sb), str_from(lines[i])))
            fail_msg("missing: %s", lines[i]);
}

TEST(text_colours_only_when_told_and_always_ends_them) {
    CLEANUP(arena_done) struct arena a = {0};
    CLEANUP(strbuf_done) struct strbuf sb = strbuf_init(MIB);
    report_text(report_fixture(FIXTURE_RUBBISH, LANG_EN, &a), true, &sb);
    struct str rest = strbuf_str(&sb), line;
    assert_true(str_has(rest, STR("\033[1m")));
    while (str_cut(&rest, '\n', &line)) {
        size_t last = STR_NONE, at = 0;
        for (size_t i = 0; i < line.len; i++)
            if (line.ptr[i] == '\033')
                last = i;
        at = last == STR_NONE ? 0 : last;
        if (last != STR_NONE)
            assert_true(str_starts(str_slice(line, at, line.len), STR("\033[0m")));
    }
}
