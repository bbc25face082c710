// SPDX-License-Identifier: Apache-2.0
#include "app/admin.h"

#include <errno.h>
#include <time.h>

#include "account/api_key.h"
#include "account/link.h"
#include "account/setup.h"
#include "app/doctor_control.h"
#include "app/import_control.h"
#include "app/upkeep_control.h"

static struct str member(const struct json *in, const char *name) {
    return json_str(json_get(in, name));
}

static void add_id(struct json_writer *out, const char *key, int64_t id) {
    char text[ID_TEXT];
    json_key(out, key);
    json_add_cstr(out, id_format(id, text));
}

static bool run_setup(void *ctx, const struct json *in, struct json_writer *out,
                      struct error *err) {
    const struct data_dir *d = ctx;
    CLEANUP(arena_done) struct arena arena = {0};
    struct user u = {
        .email = member(in, "email"), .name = member(in, "name"), .lang = member(in, "lang")};
    struct workspace w = {.name = member(in, "workspace"),
                          .time_zone = member(in, "time_zone"),
                          .industry = member(in, "industry")};
    int64_t user, workspace;
    if (!setup_run(d->accounts, NULL, &u, member(in, "password"), &w, &user, &workspace, err) ||
        !user_load(d->accounts, workspace, user, &arena, &u, err) ||
        !workspace_load(d->accounts, workspace, &arena, &w, err))
        return false;
    json_key(out, "email");
    json_add_str(out, u.email);
    json_key(out, "workspace");
    json_add_str(out, w.name);
    return true;
}

// The one that was named by its id, or the only one.
bool admin_workspace(struct accounts *a, struct str asked, int64_t *ret, struct error *err) {
    CLEANUP(arena_done) struct arena arena = {0};
    const struct workspace *list;
    size_t n;
    int64_t id = 0;
    if (!workspace_list(a, 0, &arena, &list, &n, err))
        return false;
    if (n == 0)
        return error_set(err, ERROR_NOT_FOUND, "还没有工作区，请先运行 huisheng setup",
                         "there is no workspace yet; run huisheng setup first");
    if (asked.len && !id_parse(asked, &id))
        id = -1;
    if (!asked.len && n > 1) {
        error_set(err, ERROR_USAGE, "有 %zu 个工作区，请用 --workspace 指定",
                  "there are %zu workspaces; say which with --workspace", n);
        return error_field(err, "workspace");
    }
    for (size_t i = 0; i < n; i++) {
        if (!asked.len || list[i].id == id || str_eq(list[i].name, asked)) {
            *ret = list[i].id;
            return true;
        }
    }
    return error_set(err, ERROR_NOT_FOUND, "没有工作区 “%.*s”", "there is no workspace \"%.*s\"",
                     (int)MIN(asked.len, (size_t)80), asked.ptr);
}

static bool run_key_create(void *ctx, const struct json *in, struct json_writer *out,
                           struct error *err) {
    const struct data_dir *d = ctx;
    CLEANUP(arena_done) struct arena arena = {0};
    struct api_key what = {.name = member(in, "name"),
                           .expires_us = json_int(json_get(in, "expires_us"), 0)};
    int64_t workspace = 0, id;
    struct str token;
    if (!permission_parse_list(member(in, "scopes"), &what.scopes, err) ||
        !admin_workspace(d->accounts, member(in, "workspace"), &workspace, err) ||
        !api_key_create(d->accounts, NULL, workspace, &what, &arena, &token, &id, err))
        return false;
    add_id(out, "id", id);
    json_key(out, "key");
    json_add_str(out, token);
    return true;
}

static bool run_key_rotate(void *ctx, UNUSED const struct json *in, struct json_writer *out,
                           struct error *err) {
    const struct data_dir *d = ctx;
    if (!vault_rotate(d->vault, err))
        return false;
    int generation = vault_generation(d->vault, 0, err);
    if (generation < 0)
        return false;
    json_key(out, "generation");
    json_add_int(out, generation);
    return true;
}

static bool run_user_reset(void *ctx, const struct json *in, struct json_writer *out,
                           struct error *err) {
    const struct data_dir *d = ctx;
    CLEANUP(arena_done) struct arena arena = {0};
    int64_t user;
    struct str token;
    if (!user_find(d->accounts, member(in, "email"), &user, err) ||
        !link_reset(d->accounts, NULL, 0, user, &arena, &token, err))
        return false;
    struct str path = arena_printf(&arena, "/links/%.*s", STR_ARG(token));
    json_key(out, "path");
    json_add_str(out, path);
    return true;
}

const struct control_row admin_rows[] = {
    {"setup", run_setup},
    {"key create", run_key_create},
    {"key rotate", run_key_rotate},
    {"user reset", run_user_reset},
    {"import add", import_control_add},
    {"import check", import_control_check},
    {"import start", import_control_start},
    {"import remove", import_control_remove},
    {"import show", import_control_show},
    {"rebuild start", rebuild_control_start},
    {"rebuild show", rebuild_control_show},
    {"backup rows", backup_control_rows},
    {"doctor", doctor_control},
};
const size_t n_admin_rows = ARRAY_LEN(admin_rows);

// ── calling ──

#define MAX_ANSWER (128 * KIB)

static bool ask_server(const struct data_options *o, struct str request, bool *ret_is_running,
                       struct strbuf *ret, struct error *err) {
    char dir[4096];
    *ret_is_running = false;
    // A server of many nodes does not own its store, and another node may run elsewhere.
    if (o->store.len)
        return true;
    return data_choose_dir(o->dir, dir, sizeof dir, err) &&
           control_call(dir, request, ret_is_running, ret, err);
}

static bool do_here(const struct data_options *o, struct str request, struct strbuf *ret,
                    struct error *err) {
    struct data_dir d;
    bool ok = data_open(o, &d, err);
    if (ok)
        control_answer(admin_rows, n_admin_rows, &d, request, ret);
    data_close(&d);
    return ok;
}

// A server that is just starting owns the store before it answers, and another command has it for a moment.
#define TRIES   50
#define WAIT_MS 100

bool admin_call(const struct data_options *o, struct str request, struct json **ret_tree,
                const struct json **ret_result, struct error *err) {
    CLEANUP(strbuf_done) struct strbuf answer = strbuf_init(MAX_ANSWER);
    struct error why = {0};
    bool is_running, ok = false;
    for (int i = 0; i < TRIES && !ok; i++) {
        if (!ask_server(o, request, &is_running, &answer, err))
            return false;
        ok = is_running || do_here(o, request, &answer, &why);
        if (!ok && why.code != ERROR_CONFLICT)
            break;
        if (!ok)
            nanosleep(&(struct timespec){.tv_nsec = WAIT_MS * 1000000}, NULL);
    }
    if (ok)
        ok = control_result(strbuf_str(&answer), ret_tree, ret_result, err);
    else if (err)
        *err = why;
    if (answer.ptr)
        explicit_bzero(answer.ptr, answer.cap);
    return ok;
}
