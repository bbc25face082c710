// SPDX-License-Identifier: Apache-2.0
#include "account/accounts_inner.h"

#include "account/cache.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/utf8.h"

#define MAX_SEALED_BYTES (64 * KIB)

static void on_change(void *ctx, struct str payload) {
    (void)payload;
    struct accounts *a = ctx;
    auth_cache_clear(a->cache);
}

bool accounts_open(struct sql_db *db, struct vault *vault, struct id_source *ids,
                   struct accounts **ret, struct error *err) {
    // Made now, so that nobody has to make them in the middle of something.
    if (!vault_keys(vault, 0, err))
        return false;
    struct accounts *a = NEW(struct accounts);
    *a = (struct accounts){db, vault, ids, clock_now_us, auth_cache_new()};
    if (!sql_listen(db, "account", on_change, a, err)) {
        accounts_free(a);
        return false;
    }
    *ret = a;
    return true;
}

void accounts_free(struct accounts *a) {
    if (!a)
        return;
    auth_cache_free(a->cache);
    free(a);
}

void accounts_changed(struct accounts *a) {
    auth_cache_clear(a->cache);
}

bool accounts_notify(struct sql *s, struct error *err) {
    return sql_notify(s, "account", STR("changed"), err);
}

struct touch {
    bool (*touch)(struct sql *s, int64_t id, int64_t now_us, struct error *err);
    int64_t id, now_us;
};

static bool touch(struct sql *s, void *ctx, struct error *err) {
    const struct touch *t = ctx;
    return t->touch(s, t->id, t->now_us, err);
}

static void touched(void *ctx, bool ok, const struct error *err) {
    (void)ok;
    (void)err;
    free(ctx);
}

void accounts_touch_later(struct accounts *a,
                          bool (*fn)(struct sql *s, int64_t id, int64_t now_us, struct error *err),
                          int64_t id, int64_t now_us) {
    struct touch *t = NEW(struct touch);
    *t = (struct touch){fn, id, now_us};
    sql_write_async(a->db, touch, touched, t);
}

static struct str bound_of(const char *what, int64_t id, char buf[64]) {
    int n = snprintf(buf, 64, "%s:%" PRId64, what, id);
    return str_make(buf, (size_t)n);
}

bool accounts_seal(struct accounts *a, int64_t workspace, const char *what, int64_t id,
                   struct str plain, struct arena *arena, struct str *ret, struct error *err) {
    const struct workspace_keys *k = vault_keys(a->vault, workspace, err);
    if (!k)
        return false;
    char bound[64];
    CLEANUP(strbuf_done) struct strbuf sb = strbuf_init(MAX_SEALED_BYTES);
    seal(&k->data, bound_of(what, id, bound), plain, &sb);
    if (sb.overflow)
        return error_set(err, ERROR_LIMIT, "内容超过 %d KB", "more than %d KB",
                         (int)(MAX_SEALED_BYTES / KIB));
    *ret = arena_str(arena, strbuf_str(&sb));
    return true;
}

bool accounts_unseal(struct accounts *a, int64_t workspace, const char *what, int64_t id,
                     struct str sealed, struct arena *arena, struct str *ret, struct error *err) {
    char bound[64];
    CLEANUP(strbuf_done) struct strbuf sb = strbuf_init(MAX_SEALED_BYTES);
    if (!vault_unseal(a->vault, workspace, bound_of(what, id, bound), sealed, &sb, err))
        return false;
    *ret = arena_str(arena, strbuf_str(&sb));
    return true;
}

bool accounts_lookup(struct accounts *a, const char *kind, struct str value,
                     uint8_t ret[VAULT_LOOKUP_BYTES], struct error *err) {
    const struct workspace_keys *k = vault_keys(a->vault, 0, err);
    if (!k)
        return false;
    vault_lookup(k, kind, value, ret);
    return true;
}

bool accounts_check_name(struct str name, const char *field, struct str *ret, struct error *err) {
    struct str s = str_trim(name);
    bool ok = s.len > 0 && s.len <= MAX_NAME_BYTES && utf8_is_valid(s);
    for (size_t i = 0; ok && i < s.len; i++)
        ok = (unsigned char)s.ptr[i] >= 0x20 && s.ptr[i] != 0x7f;
    if (ok) {
        *ret = s;
        return true;
    }
    error_set(err, ERROR_INVALID, "名称不能为空，最多 %d 字节，不含控制字符",
              "a name must not be empty, has at most %d bytes and no control characters",
              MAX_NAME_BYTES);
    return error_field(err, field);
}

bool accounts_not_found(struct error *err, const char *zh, const char *en) {
    return error_set(err, ERROR_NOT_FOUND, "没有这个%s%.0s", "there is no such%.0s %s", zh, en);
}
