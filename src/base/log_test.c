// SPDX-License-Identifier: Apache-2.0
#include "base/log.h"

#include <unistd.h>

#include "base/json.h"
#include "base/strbuf.h"
#include "tests/support/test.h"

// What log_line writes for a message, standard error being a file meanwhile.
static void capture(struct strbuf *out, enum log_level level, const char *message) {
    const char *path = test_tmp_file("log", STR(""));
    fflush(stderr);
    int saved = dup(STDERR_FILENO);
    FILE *f = fopen(path, "w");
    dup2(fileno(f), STDERR_FILENO);
    log_line(level, "%s", message);
    fflush(stderr);
    dup2(saved, STDERR_FILENO);
    close(saved);
    fclose(f);
    strbuf_reset(out);
    f = fopen(path, "r");
    char buf[8192];
    strbuf_add(out, str_make(buf, fread(buf, 1, sizeof buf, f)));
    fclose(f);
}

TEST(log_lines_are_logfmt_whatever_the_message) {
    static const struct {
        enum log_level level;
        const char *message, *line;
    } cases[] = {
        {LOG_WARN, "plain", "level=warn msg=\"plain\"\n"},
        {LOG_ERROR, "a \"b\" \\ c", "level=error msg=\"a \\\"b\\\" \\\\ c\"\n"},
        {LOG_ERROR, "two\nlines\x1B[31m", "level=error msg=\"two lines [31m\"\n"},
        {LOG_INFO, "below the level", ""},
    };
    CLEANUP(strbuf_done) struct strbuf out = strbuf_init(8 * KIB);
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        capture(&out, cases[i].level, cases[i].message);
        assert_str(strbuf_str(&out), cases[i].line);
    }
    log_set_level(LOG_DEBUG);
    capture(&out, LOG_DEBUG, "now shown");
    log_set_level(LOG_WARN);
    assert_str(strbuf_str(&out), "level=debug msg=\"now shown\"\n");
}

TEST(log_long_messages_are_cut_and_end_their_line) {
    char message[4000];
    memset(message, '"', sizeof message - 1);
    message[sizeof message - 1] = '\0';
    CLEANUP(strbuf_done) struct strbuf out = strbuf_init(8 * KIB);
    capture(&out, LOG_ERROR, message);
    assert_true(str_ends(strbuf_str(&out), STR("\"\n")));
    assert_true(out.len > 2000 && out.len < 2300);
}

// Whatever the texts, a line is one JSON object.
TEST(log_lines_are_json_if_asked_for) {
    static const char *const messages[] = {"plain", "a \"b\" \\ c", "two\nlines", "反馈"};
    CLEANUP(strbuf_done) struct strbuf out = strbuf_init(8 * KIB);
    log_set_format(LOG_JSON);
    for (size_t i = 0; i < ARRAY_LEN(messages); i++) {
        CLEANUP(json_freep) struct json *j = NULL;
        capture(&out, LOG_WARN, messages[i]);
        if (!json_parse(str_trim(strbuf_str(&out)), &j, NULL))
            fail_msg("%s", strbuf_cstr(&out));
        assert_str(json_str(json_get(j, "level")), "warn");
        assert_int_equal(json_str(json_get(j, "time")).len, strlen("2026-11-24T13:00:00Z"));
        assert_int_equal(json_str(json_get(j, "msg")).len, strlen(messages[i]));
    }
    CLEANUP(json_freep) struct json *cut = NULL;
    char message[4000];
    memset(message, '"', sizeof message - 1);
    message[sizeof message - 1] = '\0';
    capture(&out, LOG_ERROR, message);
    assert_true(json_parse(str_trim(strbuf_str(&out)), &cut, NULL));
    log_set_format(LOG_LOGFMT);
    capture(&out, LOG_WARN, "plain");
    log_set_format(LOG_PLAIN);
    assert_true(str_starts(strbuf_str(&out), STR("time=20")));
    assert_true(str_ends(strbuf_str(&out), STR("Z level=warn msg=\"plain\"\n")));
}
