// SPDX-License-Identifier: Apache-2.0
#include "app/upkeep_control.h"

#include "account/workspace.h"
#include "app/admin.h"
#include "base/mem.h"
#include "collect/feedback_store.h"
#include "work/follow.h"
#include "work/house.h"

struct asked {
    struct house *house;
    struct arena arena;
    int64_t *ids;
    size_t n;
};

// All workspaces, or the one that was named.
static bool choose(void *ctx, const struct json *in, struct asked *ret, struct error *err) {
    const struct data_dir *d = ctx;
    const struct workspace *list;
    struct str name = json_str(json_get(in, "workspace"));
    *ret = (struct asked){.house = d->house};
    if (!d->house)
        return error_set(err, ERROR_UNAVAILABLE, "服务器还没有就绪，请稍后再试",
                         "the server is not ready yet; try again in a moment");
    if (!workspace_list(d->accounts, 0, &ret->arena, &list, &ret->n, err))
        return false;
    ret->ids = ARENA_ARRAY(&ret->arena, int64_t, MAX(ret->n, (size_t)1));
    for (size_t i = 0; i < ret->n; i++)
        ret->ids[i] = list[i].id;
    if (!name.len)
        return true;
    ret->n = 1;
    return admin_workspace(d->accounts, name, &ret->ids[0], err);
}

bool rebuild_control_start(void *ctx, const struct json *in, struct json_writer *out,
                           struct error *err) {
    struct asked a;
    bool ok = choose(ctx, in, &a, err);
    for (size_t i = 0; ok && i < a.n; i++)
        follow_rebuild(a.house->follow, a.ids[i]);
    if (ok) {
        json_key(out, "workspaces");
        json_add_int(out, (int64_t)a.n);
    }
    arena_done(&a.arena);
    return ok;
}

struct counting {
    const struct asked *asked;
    int64_t total;
};

static bool count(struct sql *s, void *ctx, struct error *err) {
    struct counting *c = ctx;
    c->total = 0;
    for (size_t i = 0; i < c->asked->n; i++) {
        int64_t there, gone;
        if (!feedback_count(s, c->asked->ids[i], &(struct feedback_filter){0}, &there, err) ||
            !feedback_count(s, c->asked->ids[i], &(struct feedback_filter){.deleted = true}, &gone,
                            err))
            return false;
        c->total += there + gone;
    }
    return true;
}

// How far all of them are together; one that is done counts whole.
static bool add_state(const struct asked *a, struct json_writer *out, struct error *err) {
    struct counting c = {.asked = a};
    char problem[200] = "";
    int64_t running = 0, rebuilt = 0;
    if (!sql_read(a->house->store.db, count, &c, err))
        return false;
    for (size_t i = 0; i < a->n; i++) {
        struct follow_status s = follow_status(a->house->follow, a->ids[i]);
        running += s.rebuilding;
        rebuilt += s.rebuilding ? s.rebuilt : 0;
        const char *p = s.facts_problem[0] ? s.facts_problem : s.search_problem;
        if (*p)
            snprintf(problem, sizeof problem, "%s", p);
    }
    json_key(out, "running");
    json_add_int(out, running);
    json_key(out, "rebuilt");
    json_add_int(out, running ? rebuilt : c.total);
    json_key(out, "total");
    json_add_int(out, c.total);
    json_key(out, "problem");
    json_add_cstr(out, problem);
    return true;
}

bool rebuild_control_show(void *ctx, const struct json *in, struct json_writer *out,
                          struct error *err) {
    struct asked a;
    bool ok = choose(ctx, in, &a, err) && add_state(&a, out, err);
    arena_done(&a.arena);
    return ok;
}

bool backup_control_rows(void *ctx, const struct json *in, UNUSED struct json_writer *out,
                         struct error *err) {
    const struct data_dir *d = ctx;
    char *path = str_dup(json_str(json_get(in, "path")));
    bool ok = sql_backup(d->db, path, err);
    free(path);
    return ok;
}
