// SPDX-License-Identifier: Apache-2.0
#include "app/help.h"

#include "base/utf8.h"
#include "tests/support/test.h"

TEST(help_wrap_keeps_within_the_columns) {
    static const struct {
        const char *in;
        int at, indent, columns;
        const char *out;
    } cases[] = {
        {"one two three", 0, 0, 80, "one two three\n"},
        {"one two three", 0, 0, 8, "one two\nthree\n"},
        {"one two three", 4, 2, 8, "one\n  two\n  three\n"},
        {"unbreakable", 0, 0, 4, "unbreakable\n"},
        {"一二三四五", 0, 0, 4, "一二\n三四\n五\n"},
        {"一二，三四。", 0, 0, 4, "一\n二，\n三\n四。\n"},
        {"说“好”了", 0, 0, 5, "说\n“好”\n了\n"},
        {"a\n\nb", 0, 2, 80, "a\n\n  b\n"},
        {"", 0, 0, 80, "\n"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        CLEANUP(strbuf_done) struct strbuf out = strbuf_init(1024);
        help_wrap(&out, str_from(cases[i].in), cases[i].at, cases[i].indent, cases[i].columns);
        assert_str(strbuf_str(&out), cases[i].out);
    }
}

static const struct option all_kinds[] = {
    {.name = "file", .short_name = 'f', .type = OPTION_PATH, .arg = {"文件", "FILE"}},
    {.name = "mask", .type = OPTION_BOOL, .otherwise = "yes"},
    {.name = "n", .type = OPTION_INT, .arg = {"数", "N"}, .otherwise = "3"},
    {.name = "m",
     .type = OPTION_INT,
     .arg = {"数", "N"},
     .otherwise = "0",
     .otherwise_is = {"全部", "all"}},
};

TEST(help_flag_and_default_show_what_to_type) {
    static const char *const flags[] = {"-f, --file FILE", "--no-mask", "--n N", "--m N"};
    static const char *const defaults_zh[] = {"", "", "（默认：3）", "（默认：全部）"};
    static const char *const defaults_en[] = {"", "", " (default: 3)", " (default: all)"};
    for (size_t i = 0; i < ARRAY_LEN(all_kinds); i++) {
        CLEANUP(strbuf_done) struct strbuf out = strbuf_init(1024);
        help_flag(&out, &all_kinds[i], LANG_EN);
        assert_str(strbuf_str(&out), flags[i]);
        strbuf_reset(&out);
        help_default(&out, &all_kinds[i], LANG_ZH);
        assert_str(strbuf_str(&out), defaults_zh[i]);
        strbuf_reset(&out);
        help_default(&out, &all_kinds[i], LANG_EN);
        assert_str(strbuf_str(&out), defaults_en[i]);
    }
}

TEST(help_of_every_command_fits_the_screen_and_is_utf8) {
    for (size_t i = 0; i < n_commands; i++) {
        for (int lang = LANG_ZH; lang <= LANG_EN; lang++) {
            CLEANUP(strbuf_done) struct strbuf out = strbuf_init(1 * MIB);
            help_command(&out, commands[i], (enum lang)lang, 80);
            assert_false(out.overflow);
            assert_true(utf8_is_valid(strbuf_str(&out)));
            struct str rest = strbuf_str(&out), line;
            while (str_cut(&rest, '\n', &line))
                assert_true(utf8_width(line) <= 80 || str_starts(line, STR("  huisheng")));
        }
    }
}

TEST(help_exit_documents_every_status_that_errors_give) {
    for (int code = ERROR_NONE; code <= ERROR_INTERNAL; code++) {
        bool found = false;
        for (size_t i = 0; i < n_exit_rows; i++)
            found = found || exit_rows[i].status == error_exit_status((enum error_code)code);
        assert_true(found);
    }
    for (size_t i = 1; i < n_exit_rows; i++)
        assert_true(exit_rows[i - 1].status < exit_rows[i].status);
}
