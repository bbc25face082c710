// SPDX-License-Identifier: Apache-2.0
#include "app/settings.h"

#include "base/strbuf.h"
#include "tests/support/test.h"

static void note(void *ctx, const struct option *row, struct str value) {
    strbuf_addf(ctx, "%s=%.*s;", row->name, STR_ARG(value));
}

TEST(settings_parse_reads_keys_and_names_wrong_lines) {
    static const struct {
        const char *text, *kept, *en; // en NULL: accepted
    } cases[] = {
        {"", "", NULL},
        {"# a\n; b\n\n", "", NULL},
        {"lang = zh", "lang=zh;", NULL},
        {"\xEF\xBB\xBFlang=en\r\nthreads = 2\r\n", "lang=en;threads=2;", NULL},
        {"timezone = \"Asia/Shanghai\"", "timezone=Asia/Shanghai;", NULL},
        {"[log]\nlevel = debug", "log-level=debug;", NULL},
        {"lang zh", "", "f line 1: must read \"name = value\""},
        {"= zh", "", "f line 1: must read \"name = value\""},
        {"\ntheads = 1", "", "f line 2: no setting \"theads\"; did you mean threads?"},
        {"colour = 1", "", "f line 1: no setting \"colour\"; see huisheng help settings"},
        {"nice = 20", "", "f:1: nice must be a whole number from 0 to 19, not \"20\""},
        {"model =", "", "f:1: model needs a value"},
        {"model = \xB3\xE9", "", "f is not UTF-8 text"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        CLEANUP(strbuf_done) struct strbuf kept = strbuf_init(1024);
        struct error err = {0};
        bool ok = settings_parse(str_from(cases[i].text), "f", note, &kept, &err);
        assert_str(strbuf_str(&kept), cases[i].kept);
        assert_string_equal(err.en, cases[i].en ? cases[i].en : "");
        assert_int_equal(ok, cases[i].en == NULL);
        if (!ok)
            assert_int_equal(err.code, ERROR_INVALID);
    }
}

TEST(settings_env_name_is_upper_case_with_underscores) {
    char buf[80];
    assert_string_equal(settings_env_name("log-level", buf, sizeof buf), "HUISHENG_LOG_LEVEL");
}

TEST(settings_default_path_prefers_xdg) {
    char buf[256];
    setenv("HOME", "/people/x", 1);
    unsetenv("XDG_CONFIG_HOME");
    assert_true(settings_default_path(buf, sizeof buf));
    assert_string_equal(buf, "/people/x/.config/huisheng/huisheng.conf");
    setenv("XDG_CONFIG_HOME", "/etc/xdg", 1);
    assert_true(settings_default_path(buf, sizeof buf));
    assert_string_equal(buf, "/etc/xdg/huisheng/huisheng.conf");
    setenv("XDG_CONFIG_HOME", "relative", 1); // not allowed by the specification: ignored
    assert_true(settings_default_path(buf, sizeof buf));
    assert_string_equal(buf, "/people/x/.config/huisheng/huisheng.conf");
    assert_false(settings_default_path(buf, 10));
    unsetenv("XDG_CONFIG_HOME");
}

TEST(settings_rows_are_complete_and_unique) {
    for (size_t i = 0; i < n_settings; i++) {
        const struct option *row = &settings[i];
        assert_ptr_equal(settings_find(str_from(row->name)), row);
        assert_non_null(row->help.zh);
        assert_non_null(row->help.en);
        assert_true(row->type == OPTION_BOOL || (row->arg.zh && row->arg.en));
        assert_true(row->type != OPTION_CHOICE || row->choices);
        if (row->otherwise)
            assert_true(option_check(row, row->name, str_from(row->otherwise), NULL));
    }
}
