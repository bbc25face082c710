// SPDX-License-Identifier: Apache-2.0
#include "app/options.h"

#include "app/command.h"
#include "tests/support/test.h"

static void forget_environment(void) {
    unsetenv("HUISHENG_LANG");
    unsetenv("HUISHENG_LOG_LEVEL");
    setenv("XDG_CONFIG_HOME", "/nonexistent", 1);
    setenv("LC_ALL", "C", 1);
}

TEST(options_flag_wins_over_environment_over_file) {
    static const struct {
        const char *flag, *env, *file, *level; // NULL: not given
    } cases[] = {
        {"debug", "info", "error", "debug"}, {NULL, "info", "error", "info"},
        {NULL, NULL, "error", "error"},      {NULL, NULL, NULL, "warn"},
        {NULL, "", "error", "error"}, // an empty variable is no value
    };
    forget_environment();
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        char text[64] = "", flag[64];
        if (cases[i].file)
            snprintf(text, sizeof text, "log-level = %s\n", cases[i].file);
        const char *argv[] = {"version", "--config", test_tmp_file("conf", str_from(text)), flag};
        snprintf(flag, sizeof flag, "--log-level=%s", cases[i].flag ? cases[i].flag : "");
        if (cases[i].env)
            setenv("HUISHENG_LOG_LEVEL", cases[i].env, 1);
        else
            unsetenv("HUISHENG_LOG_LEVEL");
        struct options *o;
        enum lang lang;
        struct error err = {0};
        bool ok = options_parse(cases[i].flag ? 4 : 3, argv, &o, &lang, &err);
        assert_string_equal(err.en, "");
        assert_true(ok);
        assert_str(options_str(o, "log-level"), cases[i].level);
        options_free(o);
    }
    forget_environment();
}

TEST(options_speak_the_users_language_even_when_wrong) {
    static const struct {
        const char *env, *arg;
        enum lang lang;
    } cases[] = {
        {"zh_CN.UTF-8", "nonsense", LANG_ZH},  {"en_GB.UTF-8", "nonsense", LANG_EN},
        {"en_GB.UTF-8", "--lang=zh", LANG_ZH}, {"zh_CN.UTF-8", "--lang=en", LANG_EN},
        {"zh_CN.UTF-8", "--lang=xx", LANG_ZH},
    };
    forget_environment();
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        setenv("LC_ALL", cases[i].env, 1);
        const char *argv[] = {cases[i].arg, "nonsense"};
        struct options *o;
        enum lang lang;
        struct error err = {0};
        assert_false(options_parse(2, argv, &o, &lang, &err));
        assert_int_equal(lang, cases[i].lang);
        assert_int_equal(err.code, ERROR_USAGE);
    }
    forget_environment();
}

TEST(options_wrong_environment_names_the_variable) {
    forget_environment();
    setenv("HUISHENG_LOG_LEVEL", "loud", 1);
    const char *argv[] = {"version"};
    struct options *o;
    enum lang lang;
    struct error err = {0};
    assert_false(options_parse(1, argv, &o, &lang, &err));
    assert_string_equal(err.en,
                        "HUISHENG_LOG_LEVEL must be one of debug, info, warn, error, not \"loud\"");
    assert_int_equal(err.code, ERROR_INVALID);
    forget_environment();
}

TEST(options_parse_finds_commands_behind_options) {
    forget_environment();
    const char *argv[] = {"--lang", "en", "help", "--log-level=info", "version"};
    struct options *o;
    enum lang lang;
    assert_true(options_parse(5, argv, &o, &lang, NULL));
    assert_ptr_equal(options_command(o), &command_help);
    assert_int_equal(options_n_args(o), 1);
    assert_string_equal(options_arg(o, 0), "version");
    options_free(o);
    assert_true(options_parse(0, argv, &o, &lang, NULL));
    assert_null(options_command(o));
    assert_false(options_wants_help(o));
    options_free(o);
}
