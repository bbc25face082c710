// SPDX-License-Identifier: Apache-2.0
#include "account/view.h"

#include "base/clock.h"
#include "base/utf8.h"
#include "sql/sql.h"

struct viewing {
    const struct accounts *accounts;
    const struct principal *by;
    struct arena *arena;
    struct view *view;
    struct view *list;
    size_t n;
    int64_t id;
};

static bool may_all(const struct principal *by) {
    return principal_may(by, PERMISSION_WORKSPACE_WRITE);
}

static bool read_list(struct sql *s, void *ctx, struct error *err) {
    struct viewing *v = ctx;
    struct sql_rows *rows;
    v->list = ARENA_ARRAY(v->arena, struct view, VIEW_MAX);
    v->n = 0;
    if (!sql_select(
            s, &rows, err,
            "SELECT id, user_id, name, query, shared, updated_us FROM saved_view WHERE workspace = $1"
            " AND (user_id = $2 OR shared = 1) ORDER BY name, id LIMIT $3",
            SQL_INT(v->by->workspace), SQL_INT(v->by->user), SQL_INT(VIEW_MAX)))
        return false;
    while (v->n < VIEW_MAX && sql_next(rows))
        v->list[v->n++] = (struct view){.id = sql_int(rows, 0),
                                        .user = sql_int(rows, 1),
                                        .name = arena_str(v->arena, sql_text(rows, 2)),
                                        .query = arena_str(v->arena, sql_text(rows, 3)),
                                        .shared = sql_int(rows, 4) != 0,
                                        .updated_us = sql_int(rows, 5)};
    return sql_rows_close(rows, err);
}

bool view_list(struct accounts *a, const struct principal *by, struct arena *arena,
               struct view **ret, size_t *ret_n, struct error *err) {
    struct viewing v = {.accounts = a, .by = by, .arena = arena};
    if (!sql_read(a->db, read_list, &v, err))
        return false;
    *ret = v.list;
    *ret_n = v.n;
    return true;
}

static bool no_view(struct error *err) {
    return error_set(err, ERROR_NOT_FOUND, "没有这个视图", "there is no such view");
}

static bool insert(struct sql *s, struct viewing *v, struct error *err) {
    int64_t n;
    if (!sql_get_int(s, &n, 0, err, "SELECT count(*) FROM saved_view WHERE workspace = $1",
                     SQL_INT(v->by->workspace)))
        return false;
    if (n >= VIEW_MAX)
        return error_set(err, ERROR_LIMIT, "视图已有 %d 个，请先删除一些",
                         "there are %d views already: remove some first", VIEW_MAX);
    return sql_run(
        s, err,
        "INSERT INTO saved_view (id, workspace, user_id, name, query, shared, updated_us) VALUES ($1, $2, $3, $4, $5, $6, $7)",
        SQL_INT(v->id), SQL_INT(v->by->workspace), SQL_INT(v->by->user), SQL_TEXT(v->view->name),
        SQL_TEXT(v->view->query), SQL_INT(v->view->shared), SQL_INT(clock_now_us()));
}

static bool save(struct sql *s, void *ctx, struct error *err) {
    struct viewing *v = ctx;
    int64_t changed;
    if (!v->view->id)
        return insert(s, v, err);
    return sql_change(
               s, &changed, err,
               "UPDATE saved_view SET name = $4, query = $5, shared = $6, updated_us = $7 WHERE id = $1 AND workspace = $2"
               " AND (user_id = $3 OR (shared = 1 AND $8 = 1))",
               SQL_INT(v->view->id), SQL_INT(v->by->workspace), SQL_INT(v->by->user),
               SQL_TEXT(v->view->name), SQL_TEXT(v->view->query), SQL_INT(v->view->shared),
               SQL_INT(clock_now_us()), SQL_INT(may_all(v->by))) &&
           (changed || no_view(err));
}

bool view_save(struct accounts *a, const struct principal *by, struct view *view,
               struct error *err) {
    view->name = str_trim(view->name);
    if (!view->name.len || utf8_count(view->name) > VIEW_MAX_NAME) {
        error_set(err, ERROR_INVALID, "视图的名称应为 1–%d 个字符",
                  "the name of a view has 1–%d characters", VIEW_MAX_NAME);
        return error_field(err, "name");
    }
    if (view->query.len > VIEW_MAX_QUERY) {
        error_set(err, ERROR_LIMIT, "视图的条件太长", "the conditions of a view are too long");
        return error_field(err, "query");
    }
    struct viewing v = {
        .accounts = a, .by = by, .view = view, .id = view->id ? view->id : id_next(a->ids)};
    if (!sql_write(a->db, save, &v, err))
        return false;
    view->id = v.id;
    return true;
}

static bool remove_one(struct sql *s, void *ctx, struct error *err) {
    struct viewing *v = ctx;
    int64_t gone;
    return sql_change(
               s, &gone, err,
               "DELETE FROM saved_view WHERE id = $1 AND workspace = $2 AND (user_id = $3 OR (shared = 1 AND $4 = 1))",
               SQL_INT(v->id), SQL_INT(v->by->workspace), SQL_INT(v->by->user),
               SQL_INT(may_all(v->by))) &&
           (gone || no_view(err));
}

bool view_remove(struct accounts *a, const struct principal *by, int64_t id, struct error *err) {
    struct viewing v = {.accounts = a, .by = by, .id = id};
    return sql_write(a->db, remove_one, &v, err);
}
