// SPDX-License-Identifier: Apache-2.0
// Rotation: everything is wrapped again in one transaction. The files change names around it so that whichever
// moment a crash comes at, one of master.key and master.key.new opens the store; vault_find_master settles which.
#include "account/vault_inner.h"
#include "base/clock.h"

struct rotate_job {
    const struct seal_key *old, *fresh;
    struct arena arena, checks;
    struct str check; // value in the store
    struct key_rows rows;
};

static bool wrap_again(struct sql *s, struct rotate_job *j, struct key_row *row,
                       const uint8_t key[CRYPTO_KEY_BYTES], bool is_new, struct error *err) {
    CLEANUP(strbuf_done) struct strbuf wrapped = strbuf_init(KIB);
    vault_wrap(j->fresh, row, key, &wrapped);
    row->wrapped = strbuf_str(&wrapped);
    bool ok =
        is_new ? vault_sql_add_key(s, row, clock_now_us(), err) : vault_sql_set_key(s, row, err);
    row->wrapped = STR("");
    return ok;
}

static bool add_generation(struct sql *s, struct rotate_job *j, const struct key_row *newest,
                           struct error *err) {
    if (newest->generation >= UINT16_MAX)
        return error_set(err, ERROR_LIMIT, "密钥代数已用完", "there are no more key generations");
    uint8_t key[CRYPTO_KEY_BYTES];
    struct key_row row = *newest;
    row.generation++;
    crypto_random(key, sizeof key);
    bool ok = wrap_again(s, j, &row, key, true, err);
    crypto_wipe(key, sizeof key);
    return ok;
}

static bool rotate_row(struct sql *s, struct rotate_job *j, size_t i, struct error *err) {
    struct key_row *row = &j->rows.items[i];
    uint8_t key[CRYPTO_KEY_BYTES];
    if (!vault_unwrap(j->old, row, key))
        return error_set(err, ERROR_FORMAT, "工作区 %" PRId64 " 的密钥打不开，没有更换任何密钥",
                         "a key of workspace %" PRId64 " does not open; nothing was rotated",
                         row->workspace);
    bool ok = wrap_again(s, j, row, key, false, err);
    crypto_wipe(key, sizeof key);
    const struct key_row *next = i + 1 < j->rows.n ? row + 1 : NULL;
    bool is_newest = row->is_data && !(next && next->is_data && next->workspace == row->workspace);
    return ok && (!is_newest || add_generation(s, j, row, err));
}

static bool rotate(struct sql *s, void *ctx, struct error *err) {
    struct rotate_job *j = ctx;
    CLEANUP(strbuf_done) struct strbuf check = strbuf_init(KIB);
    arena_reset(&j->checks);
    vault_seal_check(j->fresh, &check);
    // The check value first: two rotations at once meet here.
    if (!vault_sql_check(s, &j->checks, &j->check, err) ||
        !vault_sql_set_check(s, j->check, strbuf_str(&check), err) ||
        !vault_sql_keys(s, -1, &j->rows, err))
        return false;
    for (size_t i = 0; i < j->rows.n; i++)
        if (!rotate_row(s, j, i, err))
            return false;
    return sql_notify(s, "vault", STR("rotated"), err);
}

static bool rotate_store(struct vault *v, const struct seal_key *fresh, struct error *err) {
    struct rotate_job j = {.old = &v->master, .fresh = fresh};
    j.rows.arena = &j.arena;
    bool ok = sql_write(v->db, rotate, &j, err);
    arena_done(&j.arena);
    arena_done(&j.checks);
    if (ok) {
        v->master = *fresh;
        atomic_fetch_add(&v->epoch, 1);
    }
    return ok;
}

static bool read_check(struct sql *s, void *ctx, struct error *err) {
    struct rotate_job *j = ctx;
    arena_reset(&j->checks);
    return vault_sql_check(s, &j->checks, &j->check, err);
}

static bool is_current(struct vault *v, struct rotate_job *j, bool *ret, struct error *err) {
    if (!sql_read(v->db, read_check, j, err))
        return false;
    *ret = vault_is_master(&v->master, j->check);
    return true;
}

// A rotation before this one may have been cut off, or have ended without our knowing whether its COMMIT took place.
// Once what we have is what opens the store, and nobody else is at it (the lock), a master.key.new that lies there is
// of no use.
static bool settle(struct vault *v, int *ret_locked, struct error *err) {
    struct rotate_job j = {0};
    bool is_ours = false;
    bool ok = is_current(v, &j, &is_ours, err) && (is_ours || vault_find_master(v, j.check, err));
    *ret_locked = ok ? master_lock(v->data_dir, false, err) : -1;
    ok = *ret_locked >= 0 && is_current(v, &j, &is_ours, err);
    if (ok && !is_ours)
        ok = error_set(err, ERROR_CONFLICT, "主密钥刚被另一个进程更换，请稍后再试",
                       "another process has just rotated the master key; try again later");
    if (ok)
        master_remove(v->data_dir, MASTER_NEW_FILE);
    arena_done(&j.checks);
    return ok;
}

// With master.key.new on disk before the commit and renamed after it. If the commit fails it stays, for settle().
static bool rotate_file(struct vault *v, struct error *err) {
    struct seal_key fresh;
    int locked;
    bool ok = settle(v, &locked, err) && master_create(v->data_dir, MASTER_NEW_FILE, &fresh, err) &&
              rotate_store(v, &fresh, err) && master_promote(v->data_dir, err);
    if (locked >= 0)
        master_unlock(locked);
    crypto_wipe(&fresh, sizeof fresh);
    return ok;
}

static bool rotate_command(struct vault *v, struct error *err) {
    struct seal_key fresh;
    bool ok = master_read(v->data_dir, v->command, MASTER_FILE, &fresh, err) &&
              rotate_store(v, &fresh, err);
    crypto_wipe(&fresh, sizeof fresh);
    return ok;
}

bool vault_rotate(struct vault *v, struct error *err) {
    pthread_mutex_lock(&v->loading);
    bool ok = *v->command ? rotate_command(v, err) : rotate_file(v, err);
    pthread_mutex_unlock(&v->loading);
    return ok;
}

int vault_generation(struct vault *v, int64_t workspace, struct error *err) {
    const struct workspace_keys *k = vault_keys(v, workspace, err);
    return k ? k->data.generation : -1;
}

void vault_mark(int generation, uint8_t ret[2]) {
    ret[0] = (uint8_t)generation;
    ret[1] = (uint8_t)(generation >> 8);
}

bool vault_reseal(struct vault *v, int64_t workspace, struct str bound, struct str sealed,
                  struct strbuf *ret, struct error *err) {
    const struct workspace_keys *k = vault_keys(v, workspace, err);
    if (!k)
        return false;
    if (seal_generation(sealed) == k->data.generation) {
        strbuf_add(ret, sealed);
        return true;
    }
    CLEANUP(strbuf_done) struct strbuf plain = strbuf_init(sealed.len);
    if (!vault_unseal(v, workspace, bound, sealed, &plain, err))
        return false;
    seal(&k->data, bound, strbuf_str(&plain), ret);
    if (plain.ptr)
        crypto_wipe(plain.ptr, plain.cap);
    return true;
}

struct forget_job {
    int64_t workspace;
    int generation;
};

static bool forget(struct sql *s, void *ctx, struct error *err) {
    const struct forget_job *j = ctx;
    return vault_sql_forget(s, j->workspace, j->generation, err);
}

bool vault_forget(struct vault *v, int64_t workspace, int generation, struct error *err) {
    struct forget_job j = {workspace, generation};
    return sql_write(v->db, forget, &j, err);
}
