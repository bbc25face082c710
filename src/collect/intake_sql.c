// SPDX-License-Identifier: Apache-2.0
#include <stdio.h>

#include "base/map.h"
#include "base/vec.h"
#include "collect/intake_inner.h"
#include "collect/outbox.h"

// A statement costs PostgreSQL more than a row does, so rows go together. What has a lookup, for a NULL among the
// values would make it another statement.
#define TOGETHER 7
#define COLUMNS  9 // beside the time

struct writing {
    struct sql *s;
    const struct store *store;
    struct arena arena;
    int64_t now_us;
    struct sql_arg args[1 + TOGETHER * COLUMNS]; // of the rows that wait to be written
    size_t n_rows;
};

#define HASH(bytes) SQL_BLOB(str_make((const char *)(bytes), sizeof(bytes)))

// ── new feedback ──

#define INSERT                                                                                     \
    "INSERT INTO feedback (id, workspace, lookup, content, occurred_us, source, channel, import, body, updated_us, version) VALUES "
#define UNLESS_THERE " ON CONFLICT (workspace, lookup) DO NOTHING"
#define ROW(a, b, c, d, e, f, g, h, i)                                                             \
    "($" #a ", $" #b ", $" #c ", $" #d ", $" #e ", $" #f ", $" #g ", $" #h ", $" #i ", $1, 1)"
#define AND(...) ", " ROW(__VA_ARGS__)
#define ROWS                                                                                       \
    ROW(2, 3, 4, 5, 6, 7, 8, 9, 10)                                                                \
    AND(11, 12, 13, 14, 15, 16, 17, 18, 19)                                                        \
    AND(20, 21, 22, 23, 24, 25, 26, 27, 28)                                                        \
    AND(29, 30, 31, 32, 33, 34, 35, 36, 37)                                                        \
    AND(38, 39, 40, 41, 42, 43, 44, 45, 46)                                                        \
    AND(47, 48, 49, 50, 51, 52, 53, 54, 55)                                                        \
    AND(56, 57, 58, 59, 60, 61, 62, 63, 64)

static bool write_rows(struct writing *w, struct error *err) {
    static const char one[] = INSERT ROW(2, 3, 4, 5, 6, 7, 8, 9, 10) UNLESS_THERE;
    static const char together[] = INSERT ROWS UNLESS_THERE;
    bool ok = true;
    if (w->n_rows == TOGETHER) {
        ok = sql_run_args(w->s, err, together, w->args, 1 + TOGETHER * COLUMNS);
    } else {
        for (size_t i = 0; ok && i < w->n_rows; i++) {
            struct sql_arg args[1 + COLUMNS] = {w->args[0]};
            memcpy(args + 1, w->args + 1 + i * COLUMNS, COLUMNS * sizeof *args);
            ok = sql_run_args(w->s, err, one, args, ARRAY_LEN(args));
        }
    }
    w->n_rows = 0;
    return ok;
}

static bool insert(struct writing *w, const struct intake_request *r, struct intake_item *item,
                   struct error *err) {
    item->outcome = INTAKE_CREATED;
    item->id = item->new_id;
    const struct sql_arg row[COLUMNS] = {SQL_INT(item->new_id),
                                         SQL_INT(r->workspace),
                                         item->has_lookup ? HASH(item->lookup) : SQL_NULL,
                                         HASH(item->content),
                                         SQL_INT(item->occurred_us),
                                         SQL_TEXT(item->record->source),
                                         SQL_TEXT(item->record->channel),
                                         SQL_INT_OR_NULL(r->import, 0),
                                         SQL_BLOB(item->body)};
    if (!item->has_lookup && !write_rows(w, err))
        return false;
    w->args[0] = SQL_INT(w->now_us);
    memcpy(w->args + 1 + w->n_rows * COLUMNS, row, sizeof row);
    w->n_rows++;
    return (item->has_lookup && w->n_rows < TOGETHER) || write_rows(w, err);
}

// The ids among [first, last] that are there, ascending.
static bool present_ids(struct writing *w, int64_t first, int64_t last, struct map_u64 *ret,
                        struct error *err) {
    struct sql_rows *rows;
    if (!sql_select(w->s, &rows, err, "SELECT id FROM feedback WHERE id >= $1 AND id <= $2",
                    SQL_INT(first), SQL_INT(last)))
        return false;
    while (sql_next(rows))
        map_u64_put(ret, (uint64_t)sql_int(rows, 0), 1);
    return sql_rows_close(rows, err);
}

// ── the same feedback again ──

struct existing {
    int64_t id, import;
    int64_t version;
    bool deleted;
    struct str content, body; // arena
};

static bool load_existing(struct writing *w, const struct intake_request *r,
                          const struct intake_item *item, struct existing *ret, struct error *err) {
    static const char *const texts[] = {
        [SQL_ENGINE_SQLITE] =
            "SELECT id, version, deleted_us, content, body, import FROM feedback WHERE workspace = $1 AND lookup = $2",
        [SQL_ENGINE_POSTGRES] =
            "SELECT id, version, deleted_us, content, body, import FROM feedback WHERE workspace = $1 AND lookup = $2 FOR UPDATE",
    };
    struct sql_rows *rows;
    if (!sql_select(w->s, &rows, err, texts[sql_engine_of(w->s)], SQL_INT(r->workspace),
                    HASH(item->lookup)))
        return false;
    bool found = sql_next(rows);
    if (found)
        *ret = (struct existing){.id = sql_int(rows, 0),
                                 .version = sql_int(rows, 1),
                                 .deleted = !sql_is_null(rows, 2),
                                 .content = arena_str(&w->arena, sql_bytes(rows, 3)),
                                 .body = arena_str(&w->arena, sql_bytes(rows, 4)),
                                 .import = sql_int(rows, 5)};
    if (!sql_rows_close(rows, err))
        return false;
    return found || error_set(err, ERROR_UNAVAILABLE, "这条反馈正被另一个请求写入，请重试",
                              "another request is writing this feedback; try again");
}

static bool keep_version(struct writing *w, const struct intake_request *r,
                         const struct existing *e, struct error *err) {
    return sql_run(
        w->s, err,
        "INSERT INTO feedback_history (feedback, version, at_us, actor, import, body) VALUES ($1, $2, $3, $4, $5, $6)"
        " ON CONFLICT (feedback, version) DO NOTHING",
        SQL_INT(e->id), SQL_INT(e->version), SQL_INT(w->now_us), SQL_TEXT(r->actor),
        SQL_INT_OR_NULL(r->import, 0), SQL_BLOB(e->body));
}

static bool store_version(struct writing *w, const struct intake_request *r,
                          const struct existing *e, const struct intake_item *item,
                          const struct record *merged, struct str plain,
                          const struct workspace_keys *k, struct error *err) {
    uint8_t content[VAULT_LOOKUP_BYTES];
    vault_lookup(k, "feedback.content", plain, content);
    CLEANUP(strbuf_done) struct strbuf sealed = strbuf_init(4 * MIB);
    intake_seal(k, e->id, plain, &sealed);
    if (sealed.overflow)
        return error_set(err, ERROR_LIMIT, "合并后的反馈太大",
                         "the feedback with its changes is too large");
    return keep_version(w, r, e, err) &&
           sql_run(
               w->s, err,
               "UPDATE feedback SET version = version + 1, content = $2, occurred_us = $3, channel = $4, updated_us = $5, body = $6,"
               " deleted_us = NULL, import = $7 WHERE id = $1",
               SQL_INT(e->id), HASH(content),
               SQL_INT(merged->occurred_us != TIME_NONE ? merged->occurred_us : item->occurred_us),
               SQL_TEXT(merged->channel), SQL_INT(w->now_us), SQL_BLOB(strbuf_str(&sealed)),
               SQL_INT_OR_NULL(e->deleted ? r->import : e->import, 0));
}

static bool update(struct writing *w, const struct intake_request *r, struct intake_item *item,
                   struct error *err) {
    struct existing e = {0};
    const struct workspace_keys *k = vault_keys(w->store->vault, r->workspace, err);
    if (!k || !load_existing(w, r, item, &e, err))
        return false;
    item->id = e.id;
    item->outcome = INTAKE_UNCHANGED;
    if (!e.deleted &&
        str_eq(e.content, str_make((const char *)item->content, sizeof item->content)))
        return true;
    char bound[40];
    snprintf(bound, sizeof bound, "feedback:%" PRId64, e.id);
    CLEANUP(strbuf_done) struct strbuf before = strbuf_init(4 * MIB), after = strbuf_init(4 * MIB);
    CLEANUP(json_freep) struct json *tree = NULL;
    struct record older, merged;
    if (!vault_unseal(w->store->vault, r->workspace, str_from(bound), e.body, &before, err) ||
        !json_parse(strbuf_str(&before), &tree, err) ||
        !record_parse_stored(tree, &w->arena, &older, err))
        return false;
    record_merge(&older, item->record, &w->arena, &merged);
    record_format(&merged, &after);
    if (!e.deleted && str_eq(strbuf_str(&before), strbuf_str(&after)))
        return true;
    item->outcome = e.deleted ? INTAKE_CREATED : INTAKE_UPDATED;
    return store_version(w, r, &e, item, &merged, strbuf_str(&after), k, err);
}

// ── requests ──

// Looks for a stored answer; *ret_known: the request is answered and its items are not written.
static bool recall(struct writing *w, struct intake_request *r, bool *ret_known,
                   struct error *err) {
    struct sql_rows *rows;
    *ret_known = false;
    if (!sql_select(
            w->s, &rows, err,
            "SELECT request, status, reply FROM idempotency WHERE workspace = $1 AND lookup = $2",
            SQL_INT(r->workspace), HASH(r->key)))
        return false;
    bool ok = true;
    if (sql_next(rows)) {
        *ret_known = true;
        bool same =
            str_eq(sql_bytes(rows, 0), str_make((const char *)r->body_hash, sizeof r->body_hash));
        r->replay = same ? INTAKE_REPLAYED : INTAKE_OTHER_BODY;
        r->status = (int)sql_int(rows, 1);
        strbuf_reset(&r->reply);
        ok = vault_unseal(w->store->vault, r->workspace, STR("idempotency"), sql_bytes(rows, 2),
                          &r->reply, err);
    }
    return sql_rows_close(rows, ok ? err : NULL) && ok;
}

static bool remember(struct writing *w, struct intake_request *r, struct error *err) {
    const struct workspace_keys *k = vault_keys(w->store->vault, r->workspace, err);
    if (!k)
        return false;
    CLEANUP(strbuf_done) struct strbuf sealed = strbuf_init(4 * MIB);
    strbuf_reset(&r->reply);
    r->format(r, &r->status, &r->reply);
    seal(&k->data, STR("idempotency"), strbuf_str(&r->reply), &sealed);
    return sql_run(
        w->s, err,
        "INSERT INTO idempotency (workspace, lookup, request, status, created_us, reply) VALUES ($1, $2, $3, $4, $5, $6)",
        SQL_INT(r->workspace), HASH(r->key), HASH(r->body_hash), SQL_INT(r->status),
        SQL_INT(w->now_us), SQL_BLOB(strbuf_str(&sealed)));
}

static bool settle(struct writing *w, struct intake_request *r, const struct map_u64 *present,
                   struct error *err) {
    for (size_t i = 0; i < r->n_items; i++) {
        uint64_t there;
        struct intake_item *item = &r->items[i];
        if (item->has_lookup && !map_u64_get(present, (uint64_t)item->new_id, &there) &&
            !update(w, r, item, err))
            return false;
    }
    return true;
}

// One outbox row for each workspace and lane of the list.
static bool add_outbox(struct writing *w, struct intake_request *requests, struct error *err) {
    for (struct intake_request *r = requests; r; r = r->next) {
        bool first = true;
        struct {
            VEC(int64_t);
        } ids = {0};
        for (struct intake_request *q = requests; q != r; q = q->next)
            first = first && !(q->workspace == r->workspace && q->lane == r->lane);
        for (struct intake_request *q = r; first && q; q = q->next)
            for (size_t i = 0; q->workspace == r->workspace && q->lane == r->lane &&
                               q->replay == INTAKE_FIRST && i < q->n_items;
                 i++)
                if (q->items[i].outcome != INTAKE_UNCHANGED)
                    vec_push(&ids, q->items[i].id);
        bool ok = ids.len == 0 || outbox_add(w->s, r->workspace, EVENT_FEEDBACK_RECEIVED, r->lane,
                                             ids.items, ids.len, err);
        // What comes in bulk waits for its analysis: it can be found and counted before.
        if (ok && ids.len && r->lane == LANE_BULK)
            ok = change_add(w->s, r->workspace, ids.items, ids.len, err);
        vec_done(&ids);
        if (!ok)
            return false;
    }
    return true;
}

static bool store_all(struct writing *w, struct intake_request *requests, struct map_u64 *present,
                      struct error *err) {
    int64_t first = INT64_MAX, last = 0;
    for (struct intake_request *r = requests; r; r = r->next) {
        bool known = false;
        r->replay = INTAKE_FIRST;
        if (r->has_key && !recall(w, r, &known, err))
            return false;
        for (size_t i = 0; !known && i < r->n_items; i++) {
            struct intake_item *item = &r->items[i];
            if (!insert(w, r, item, err))
                return false;
            first = item->has_lookup ? MIN(first, item->new_id) : first;
            last = item->has_lookup ? MAX(last, item->new_id) : last;
        }
    }
    if (!write_rows(w, err) || (last && !present_ids(w, first, last, present, err)))
        return false;
    for (struct intake_request *r = requests; r; r = r->next)
        if (r->replay == INTAKE_FIRST &&
            (!settle(w, r, present, err) || (r->also && !r->also(w->s, r, err)) ||
             (r->has_key && !remember(w, r, err))))
            return false;
    return add_outbox(w, requests, err);
}

bool intake_store_all(struct sql *s, const struct store *store, struct intake_request *requests,
                      struct error *err) {
    struct writing w = {.s = s, .store = store, .now_us = clock_now_us()};
    struct map_u64 present = {0};
    bool ok = store_all(&w, requests, &present, err);
    map_u64_done(&present);
    arena_done(&w.arena);
    return ok;
}
