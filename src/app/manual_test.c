// SPDX-License-Identifier: Apache-2.0
#include "app/manual.h"

#include "app/command.h"
#include "app/settings.h"
#include "tests/support/test.h"

// As roff writes it: a typed hyphen has a backslash before it.
static bool has_name(struct str page, const char *name) {
    CLEANUP(strbuf_done) struct strbuf typed = strbuf_init(KIB);
    for (const char *p = name; *p; p++)
        if (*p == '-')
            strbuf_adds(&typed, "\\-");
        else
            strbuf_addc(&typed, *p);
    return str_has(page, strbuf_str(&typed));
}

TEST(manual_page_names_every_command_and_setting) {
    for (int lang = LANG_ZH; lang <= LANG_EN; lang++) {
        CLEANUP(strbuf_done) struct strbuf page = strbuf_init(1 * MIB);
        manual_page(&page, (enum lang)lang);
        assert_false(page.overflow);
        assert_true(str_starts(strbuf_str(&page), STR(".TH HUISHENG 1")));
        for (size_t i = 0; i < n_commands; i++)
            assert_true(has_name(strbuf_str(&page), commands[i]->name));
        for (size_t i = 0; i < n_settings; i++) {
            char env[80];
            const char *name = settings_env_name(settings[i].name, env, sizeof env);
            assert_true(str_has(strbuf_str(&page), str_from(name)));
        }
        // a line of text must not read as a request
        struct str rest = strbuf_str(&page), line;
        while (str_cut(&rest, '\n', &line))
            if (line.len && line.ptr[0] == '.')
                assert_true(str_starts(line, STR(".TH ")) || str_starts(line, STR(".SH ")) ||
                            str_starts(line, STR(".SS ")) || str_eq(line, STR(".TP")) ||
                            str_eq(line, STR(".PP")));
    }
}

TEST(manual_completion_offers_every_command) {
    CLEANUP(strbuf_done) struct strbuf script = strbuf_init(1 * MIB);
    manual_completion_bash(&script);
    for (size_t i = 0; i < n_commands; i++) {
        char entry[64];
        snprintf(entry, sizeof entry, "    \"%s\")\n", commands[i]->name);
        assert_true(str_has(strbuf_str(&script), str_from(entry)));
    }
}

TEST(manual_settings_has_a_row_each_in_both_languages) {
    CLEANUP(strbuf_done) struct strbuf page = strbuf_init(1 * MIB);
    manual_settings(&page);
    for (size_t i = 0; i < n_settings; i++) {
        char row[64];
        snprintf(row, sizeof row, "| `%s` |", settings[i].name);
        struct str text = strbuf_str(&page);
        size_t first = str_find(text, str_from(row));
        assert_true(first != STR_NONE);
        assert_true(str_has(str_slice(text, first + 1, text.len), str_from(row)));
    }
}
