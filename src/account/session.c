// SPDX-License-Identifier: Apache-2.0
#include "account/session_inner.h"

#include "account/api_key.h"
#include "account/audit.h"
#include "account/cache.h"
#include "account/user_inner.h"
#include "base/json.h"
#include "base/utf8.h"

#define TOKEN_BYTES     32
#define MAX_TOKEN_TEXT  128
#define MAX_AGENT_BYTES 300

static bool hash_of(struct str token, uint8_t ret[CRYPTO_HASH_BYTES]) {
    // An API key is no session, whichever way it comes: both are remembered in one table.
    if (!token.len || token.len > MAX_TOKEN_TEXT || str_starts(token, STR(API_KEY_PREFIX)))
        return false;
    crypto_sha256(token, ret);
    return true;
}

static struct str csrf_of(struct str token, struct arena *arena) {
    uint8_t mac[CRYPTO_HASH_BYTES];
    CLEANUP(strbuf_done) struct strbuf sb = strbuf_init(KIB);
    crypto_hmac(token, STR("csrf"), mac);
    crypto_base64url(hash_str(mac), &sb);
    return arena_str(arena, strbuf_str(&sb));
}

static bool no_session(struct error *err) {
    return error_set(err, ERROR_NOT_FOUND, "没有登录，或登录已过期", "not signed in, or no longer");
}

// ── opening ──

struct open_job {
    struct session_row row;
    uint8_t old[CRYPTO_HASH_BYTES];
    bool has_old;
    bool may_enter;
    struct arena arena;
};

static bool open_row(struct sql *s, void *ctx, struct error *err) {
    struct open_job *j = ctx;
    struct user_row user;
    struct principal by = {.user = j->row.user, .workspace = j->row.workspace};
    char subject[AUDIT_SUBJECT];
    arena_reset(&j->arena);
    if (!user_sql_load(s, j->row.workspace, j->row.user, &j->arena, &user, err))
        return false;
    j->may_enter = user.m.active;
    if (!j->may_enter)
        return true;
    return (!j->has_old || session_sql_end(s, j->old, err)) &&
           session_sql_insert(s, &j->row, err) && accounts_notify(s, err) &&
           audit_add(s, &by, "session.open", audit_subject(subject, "session", j->row.id), STR(""),
                     err);
}

static bool find_workspace(struct sql *s, void *ctx, struct error *err) {
    struct open_job *j = ctx;
    return user_sql_workspace(s, j->row.user, &j->row.workspace, err);
}

static bool seal_origin(struct accounts *a, int64_t id, const struct session_origin *origin,
                        struct arena *arena, struct str *ret, struct error *err) {
    CLEANUP(strbuf_done) struct strbuf sb = strbuf_init(16 * KIB);
    struct json_writer w = json_writer_init(&sb);
    json_begin_object(&w);
    json_key(&w, "address");
    json_add_str(&w, str_slice(origin->address, 0, 64));
    json_key(&w, "agent");
    json_add_str(&w, utf8_cut_bytes(origin->agent, MAX_AGENT_BYTES));
    json_end_object(&w);
    return accounts_seal(a, 0, "session", id, strbuf_str(&sb), arena, ret, err);
}

static bool prepare(struct accounts *a, struct open_job *j, const struct session_origin *origin,
                    struct arena *arena, struct session_start *ret, struct error *err) {
    uint8_t random[TOKEN_BYTES];
    CLEANUP(strbuf_done) struct strbuf token = strbuf_init(KIB);
    crypto_random(random, sizeof random);
    crypto_base64url(str_make((char *)random, sizeof random), &token);
    crypto_sha256(strbuf_str(&token), j->row.hash);
    j->row.id = id_next(a->ids);
    j->row.created_us = j->row.used_us = a->now_us();
    j->row.expires_us = j->row.created_us + SESSION_MAX_US;
    ret->token = arena_str(arena, strbuf_str(&token));
    ret->csrf = csrf_of(ret->token, arena);
    return seal_origin(a, j->row.id, origin, arena, &j->row.origin, err);
}

bool session_open(struct accounts *a, int64_t user, int64_t workspace,
                  const struct session_origin *origin, struct str old_token, struct arena *arena,
                  struct session_start *ret, struct error *err) {
    struct open_job j = {.row = {.user = user, .workspace = workspace}};
    struct session_start start = {0};
    j.has_old = hash_of(old_token, j.old);
    if ((!workspace && !sql_read(a->db, find_workspace, &j, err)) ||
        !prepare(a, &j, origin, arena, &start, err))
        return false;
    bool ok = j.row.workspace && sql_write(a->db, open_row, &j, err);
    arena_done(&j.arena);
    if (j.row.workspace && !ok)
        return false;
    if (!j.may_enter)
        return error_set(err, ERROR_FORBIDDEN, "没有可以进入的工作区",
                         "there is no workspace you may enter");
    accounts_changed(a);
    start.id = j.row.id;
    start.user = user;
    start.workspace = j.row.workspace;
    start.expires_us = j.row.expires_us;
    *ret = start;
    return true;
}

// ── finding ──

enum auth session_peek(struct accounts *a, struct str token, struct arena *arena,
                       struct principal *ret) {
    uint8_t hash[CRYPTO_HASH_BYTES];
    struct auth_entry entry;
    bool is_due;
    if (!hash_of(token, hash))
        return AUTH_REFUSED;
    enum auth answer = auth_cache_find(a->cache, hash, a->now_us(), arena, ret, &entry, &is_due);
    if (is_due)
        accounts_touch_later(a, session_sql_touch, entry.id, a->now_us());
    return answer;
}

struct find_job {
    const uint8_t *hash;
    struct arena *arena;
    struct session_row row;
    bool found;
};

static bool find(struct sql *s, void *ctx, struct error *err) {
    struct find_job *j = ctx;
    return session_sql_find(s, j->hash, j->arena, &j->row, &j->found, err);
}

static bool principal_of(struct accounts *a, const struct session_row *row, struct str token,
                         struct arena *arena, struct principal *ret, struct error *err) {
    struct principal p = {
        .workspace = row->workspace,
        .user = row->user,
        .session = row->id,
        .role = row->role,
        .permissions = role_permissions(row->role),
        .csrf = csrf_of(token, arena),
    };
    if (!accounts_unseal(a, 0, "email", row->user, row->email, arena, &p.name, err) ||
        !user_unseal_scope(a, row->workspace, row->user, row->scope, arena, &p.scope, &p.n_scope,
                           err))
        return false;
    *ret = p;
    return true;
}

bool session_find(struct accounts *a, struct str token, struct arena *arena, struct principal *ret,
                  struct error *err) {
    uint8_t hash[CRYPTO_HASH_BYTES];
    enum auth answer = session_peek(a, token, arena, ret);
    if (answer != AUTH_ASK)
        return answer == AUTH_KNOWN || no_session(err);
    crypto_sha256(token, hash);
    int64_t now = a->now_us();
    unsigned epoch = auth_cache_epoch(a->cache);
    struct find_job j = {.hash = hash, .arena = arena};
    struct principal p;
    if (!sql_read(a->db, find, &j, err))
        return false;
    struct auth_entry entry = {.ends_us = INT64_MAX};
    if (j.found)
        entry = (struct auth_entry){
            &p, j.row.id, MIN(j.row.expires_us, j.row.used_us + SESSION_IDLE_US), j.row.used_us};
    if (!j.found || now >= entry.ends_us) {
        entry = (struct auth_entry){.ends_us = INT64_MAX};
        auth_cache_put(a->cache, hash, now, epoch, &entry);
        return no_session(err);
    }
    if (!principal_of(a, &j.row, token, arena, &p, err))
        return false;
    if (auth_cache_put(a->cache, hash, now, epoch, &entry))
        accounts_touch_later(a, session_sql_touch, j.row.id, now);
    *ret = p;
    return true;
}

// ── ending, switching, listing ──

struct end_job {
    uint8_t hash[CRYPTO_HASH_BYTES];
    int64_t user, id, workspace, changed;
};

static bool end_token(struct sql *s, void *ctx, struct error *err) {
    const struct end_job *j = ctx;
    return session_sql_end(s, j->hash, err) && accounts_notify(s, err);
}

bool session_end_token(struct accounts *a, struct str token, struct error *err) {
    struct end_job j = {0};
    if (!hash_of(token, j.hash))
        return true;
    bool ok = sql_write(a->db, end_token, &j, err);
    accounts_changed(a);
    return ok;
}

static bool switch_workspace(struct sql *s, void *ctx, struct error *err) {
    struct end_job *j = ctx;
    return session_sql_switch(s, j->hash, j->workspace, &j->changed, err) &&
           accounts_notify(s, err);
}

bool session_switch(struct accounts *a, struct str token, int64_t workspace, struct error *err) {
    struct end_job j = {.workspace = workspace};
    if (!hash_of(token, j.hash))
        return no_session(err);
    bool ok = sql_write(a->db, switch_workspace, &j, err);
    accounts_changed(a);
    return ok && (j.changed || accounts_not_found(err, "工作区", "workspace"));
}

static bool end_one(struct sql *s, void *ctx, struct error *err) {
    struct end_job *j = ctx;
    return session_sql_end_one(s, j->user, j->id, &j->changed, err) && accounts_notify(s, err);
}

bool session_end(struct accounts *a, int64_t user, int64_t id, struct error *err) {
    struct end_job j = {.user = user, .id = id};
    bool ok = sql_write(a->db, end_one, &j, err);
    accounts_changed(a);
    return ok && (j.changed || accounts_not_found(err, "登录", "session"));
}

static bool end_all(struct sql *s, void *ctx, struct error *err) {
    const struct end_job *j = ctx;
    return session_sql_end_user(s, j->user, 0, j->id, err) && accounts_notify(s, err);
}

bool session_end_all(struct accounts *a, int64_t user, int64_t keep, struct error *err) {
    struct end_job j = {.user = user, .id = keep};
    bool ok = sql_write(a->db, end_all, &j, err);
    accounts_changed(a);
    return ok;
}

struct list_job {
    int64_t user, now_us;
    struct arena *arena;
    struct session_rows rows;
};

static bool list(struct sql *s, void *ctx, struct error *err) {
    struct list_job *j = ctx;
    return session_sql_list(s, j->user, j->now_us, j->arena, &j->rows, err);
}

static bool unseal_row(struct accounts *a, const struct session_row *row, struct arena *arena,
                       struct session *ret, struct error *err) {
    struct str text;
    CLEANUP(json_freep) struct json *j = NULL;
    *ret = (struct session){.id = row->id,
                            .created_us = row->created_us,
                            .used_us = row->used_us,
                            .expires_us = MIN(row->expires_us, row->used_us + SESSION_IDLE_US)};
    if (!accounts_unseal(a, 0, "session", row->id, row->origin, arena, &text, err) ||
        !json_parse(text, &j, err))
        return false;
    ret->origin.address = arena_str(arena, json_str(json_get(j, "address")));
    ret->origin.agent = arena_str(arena, json_str(json_get(j, "agent")));
    return true;
}

bool session_list(struct accounts *a, int64_t user, struct str token, struct arena *arena,
                  const struct session **ret, size_t *ret_n, struct error *err) {
    struct list_job j = {.user = user, .now_us = a->now_us(), .arena = arena};
    uint8_t hash[CRYPTO_HASH_BYTES];
    bool has_hash = hash_of(token, hash), ok = sql_read(a->db, list, &j, err);
    struct session *all = ARENA_ARRAY(arena, struct session, j.rows.len);
    for (size_t i = 0; ok && i < j.rows.len; i++) {
        const struct session_row *row = &j.rows.items[i];
        ok = unseal_row(a, row, arena, &all[i], err);
        all[i].is_current = has_hash && memcmp(row->hash, hash, sizeof hash) == 0;
    }
    *ret = ok ? all : *ret;
    *ret_n = ok ? j.rows.len : *ret_n;
    vec_done(&j.rows);
    return ok;
}
