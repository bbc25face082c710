// SPDX-License-Identifier: Apache-2.0
#include "account/workspace_inner.h"

#include "account/audit.h"
#include "account/user_inner.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/utf8.h"

#define MAX_SETTINGS_BYTES (64 * KIB)
#define MAX_INDUSTRY_BYTES 64

static bool check_zone(struct str *name, struct arena *arena, struct error *err) {
    struct zone *z;
    if (!zone_open(*name, &z, err))
        return error_field(err, "time_zone");
    *name = arena_str(arena, zone_name(z));
    zone_free(z);
    return true;
}

static bool check_settings(struct str *settings, struct error *err) {
    if (!settings->len)
        *settings = STR("{}");
    CLEANUP(json_freep) struct json *j = NULL;
    if (settings->len > MAX_SETTINGS_BYTES)
        error_set(err, ERROR_LIMIT, "设置超过 %d KB", "settings have more than %d KB",
                  (int)(MAX_SETTINGS_BYTES / KIB));
    else if (!json_parse(*settings, &j, err))
        return error_field(err, "settings");
    else if (json_kind(j) == JSON_KIND_OBJECT)
        return true;
    else
        error_set(err, ERROR_INVALID, "设置应是一个 JSON 对象", "settings are a JSON object");
    return error_field(err, "settings");
}

bool workspace_check(struct workspace *w, struct arena *arena, struct error *err) {
    if (!accounts_check_name(w->name, "name", &w->name, err) ||
        !check_zone(&w->time_zone, arena, err) || !check_settings(&w->settings, err))
        return false;
    if (w->industry.len <= MAX_INDUSTRY_BYTES && utf8_is_valid(w->industry) &&
        !memchr(w->industry.ptr ? w->industry.ptr : "", 0, w->industry.len))
        return true;
    error_set(err, ERROR_INVALID, "没有这个行业模板", "there is no such industry template");
    return error_field(err, "industry");
}

bool workspace_insert(struct sql *s, const struct workspace *w, struct error *err) {
    return workspace_sql_put(s, w, err);
}

// ── changing ──

struct put_job {
    const struct principal *by;
    struct workspace w;
    const char *action;
};

static bool put(struct sql *s, void *ctx, struct error *err) {
    const struct put_job *j = ctx;
    char subject[AUDIT_SUBJECT];
    return workspace_sql_put(s, &j->w, err) &&
           audit_add_in(s, j->w.id, j->by, j->action, audit_subject(subject, "workspace", j->w.id),
                        STR(""), err);
}

struct create_job {
    struct put_job put;
    struct membership owner;
};

static bool create(struct sql *s, void *ctx, struct error *err) {
    struct create_job *j = ctx;
    return put(s, &j->put, err) &&
           (!j->owner.user || (membership_sql_put(s, &j->owner, j->put.w.created_us, err) &&
                               accounts_notify(s, err)));
}

bool workspace_create(struct accounts *a, const struct principal *by, const struct workspace *w,
                      int64_t *ret_id, struct error *err) {
    CLEANUP(arena_done) struct arena arena = {0};
    struct create_job j = {.put = {.by = by, .w = *w, .action = "workspace.create"}};
    if (by && !by->user)
        return error_set(err, ERROR_FORBIDDEN, "工作区要由登录的人建立，不能用 API 密钥",
                         "a workspace is made by somebody who is signed in, not by an API key");
    if (!workspace_check(&j.put.w, &arena, err))
        return false;
    j.put.w.id = id_next(a->ids);
    j.put.w.created_us = j.put.w.updated_us = a->now_us();
    j.owner = (struct membership){j.put.w.id, by ? by->user : 0, ROLE_OWNER, true, STR("")};
    if ((by && !user_seal_scope(a, j.put.w.id, by->user, NULL, 0, &arena, &j.owner.scope, err)) ||
        !sql_write(a->db, create, &j, err))
        return false;
    accounts_changed(a);
    *ret_id = j.put.w.id;
    return true;
}

struct update_job {
    const struct principal *by;
    int64_t id, now_us;
    const struct workspace_change *change; // which members
    struct workspace fresh;                // what they become
    struct arena arena;
};

// Read and written in one transaction, one at a time: of two changes of different members both are kept.
static bool update(struct sql *s, void *ctx, struct error *err) {
    struct update_job *j = ctx;
    struct put_job p = {.by = j->by, .action = "workspace.update"};
    char lock[64];
    arena_reset(&j->arena);
    snprintf(lock, sizeof lock, "workspace/%" PRId64, j->id);
    if (!sql_lock(s, lock, err) || !workspace_load_in(s, j->id, &j->arena, &p.w, err))
        return false;
    p.w.name = j->change->name ? j->fresh.name : p.w.name;
    p.w.time_zone = j->change->time_zone ? j->fresh.time_zone : p.w.time_zone;
    p.w.industry = j->change->industry ? j->fresh.industry : p.w.industry;
    p.w.settings = j->change->settings ? j->fresh.settings : p.w.settings;
    p.w.updated_us = j->now_us;
    return put(s, &p, err);
}

bool workspace_update(struct accounts *a, const struct principal *by, int64_t id,
                      const struct workspace_change *change, struct error *err) {
    CLEANUP(arena_done) struct arena arena = {0};
    struct update_job j = {
        .by = by,
        .id = id,
        .now_us = a->now_us(),
        .change = change,
        .fresh = {.name = change->name ? *change->name : STR("unchanged"),
                  .time_zone = change->time_zone ? *change->time_zone : STR("UTC"),
                  .industry = change->industry ? *change->industry : STR(""),
                  .settings = change->settings ? *change->settings : STR("")},
    };
    bool ok = workspace_check(&j.fresh, &arena, err) && sql_write(a->db, update, &j, err);
    arena_done(&j.arena);
    return ok;
}

struct edit_job {
    const struct principal *by;
    int64_t id, now_us;
    const struct workspace_edit *edit;
    struct arena arena;
};

static bool edit(struct sql *s, void *ctx, struct error *err) {
    struct edit_job *j = ctx;
    struct put_job p = {.by = j->by, .action = j->edit->action};
    char lock[64];
    arena_reset(&j->arena);
    snprintf(lock, sizeof lock, "workspace/%" PRId64, j->id);
    if (!sql_lock(s, lock, err) || !workspace_load_in(s, j->id, &j->arena, &p.w, err) ||
        !j->edit->edit(j->edit->ctx, &p.w, &j->arena, err) ||
        !workspace_check(&p.w, &j->arena, err))
        return false;
    p.w.updated_us = j->now_us;
    return put(s, &p, err);
}

bool workspace_change_by(struct accounts *a, const struct principal *by, int64_t id,
                         const struct workspace_edit *e, struct error *err) {
    struct edit_job j = {.by = by, .id = id, .now_us = a->now_us(), .edit = e};
    bool ok = sql_write(a->db, edit, &j, err);
    arena_done(&j.arena);
    return ok;
}

// ── reading ──

struct load_job {
    int64_t id; // of the workspace or the user
    struct arena *arena;
    struct workspace w;
    struct workspace_rows rows;
};

static bool load(struct sql *s, void *ctx, struct error *err) {
    struct load_job *j = ctx;
    return workspace_load_in(s, j->id, j->arena, &j->w, err);
}

bool workspace_load(struct accounts *a, int64_t id, struct arena *arena, struct workspace *ret,
                    struct error *err) {
    struct load_job j = {.id = id, .arena = arena};
    if (!sql_read(a->db, load, &j, err))
        return false;
    *ret = j.w;
    return true;
}

static bool list(struct sql *s, void *ctx, struct error *err) {
    struct load_job *j = ctx;
    return workspace_sql_list(s, j->id, j->arena, &j->rows, err);
}

bool workspace_list(struct accounts *a, int64_t user, struct arena *arena,
                    const struct workspace **ret, size_t *ret_n, struct error *err) {
    struct load_job j = {.id = user, .arena = arena};
    bool ok = sql_read(a->db, list, &j, err);
    if (ok) {
        struct workspace *all = ARENA_ARRAY(arena, struct workspace, j.rows.len);
        if (j.rows.len)
            memcpy(all, j.rows.items, j.rows.len * sizeof *all);
        *ret = all;
        *ret_n = j.rows.len;
    }
    vec_done(&j.rows);
    return ok;
}
