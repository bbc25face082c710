// SPDX-License-Identifier: Apache-2.0
// What doctor, restore, the support bundle and their statements (doctor_sql.c) share.
#ifndef APP_DOCTOR_INNER_H
#define APP_DOCTOR_INNER_H

#include "base/json.h"
#include "sql/sql.h"

struct options;

// ── rows ──

struct doctor_counts {
    int64_t workspaces, users, feedback, analysed, customers, events, imports;
    int64_t waiting, parked, oldest_us; // of the outbox; 0: nothing waits
    int64_t changes;
};
bool doctor_sql_counts(struct sql *s, struct doctor_counts *ret, struct error *err) MUST_USE;
// What SQLite finds wrong with its file, appended; nothing where all is well, and on PostgreSQL.
bool doctor_sql_quick_check(struct sql *s, struct strbuf *ret, struct error *err) MUST_USE;
bool doctor_sql_schema(struct sql *s, int64_t *ret, struct error *err) MUST_USE; // newest applied
bool doctor_sql_has_check(struct sql *s, bool *ret, struct error *err) MUST_USE;
bool doctor_sql_server(struct sql *s, struct strbuf *ret, struct error *err) MUST_USE; // version

bool doctor_quick_check(struct sql_db *db, struct strbuf *ret, struct error *err) MUST_USE;

// ── checks ──

enum doctor_state {
    DOCTOR_OK,
    DOCTOR_WARN,
    DOCTOR_BAD,
};
extern const char *const doctor_state_names[];

struct doctor_line {
    const char *check; // "disk"
    enum doctor_state state;
    char zh[500], en[500]; // what is, and what to do
};

#define DOCTOR_MOST 24
struct doctor_report {
    struct doctor_line lines[DOCTOR_MOST];
    size_t n;
    struct doctor_counts counts;
    char store_version[200];
    int64_t schema;
};

// All checks, in their order; never fails, because what fails is a line.
void doctor_examine(const struct options *o, struct doctor_report *ret);
enum doctor_state doctor_worst(const struct doctor_report *r);
void doctor_format_json(const struct doctor_report *r, struct json_writer *w);

#endif
