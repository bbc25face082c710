// SPDX-License-Identifier: Apache-2.0
#include <stdio.h>

#include "base/mem.h"
#include "collect/feedback_store.h"
#include "collect/outbox.h"

#define HASH(bytes) SQL_BLOB(str_make((const char *)(bytes), sizeof(bytes)))

void feedback_batch_done(struct feedback_batch *b) {
    for (size_t i = 0; i < b->n_trees; i++)
        json_free(b->trees[i]);
    free(b->trees);
    arena_done(&b->arena);
    *b = (struct feedback_batch){0};
}

struct opening {
    struct sql *s;
    const struct store *store;
    int64_t workspace;
    struct feedback_batch *batch;
};

// Unseals and parses; the tree and its strings live as long as the batch.
static bool open_json(struct opening *o, const char *kind, int64_t id, struct str sealed,
                      const struct json **ret, struct error *err) {
    char bound[60];
    snprintf(bound, sizeof bound, "%s:%" PRId64, kind, id);
    CLEANUP(strbuf_done) struct strbuf plain = strbuf_init(8 * MIB);
    struct json *tree;
    if (!vault_unseal(o->store->vault, o->workspace, str_from(bound), sealed, &plain, err) ||
        !json_parse(strbuf_str(&plain), &tree, err))
        return false;
    struct feedback_batch *b = o->batch;
    if (b->n_trees == b->cap_trees) {
        b->cap_trees = MAX((size_t)16, 2 * b->cap_trees);
        b->trees = mem_resize(b->trees, b->cap_trees, sizeof *b->trees);
    }
    b->trees[b->n_trees++] = tree;
    *ret = tree;
    return true;
}

// ── loading ──

static bool load_row(struct opening *o, struct stored_feedback *f, struct error *err) {
    struct sql_rows *rows;
    if (!sql_select(
            o->s, &rows, err,
            "SELECT f.occurred_us, f.updated_us, f.deleted_us, f.customer, f.import, f.version, f.body, a.body, a.at_us, a.version,"
            " EXISTS (SELECT 1 FROM correction c WHERE c.feedback = f.id)"
            " FROM feedback f LEFT JOIN analysis a ON a.feedback = f.id WHERE f.id = $1 AND f.workspace = $2",
            SQL_INT(f->id), SQL_INT(o->workspace)))
        return false;
    bool ok = true;
    if (sql_next(rows)) {
        f->found = true;
        f->occurred_us = sql_int(rows, 0);
        f->updated_us = sql_int(rows, 1);
        f->deleted_us = sql_is_null(rows, 2) ? TIME_NONE : sql_int(rows, 2);
        f->customer = sql_int(rows, 3);
        f->import = sql_int(rows, 4);
        f->version = sql_int(rows, 5);
        f->n_corrections = sql_int(rows, 10) != 0; // loaded after
        const struct json *body;
        ok = open_json(o, "feedback", f->id, sql_bytes(rows, 6), &body, err) &&
             record_parse_stored(body, &o->batch->arena, &f->record, err);
        if (ok && !sql_is_null(rows, 7)) {
            f->analysed_us = sql_int(rows, 8);
            f->analysed_version = sql_int(rows, 9);
            ok = open_json(o, "analysis", f->id, sql_bytes(rows, 7), &f->analysis, err);
        }
    }
    return sql_rows_close(rows, ok ? err : NULL) && ok;
}

static bool load_corrections(struct opening *o, struct stored_feedback *f, struct error *err) {
    struct sql_rows *rows;
    struct correction found[8];
    size_t n = 0;
    if (!sql_select(
            o->s, &rows, err,
            "SELECT field, at_us, actor, body FROM correction WHERE feedback = $1 ORDER BY field",
            SQL_INT(f->id)))
        return false;
    bool ok = true;
    while (ok && n < ARRAY_LEN(found) && sql_next(rows)) {
        struct correction *c = &found[n++];
        const struct json *body = NULL;
        *c = (struct correction){.field = arena_str(&o->batch->arena, sql_text(rows, 0)),
                                 .at_us = sql_int(rows, 1),
                                 .actor = arena_str(&o->batch->arena, sql_text(rows, 2))};
        ok = open_json(o, "correction", f->id, sql_bytes(rows, 3), &body, err);
        c->value = json_get(body, "value");
        c->before = json_get(body, "before");
    }
    if (!sql_rows_close(rows, ok ? err : NULL) || !ok)
        return false;
    f->corrections = ARENA_ARRAY(&o->batch->arena, struct correction, n);
    f->n_corrections = n;
    if (n)
        memcpy(f->corrections, found, n * sizeof *found);
    return true;
}

bool feedback_load(struct sql *s, const struct store *store, int64_t workspace, const int64_t *ids,
                   size_t n, unsigned parts, struct feedback_batch *ret, struct error *err) {
    feedback_batch_done(ret);
    ret->items = ARENA_ARRAY(&ret->arena, struct stored_feedback, n);
    ret->n = n;
    struct opening o = {s, store, workspace, ret};
    for (size_t i = 0; i < n; i++) {
        ret->items[i].id = ids[i];
        if (!load_row(&o, &ret->items[i], err) ||
            (parts & FEEDBACK_CORRECTIONS && ret->items[i].n_corrections &&
             !load_corrections(&o, &ret->items[i], err)))
            return false;
    }
    return true;
}

bool feedback_history(struct sql *s, const struct store *store, int64_t workspace, int64_t id,
                      struct feedback_batch *batch, struct feedback_version **ret, size_t *ret_n,
                      struct error *err) {
    struct opening o = {s, store, workspace, batch};
    struct sql_rows *rows;
    struct feedback_version *list = ARENA_ARRAY(&batch->arena, struct feedback_version, 100);
    size_t n = 0;
    if (!sql_select(
            s, &rows, err,
            "SELECT version, at_us, actor, import, body FROM feedback_history WHERE feedback = $1 ORDER BY version DESC LIMIT 100",
            SQL_INT(id)))
        return false;
    bool ok = true;
    while (ok && sql_next(rows)) {
        const struct json *body;
        struct feedback_version *v = &list[n++];
        *v = (struct feedback_version){.version = sql_int(rows, 0),
                                       .at_us = sql_int(rows, 1),
                                       .actor = arena_str(&batch->arena, sql_text(rows, 2)),
                                       .import = sql_int(rows, 3)};
        ok = open_json(&o, "feedback", id, sql_bytes(rows, 4), &body, err) &&
             record_parse_stored(body, &batch->arena, &v->record, err);
    }
    if (!sql_rows_close(rows, ok ? err : NULL) || !ok)
        return false;
    *ret = list;
    *ret_n = n;
    return true;
}

// ── lists ──

// One text for every combination: an argument that is 0 switches its condition off.
#define CONDITIONS                                                                                 \
    " FROM feedback WHERE workspace = $1"                                                          \
    " AND occurred_us >= $2 AND occurred_us < $3 AND id >= $4 AND id < $5"                         \
    " AND ($6 = 0 OR channel IN ($7, $8, $9, $10, $11, $12, $13, $14))"                            \
    " AND ($15 = 0 OR source IN ($16, $17, $18, $19, $20, $21, $22, $23))"                         \
    " AND ($24 = 0 OR customer = $24) AND ($25 = 0 OR import = $25)"                               \
    " AND ($26 = 0 OR lookup = $27) AND (($28 = 0 AND deleted_us IS NULL) OR ($28 = 1 AND deleted_us IS NOT NULL))"
#define N_CONDITIONS 28

static void add_in(struct sql_arg *args, const struct str *values, size_t n) {
    args[0] = SQL_INT((int64_t)n);
    for (size_t i = 0; i < FEEDBACK_MAX_IN; i++)
        args[1 + i] = i < n ? SQL_TEXT(values[i]) : SQL_NULL;
}

static void condition_args(int64_t workspace, const struct feedback_filter *f,
                           struct sql_arg args[N_CONDITIONS]) {
    bool timed = f->occurred_from || f->occurred_to, created = f->created_from || f->created_to;
    args[0] = SQL_INT(workspace);
    args[1] = SQL_INT(timed ? f->occurred_from : INT64_MIN);
    args[2] = SQL_INT(timed && f->occurred_to ? f->occurred_to : INT64_MAX);
    args[3] = SQL_INT(created ? id_at(f->created_from) : 0);
    args[4] = SQL_INT(created && f->created_to ? id_at(f->created_to) : INT64_MAX);
    add_in(&args[5], f->channels, f->n_channels);
    add_in(&args[14], f->sources, f->n_sources);
    args[23] = SQL_INT(f->customer);
    args[24] = SQL_INT(f->import);
    args[25] = SQL_INT(f->has_lookup);
    args[26] = HASH(f->lookup);
    args[27] = SQL_INT(f->deleted);
}

bool feedback_list(struct sql *s, int64_t workspace, const struct feedback_filter *f,
                   struct feedback_position after, bool oldest_first, size_t limit,
                   int64_t *ret_ids, int64_t *ret_at_us, size_t *ret_n, struct error *err) {
    struct sql_arg args[N_CONDITIONS + 3];
    condition_args(workspace, f, args);
    args[N_CONDITIONS] = SQL_INT(after.at_us);
    args[N_CONDITIONS + 1] = SQL_INT(after.id);
    args[N_CONDITIONS + 2] = SQL_INT((int64_t)limit);
    const char *text =
        oldest_first
            ? "SELECT id, occurred_us" CONDITIONS
              " AND (occurred_us, id) > ($29, $30) ORDER BY occurred_us, id LIMIT $31"
            : "SELECT id, occurred_us" CONDITIONS
              " AND (occurred_us, id) < ($29, $30) ORDER BY occurred_us DESC, id DESC LIMIT $31";
    struct sql_rows *rows;
    if (!sql_select_args(s, &rows, err, text, args, ARRAY_LEN(args)))
        return false;
    size_t n = 0;
    while (n < limit && sql_next(rows)) {
        ret_ids[n] = sql_int(rows, 0);
        ret_at_us[n++] = sql_int(rows, 1);
    }
    *ret_n = n;
    return sql_rows_close(rows, err);
}

bool feedback_count(struct sql *s, int64_t workspace, const struct feedback_filter *f, int64_t *ret,
                    struct error *err) {
    struct sql_arg args[N_CONDITIONS];
    condition_args(workspace, f, args);
    return sql_get_int_args(s, ret, 0, err, "SELECT count(*)" CONDITIONS, args, ARRAY_LEN(args));
}

// ── changing ──

bool feedback_set_deleted(struct sql *s, int64_t workspace, const int64_t *ids, size_t n,
                          bool deleted, int64_t *ret_changed, struct error *err) {
    int64_t now = clock_now_us();
    *ret_changed = 0;
    for (size_t i = 0; i < n; i++) {
        int64_t changed;
        bool ok =
            deleted
                ? sql_change(
                      s, &changed, err,
                      "UPDATE feedback SET deleted_us = $3, updated_us = $3 WHERE id = $1 AND workspace = $2"
                      " AND deleted_us IS NULL",
                      SQL_INT(ids[i]), SQL_INT(workspace), SQL_INT(now))
                : sql_change(
                      s, &changed, err,
                      "UPDATE feedback SET deleted_us = NULL, updated_us = $3 WHERE id = $1 AND workspace = $2"
                      " AND deleted_us IS NOT NULL",
                      SQL_INT(ids[i]), SQL_INT(workspace), SQL_INT(now));
        if (!ok)
            return false;
        *ret_changed += changed;
    }
    return *ret_changed == 0 || change_add(s, workspace, ids, n, err);
}

bool feedback_purge(struct sql *s, int64_t workspace, const int64_t *ids, size_t n,
                    struct error *err) {
    for (size_t i = 0; i < n; i++) {
        int64_t changed;
        if (!sql_change(s, &changed, err, "DELETE FROM feedback WHERE id = $1 AND workspace = $2",
                        SQL_INT(ids[i]), SQL_INT(workspace)))
            return false;
        if (changed &&
            (!sql_run(s, err, "DELETE FROM feedback_history WHERE feedback = $1",
                      SQL_INT(ids[i])) ||
             !sql_run(s, err, "DELETE FROM analysis WHERE feedback = $1", SQL_INT(ids[i])) ||
             !sql_run(s, err, "DELETE FROM hub_record WHERE feedback = $1", SQL_INT(ids[i])) ||
             !sql_run(s, err, "DELETE FROM correction WHERE feedback = $1", SQL_INT(ids[i]))))
            return false;
    }
    return n == 0 || change_add(s, workspace, ids, n, err);
}

static void seal_for(const struct workspace_keys *k, const char *kind, int64_t id, struct str plain,
                     struct strbuf *ret) {
    char bound[60];
    snprintf(bound, sizeof bound, "%s:%" PRId64, kind, id);
    seal(&k->data, str_from(bound), plain, ret);
}

bool feedback_correct(struct sql *s, const struct store *store, int64_t workspace, int64_t id,
                      struct str field, const struct json *value, const struct json *before,
                      struct str actor, struct error *err) {
    int64_t there;
    if (!sql_get_int(s, &there, 0, err, "SELECT 1 FROM feedback WHERE id = $1 AND workspace = $2",
                     SQL_INT(id), SQL_INT(workspace)))
        return false;
    if (!there)
        return error_set(err, ERROR_NOT_FOUND, "没有这条反馈", "there is no such feedback");
    if (!value)
        return sql_run(s, err, "DELETE FROM correction WHERE feedback = $1 AND field = $2",
                       SQL_INT(id), SQL_TEXT(field)) &&
               change_add(s, workspace, &id, 1, err);
    const struct workspace_keys *k = vault_keys(store->vault, workspace, err);
    if (!k)
        return false;
    CLEANUP(strbuf_done)
    struct strbuf plain = strbuf_init(64 * KIB), sealed = strbuf_init(65 * KIB);
    struct json_writer w = json_writer_init(&plain);
    json_begin_object(&w);
    json_key(&w, "value");
    json_add_value(&w, value);
    json_key(&w, "before");
    if (before)
        json_add_value(&w, before);
    else
        json_add_null(&w);
    json_end_object(&w);
    seal_for(k, "correction", id, strbuf_str(&plain), &sealed);
    if (plain.overflow || sealed.overflow)
        return error_set(err, ERROR_LIMIT, "更正超过 64 KiB",
                         "the correction is larger than 64 KiB");
    return sql_run(
               s, err,
               "INSERT INTO correction (feedback, field, at_us, actor, body) VALUES ($1, $2, $3, $4, $5)"
               " ON CONFLICT (feedback, field) DO UPDATE SET at_us = $3, actor = $4, body = $5",
               SQL_INT(id), SQL_TEXT(field), SQL_INT(clock_now_us()), SQL_TEXT(actor),
               SQL_BLOB(strbuf_str(&sealed))) &&
           change_add(s, workspace, &id, 1, err);
}

bool analysis_store(struct sql *s, const struct store *store, int64_t workspace, int64_t id,
                    int64_t version, int stage, struct str json, struct error *err) {
    const struct workspace_keys *k = vault_keys(store->vault, workspace, err);
    if (!k)
        return false;
    CLEANUP(strbuf_done) struct strbuf sealed = strbuf_init(4 * MIB);
    seal_for(k, "analysis", id, json, &sealed);
    return sql_run(
        s, err,
        "INSERT INTO analysis (feedback, version, stage, at_us, body) VALUES ($1, $2, $3, $4, $5)"
        " ON CONFLICT (feedback) DO UPDATE SET version = $2, stage = $3, at_us = $4, body = $5 WHERE analysis.version <= $2",
        SQL_INT(id), SQL_INT(version), SQL_INT(stage), SQL_INT(clock_now_us()),
        SQL_BLOB(strbuf_str(&sealed)));
}
