// SPDX-License-Identifier: Apache-2.0
#include "olap/store_sql.h"

#include <inttypes.h>
#include <math.h>

// ── tables ──

const char sql_create[] =
    "CREATE TABLE feedback (id BIGINT, day INTEGER, at_us BIGINT, flags UINTEGER);"
    "CREATE TABLE aspect (id BIGINT, day INTEGER, at_us BIGINT, flags UINTEGER,"
    " aspect UTINYINT, polarity UTINYINT);"
    "CREATE TABLE phrase (id BIGINT, code INTEGER);"
    "CREATE TABLE dictionary (number INTEGER, code INTEGER, value VARCHAR);"
    "CREATE TABLE columns (number INTEGER, kind INTEGER, name VARCHAR, role VARCHAR,"
    " classes INTEGER, dropped INTEGER, whole INTEGER);"
    "CREATE TABLE store (version INTEGER, generation BIGINT, watermark BIGINT, max_id BIGINT,"
    " aspects INTEGER, polarities INTEGER, phrases INTEGER);"
    "INSERT INTO store VALUES (1, 0, 0, -9223372036854775808, 0, 0, 0);";
_Static_assert(STORE_VERSION == 1, "the version stands in sql_create");

const char sql_drop[] = "DROP TABLE feedback; DROP TABLE aspect; DROP TABLE phrase;"
                        "DROP TABLE dictionary; DROP TABLE columns; DROP TABLE store;";
const char sql_has_store[] =
    "SELECT count(*) FROM information_schema.tables WHERE table_name = 'store'";
const char sql_read_store[] = "SELECT version, generation, watermark, max_id, aspects, polarities,"
                              " phrases, (SELECT count(*) FROM aspect),"
                              " (SELECT count(*) FROM phrase) FROM store";
const char sql_read_columns[] =
    "SELECT number, kind, name, role, classes, dropped, whole FROM columns ORDER BY number";
const char sql_read_dictionary[] =
    "SELECT number, code, value FROM dictionary ORDER BY number, code";
const char sql_ping[] = "SELECT 1";
const char sql_read_generation[] = "SELECT generation FROM store";
const char sql_read_days[] = "SELECT min(day), max(day) FROM feedback";

void sql_write_store(struct strbuf *sql, int64_t generation, int64_t watermark, int64_t max_id,
                     const struct facts *f) {
    strbuf_addf(sql,
                "UPDATE store SET generation = %" PRId64 ", watermark = %" PRId64
                ", max_id = %" PRId64 ", aspects = %" PRIu32 ", polarities = %" PRIu32
                ", phrases = %" PRIu32,
                generation, watermark, max_id, f->columns[FACTS_ASPECT].n_classes,
                f->columns[FACTS_POLARITY].n_classes, f->n_phrase_codes);
}

static const char *type_of(enum column_kind kind) {
    switch (kind) {
    case COLUMN_DIMENSION:
        return "USMALLINT DEFAULT 0";
    case COLUMN_CLASS:
    case COLUMN_MEASURE:
        return "UTINYINT";
    case COLUMN_DAY:
    case COLUMN_PHRASE:
        break;
    }
    return "INTEGER";
}

void sql_add_column(struct strbuf *sql, int column, enum column_kind kind) {
    static const char *const tables[] = {"feedback", "aspect"};
    for (size_t i = 0; i < ARRAY_LEN(tables); i++)
        strbuf_addf(sql, "ALTER TABLE %s ADD COLUMN c%d %s;", tables[i], column, type_of(kind));
}

void sql_widen_column(struct strbuf *sql, int column) {
    strbuf_addf(sql,
                "ALTER TABLE feedback ALTER COLUMN c%d TYPE FLOAT;"
                "ALTER TABLE aspect ALTER COLUMN c%d TYPE FLOAT;"
                "UPDATE columns SET whole = 0 WHERE number = %d;",
                column, column, column);
}

void sql_drop_column(struct strbuf *sql, int column) {
    strbuf_addf(sql,
                "ALTER TABLE feedback DROP COLUMN c%d; ALTER TABLE aspect DROP COLUMN c%d;"
                "DELETE FROM dictionary WHERE number = %d;"
                "UPDATE columns SET dropped = 1 WHERE number = %d;",
                column, column, column, column);
}

void sql_forget_column(struct strbuf *sql, int column) {
    strbuf_addf(sql, "DELETE FROM columns WHERE number = %d;", column);
}

const char sql_touch[] = "CREATE OR REPLACE TEMP TABLE touched (id BIGINT)";

// The smallest and the largest once more, because blocks of rows are passed over by them.
static void add_touched(struct strbuf *sql, const struct sql_ids *ids) {
    strbuf_addf(sql,
                " WHERE id >= %" PRId64 " AND id <= %" PRId64 " AND id IN (SELECT id FROM touched)",
                ids->low, ids->high);
}

void sql_count(struct strbuf *sql, const struct facts *f, const bool *dropped, const bool *whole,
               const struct sql_ids *ids) {
    strbuf_adds(sql, "SELECT count(*), min(day), max(day)");
    for (int i = FACTS_FIRST_COLUMN; i < f->n_columns; i++)
        if (f->columns[i].kind == COLUMN_DIMENSION && !dropped[i])
            strbuf_addf(sql, ", count(*) FILTER (c%d <> 0)", i);
    for (int i = FACTS_FIRST_COLUMN; i < f->n_columns; i++)
        if (whole[i])
            strbuf_addf(sql, ", max(c%d)", i);
    strbuf_adds(sql, " FROM feedback");
    if (ids)
        add_touched(sql, ids);
}

void sql_delete(struct strbuf *sql, const char *table, const struct sql_ids *ids) {
    strbuf_addf(sql, "DELETE FROM %s", table);
    add_touched(sql, ids);
}

// ── filters ──

void sql_query_done(struct sql_query *q) {
    strbuf_done(&q->sql);
}

static void add_column(struct strbuf *sql, int column) {
    switch (column) {
    case FACTS_DAY:
        strbuf_adds(sql, "day");
        break;
    case FACTS_ASPECT:
        strbuf_adds(sql, "aspect");
        break;
    case FACTS_POLARITY:
        strbuf_adds(sql, "polarity");
        break;
    case FACTS_PHRASE:
        strbuf_adds(sql, "code");
        break;
    default:
        strbuf_addf(sql, "c%d", column);
    }
}

static void add_and(struct strbuf *sql, bool *ret_first) {
    strbuf_adds(sql, *ret_first ? " WHERE " : " AND ");
    *ret_first = false;
}

// The codes below n with allowed[code] == which.
static void add_codes(struct strbuf *sql, const uint8_t *allowed, uint32_t n, bool which) {
    const char *comma = "";
    for (uint32_t code = 0; code < n; code++) {
        if (!!allowed[code] != which)
            continue;
        strbuf_addf(sql, "%s%" PRIu32, comma, code);
        comma = ",";
    }
}

// A class that is unknown is NULL in the tables and the code n_classes in `allowed`.
static void add_code_filter(struct sql_query *q, const struct plan *p, int which, bool *ret_first) {
    int column = p->query->filters[which].column;
    const struct column *c = &p->facts->columns[column];
    const uint8_t *allowed = p->selector.allowed[which];
    uint32_t n = facts_cardinality(p->facts, column), n_allowed = 0;
    bool unknown = c->kind == COLUMN_CLASS && allowed[c->n_classes];
    for (uint32_t code = 0; code < n; code++)
        n_allowed += allowed[code] != 0;
    if (n_allowed == 0 && !unknown) {
        q->nothing = true;
        return;
    }
    if (n_allowed == n && (unknown || c->kind != COLUMN_CLASS))
        return;
    bool list_allowed = n_allowed <= n / 2;
    add_and(&q->sql, ret_first);
    strbuf_addc(&q->sql, '(');
    add_column(&q->sql, column);
    if (n_allowed == 0 || n_allowed == n) {
        strbuf_adds(&q->sql, unknown ? " IS NULL)" : " IS NOT NULL)");
        return;
    }
    strbuf_adds(&q->sql, list_allowed ? " IN (" : " NOT IN (");
    add_codes(&q->sql, allowed, n, list_allowed);
    strbuf_addc(&q->sql, ')');
    if (unknown) {
        strbuf_adds(&q->sql, " OR ");
        add_column(&q->sql, column);
        strbuf_adds(&q->sql, " IS NULL");
    }
    strbuf_addc(&q->sql, ')');
}

// NAN is larger than every number to DuckDB and passes nothing with us.
static void add_range(struct sql_query *q, const struct filter *w, bool *ret_first) {
    if (isnan(w->low) || isnan(w->high)) {
        q->nothing = true;
        return;
    }
    add_and(&q->sql, ret_first);
    q->doubles[q->n_doubles++] = w->low;
    q->doubles[q->n_doubles++] = w->high;
    size_t at = q->n_floats + q->n_doubles;
    strbuf_addf(&q->sql, "c%d::DOUBLE >= $%zu AND c%d::DOUBLE < $%zu", w->column, at - 1, w->column,
                at);
}

// column IN (numbers of the bits that are set)
static void add_bits(struct strbuf *sql, const char *column, uint64_t bits) {
    const char *between = "";
    strbuf_addf(sql, "%s IN (", column);
    for (int i = 0; i < 64; i++)
        if (bits >> i & 1) {
            strbuf_addf(sql, "%s%d", between, i);
            between = ", ";
        }
    strbuf_addc(sql, ')');
}

static void add_days(struct strbuf *sql, const struct query *q) {
    strbuf_addf(sql, "%sday >= %" PRId32 " AND day < %" PRId32 "%s", q->undated ? "((" : "",
                q->from_day, q->to_day, q->undated ? ") OR day IS NULL)" : "");
}

static bool has_days(const struct query *q) {
    return q->from_day != INT32_MIN || q->to_day != INT32_MAX;
}

// The days once more inside: the table of aspects has them too, and the fewer ids are looked for the better.
static void add_with(struct sql_query *q, const struct query *query, bool *ret_first) {
    bool inner = true;
    if (!query->with_dimensions && !query->with_polarities)
        return;
    add_and(&q->sql, ret_first);
    strbuf_adds(&q->sql, "id IN (SELECT id FROM aspect");
    if (query->with_dimensions) {
        add_and(&q->sql, &inner);
        add_bits(&q->sql, "aspect", query->with_dimensions);
    }
    if (query->with_polarities) {
        add_and(&q->sql, &inner);
        add_bits(&q->sql, "polarity", query->with_polarities);
    }
    if (has_days(query)) {
        add_and(&q->sql, &inner);
        add_days(&q->sql, query);
    }
    strbuf_addc(&q->sql, ')');
}

static void add_where(struct sql_query *q, const struct plan *p, bool *ret_first) {
    const struct query *query = p->query;
    add_with(q, query, ret_first);
    if (has_days(query)) {
        add_and(&q->sql, ret_first);
        add_days(&q->sql, query);
    }
    if (query->flags_all) {
        add_and(&q->sql, ret_first);
        strbuf_addf(&q->sql, "(flags & %" PRIu32 ") = %" PRIu32, query->flags_all,
                    query->flags_all);
    }
    if (query->flags_none) {
        add_and(&q->sql, ret_first);
        strbuf_addf(&q->sql, "(flags & %" PRIu32 ") = 0", query->flags_none);
    }
    for (int i = 0; i < query->n_filters; i++) {
        if (query->filters[i].kind == FILTER_RANGE)
            add_range(q, &query->filters[i], ret_first);
        else
            add_code_filter(q, p, i, ret_first);
    }
}

static const char *table_of(enum grain grain) {
    switch (grain) {
    case GRAIN_FEEDBACK:
        return " FROM feedback";
    case GRAIN_ASPECT:
        return " FROM aspect";
    case GRAIN_PHRASE:
        return " FROM phrase JOIN feedback USING (id)";
    }
    return "";
}

// ── groups ──

// 1,400,003 is a multiple of 7 and 3: the remainder is the weekday, Monday 0, for every day since the year 1.
static void add_day(struct strbuf *sql, enum time_bucket bucket) {
    switch (bucket) {
    case TIME_DAY:
        strbuf_adds(sql, "day");
        break;
    case TIME_WEEK:
        strbuf_adds(sql, "day - (day + 1400003) % 7");
        break;
    case TIME_MONTH:
        strbuf_adds(sql, "(date_trunc('month', DATE '1970-01-01' + day)::DATE"
                         " - DATE '1970-01-01')::INTEGER");
        break;
    }
}

// The class of a measure among cuts [low, high), by halving.
static void add_cuts(struct strbuf *sql, int column, size_t first_parameter, int low, int high) {
    if (low == high) {
        strbuf_addf(sql, "%d", low);
        return;
    }
    int middle = (low + high) / 2;
    strbuf_addf(sql, "CASE WHEN c%d < $%zu THEN ", column, first_parameter + (size_t)middle);
    add_cuts(sql, column, first_parameter, low, middle);
    strbuf_adds(sql, " ELSE ");
    add_cuts(sql, column, first_parameter, middle + 1, high);
    strbuf_adds(sql, " END");
}

static void add_class(struct sql_query *q, const struct query_class *c) {
    if (c->n_cuts == 0) {
        add_column(&q->sql, c->column);
        return;
    }
    strbuf_addf(&q->sql, "CASE WHEN c%d IS NOT NULL THEN (", c->column);
    add_cuts(&q->sql, c->column, q->n_floats + 1, 0, c->n_cuts);
    strbuf_adds(&q->sql, ")::UTINYINT END");
    for (int i = 0; i < c->n_cuts; i++)
        q->floats[q->n_floats++] = c->cuts[i];
}

static void query_init_sql(struct sql_query *q) {
    *q = (struct sql_query){.sql = strbuf_init(SQL_MAX_BYTES)};
    strbuf_adds(&q->sql, "SELECT ");
}

#define MAX_PARTS 200000 // of all groups together, by keyed measures

int sql_keyed(const struct sql_query *q, int column) {
    for (int i = 0; i < q->n_keyed; i++)
        if (q->keyed[i] == column)
            return i;
    return -1;
}

static void choose_keyed(struct sql_query *ret, const struct plan *p,
                         const struct sql_measures *m) {
    const struct query *q = p->query;
    double parts = (double)p->n_numbers;
    for (int i = 0; i < q->n_classes; i++)
        parts *= q->classes[i].n_cuts ? 1 : p->class_size[i] + 1;
    for (int i = 0; i < q->n_measures + q->n_classes; i++) {
        bool is_measure = i < q->n_measures;
        const struct query_class *c = is_measure ? NULL : &q->classes[i - q->n_measures];
        int column = is_measure ? q->measures[i] : c->column;
        if ((c && !c->n_cuts) || !m->whole[column] || sql_keyed(ret, column) >= 0)
            continue;
        if (parts * (m->largest[column] + 2) > MAX_PARTS)
            continue;
        parts *= m->largest[column] + 2;
        ret->keyed[ret->n_keyed++] = column;
    }
}

static int add_keys(struct sql_query *ret, const struct plan *p) {
    const struct query *q = p->query;
    int n_keys = 0;
    for (int i = 0; i < q->n_by; i++) {
        if (p->facts->columns[q->by[i]].state != COLUMN_OPEN)
            continue;
        if (q->by[i] == FACTS_DAY)
            add_day(&ret->sql, q->bucket);
        else
            add_column(&ret->sql, q->by[i]);
        strbuf_adds(&ret->sql, ", ");
        n_keys++;
    }
    for (int i = 0; i < q->n_classes; i++) {
        if (sql_keyed(ret, q->classes[i].column) >= 0)
            continue;
        add_class(ret, &q->classes[i]);
        strbuf_adds(&ret->sql, ", ");
        n_keys++;
    }
    for (int i = 0; i < ret->n_keyed; i++, n_keys++) {
        add_column(&ret->sql, ret->keyed[i]);
        strbuf_adds(&ret->sql, ", ");
    }
    return n_keys;
}

void sql_groups(struct sql_query *ret, const struct plan *p, const struct sql_measures *m) {
    const struct query *q = p->query;
    query_init_sql(ret);
    choose_keyed(ret, p, m);
    int n_keys = add_keys(ret, p);
    strbuf_adds(&ret->sql, "count(*)");
    for (int i = 0; i < q->n_measures; i++) {
        int c = q->measures[i];
        if (sql_keyed(ret, c) < 0)
            strbuf_addf(&ret->sql, ", count(c%d), sum(c%d::DOUBLE), sum(c%d::DOUBLE * c%d::DOUBLE)",
                        c, c, c, c);
    }
    bool first = true;
    strbuf_adds(&ret->sql, table_of(q->grain));
    add_where(ret, p, &first);
    for (int i = 1; i <= n_keys; i++)
        strbuf_addf(&ret->sql, "%s%d", i == 1 ? " GROUP BY " : ", ", i);
}

void sql_values(struct sql_query *ret, const struct plan *p, int measure) {
    bool first = true;
    query_init_sql(ret);
    strbuf_addf(&ret->sql, "c%d::FLOAT%s", measure, table_of(GRAIN_FEEDBACK));
    add_where(ret, p, &first);
    add_and(&ret->sql, &first);
    strbuf_addf(&ret->sql, "c%d IS NOT NULL", measure);
}

// Whether each feedback is in the answer once at most: it has a dimension no more than once.
static bool is_once(const struct query *q) {
    bool once = q->grain == GRAIN_FEEDBACK;
    for (int i = 0; q->grain == GRAIN_ASPECT && i < q->n_filters; i++)
        once = once || (q->filters[i].kind == FILTER_IS && q->filters[i].column == FACTS_ASPECT);
    return once;
}

void sql_list(struct sql_query *ret, const struct plan *p, const struct fact_page *page) {
    bool first = true;
    query_init_sql(ret);
    strbuf_adds(&ret->sql, is_once(p->query) ? "id, at_us" : "DISTINCT id, at_us");
    strbuf_adds(&ret->sql, table_of(p->query->grain));
    add_where(ret, p, &first);
    if (page->before_us != INT64_MAX || page->before_id != INT64_MAX) {
        add_and(&ret->sql, &first);
        strbuf_addf(&ret->sql, "at_us <= %" PRId64 " AND (at_us < %" PRId64 " OR id < %" PRId64 ")",
                    page->before_us, page->before_us, page->before_id);
    }
    strbuf_addf(&ret->sql, " ORDER BY at_us DESC, id DESC LIMIT %zu", page->limit);
}
