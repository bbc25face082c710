// SPDX-License-Identifier: Apache-2.0
#include "app/doctor_inner.h"

bool doctor_sql_quick_check(struct sql *s, struct strbuf *ret, struct error *err) {
    struct sql_rows *rows;
    if (sql_engine_of(s) != SQL_ENGINE_SQLITE)
        return true;
    if (!sql_select(s, &rows, err, "PRAGMA quick_check(1)"))
        return false;
    if (sql_next(rows) && !str_eq(sql_text(rows, 0), STR("ok")))
        strbuf_add(ret, sql_text(rows, 0));
    return sql_rows_close(rows, err);
}

bool doctor_sql_schema(struct sql *s, int64_t *ret, struct error *err) {
    return sql_get_int(s, ret, 0, err, "SELECT max(number) FROM schema_migration");
}

bool doctor_sql_has_check(struct sql *s, bool *ret, struct error *err) {
    int64_t n;
    if (!sql_get_int(s, &n, 0, err, "SELECT count(*) FROM platform"))
        return false;
    *ret = n > 0;
    return true;
}

bool doctor_sql_server(struct sql *s, struct strbuf *ret, struct error *err) {
    static const char *const texts[] = {
        [SQL_ENGINE_SQLITE] = "SELECT sqlite_version()",
        [SQL_ENGINE_POSTGRES] = "SELECT version()",
    };
    struct sql_rows *rows;
    if (!sql_select(s, &rows, err, texts[sql_engine_of(s)]))
        return false;
    if (sql_next(rows))
        strbuf_add(ret, sql_text(rows, 0));
    return sql_rows_close(rows, err);
}

bool doctor_sql_counts(struct sql *s, struct doctor_counts *ret, struct error *err) {
    const struct {
        int64_t *to;
        const char *text;
    } list[] = {
        {&ret->workspaces, "SELECT count(*) FROM workspace"},
        {&ret->users, "SELECT count(*) FROM user_account"},
        {&ret->feedback, "SELECT count(*) FROM feedback"},
        {&ret->analysed, "SELECT count(*) FROM analysis"},
        {&ret->customers, "SELECT count(*) FROM customer WHERE merged_into IS NULL"},
        {&ret->events, "SELECT count(*) FROM event"},
        {&ret->imports, "SELECT count(*) FROM import"},
        {&ret->waiting, "SELECT count(*) FROM outbox WHERE parked = 0"},
        {&ret->parked, "SELECT count(*) FROM outbox WHERE parked <> 0"},
        {&ret->oldest_us, "SELECT min(created_us) FROM outbox WHERE parked = 0"},
        {&ret->changes, "SELECT count(*) FROM change"},
    };
    for (size_t i = 0; i < ARRAY_LEN(list); i++)
        if (!sql_get_int(s, list[i].to, 0, err, list[i].text))
            return false;
    return true;
}
