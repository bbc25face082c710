// SPDX-License-Identifier: Apache-2.0
#include "account/api_key_inner.h"

#include "account/audit.h"
#include "account/cache.h"

#define MAX_KEYS       200
#define MAX_TOKEN_TEXT 128

// ── making and revoking ──

struct create_job {
    const struct principal *by;
    struct api_key_row row;
};

static bool create(struct sql *s, void *ctx, struct error *err) {
    const struct create_job *j = ctx;
    int64_t n;
    char subject[AUDIT_SUBJECT];
    if (!api_key_sql_count(s, j->row.workspace, &n, err))
        return false;
    if (n >= MAX_KEYS)
        return error_set(err, ERROR_LIMIT, "已有 %d 个密钥，请先作废不用的",
                         "there are %d keys; revoke those that are not used", MAX_KEYS);
    return api_key_sql_insert(s, &j->row, err) &&
           audit_add_in(s, j->row.workspace, j->by, "key.create",
                        audit_subject(subject, "key", j->row.key.id), j->row.scopes, err);
}

static bool check(const struct principal *by, const struct api_key *what, int64_t now_us,
                  struct str *ret_name, struct error *err) {
    if (!accounts_check_name(what->name, "name", ret_name, err))
        return false;
    if (what->expires_us && what->expires_us <= now_us) {
        error_set(err, ERROR_INVALID, "到期时间已经过去", "the end is in the past");
        return error_field(err, "expires_at");
    }
    uint64_t granted = what->scopes & ~(UINT64_C(1) << PERMISSION_NONE);
    if (!granted) {
        error_set(err, ERROR_INVALID, "至少要有一项权限", "at least one scope is needed");
        return error_field(err, "scopes");
    }
    // A key sees all of the workspace: who does not cannot make one.
    if (by && by->n_scope)
        return error_set(err, ERROR_FORBIDDEN, "密钥能看到全部数据，您的数据范围有限，不能建立",
                         "a key sees all data; with a limited data scope you cannot make one");
    if (!by || !(granted & ~by->permissions))
        return true;
    error_set(err, ERROR_FORBIDDEN, "不能授予自己没有的权限",
              "you cannot give a scope that you do not have");
    return error_field(err, "scopes");
}

bool api_key_create(struct accounts *a, const struct principal *by, int64_t workspace,
                    const struct api_key *what, struct arena *arena, struct str *ret_token,
                    int64_t *ret_id, struct error *err) {
    struct create_job j = {.by = by, .row = {.key = *what, .workspace = workspace}};
    struct api_key *k = &j.row.key;
    if (!check(by, what, a->now_us(), &k->name, err))
        return false;
    CLEANUP(strbuf_done) struct strbuf token = strbuf_init(KIB), scopes = strbuf_init(4 * KIB);
    crypto_token(API_KEY_PREFIX, &token);
    permission_format_list(what->scopes, &scopes);
    crypto_sha256(strbuf_str(&token), j.row.hash);
    j.row.scopes = strbuf_str(&scopes);
    k->id = id_next(a->ids);
    k->created_us = a->now_us();
    k->created_by = by ? by->user : 0;
    k->hint = str_slice(strbuf_str(&token), token.len - 4, token.len);
    bool ok = sql_write(a->db, create, &j, err);
    if (ok) {
        *ret_token = arena_str(arena, strbuf_str(&token));
        *ret_id = k->id;
    }
    crypto_wipe(token.ptr, token.cap);
    return ok;
}

struct revoke_job {
    const struct principal *by;
    int64_t workspace, id, now_us, changed;
};

static bool revoke(struct sql *s, void *ctx, struct error *err) {
    struct revoke_job *j = ctx;
    char subject[AUDIT_SUBJECT];
    return api_key_sql_revoke(s, j->workspace, j->id, j->now_us, &j->changed, err) &&
           (!j->changed || (accounts_notify(s, err) &&
                            audit_add_in(s, j->workspace, j->by, "key.revoke",
                                         audit_subject(subject, "key", j->id), STR(""), err)));
}

bool api_key_revoke(struct accounts *a, const struct principal *by, int64_t workspace, int64_t id,
                    struct error *err) {
    struct revoke_job j = {by, workspace, id, a->now_us(), 0};
    bool ok = sql_write(a->db, revoke, &j, err);
    accounts_changed(a);
    return ok && (j.changed || accounts_not_found(err, "密钥", "key"));
}

// ── listing ──

struct list_job {
    int64_t workspace;
    struct arena *arena;
    struct api_key_rows rows;
};

static bool list(struct sql *s, void *ctx, struct error *err) {
    struct list_job *j = ctx;
    return api_key_sql_list(s, j->workspace, j->arena, &j->rows, err);
}

// Scopes that this program does not know give nothing.
static uint64_t scopes_of(struct str codes) {
    uint64_t bits = 0;
    struct str code;
    enum permission p;
    while (str_cut(&codes, ',', &code))
        if (permission_find(code, &p))
            bits |= UINT64_C(1) << p;
    return bits;
}

bool api_key_list(struct accounts *a, int64_t workspace, struct arena *arena,
                  const struct api_key **ret, size_t *ret_n, struct error *err) {
    struct list_job j = {.workspace = workspace, .arena = arena};
    bool ok = sql_read(a->db, list, &j, err);
    struct api_key *keys = ARENA_ARRAY(arena, struct api_key, j.rows.len);
    for (size_t i = 0; i < j.rows.len; i++) {
        keys[i] = j.rows.items[i].key;
        keys[i].scopes = scopes_of(j.rows.items[i].scopes);
    }
    *ret = ok ? keys : *ret;
    *ret_n = ok ? j.rows.len : *ret_n;
    vec_done(&j.rows);
    return ok;
}

// ── finding ──

static bool is_token(struct str token) {
    return token.len <= MAX_TOKEN_TEXT && str_starts(token, STR(API_KEY_PREFIX));
}

enum auth api_key_peek(struct accounts *a, struct str token, struct arena *arena,
                       struct principal *ret) {
    uint8_t hash[CRYPTO_HASH_BYTES];
    struct auth_entry entry;
    bool is_due;
    if (!is_token(token))
        return AUTH_REFUSED;
    crypto_sha256(token, hash);
    enum auth answer = auth_cache_find(a->cache, hash, a->now_us(), arena, ret, &entry, &is_due);
    if (is_due)
        accounts_touch_later(a, api_key_sql_touch, entry.id, a->now_us());
    return answer;
}

struct find_job {
    const uint8_t *hash;
    struct arena *arena;
    struct api_key_row row;
    bool found;
};

static bool find(struct sql *s, void *ctx, struct error *err) {
    struct find_job *j = ctx;
    return api_key_sql_find(s, j->hash, j->arena, &j->row, &j->found, err);
}

static bool is_good(const struct find_job *j, int64_t now_us) {
    const struct api_key *k = &j->row.key;
    return j->found && !k->revoked_us && (!k->expires_us || now_us < k->expires_us);
}

static bool no_key(struct error *err) {
    return error_set(err, ERROR_NOT_FOUND, "没有这个密钥，或它已作废、过期",
                     "there is no such key, or it was revoked or has ended");
}

bool api_key_find(struct accounts *a, struct str token, struct arena *arena, struct principal *ret,
                  struct error *err) {
    uint8_t hash[CRYPTO_HASH_BYTES];
    enum auth answer = api_key_peek(a, token, arena, ret);
    if (answer != AUTH_ASK)
        return answer == AUTH_KNOWN || no_key(err);
    crypto_sha256(token, hash);
    int64_t now = a->now_us();
    unsigned epoch = auth_cache_epoch(a->cache);
    struct find_job j = {.hash = hash, .arena = arena};
    if (!sql_read(a->db, find, &j, err))
        return false;
    struct auth_entry entry = {.ends_us = INT64_MAX};
    if (!is_good(&j, now)) {
        auth_cache_put(a->cache, hash, now, epoch, &entry);
        return no_key(err);
    }
    const struct api_key *k = &j.row.key;
    struct principal p = {
        .workspace = j.row.workspace,
        .key = k->id,
        .role = ROLE_VIEWER,
        .permissions = scopes_of(j.row.scopes) | UINT64_C(1) << PERMISSION_NONE,
        .name = k->name,
    };
    entry = (struct auth_entry){&p, k->id, k->expires_us ? k->expires_us : INT64_MAX, k->used_us};
    if (auth_cache_put(a->cache, hash, now, epoch, &entry))
        accounts_touch_later(a, api_key_sql_touch, k->id, now);
    *ret = p;
    return true;
}
