// SPDX-License-Identifier: Apache-2.0
// Taking back what an import did. The history of a feedback names who replaced each version, so who wrote the next.
// A version that was put back is, byte for byte, an earlier one: it stands for that one, and what came between is no
// part of the chain any more. Down this chain:
//
//     the newest was written by the import, which created the feedback (or brought it back)  → deleted
//     the newest was written by the import, others before  → the newest of others is put back
//     the import wrote some, and somebody else after it, or it was deleted since  → left
//     the import wrote none of it  → nothing to do: taken back before
//
#include <stdio.h>

#include "base/json.h"
#include "base/vec.h"
#include "collect/feedback_store.h"
#include "collect/import.h"
#include "collect/outbox.h"

bool import_touched(struct sql *s, int64_t id, int64_t after, size_t limit, int64_t *ret_ids,
                    size_t *ret_n, struct error *err) {
    struct sql_rows *rows;
    size_t n = 0;
    if (!sql_select(
            s, &rows, err,
            "SELECT id FROM (SELECT id FROM feedback WHERE import = $1 AND id > $2 ORDER BY id LIMIT $3) AS made"
            " UNION SELECT id FROM (SELECT DISTINCT feedback AS id FROM feedback_history WHERE import = $1 AND feedback > $2"
            " ORDER BY feedback LIMIT $3) AS changed ORDER BY id LIMIT $3",
            SQL_INT(id), SQL_INT(after), SQL_INT((int64_t)limit)))
        return false;
    while (n < limit && sql_next(rows))
        ret_ids[n++] = sql_int(rows, 0);
    *ret_n = n;
    return sql_rows_close(rows, err);
}

enum verdict {
    VERDICT_DELETE,
    VERDICT_PUT_BACK,
    VERDICT_DONE,
    VERDICT_LEAVE,
};

struct undoing {
    struct sql *s;
    const struct store *store;
    int64_t workspace, import;
    struct str actor;
    struct arena arena;
    struct import_undo_counts counts;
    struct {
        VEC(int64_t);
    } deleted, restored;
};

struct undo_feedback {
    int64_t id, version, occurred_us;
    bool found, deleted, made; // made: by the import
    struct str body;           // arena
    int64_t back_to;           // version
};

static bool load_feedback(struct undoing *u, struct undo_feedback *f, struct error *err) {
    static const char *const texts[] = {
        [SQL_ENGINE_SQLITE] =
            "SELECT version, deleted_us, import, occurred_us, body FROM feedback WHERE id = $1 AND workspace = $2",
        [SQL_ENGINE_POSTGRES] =
            "SELECT version, deleted_us, import, occurred_us, body FROM feedback WHERE id = $1 AND workspace = $2 FOR UPDATE",
    };
    struct sql_rows *rows;
    if (!sql_select(u->s, &rows, err, texts[sql_engine_of(u->s)], SQL_INT(f->id),
                    SQL_INT(u->workspace)))
        return false;
    if (sql_next(rows)) {
        f->found = true;
        f->version = sql_int(rows, 0);
        f->deleted = !sql_is_null(rows, 1);
        f->made = sql_int(rows, 2) == u->import;
        f->occurred_us = sql_int(rows, 3);
        f->body = arena_str(&u->arena, sql_bytes(rows, 4));
    }
    return sql_rows_close(rows, err);
}

// Versions of one feedback, oldest first, the present one last.
struct version {
    int64_t number;
    int64_t replaced_by; // import, 0: somebody else
    uint64_t body;       // hash
};
struct versions {
    VEC(struct version);
};

static bool load_versions(struct undoing *u, const struct undo_feedback *f, struct versions *ret,
                          struct error *err) {
    struct sql_rows *rows;
    if (!sql_select(
            u->s, &rows, err,
            "SELECT version, import, body FROM feedback_history WHERE feedback = $1 ORDER BY version",
            SQL_INT(f->id)))
        return false;
    while (sql_next(rows))
        vec_push(ret, ((struct version){sql_int(rows, 0), sql_int(rows, 1),
                                        str_hash(sql_bytes(rows, 2))}));
    vec_push(ret, ((struct version){f->version, 0, str_hash(f->body)}));
    return sql_rows_close(rows, err);
}

// The version that this one is a copy of, or itself.
static size_t original(const struct versions *v, size_t i) {
    size_t at = 0;
    while (v->items[at].body != v->items[i].body)
        at++;
    return at;
}

static bool is_ours(const struct undoing *u, const struct undo_feedback *f,
                    const struct versions *v, size_t i) {
    return i == 0 ? f->made : v->items[i - 1].replaced_by == u->import;
}

static enum verdict judge(const struct undoing *u, struct undo_feedback *f,
                          const struct versions *v) {
    size_t i = original(v, v->len - 1);
    if (is_ours(u, f, v, i)) {
        while (i > 0 && is_ours(u, f, v, i))
            i = original(v, i - 1);
        f->back_to = v->items[i].number;
        if (f->deleted)
            return f->made ? VERDICT_DONE : VERDICT_LEAVE;
        return f->made ? VERDICT_DELETE : VERDICT_PUT_BACK;
    }
    while (i > 0) {
        i = original(v, i - 1);
        if (is_ours(u, f, v, i))
            return f->deleted ? VERDICT_DONE : VERDICT_LEAVE;
    }
    return VERDICT_DONE;
}

static bool load_version(struct undoing *u, const struct undo_feedback *f, struct str *ret,
                         struct error *err) {
    struct sql_rows *rows;
    if (!sql_select(u->s, &rows, err,
                    "SELECT body FROM feedback_history WHERE feedback = $1 AND version = $2",
                    SQL_INT(f->id), SQL_INT(f->back_to)))
        return false;
    if (sql_next(rows))
        *ret = arena_str(&u->arena, sql_bytes(rows, 0));
    return sql_rows_close(rows, err);
}

#define HASH(bytes) SQL_BLOB(str_make((const char *)(bytes), sizeof(bytes)))

// The sealed body is bound to the feedback, not to the version: it can be put back as it is.
static bool put_back(struct undoing *u, const struct undo_feedback *f, struct error *err) {
    char bound[48];
    struct str body = {"", 0};
    struct record record;
    uint8_t content[VAULT_LOOKUP_BYTES];
    CLEANUP(strbuf_done) struct strbuf plain = strbuf_init(4 * MIB);
    CLEANUP(json_freep) struct json *tree = NULL;
    const struct workspace_keys *k = vault_keys(u->store->vault, u->workspace, err);
    snprintf(bound, sizeof bound, "feedback:%" PRId64, f->id);
    if (!k || !load_version(u, f, &body, err) ||
        !vault_unseal(u->store->vault, u->workspace, str_from(bound), body, &plain, err) ||
        !json_parse(strbuf_str(&plain), &tree, err) ||
        !record_parse_stored(tree, &u->arena, &record, err))
        return false;
    vault_lookup(k, "feedback.content", strbuf_str(&plain), content);
    int64_t now = clock_now_us();
    return sql_run(
               u->s, err,
               "INSERT INTO feedback_history (feedback, version, at_us, actor, import, body) VALUES ($1, $2, $3, $4, NULL, $5)",
               SQL_INT(f->id), SQL_INT(f->version), SQL_INT(now), SQL_TEXT(u->actor),
               SQL_BLOB(f->body)) &&
           sql_run(
               u->s, err,
               "UPDATE feedback SET version = version + 1, content = $2, occurred_us = $3, channel = $4, updated_us = $5, body = $6"
               " WHERE id = $1",
               SQL_INT(f->id), HASH(content),
               SQL_INT(record.occurred_us != TIME_NONE ? record.occurred_us : f->occurred_us),
               SQL_TEXT(record.channel), SQL_INT(now), SQL_BLOB(body));
}

static bool undo_one(struct undoing *u, int64_t id, struct error *err) {
    struct undo_feedback f = {.id = id};
    struct versions v = {.len = 0};
    bool ok = load_feedback(u, &f, err) && (!f.found || load_versions(u, &f, &v, err));
    enum verdict verdict = ok && f.found ? judge(u, &f, &v) : VERDICT_DONE;
    vec_done(&v);
    if (!ok)
        return false;
    switch (verdict) {
    case VERDICT_DELETE:
        vec_push(&u->deleted, id);
        return true;
    case VERDICT_PUT_BACK:
        vec_push(&u->restored, id);
        return put_back(u, &f, err);
    case VERDICT_LEAVE:
        u->counts.left++;
        return true;
    case VERDICT_DONE:
        return true;
    }
    return true;
}

bool import_undo(struct sql *s, const struct store *store, int64_t workspace, int64_t id,
                 struct str actor, const int64_t *ids, size_t n, struct import_undo_counts *ret,
                 struct error *err) {
    struct undoing u = {
        .s = s, .store = store, .workspace = workspace, .import = id, .actor = actor};
    bool ok = true;
    for (size_t i = 0; ok && i < n; i++)
        ok = undo_one(&u, ids[i], err);
    ok = ok &&
         (u.deleted.len == 0 || feedback_set_deleted(s, workspace, u.deleted.items, u.deleted.len,
                                                     true, &u.counts.deleted, err));
    ok = ok && (u.restored.len == 0 || outbox_add(s, workspace, EVENT_FEEDBACK_RECEIVED, LANE_BULK,
                                                  u.restored.items, u.restored.len, err));
    u.counts.restored = (int64_t)u.restored.len;
    if (ok)
        *ret = u.counts;
    vec_done(&u.deleted);
    vec_done(&u.restored);
    arena_done(&u.arena);
    return ok;
}
