// SPDX-License-Identifier: Apache-2.0
// What an import would do, by the same look-ups and the same joining of versions as collect/intake_sql.c, without
// writing.
#include <stdio.h>

#include "base/json.h"
#include "collect/import.h"
#include "collect/intake.h"

struct found {
    int64_t id; // 0: none
    bool deleted;
    struct str content, body; // arena
};

static bool find(struct sql *s, int64_t workspace, const struct intake_item *item, struct arena *a,
                 struct found *ret, struct error *err) {
    struct sql_rows *rows;
    if (!sql_select(
            s, &rows, err,
            "SELECT id, deleted_us, content, body FROM feedback WHERE workspace = $1 AND lookup = $2",
            SQL_INT(workspace),
            SQL_BLOB(str_make((const char *)item->lookup, sizeof item->lookup))))
        return false;
    if (sql_next(rows))
        *ret = (struct found){sql_int(rows, 0), !sql_is_null(rows, 1),
                              arena_str(a, sql_bytes(rows, 2)), arena_str(a, sql_bytes(rows, 3))};
    return sql_rows_close(rows, err);
}

static bool changes(const struct store *store, int64_t workspace, const struct intake_item *item,
                    const struct found *f, struct arena *a, bool *ret, struct error *err) {
    char bound[48];
    CLEANUP(strbuf_done) struct strbuf before = strbuf_init(4 * MIB), after = strbuf_init(4 * MIB);
    CLEANUP(json_freep) struct json *tree = NULL;
    struct record older, merged;
    snprintf(bound, sizeof bound, "feedback:%" PRId64, f->id);
    if (!vault_unseal(store->vault, workspace, str_from(bound), f->body, &before, err) ||
        !json_parse(strbuf_str(&before), &tree, err) || !record_parse_stored(tree, a, &older, err))
        return false;
    record_merge(&older, item->record, a, &merged);
    record_format(&merged, &after);
    *ret = !str_eq(strbuf_str(&before), strbuf_str(&after));
    return true;
}

bool import_foresee(struct sql *s, const struct store *store, int64_t workspace,
                    struct intake_item *items, size_t n, struct error *err) {
    CLEANUP(arena_done) struct arena a = {0};
    for (size_t i = 0; i < n; i++) {
        struct intake_item *item = &items[i];
        struct found f = {0};
        bool changed = false;
        arena_reset(&a);
        item->outcome = INTAKE_CREATED;
        item->id = item->new_id;
        if (!item->has_lookup)
            continue;
        if (!find(s, workspace, item, &a, &f, err))
            return false;
        if (!f.id || f.deleted)
            continue;
        item->id = f.id;
        item->outcome = INTAKE_UNCHANGED;
        if (str_eq(f.content, str_make((const char *)item->content, sizeof item->content)))
            continue;
        if (!changes(store, workspace, item, &f, &a, &changed, err))
            return false;
        item->outcome = changed ? INTAKE_UPDATED : INTAKE_UNCHANGED;
    }
    return true;
}
