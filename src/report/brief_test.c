// SPDX-License-Identifier: Apache-2.0
#include "base/utf8.h"
#include "report/render.h"
#include "tests/support/report_fixture.h"
#include "tests/support/test.h"

TEST(brief_fits_a_chat_message_in_whole_lines) {
    for (int which = 0; which < N_REPORT_FIXTURES; which++)
        for (int lang = LANG_ZH; lang <= LANG_EN; lang++) {
            CLEANUP(arena_done) struct arena a = {0};
            CLEANUP(strbuf_done) struct strbuf sb = strbuf_init(MIB);
            report_brief(report_fixture((enum report_fixture)which, (enum lang)lang, &a), &sb);
            assert_true(sb.len > 0 && sb.len <= REPORT_BRIEF_LIMIT);
            assert_true(utf8_is_valid(strbuf_str(&sb)));
            assert_true(str_ends(strbuf_str(&sb), STR("\n")));
            assert_false(str_has(strbuf_str(&sb), STR("\n\n")));
        }
}

TEST(brief_leaves_out_the_least_important_when_full) {
    CLEANUP(arena_done) struct arena a = {0};
    CLEANUP(strbuf_done) struct strbuf sb = strbuf_init(MIB);
    struct report r = *report_fixture(FIXTURE_WEEK, LANG_ZH, &a);
    char long_text[3 * 80 + 1];
    for (size_t i = 0; i < 80; i++)
        memcpy(long_text + i * 3, "长", 3);
    struct caution cautions[3] = {
        {str_make(long_text, 240)}, {str_make(long_text, 240)}, {str_make(long_text, 240)}};
    struct todo todos[5];
    for (size_t i = 0; i < 5; i++) {
        todos[i] = r.todos[0];
        todos[i].reason = str_make(long_text, 240);
        todos[i].department = str_make(long_text, 240);
    }
    r.headline = str_make(long_text, 240);
    r.todos = todos;
    r.n_todos = 5;
    r.cautions = cautions;
    r.n_cautions = 3;
    report_brief(&r, &sb);
    assert_true(sb.len <= REPORT_BRIEF_LIMIT);
    assert_true(sb.len > REPORT_BRIEF_LIMIT - 300); // full but for a line
    assert_true(str_has(strbuf_str(&sb), STR("② 满意度 4.2±0.06")));
    assert_true(str_ends(strbuf_str(&sb), STR("\n")));
}
