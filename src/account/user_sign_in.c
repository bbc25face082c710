// SPDX-License-Identifier: Apache-2.0
// Passwords asked for: the tries are counted before the password is looked at, so that many at once are not a way
// round the count.
#include "account/audit.h"
#include "account/link_inner.h"
#include "account/password.h"
#include "account/user_inner.h"

// Costs as much as a real one, and no password fits.
#define NOBODY                                                                                     \
    "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$"                                       \
    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

struct try {
    uint8_t email[VAULT_LOOKUP_BYTES], address[VAULT_LOOKUP_BYTES];
    bool has_address;
    int64_t now_us;
    struct arena arena;
    // what was found
    int64_t locked_us; // time of the try that has to grow old; 0: not locked
    int64_t user, workspace;
    struct str hash;
};

// The later of the two: while one is locked, nothing is looked at.
static bool look_for_lock(struct sql *s, struct try *t, struct error *err) {
    int64_t since = t->now_us - SIGN_IN_WINDOW_US, of_address = 0;
    if (!attempt_sql_limit(s, t->email, since, &t->locked_us, err) ||
        (t->has_address && !attempt_sql_limit(s, t->address, since, &of_address, err)))
        return false;
    t->locked_us = MAX(t->locked_us, of_address);
    return true;
}

static bool begin(struct sql *s, void *ctx, struct error *err) {
    struct try *t = ctx;
    struct user_row row;
    arena_reset(&t->arena);
    t->user = 0;
    t->hash = STR(NOBODY);
    if (!sql_lock(s, "sign-in", err) || !look_for_lock(s, t, err))
        return false;
    if (t->locked_us)
        return true;
    if (!attempt_sql_add(s, t->email, t->now_us, err) ||
        (t->has_address && !attempt_sql_add(s, t->address, t->now_us, err)) ||
        !user_sql_find(s, t->email, &t->user, err))
        return false;
    if (!t->user)
        return true;
    if (!user_sql_load(s, 0, t->user, &t->arena, &row, err) ||
        !user_sql_workspace(s, t->user, &t->workspace, err))
        return false;
    t->hash = row.password;
    return true;
}

static bool succeed(struct sql *s, void *ctx, struct error *err) {
    struct try *t = ctx;
    return attempt_sql_forget(s, t->email, err) &&
           (!t->has_address || attempt_sql_forget_one(s, t->address, t->now_us, err)) &&
           user_sql_signed_in(s, t->user, t->now_us, err);
}

// Told once, when it begins.
static bool tell_lock(struct sql *s, void *ctx, struct error *err) {
    struct try *t = ctx;
    char subject[AUDIT_SUBJECT];
    if (!look_for_lock(s, t, err))
        return false;
    return !t->locked_us || !t->user ||
           audit_add_in(s, t->workspace, NULL, "sign_in.locked",
                        audit_subject(subject, "user", t->user), STR(""), err);
}

bool user_verify(struct accounts *a, struct str email, struct str password, struct str address,
                 struct verdict *ret, struct error *err) {
    CLEANUP(arena_done) struct arena arena = {0};
    struct try t = {.now_us = a->now_us(), .has_address = address.len > 0};
    struct str checked;
    // What is no e-mail is counted as it was typed.
    if (!user_check_email(email, &arena, &checked, NULL))
        checked = str_slice(email, 0, KIB);
    bool ok = accounts_lookup(a, "email", checked, t.email, err) &&
              accounts_lookup(a, "address", address, t.address, err) &&
              sql_write(a->db, begin, &t, err);
    *ret = (struct verdict){.outcome = SIGN_IN_WRONG};
    if (ok && t.locked_us) {
        int64_t left_us = t.locked_us + SIGN_IN_WINDOW_US - t.now_us;
        ret->outcome = SIGN_IN_LOCKED;
        ret->retry_after_s = (int)(left_us / 1000000) + 1;
    } else if (ok) {
        bool fits = password.len <= PASSWORD_MAX_BYTES && crypto_password_verify(password, t.hash);
        if (fits && t.user && t.workspace) {
            ok = sql_write(a->db, succeed, &t, err);
            ret->outcome = SIGN_IN_OK;
            ret->user = t.user;
        } else {
            ok = sql_write(a->db, tell_lock, &t, err);
        }
    }
    arena_done(&t.arena);
    return ok;
}

// ── changing the password ──

struct change_job {
    const struct principal *by;
    int64_t keep, now_us;
    struct str hash;
};

static bool change(struct sql *s, void *ctx, struct error *err) {
    const struct change_job *j = ctx;
    char subject[AUDIT_SUBJECT];
    return user_sql_set_password(s, j->by->user, j->hash, j->now_us, err) &&
           session_sql_end_user(s, j->by->user, 0, j->keep, err) &&
           link_sql_end(s, LINK_RESET, j->by->user, j->now_us, err) && accounts_notify(s, err) &&
           audit_add(s, j->by, "user.password", audit_subject(subject, "user", j->by->user),
                     STR(""), err);
}

static bool is_old(struct accounts *a, struct str email, struct str old, struct error *err) {
    struct verdict v;
    if (!user_verify(a, email, old, STR(""), &v, err))
        return false;
    if (v.outcome == SIGN_IN_OK)
        return true;
    if (v.outcome == SIGN_IN_LOCKED)
        error_set(err, ERROR_FORBIDDEN, "错误次数过多，请 %d 秒后再试",
                  "too many wrong passwords; try again in %d s", v.retry_after_s);
    else
        error_set(err, ERROR_FORBIDDEN, "原密码不对", "the old password is wrong");
    return error_field(err, "old_password");
}

bool user_change_password(struct accounts *a, const struct principal *by, struct str old,
                          struct str fresh, int64_t keep, struct error *err) {
    CLEANUP(arena_done) struct arena arena = {0};
    CLEANUP(strbuf_done) struct strbuf hash = strbuf_init(KIB);
    struct user u;
    if (!user_load(a, 0, by->user, &arena, &u, err) || !is_old(a, u.email, old, err) ||
        !password_check(fresh, u.email, err))
        return false;
    crypto_password_hash(fresh, &hash);
    struct change_job j = {by, keep, a->now_us(), strbuf_str(&hash)};
    bool ok = sql_write(a->db, change, &j, err);
    accounts_changed(a);
    return ok;
}
