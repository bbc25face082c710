// SPDX-License-Identifier: Apache-2.0
#include "app/control.h"

#include <fcntl.h>
#include <pthread.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "sys/file.h"
#include "tests/support/test.h"

static bool echo(void *ctx, const struct json *in, struct json_writer *out, struct error *err) {
    int *calls = ctx;
    ++*calls;
    struct str say = json_str(json_get(in, "say"));
    if (!say.len) {
        error_set(err, ERROR_NOT_FOUND, "没有 %d", "nothing %d", 7);
        return error_field(err, "say");
    }
    json_key(out, "said");
    json_add_str(out, say);
    return true;
}

static const struct control_row rows[] = {{"echo", echo}};

static const char *fresh_dir(const char *name) {
    static char dir[600];
    snprintf(dir, sizeof dir, "%s/%s", test_tmp_dir(), name);
    assert_int_equal(mkdir(dir, 0700), 0);
    return dir;
}

static struct control *started(const char *dir, int *calls) {
    struct control *c;
    struct error err;
    if (!control_start(dir, rows, ARRAY_LEN(rows), calls, &c, &err))
        fail_msg("%s", err.en);
    return c;
}

static void said(const char *dir, const char *line, const char *expected) {
    CLEANUP(strbuf_done) struct strbuf answer = strbuf_init(256 * KIB);
    CLEANUP(json_freep) struct json *tree = NULL;
    const struct json *result = NULL;
    struct error err;
    bool is_running;
    if (!control_call(dir, str_from(line), &is_running, &answer, &err) ||
        !control_result(strbuf_str(&answer), &tree, &result, &err))
        fail_msg("%s", err.en);
    assert_true(is_running);
    assert_str(json_str(json_get(result, "said")), expected);
}

TEST(control_answers_what_the_rows_say) {
    static const struct {
        const char *line, *answer;
    } cases[] = {
        {"{\"command\":\"echo\",\"say\":\"你好\"}", "{\"ok\":true,\"result\":{\"said\":\"你好\"}}"},
        {"{\"command\":\"echo\"}",
         "{\"ok\":false,\"error\":{\"code\":\"not_found\",\"field\":\"say\","
         "\"zh\":\"没有 7\",\"en\":\"nothing 7\"}}"},
    };
    int calls = 0;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        CLEANUP(strbuf_done) struct strbuf sb = strbuf_init(64 * KIB);
        control_answer(rows, ARRAY_LEN(rows), &calls, str_from(cases[i].line), &sb);
        assert_str(strbuf_str(&sb), cases[i].answer);
    }
    static const struct {
        const char *line;
        enum error_code code;
    } bad[] = {
        {"", ERROR_FORMAT},
        {"{", ERROR_FORMAT},
        {"[]", ERROR_UNSUPPORTED},
        {"{\"command\":\"reboot\"}", ERROR_UNSUPPORTED},
        {"{\"command\":7}", ERROR_UNSUPPORTED},
        {"{\"command\":\"echo\"}", ERROR_NOT_FOUND},
    };
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        CLEANUP(strbuf_done) struct strbuf sb = strbuf_init(64 * KIB);
        struct json *tree;
        const struct json *result;
        struct error err = {0};
        control_answer(rows, ARRAY_LEN(rows), &calls, str_from(bad[i].line), &sb);
        assert_false(control_result(strbuf_str(&sb), &tree, &result, &err));
        if (err.code != bad[i].code || !err.zh[0] || !err.en[0])
            fail_msg("%s: %s", bad[i].line, strbuf_cstr(&sb));
    }
    assert_int_equal(calls, 3);
}

TEST(control_reaches_the_server_and_knows_when_there_is_none) {
    const char *dir = fresh_dir("control");
    char path[700];
    int calls = 0;
    bool is_running = true;
    struct error err;
    struct stat st;
    CLEANUP(strbuf_done) struct strbuf answer = strbuf_init(64 * KIB);
    assert_true(control_call(dir, STR("{}"), &is_running, &answer, &err));
    assert_false(is_running);
    assert_true(control_call("no/such/directory", STR("{}"), &is_running, &answer, &err));
    assert_false(is_running);
    struct control *c = started(dir, &calls), *second;
    said(dir, "{\"command\":\"echo\",\"say\":\"one\"}", "one");
    said(dir, "{\"command\":\"echo\",\"say\":\"two\"}", "two");
    snprintf(path, sizeof path, "%s/control.sock", dir);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    assert_false(control_start(dir, rows, ARRAY_LEN(rows), &calls, &second, &err));
    assert_int_equal(err.code, ERROR_CONFLICT);
    said(dir, "{\"command\":\"echo\",\"say\":\"three\"}", "three");
    control_stop(c);
    control_stop(NULL);
    assert_false(file_exists(path));
    assert_int_equal(calls, 3);
}

// A killed server leaves its socket; a directory may have a name longer than a socket's may be.
TEST(control_takes_over_what_a_killed_server_left) {
    char name[400] = {0};
    memset(name, 'd', 200);
    const char *dir = fresh_dir(name);
    int calls = 0;
    char path[700];
    snprintf(path, sizeof path, "%s/control.sock", dir);
    FILE *f = fopen(path, "w"); // nobody listens behind it
    assert_non_null(f);
    fclose(f);
    struct control *c = started(dir, &calls);
    said(dir, "{\"command\":\"echo\",\"say\":\"again\"}", "again");
    control_stop(c);
}

static int connected(const char *dir) {
    struct sockaddr_un a = {.sun_family = AF_UNIX};
    snprintf(a.sun_path, sizeof a.sun_path, "%s/control.sock", dir);
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    assert_int_equal(connect(fd, (const struct sockaddr *)&a, sizeof a), 0);
    return fd;
}

TEST(control_survives_callers_that_misbehave) {
    const char *dir = fresh_dir("rude");
    int calls = 0;
    struct control *c = started(dir, &calls);
    int fd = connected(dir); // says nothing and goes
    close(fd);
    fd = connected(dir); // asks and does not wait
    assert_true(write(fd, "{\"command\":\"echo\",\"say\":\"x\"}\n", 30) > 0);
    close(fd);
    fd = connected(dir); // never ends its line
    char junk[4096];
    memset(junk, 'x', sizeof junk);
    for (int i = 0; i < 40; i++)
        if (send(fd, junk, sizeof junk, MSG_NOSIGNAL) < 0)
            break;
    said(dir, "{\"command\":\"echo\",\"say\":\"still here\"}", "still here");
    close(fd);
    control_stop(c);
}
