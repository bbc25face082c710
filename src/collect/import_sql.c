// SPDX-License-Identifier: Apache-2.0
#include <stdio.h>

#include "base/clock.h"
#include "base/json.h"
#include "collect/import.h"
#include "collect/outbox.h"

#define ABOUT_LIMIT (2 * MIB)

static const char *const state_codes[N_IMPORT_STATES] = {
    [IMPORT_UPLOADED] = "uploaded", [IMPORT_CHECKED] = "checked", [IMPORT_RUNNING] = "running",
    [IMPORT_DONE] = "done",         [IMPORT_FAILED] = "failed",   [IMPORT_CANCELLED] = "cancelled",
    [IMPORT_UNDOING] = "undoing",   [IMPORT_UNDONE] = "undone"};

static const struct words state_words[N_IMPORT_STATES] = {
    [IMPORT_UPLOADED] = {"已上传", "uploaded"},      [IMPORT_CHECKED] = {"已检查", "checked"},
    [IMPORT_RUNNING] = {"正在导入", "running"},      [IMPORT_DONE] = {"已完成", "done"},
    [IMPORT_FAILED] = {"已失败", "failed"},          [IMPORT_CANCELLED] = {"已取消", "cancelled"},
    [IMPORT_UNDOING] = {"正在撤销", "being undone"}, [IMPORT_UNDONE] = {"已撤销", "undone"}};

void import_counts_add(struct json_writer *w, const struct import_counts *c) {
    const struct {
        const char *name;
        int64_t n;
    } counts[] = {
        {"read", c->read},           {"created", c->created},   {"updated", c->updated},
        {"unchanged", c->unchanged}, {"rejected", c->rejected}, {"duplicate", c->duplicate},
        {"deleted", c->deleted},     {"restored", c->restored}, {"left", c->left}};
    for (size_t i = 0; i < ARRAY_LEN(counts); i++) {
        json_key(w, counts[i].name);
        json_add_int(w, counts[i].n);
    }
}

const char *import_state_code(enum import_state s) {
    return state_codes[s];
}

static enum import_state state_of(struct str code) {
    for (int i = 0; i < N_IMPORT_STATES; i++)
        if (str_eq(code, str_from(state_codes[i])))
            return (enum import_state)i;
    return IMPORT_FAILED;
}

// ── what is sealed ──

static const struct {
    const char *name;
    size_t at;
} about_members[] = {
    {"file_name", offsetof(struct import_about, file_name)},
    {"by", offsetof(struct import_about, by)},
    {"map", offsetof(struct import_about, map)},
    {"sheet", offsetof(struct import_about, sheet)},
    {"time_zone", offsetof(struct import_about, time_zone)},
    {"mapping", offsetof(struct import_about, mapping)},
    {"understood", offsetof(struct import_about, understood)},
    {"problem_zh", offsetof(struct import_about, problem_zh)},
    {"problem_en", offsetof(struct import_about, problem_en)},
};

static void bind(char buf[48], const char *kind, int64_t id) {
    snprintf(buf, 48, "%s:%" PRId64, kind, id);
}

static void format_about(const struct import_about *about, struct strbuf *ret) {
    struct json_writer w = json_writer_init(ret);
    json_begin_object(&w);
    for (size_t i = 0; i < ARRAY_LEN(about_members); i++) {
        const struct str *s = (const struct str *)((const char *)about + about_members[i].at);
        if (s->len) {
            json_key(&w, about_members[i].name);
            json_add_str(&w, *s);
        }
    }
    if (about->lang == LANG_EN) {
        json_key(&w, "lang");
        json_add_cstr(&w, "en");
    }
    json_end_object(&w);
}

static bool seal_about(const struct store *store, const struct import *im, struct strbuf *ret,
                       struct error *err) {
    char bound[48];
    const struct workspace_keys *k = vault_keys(store->vault, im->workspace, err);
    if (!k)
        return false;
    CLEANUP(strbuf_done) struct strbuf plain = strbuf_init(ABOUT_LIMIT);
    format_about(&im->about, &plain);
    if (plain.overflow)
        return error_set(err, ERROR_LIMIT, "表头和说明太长（超过 2 MiB）",
                         "headers and notes are too long (more than 2 MiB)");
    bind(bound, "import.about", im->id);
    seal(&k->data, str_from(bound), strbuf_str(&plain), ret);
    return true;
}

static bool open_about(const struct store *store, struct str sealed, struct arena *a,
                       struct import *ret, struct error *err) {
    char bound[48];
    CLEANUP(strbuf_done) struct strbuf plain = strbuf_init(ABOUT_LIMIT);
    CLEANUP(json_freep) struct json *tree = NULL;
    bind(bound, "import.about", ret->id);
    if (!vault_unseal(store->vault, ret->workspace, str_from(bound), sealed, &plain, err) ||
        !json_parse(strbuf_str(&plain), &tree, err))
        return false;
    for (size_t i = 0; i < ARRAY_LEN(about_members); i++) {
        struct str *s = (struct str *)((char *)&ret->about + about_members[i].at);
        *s = arena_str(a, json_str(json_get(tree, about_members[i].name)));
    }
    ret->about.lang = str_eq(json_str(json_get(tree, "lang")), STR("en")) ? LANG_EN : LANG_ZH;
    return true;
}

// ── rows ──

bool import_insert(struct sql *s, const struct store *store, const struct import *im,
                   struct error *err) {
    char bound[48];
    const struct workspace_keys *k = vault_keys(store->vault, im->workspace, err);
    CLEANUP(strbuf_done) struct strbuf about = strbuf_init(ABOUT_LIMIT + KIB);
    CLEANUP(strbuf_done) struct strbuf key = strbuf_init(KIB);
    if (!k || !seal_about(store, im, &about, err))
        return false;
    bind(bound, "import.key", im->id);
    seal(&k->data, str_from(bound), im->file_key, &key);
    return sql_run(
        s, err,
        "INSERT INTO import (id, workspace, created_us, updated_us, user_id, key_id, state, stopping, bytes, position, share,"
        " n_read, n_created, n_updated, n_unchanged, n_rejected, n_duplicate, n_deleted, n_restored, n_left,"
        " has_errors, has_report, file_key, about)"
        " VALUES ($1, $2, $3, $3, $4, $5, $6, 0, $7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, $8, $9)",
        SQL_INT(im->id), SQL_INT(im->workspace), SQL_INT(im->created_us), SQL_INT(im->user),
        SQL_INT(im->key), SQL_TEXT(str_from(state_codes[im->state])), SQL_INT(im->bytes),
        SQL_BLOB(strbuf_str(&key)), SQL_BLOB(strbuf_str(&about)));
}

#define COLUMNS                                                                                           \
    "id, workspace, created_us, updated_us, user_id, key_id, state, stopping, bytes, position, share,"    \
    " n_read, n_created, n_updated, n_unchanged, n_rejected, n_duplicate, n_deleted, n_restored, n_left," \
    " has_errors, has_report, file_key, about"

static bool read_row(const struct store *store, struct sql_rows *rows, struct arena *a,
                     struct import *ret, struct error *err) {
    char bound[48];
    *ret = (struct import){
        .id = sql_int(rows, 0),
        .workspace = sql_int(rows, 1),
        .created_us = sql_int(rows, 2),
        .updated_us = sql_int(rows, 3),
        .user = sql_int(rows, 4),
        .key = sql_int(rows, 5),
        .state = state_of(sql_text(rows, 6)),
        .stopping = sql_int(rows, 7) != 0,
        .bytes = sql_int(rows, 8),
        .position = sql_int(rows, 9),
        .share = sql_real(rows, 10),
        .counts = {.read = sql_int(rows, 11),
                   .created = sql_int(rows, 12),
                   .updated = sql_int(rows, 13),
                   .unchanged = sql_int(rows, 14),
                   .rejected = sql_int(rows, 15),
                   .duplicate = sql_int(rows, 16),
                   .deleted = sql_int(rows, 17),
                   .restored = sql_int(rows, 18),
                   .left = sql_int(rows, 19)},
        .has_errors = sql_int(rows, 20) != 0,
        .has_report = sql_int(rows, 21) != 0,
    };
    CLEANUP(strbuf_done) struct strbuf key = strbuf_init(KIB);
    bind(bound, "import.key", ret->id);
    if (!vault_unseal(store->vault, ret->workspace, str_from(bound), sql_bytes(rows, 22), &key,
                      err) ||
        !open_about(store, sql_bytes(rows, 23), a, ret, err))
        return false;
    ret->file_key = arena_str(a, strbuf_str(&key));
    return true;
}

bool import_load(struct sql *s, const struct store *store, int64_t workspace, int64_t id,
                 struct arena *a, struct import *ret, struct error *err) {
    struct sql_rows *rows;
    if (!sql_select(s, &rows, err,
                    "SELECT " COLUMNS " FROM import WHERE id = $1 AND workspace = $2", SQL_INT(id),
                    SQL_INT(workspace)))
        return false;
    bool found = sql_next(rows);
    bool ok = !found || read_row(store, rows, a, ret, err);
    if (!sql_rows_close(rows, ok ? err : NULL) || !ok)
        return false;
    return found || error_set(err, ERROR_NOT_FOUND, "没有这次导入", "there is no such import");
}

bool import_list(struct sql *s, const struct store *store, int64_t workspace, int64_t before,
                 size_t limit, struct arena *a, struct import **ret, size_t *ret_n,
                 struct error *err) {
    struct sql_rows *rows;
    struct import *list = ARENA_ARRAY(a, struct import, limit);
    size_t n = 0;
    if (!sql_select(s, &rows, err,
                    "SELECT " COLUMNS
                    " FROM import WHERE workspace = $1 AND id < $2 ORDER BY id DESC LIMIT $3",
                    SQL_INT(workspace), SQL_INT(before), SQL_INT((int64_t)limit)))
        return false;
    bool ok = true;
    while (ok && n < limit && sql_next(rows))
        ok = read_row(store, rows, a, &list[n++], err);
    if (!sql_rows_close(rows, ok ? err : NULL) || !ok)
        return false;
    *ret = list;
    *ret_n = n;
    return true;
}

bool import_save_about(struct sql *s, const struct store *store, const struct import *im,
                       struct error *err) {
    CLEANUP(strbuf_done) struct strbuf about = strbuf_init(ABOUT_LIMIT + KIB);
    return seal_about(store, im, &about, err) &&
           sql_run(s, err, "UPDATE import SET about = $2, updated_us = $3 WHERE id = $1",
                   SQL_INT(im->id), SQL_BLOB(strbuf_str(&about)), SQL_INT(clock_now_us()));
}

// ── moving on ──

static bool load_state(struct sql *s, int64_t workspace, int64_t id, enum import_state *ret,
                       struct error *err) {
    static const char *const texts[] = {
        [SQL_ENGINE_SQLITE] = "SELECT state FROM import WHERE id = $1 AND workspace = $2",
        [SQL_ENGINE_POSTGRES] =
            "SELECT state FROM import WHERE id = $1 AND workspace = $2 FOR UPDATE",
    };
    struct sql_rows *rows;
    if (!sql_select(s, &rows, err, texts[sql_engine_of(s)], SQL_INT(id), SQL_INT(workspace)))
        return false;
    bool found = sql_next(rows);
    if (found)
        *ret = state_of(sql_text(rows, 0));
    if (!sql_rows_close(rows, err))
        return false;
    return found || error_set(err, ERROR_NOT_FOUND, "没有这次导入", "there is no such import");
}

bool import_set_state(struct sql *s, int64_t workspace, int64_t id, unsigned from,
                      enum import_state to, struct error *err) {
    enum import_state now;
    if (!load_state(s, workspace, id, &now, err))
        return false;
    if (!(from & IMPORT_STATE_BIT(now)))
        return error_set(err, ERROR_CONFLICT, "这次导入%s，现在不能这样做%.0s",
                         "%.0sthe import is %s; this cannot be done now", state_words[now].zh,
                         state_words[now].en);
    return sql_run(s, err,
                   "UPDATE import SET state = $2, stopping = 0, updated_us = $3 WHERE id = $1",
                   SQL_INT(id), SQL_TEXT(str_from(state_codes[to])), SQL_INT(clock_now_us()));
}

bool import_remove(struct sql *s, int64_t workspace, int64_t id, struct error *err) {
    enum import_state now;
    if (!load_state(s, workspace, id, &now, err))
        return false;
    if (now == IMPORT_RUNNING || now == IMPORT_UNDOING)
        return error_set(err, ERROR_CONFLICT, "这次导入%s，请先取消或等它结束%.0s",
                         "%.0sthe import is %s; cancel it or wait for its end", state_words[now].zh,
                         state_words[now].en);
    return sql_run(s, err, "DELETE FROM import WHERE id = $1", SQL_INT(id));
}

bool import_save_progress(struct sql *s, const struct import *im, bool *ret_stopping,
                          struct error *err) {
    const struct import_counts *c = &im->counts;
    int64_t stopping;
    if (!sql_run(
            s, err,
            "UPDATE import SET position = $2, share = $3, n_read = $4, n_created = $5, n_updated = $6, n_unchanged = $7,"
            " n_rejected = $8, n_duplicate = $9, n_deleted = $10, n_restored = $11, n_left = $12, has_errors = $13,"
            " updated_us = $14 WHERE id = $1",
            SQL_INT(im->id), SQL_INT(im->position), SQL_REAL(im->share), SQL_INT(c->read),
            SQL_INT(c->created), SQL_INT(c->updated), SQL_INT(c->unchanged), SQL_INT(c->rejected),
            SQL_INT(c->duplicate), SQL_INT(c->deleted), SQL_INT(c->restored), SQL_INT(c->left),
            SQL_INT(im->has_errors), SQL_INT(clock_now_us())) ||
        !sql_get_int(s, &stopping, 0, err, "SELECT stopping FROM import WHERE id = $1",
                     SQL_INT(im->id)))
        return false;
    *ret_stopping = stopping != 0;
    return true;
}

bool import_ask_to_stop(struct sql *s, int64_t workspace, int64_t id, struct error *err) {
    enum import_state now;
    if (!load_state(s, workspace, id, &now, err))
        return false;
    if (now != IMPORT_RUNNING)
        return error_set(err, ERROR_CONFLICT, "这次导入没有在进行", "the import is not running");
    return sql_run(s, err, "UPDATE import SET stopping = 1 WHERE id = $1", SQL_INT(id));
}

bool import_set_report(struct sql *s, int64_t id, bool has_report, struct error *err) {
    return sql_run(s, err, "UPDATE import SET has_report = $2 WHERE id = $1", SQL_INT(id),
                   SQL_INT(has_report));
}

bool import_count_written(struct sql *s, int64_t id, int64_t *ret_created, int64_t *ret_updated,
                          struct error *err) {
    return sql_get_int(s, ret_created, 0, err,
                       "SELECT count(*) FROM feedback WHERE import = $1 AND deleted_us IS NULL",
                       SQL_INT(id)) &&
           sql_get_int(
               s, ret_updated, 0, err,
               "SELECT count(DISTINCT h.feedback) FROM feedback_history h JOIN feedback f ON f.id = h.feedback"
               " WHERE h.import = $1 AND (f.import IS NULL OR f.import <> $1)",
               SQL_INT(id));
}

bool import_add_work(struct sql *s, int64_t workspace, const char *event, int64_t id,
                     struct error *err) {
    int64_t now = clock_now_us();
    char payload[24];
    snprintf(payload, sizeof payload, "%" PRId64, workspace);
    return sql_run(
               s, err,
               "INSERT INTO outbox (workspace, event, lane, created_us, due_us, subject, ids) VALUES ($1, $2, $3, $4, $4, $5, $6)",
               SQL_INT(workspace), SQL_TEXT(str_from(event)), SQL_INT(LANE_BULK), SQL_INT(now),
               SQL_INT(id), SQL_BLOB(STR(""))) &&
           sql_notify(s, CHANNEL_OUTBOX, str_from(payload), err);
}
