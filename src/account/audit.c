// SPDX-License-Identifier: Apache-2.0
#include "account/audit_inner.h"

#include "account/accounts_inner.h"
#include "base/clock.h"

#define MAX_DETAIL_BYTES (8 * KIB)

static void put_int(struct strbuf *sb, int64_t v, int bytes) {
    for (int i = 0; i < bytes; i++)
        strbuf_addc(sb, (char)((uint64_t)v >> (8 * i)));
}

static void put_text(struct strbuf *sb, struct str s) {
    put_int(sb, (int64_t)s.len, 4);
    strbuf_add(sb, s);
}

static void hash_row(struct strbuf *sb, const uint8_t prev[CRYPTO_HASH_BYTES], int64_t workspace,
                     const struct audit_row *row, uint8_t ret[CRYPTO_HASH_BYTES]) {
    strbuf_reset(sb);
    strbuf_add(sb, hash_str(prev));
    const int64_t numbers[] = {workspace, row->seq, row->at_us, row->user, row->key};
    for (size_t i = 0; i < ARRAY_LEN(numbers); i++)
        put_int(sb, numbers[i], 8);
    put_text(sb, row->action);
    put_text(sb, row->subject);
    put_text(sb, row->detail);
    crypto_sha256(strbuf_str(sb), ret);
}

bool audit_add_in(struct sql *s, int64_t workspace, const struct principal *by, const char *action,
                  struct str subject, struct str detail, struct error *err) {
    if (detail.len > MAX_DETAIL_BYTES || subject.len > MAX_DETAIL_BYTES)
        return error_set(err, ERROR_LIMIT, "审计内容超过 %d KB", "an audit row has more than %d KB",
                         (int)(MAX_DETAIL_BYTES / KIB));
    struct audit_row row = {
        .at_us = clock_now_us(),
        .user = by ? by->user : 0,
        .key = by ? by->key : 0,
        .action = str_from(action),
        .subject = subject,
        .detail = detail,
    };
    uint8_t prev[CRYPTO_HASH_BYTES], hash[CRYPTO_HASH_BYTES];
    if (!audit_sql_next(s, workspace, &row.seq, prev, err))
        return false;
    CLEANUP(strbuf_done) struct strbuf sb = strbuf_init(3 * MAX_DETAIL_BYTES);
    hash_row(&sb, prev, workspace, &row, hash);
    return audit_sql_put(s, workspace, &row, hash, err);
}

bool audit_add(struct sql *s, const struct principal *by, const char *action, struct str subject,
               struct str detail, struct error *err) {
    return audit_add_in(s, by ? by->workspace : 0, by, action, subject, detail, err);
}

struct str audit_subject(char buf[AUDIT_SUBJECT], const char *kind, int64_t id) {
    char text[ID_TEXT];
    int n = snprintf(buf, AUDIT_SUBJECT, "%.20s:%s", kind, id_format(id, text));
    return str_make(buf, (size_t)n);
}

// ── reading ──

struct list_job {
    const struct audit_query *q;
    struct arena *arena;
    struct audit_found *found;
    size_t n;
};

static bool list(struct sql *s, void *ctx, struct error *err) {
    struct list_job *j = ctx;
    return audit_sql_list(s, j->q, j->arena, &j->found, &j->n, err);
}

bool audit_list(struct accounts *a, const struct audit_query *q, struct arena *arena,
                const struct audit_row **ret, size_t *ret_n, struct error *err) {
    struct list_job j = {.q = q, .arena = arena};
    if (q->limit < 1 || q->limit > 1000)
        return error_set(err, ERROR_INVALID, "limit 应为 1–1000", "limit is 1 to 1000");
    if (!sql_read(a->db, list, &j, err))
        return false;
    struct audit_row *rows = ARENA_ARRAY(arena, struct audit_row, j.n);
    for (size_t i = 0; i < j.n; i++) {
        const struct audit_found *f = &j.found[i];
        rows[i] = f->row;
        rows[i].actor = f->key_name;
        if (f->email.len &&
            !accounts_unseal(a, 0, "email", f->row.user, f->email, arena, &rows[i].actor, err))
            return false;
    }
    *ret = rows;
    *ret_n = j.n;
    return true;
}

struct verify_job {
    int64_t workspace;
    struct strbuf sb;
    struct audit_state state;
};

static bool verify_row(void *ctx, const struct audit_row *row, struct str hash) {
    struct verify_job *j = ctx;
    uint8_t want[CRYPTO_HASH_BYTES];
    hash_row(&j->sb, j->state.head, j->workspace, row, want);
    if (row->seq != j->state.rows + 1 || !str_eq(hash, hash_str(want))) {
        j->state.broken = j->state.rows + 1;
        return false;
    }
    j->state.rows++;
    memcpy(j->state.head, want, sizeof want);
    return true;
}

static bool verify(struct sql *s, void *ctx, struct error *err) {
    struct verify_job *j = ctx;
    int64_t seq;
    uint8_t head[CRYPTO_HASH_BYTES];
    j->state = (struct audit_state){0};
    if (!audit_sql_walk(s, j->workspace, verify_row, j, err) ||
        !audit_sql_head(s, j->workspace, &seq, head, err))
        return false;
    // Rows missing at the end.
    if (!j->state.broken && (seq != j->state.rows || memcmp(head, j->state.head, sizeof head) != 0))
        j->state.broken = j->state.rows + 1;
    return true;
}

bool audit_verify(struct sql_db *db, int64_t workspace, struct audit_state *ret,
                  struct error *err) {
    struct verify_job j = {.workspace = workspace, .sb = strbuf_init(64 * KIB)};
    bool ok = sql_read(db, verify, &j, err);
    strbuf_done(&j.sb);
    if (ok)
        *ret = j.state;
    return ok;
}
