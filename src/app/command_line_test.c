// SPDX-License-Identifier: Apache-2.0
#include "app/options_inner.h"
#include "base/strbuf.h"
#include "tests/support/test.h"

static const char *const formats[] = {"html", "pdf", NULL};

static const struct option rows[] = {
    {.name = "output", .short_name = 'o', .type = OPTION_PATH, .arg = {"文件", "FILE"}},
    {.name = "quiet", .short_name = 'q', .type = OPTION_BOOL},
    {.name = "mask", .type = OPTION_BOOL, .otherwise = "yes"},
    {.name = "orders",
     .type = OPTION_PATH,
     .repeatable = true,
     .many = true,
     .arg = {"文件…", "FILE…"}},
    {.name = "where", .type = OPTION_PAIRS, .repeatable = true, .arg = {"列=值", "COLUMN=VALUE"}},
    {.name = "format", .type = OPTION_CHOICE, .choices = formats, .arg = {"格式", "FORMAT"}},
    {.name = "level", .type = OPTION_INT, .low = -5, .high = 5, .arg = {"级别", "N"}},
};

static const char *const takes[] = {"threads", NULL};

static const struct command demo = {
    .name = "demo",
    .args = {"文件…", "FILE…"},
    .min_args = 1,
    .max_args = 3,
    .options = rows,
    .n_options = ARRAY_LEN(rows),
    .settings = takes,
};

#define MAX_WORDS 16

static void options_drop(struct options **o) {
    options_free(*o);
}

// Splits `line` at spaces; the words borrow from `buf`.
static int split(const char *line, char *buf, size_t cap, const char **words) {
    int n = 0;
    snprintf(buf, cap, "%s", line);
    for (char *p = buf; *p && n < MAX_WORDS;) {
        words[n++] = p;
        while (*p && *p != ' ')
            p++;
        while (*p == ' ')
            *p++ = '\0';
    }
    return n;
}

// All that was understood, as one string.
static void dump(const struct options *o, struct strbuf *out) {
    for (size_t i = 0; i < o->values.len; i++)
        strbuf_addf(out, "%s=%s ", o->values.items[i].row->name, o->values.items[i].text);
    strbuf_addc(out, '|');
    for (size_t i = 0; i < options_n_args(o); i++)
        strbuf_addf(out, " %s", options_arg(o, i));
}

TEST(command_line_reads_every_way_of_writing) {
    static const struct {
        const char *line, *understood;
    } cases[] = {
        {"a", "| a"},
        {"a -o r", "output=r | a"},
        {"-o r a b", "output=r | a b"},
        {"-or a", "output=r | a"},
        {"--output r a", "output=r | a"},
        {"--output=r a", "output=r | a"},
        {"-o - a", "output=- | a"},
        {"-", "| -"},
        {"-qo r a", "quiet=yes output=r | a"},
        {"--quiet a", "quiet=yes | a"},
        {"--no-quiet a", "quiet=no | a"},
        {"--quiet=no a", "quiet=no | a"},
        {"--no-mask a", "mask=no | a"},
        {"-- --quiet", "| --quiet"},
        {"-q -- -o", "quiet=yes | -o"},
        {"a --orders x y -q", "orders=x orders=y quiet=yes | a"},
        {"--orders=x a", "orders=x | a"},
        {"--orders x -- a", "orders=x | a"},
        {"a --where p=q --where r=s", "where=p=q where=r=s | a"},
        {"a --where p=q,r=s", "where=p=q where=r=s | a"},
        {"a --where p=q,t,r=s", "where=p=q,t where=r=s | a"},
        {"a --where p=q,", "where=p=q, | a"},
        {"a --where p=q=r,,s=", "where=p=q=r, where=s= | a"},
        {"a --level -3", "level=-3 | a"},
        {"a --threads 4", "threads=4 | a"},
        {"a --lang zh --format pdf", "lang=zh format=pdf | a"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        char buf[256];
        const char *words[MAX_WORDS];
        int n = split(cases[i].line, buf, sizeof buf, words);
        CLEANUP(options_drop) struct options *o = NEW(struct options);
        CLEANUP(strbuf_done) struct strbuf out = strbuf_init(1024);
        struct error err = {0};
        bool ok = command_line_parse_rest(o, &demo, n, words, &err);
        assert_string_equal(err.en, "");
        assert_true(ok);
        dump(o, &out);
        assert_str(strbuf_str(&out), cases[i].understood);
    }
}

TEST(command_line_refuses_with_the_way_out) {
    static const struct {
        const char *line, *en;
    } cases[] = {
        {"", "demo needs FILE…; see huisheng help demo"},
        {"a b c d", "demo: unexpected argument \"d\""},
        {"a --ouput r",
         "no option --ouput; did you mean --output? All options: huisheng help demo"},
        {"a --ouput=r",
         "no option --ouput=r; did you mean --output? All options: huisheng help demo"},
        {"a --xyzzy", "no option --xyzzy; all options: huisheng help demo"},
        {"a -x", "no option -x; all options: huisheng help demo"},
        {"a -qx", "no option -qx; all options: huisheng help demo"},
        {"a --no-output", "no option --no-output; all options: huisheng help demo"},
        {"a -o", "-o needs a value (FILE)"},
        {"a --output --quiet", "--output needs a value (FILE)"},
        {"a --output=", "--output needs a value"},
        {"a --quiet=perhaps", "--quiet must be yes or no, not \"perhaps\""},
        {"a --format doc", "--format must be one of html, pdf, not \"doc\""},
        {"a --threads 65", "--threads must be a whole number from 0 to 64, not \"65\""},
        {"--orders x y",
         "demo needs FILE…: --orders takes all files after it; put the files to read before it"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        char buf[256];
        const char *words[MAX_WORDS];
        int n = split(cases[i].line, buf, sizeof buf, words);
        CLEANUP(options_drop) struct options *o = NEW(struct options);
        struct error err = {0};
        assert_false(command_line_parse_rest(o, &demo, n, words, &err));
        assert_string_equal(err.en, cases[i].en);
        assert_int_equal(err.code, ERROR_USAGE);
        assert_true(err.zh[0] != '\0');
    }
}

TEST(command_line_help_needs_no_arguments) {
    const char *words[] = {"--help"};
    CLEANUP(options_drop) struct options *o = NEW(struct options);
    assert_true(command_line_parse_rest(o, &demo, 1, words, NULL));
    assert_true(options_wants_help(o));
}

TEST(options_look_ups_are_typed) {
    const char *words[] = {
        "a",        "--level=-3", "--where", "区域 = 西藏,店=A=1", "--no-mask",
        "--orders", "x",          "y",       "--format=html",      "--format=pdf"};
    CLEANUP(options_drop) struct options *o = NEW(struct options);
    assert_true(command_line_parse_rest(o, &demo, ARRAY_LEN(words), words, NULL));
    struct str key, value;
    assert_int_equal(options_int(o, "level"), -3);
    assert_false(options_bool(o, "mask"));
    assert_false(options_bool(o, "quiet"));
    assert_int_equal(options_count(o, "where"), 2);
    options_pair(o, "where", 0, &key, &value);
    assert_str(key, "区域");
    assert_str(value, "西藏");
    options_pair(o, "where", 1, &key, &value);
    assert_str(key, "店");
    assert_str(value, "A=1");
    assert_int_equal(options_count(o, "orders"), 2);
    assert_string_equal(options_at(o, "orders", 1), "y");
    assert_str(options_str(o, "format"), "pdf"); // the last one counts
    assert_null(options_path(o, "output"));
    assert_str(options_str(o, "output"), "");
    assert_true(options_is_given(o, "level"));
    assert_false(options_is_given(o, "threads"));
    assert_int_equal(options_int(o, "threads"), 0);
}
