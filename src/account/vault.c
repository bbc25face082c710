// SPDX-License-Identifier: Apache-2.0
#include "account/vault_inner.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"

#define CHECK_TEXT "huisheng"

void vault_seal_check(const struct seal_key *master, struct strbuf *ret) {
    seal(master, STR("check"), STR(CHECK_TEXT), ret);
}

bool vault_is_master(const struct seal_key *master, struct str check) {
    CLEANUP(strbuf_done) struct strbuf plain = strbuf_init(64);
    return unseal(master, STR("check"), check, &plain, NULL) &&
           str_eq(strbuf_str(&plain), STR(CHECK_TEXT));
}

static struct str bound_of(const struct key_row *row, char buf[64]) {
    int n = snprintf(buf, 64, "key:%" PRId64 ":%s:%d", row->workspace,
                     row->is_data ? "data" : "root", row->generation);
    return str_make(buf, (size_t)n);
}

void vault_wrap(const struct seal_key *master, const struct key_row *row,
                const uint8_t key[CRYPTO_KEY_BYTES], struct strbuf *ret) {
    char bound[64];
    seal(master, bound_of(row, bound), str_make((const char *)key, CRYPTO_KEY_BYTES), ret);
}

bool vault_unwrap(const struct seal_key *master, const struct key_row *row,
                  uint8_t ret[CRYPTO_KEY_BYTES]) {
    char bound[64];
    CLEANUP(strbuf_done) struct strbuf plain = strbuf_init(CRYPTO_KEY_BYTES);
    bool ok = unseal(master, bound_of(row, bound), row->wrapped, &plain, NULL) &&
              plain.len == CRYPTO_KEY_BYTES;
    if (ok)
        memcpy(ret, plain.ptr, CRYPTO_KEY_BYTES);
    if (plain.ptr)
        crypto_wipe(plain.ptr, plain.cap);
    return ok;
}

static bool wrong_key(const struct vault *v, struct error *err) {
    if (*v->command)
        return error_set(
            err, ERROR_FORBIDDEN,
            "HUISHENG_MASTER_KEY_COMMAND 给出的主密钥打不开这个数据库，没有改动任何数据",
            "the master key that HUISHENG_MASTER_KEY_COMMAND prints is not the one of this "
            "store; nothing was changed");
    return error_set(
        err, ERROR_FORBIDDEN, "%s/%s 打不开这个数据库，没有改动任何数据；请放回与它配套的主密钥",
        "%s/%s is not the master key of this store; nothing was changed; put the right "
        "one back",
        v->data_dir, MASTER_FILE);
}

// ── opening ──

struct check_job {
    struct arena *arena;
    struct str mine, found;
};

static bool read_check(struct sql *s, void *ctx, struct error *err) {
    struct check_job *j = ctx;
    return vault_sql_check(s, j->arena, &j->found, err);
}

static bool add_check(struct sql *s, void *ctx, struct error *err) {
    struct check_job *j = ctx;
    return vault_sql_add_check(s, j->mine, err) && vault_sql_check(s, j->arena, &j->found, err);
}

// An empty store: the key is made, or taken if it is there already.
static bool first_master(struct vault *v, struct check_job *j, struct error *err) {
    struct error why;
    if (!master_read(v->data_dir, v->command, MASTER_FILE, &v->master, &why)) {
        if (*v->command || why.code != ERROR_NOT_FOUND) {
            if (err)
                *err = why;
            return false;
        }
        if (!master_create(v->data_dir, MASTER_FILE, &v->master, err))
            return false;
    }
    CLEANUP(strbuf_done) struct strbuf check = strbuf_init(KIB);
    vault_seal_check(&v->master, &check);
    j->mine = strbuf_str(&check);
    if (!sql_write(v->db, add_check, j, err))
        return false;
    j->mine = STR("");
    // Another node may have been first, with another key.
    return vault_is_master(&v->master, j->found) || wrong_key(v, err);
}

// A rotation that ended between its commit and the renaming of the files is finished here.
static bool finish_rotation(struct vault *v, struct str check, struct seal_key *ret,
                            struct error *err) {
    int locked = master_lock(v->data_dir, true, err);
    if (locked < 0)
        return false;
    bool ok =
        (master_read(v->data_dir, "", MASTER_FILE, ret, NULL) && vault_is_master(ret, check)) ||
        (master_read(v->data_dir, "", MASTER_NEW_FILE, ret, NULL) && vault_is_master(ret, check) &&
         master_promote(v->data_dir, err));
    master_unlock(locked);
    return ok || wrong_key(v, err);
}

bool vault_find_master(struct vault *v, struct str check, struct error *err) {
    struct seal_key key;
    struct error why;
    if (!master_read(v->data_dir, v->command, MASTER_FILE, &key, &why)) {
        if (why.code == ERROR_NOT_FOUND)
            error_set(&why, ERROR_NOT_FOUND,
                      "缺少 %s/%s：数据库还在，但没有主密钥什么都读不了；请放回单独保存的主密钥",
                      "%s/%s is missing: the store is there, but cannot be read without its master "
                      "key; put it back from where it is kept apart",
                      v->data_dir, MASTER_FILE);
        if (err)
            *err = why;
        return false;
    }
    if (!vault_is_master(&key, check) &&
        (*v->command ? !wrong_key(v, err) : !finish_rotation(v, check, &key, err)))
        return false;
    v->master = key;
    return true;
}

static bool open_master(struct vault *v, struct error *err) {
    CLEANUP(arena_done) struct arena a = {0};
    struct check_job j = {.arena = &a};
    if (!sql_read(v->db, read_check, &j, err))
        return false;
    return j.found.len ? vault_find_master(v, j.found, err) : first_master(v, &j, err);
}

static void on_rotation(void *ctx, struct str payload) {
    (void)payload;
    struct vault *v = ctx;
    atomic_fetch_add(&v->epoch, 1);
}

bool vault_open(struct sql_db *db, const char *data_dir, const char *command, struct vault **ret,
                struct error *err) {
    struct vault *v = NEW(struct vault);
    v->db = db;
    v->data_dir = str_dup(str_from(data_dir));
    v->command = str_dup(str_from(command));
    pthread_mutex_init(&v->loading, NULL);
    pthread_rwlock_init(&v->lock, NULL);
    if (!open_master(v, err) || !sql_listen(db, "vault", on_rotation, v, err)) {
        vault_free(v);
        return false;
    }
    *ret = v;
    return true;
}

void vault_free(struct vault *v) {
    if (!v)
        return;
    for (struct key_set *set = v->all, *next; set; set = next) {
        next = set->next;
        crypto_wipe(set->generations, set->n_generations * sizeof *set->generations);
        free(set->generations);
        crypto_wipe(set, sizeof *set);
        free(set);
    }
    map_u64_done(&v->sets);
    pthread_rwlock_destroy(&v->lock);
    pthread_mutex_destroy(&v->loading);
    free(v->data_dir);
    free(v->command);
    crypto_wipe(v, sizeof *v);
    free(v);
}

// ── loading the keys of a workspace ──

struct load_job {
    struct key_rows rows;
    int64_t workspace;
    struct key_row add[2]; // what it gets if it has none
};

static bool read_keys(struct sql *s, void *ctx, struct error *err) {
    struct load_job *j = ctx;
    return vault_sql_keys(s, j->workspace, &j->rows, err);
}

static bool make_keys(struct sql *s, void *ctx, struct error *err) {
    struct load_job *j = ctx;
    for (size_t i = 0; i < ARRAY_LEN(j->add); i++)
        if (!vault_sql_add_key(s, &j->add[i], clock_now_us(), err))
            return false;
    return vault_sql_keys(s, j->workspace, &j->rows, err);
}

static bool make(struct vault *v, struct load_job *j, struct error *err) {
    struct strbuf wrapped[2];
    for (int i = 0; i < 2; i++) {
        uint8_t key[CRYPTO_KEY_BYTES];
        crypto_random(key, sizeof key);
        wrapped[i] = strbuf_init(KIB);
        j->add[i] = (struct key_row){.workspace = j->workspace, .is_data = i == 1, .generation = 1};
        vault_wrap(&v->master, &j->add[i], key, &wrapped[i]);
        j->add[i].wrapped = strbuf_str(&wrapped[i]);
        crypto_wipe(key, sizeof key);
    }
    bool ok = sql_write(v->db, make_keys, j, err);
    strbuf_done(&wrapped[0]);
    strbuf_done(&wrapped[1]);
    return ok;
}

static struct key_set *unwrap_set(const struct vault *v, const struct load_job *j) {
    struct key_set *set = NEW(struct key_set);
    set->workspace = j->workspace;
    set->generations = NEW_ARRAY(struct seal_key, j->rows.n);
    bool has_root = false, ok = true;
    for (size_t i = 0; ok && i < j->rows.n; i++) {
        const struct key_row *row = &j->rows.items[i];
        uint8_t key[CRYPTO_KEY_BYTES];
        ok = vault_unwrap(&v->master, row, key);
        if (ok && row->is_data) {
            struct seal_key *data = &set->generations[set->n_generations++];
            memcpy(data->key, key, sizeof key);
            data->generation = (uint16_t)row->generation;
            set->keys.data = *data;
        } else if (ok) {
            crypto_derive(key, "index", set->keys.index);
            crypto_derive(key, "search", set->keys.search);
            crypto_derive(key, "facts", set->keys.facts);
            has_root = true;
        }
        crypto_wipe(key, sizeof key);
    }
    if (ok && has_root && set->n_generations)
        return set;
    free(set->generations);
    free(set);
    return NULL;
}

// The store has been rotated elsewhere: our own copy of the master key may have been replaced meanwhile.
static bool refresh_master(struct vault *v, struct error *err) {
    CLEANUP(arena_done) struct arena a = {0};
    struct check_job j = {.arena = &a};
    return sql_read(v->db, read_check, &j, err) && vault_find_master(v, j.found, err);
}

static struct key_set *load_set(struct vault *v, int64_t workspace, struct error *err) {
    CLEANUP(arena_done) struct arena a = {0};
    struct load_job j = {.rows = {.arena = &a}, .workspace = workspace};
    if (!sql_read(v->db, read_keys, &j, err) || (!j.rows.n && !make(v, &j, err)))
        return NULL;
    struct key_set *set = unwrap_set(v, &j);
    if (!set && refresh_master(v, err)) {
        set = unwrap_set(v, &j);
        if (!set)
            error_set(err, ERROR_CORRUPT, "工作区 %" PRId64 " 的密钥已损坏，请从备份恢复数据库",
                      "the keys of workspace %" PRId64
                      " are damaged; restore the store from a backup",
                      workspace);
    }
    return set;
}

static struct key_set *find_set(struct vault *v, int64_t workspace) {
    uint64_t found = 0;
    pthread_rwlock_rdlock(&v->lock);
    map_u64_get(&v->sets, (uint64_t)workspace, &found);
    pthread_rwlock_unlock(&v->lock);
    return (struct key_set *)(uintptr_t)found;
}

static void keep_set(struct vault *v, struct key_set *set) {
    pthread_rwlock_wrlock(&v->lock);
    set->next = v->all;
    v->all = set;
    map_u64_put(&v->sets, (uint64_t)set->workspace, (uintptr_t)set);
    pthread_rwlock_unlock(&v->lock);
}

// `needs`: a generation it must have, or −1.
static bool is_good(const struct vault *v, const struct key_set *set, int needs) {
    if (!set || atomic_load(&set->epoch) != atomic_load(&v->epoch))
        return false;
    for (size_t i = 0; needs >= 0 && i < set->n_generations; i++)
        if (set->generations[i].generation == needs)
            return true;
    return needs < 0;
}

static const struct key_set *set_of(struct vault *v, int64_t workspace, int needs,
                                    struct error *err) {
    struct key_set *set = find_set(v, workspace);
    if (is_good(v, set, needs))
        return set;
    pthread_mutex_lock(&v->loading);
    set = find_set(v, workspace); // meanwhile somebody else may have loaded it
    if (!is_good(v, set, needs)) {
        unsigned epoch = atomic_load(&v->epoch);
        struct error why = {0};
        struct key_set *fresh = load_set(v, workspace, &why);
        if (fresh) {
            atomic_store(&fresh->epoch, epoch);
            keep_set(v, fresh);
            set = fresh;
        } else if (set && needs < 0) {
            // Work goes on with what is known; reading what the others have sealed since will tell again.
            log_warn("keys of workspace %" PRId64 " could not be read again: %s", workspace,
                     why.en);
            atomic_store(&set->epoch, epoch);
        } else {
            if (err)
                *err = why;
            set = NULL;
        }
    }
    pthread_mutex_unlock(&v->loading);
    return set;
}

const struct workspace_keys *vault_keys(struct vault *v, int64_t workspace, struct error *err) {
    const struct key_set *set = set_of(v, workspace, -1, err);
    return set ? &set->keys : NULL;
}

static const struct seal_key *generation_of(const struct key_set *set, int generation) {
    for (size_t i = set->n_generations; i > 0; i--)
        if (set->generations[i - 1].generation == generation)
            return &set->generations[i - 1];
    return NULL;
}

bool vault_unseal(struct vault *v, int64_t workspace, struct str bound, struct str sealed,
                  struct strbuf *ret, struct error *err) {
    int needs = seal_generation(sealed);
    const struct key_set *set = find_set(v, workspace);
    const struct seal_key *key = set && needs >= 0 ? generation_of(set, needs) : NULL;
    if (!key) {
        set = set_of(v, workspace, needs, err);
        if (!set)
            return false;
        key = generation_of(set, needs);
    }
    // No such generation: unseal says what is wrong.
    return unseal(key ? key : &set->keys.data, bound, sealed, ret, err);
}

void vault_lookup(const struct workspace_keys *k, const char *kind, struct str value,
                  uint8_t ret[VAULT_LOOKUP_BYTES]) {
    char small[256];
    uint8_t hash[CRYPTO_HASH_BYTES];
    struct str key = str_make((const char *)k->index, CRYPTO_KEY_BYTES);
    size_t kind_len = strlen(kind) + 1; // its NUL separates the two
    if (kind_len + value.len <= sizeof small) {
        memcpy(small, kind, kind_len);
        if (value.len)
            memcpy(small + kind_len, value.ptr, value.len);
        crypto_hmac(key, str_make(small, kind_len + value.len), hash);
    } else {
        CLEANUP(strbuf_done) struct strbuf all = strbuf_init(kind_len + value.len);
        strbuf_add(&all, str_make(kind, kind_len));
        strbuf_add(&all, value);
        crypto_hmac(key, strbuf_str(&all), hash);
    }
    memcpy(ret, hash, VAULT_LOOKUP_BYTES);
}
