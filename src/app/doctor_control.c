// SPDX-License-Identifier: Apache-2.0
#include "app/doctor_control.h"

#include <stddef.h>
#include <stdio.h>

#include "account/workspace.h"
#include "app/data.h"
#include "work/follow.h"
#include "work/house.h"

static const struct {
    const char *name;
    size_t offset;
} count_rows[] = {
#define ROW(name)                                                                                  \
    { #name, offsetof(struct doctor_counts, name) }
    ROW(workspaces), ROW(users),   ROW(feedback), ROW(analysed),  ROW(customers), ROW(events),
    ROW(imports),    ROW(waiting), ROW(parked),   ROW(oldest_us), ROW(changes),
#undef ROW
};

struct looking {
    struct doctor_store *store;
    struct strbuf server, trouble;
};

static bool look(struct sql *s, void *ctx, struct error *err) {
    struct looking *l = ctx;
    strbuf_reset(&l->server);
    strbuf_reset(&l->trouble);
    return doctor_sql_server(s, &l->server, err) && doctor_sql_schema(s, &l->store->schema, err) &&
           doctor_sql_has_check(s, &l->store->has_check, err) &&
           doctor_sql_quick_check(s, &l->trouble, err) &&
           doctor_sql_counts(s, &l->store->counts, err);
}

bool doctor_store_look(struct sql_db *db, struct doctor_store *ret, struct error *err) {
    struct looking l = {ret, strbuf_init(4 * KIB), strbuf_init(64 * KIB)};
    *ret = (struct doctor_store){0};
    bool ok = sql_read(db, look, &l, err);
    snprintf(ret->server, sizeof ret->server, "%s%s",
             sql_engine(db) == SQL_ENGINE_SQLITE ? "SQLite " : "", strbuf_cstr(&l.server));
    snprintf(ret->trouble, sizeof ret->trouble, "%s", strbuf_cstr(&l.trouble));
    strbuf_done(&l.server);
    strbuf_done(&l.trouble);
    return ok;
}

static bool quick_check(struct sql *s, void *ctx, struct error *err) {
    strbuf_reset(ctx);
    return doctor_sql_quick_check(s, ctx, err);
}

bool doctor_quick_check(struct sql_db *db, struct strbuf *ret, struct error *err) {
    return sql_read(db, quick_check, ret, err);
}

void doctor_format_counts(const struct doctor_counts *c, struct json_writer *w) {
    for (size_t i = 0; i < ARRAY_LEN(count_rows); i++) {
        int64_t n;
        memcpy(&n, (const char *)c + count_rows[i].offset, sizeof n);
        json_key(w, count_rows[i].name);
        json_add_int(w, n);
    }
}

bool doctor_store_parse(const struct json *j, struct doctor_store *ret) {
    *ret = (struct doctor_store){.schema = json_int(json_get(j, "schema"), 0), .has_check = true};
    const struct {
        const char *name;
        char *to;
        size_t cap;
    } texts[] = {{"server", ret->server, sizeof ret->server},
                 {"trouble", ret->trouble, sizeof ret->trouble},
                 {"follow", ret->follow, sizeof ret->follow}};
    for (size_t i = 0; i < ARRAY_LEN(texts); i++)
        snprintf(texts[i].to, texts[i].cap, "%.*s", STR_ARG(json_str(json_get(j, texts[i].name))));
    for (size_t i = 0; i < ARRAY_LEN(count_rows); i++) {
        int64_t n = json_int(json_get(j, count_rows[i].name), 0);
        memcpy((char *)&ret->counts + count_rows[i].offset, &n, sizeof n);
    }
    return true;
}

static void add_text(struct json_writer *out, const char *key, const char *text) {
    json_key(out, key);
    json_add_cstr(out, text);
}

bool doctor_control(void *ctx, UNUSED const struct json *in, struct json_writer *out,
                    struct error *err) {
    const struct data_dir *d = ctx;
    struct doctor_store s;
    CLEANUP(arena_done) struct arena a = {0};
    const struct workspace *list;
    size_t n = 0;
    if (!doctor_store_look(d->db, &s, err) || !workspace_list(d->accounts, 0, &a, &list, &n, err))
        return false;
    for (size_t i = 0; d->house && i < n; i++) {
        struct follow_status f = follow_status(d->house->follow, list[i].id);
        const char *problem = f.facts_problem[0] ? f.facts_problem : f.search_problem;
        if (*problem)
            snprintf(s.follow, sizeof s.follow, "%s", problem);
    }
    add_text(out, "server", s.server);
    add_text(out, "trouble", s.trouble);
    add_text(out, "follow", s.follow);
    json_key(out, "schema");
    json_add_int(out, s.schema);
    doctor_format_counts(&s.counts, out);
    return true;
}
