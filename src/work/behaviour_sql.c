// SPDX-License-Identifier: Apache-2.0
#include "base/clock.h"
#include "work/behaviour.h"

#define TIERS_OLD_US US_PER_DAY
#define MAX_SPENDERS 1000000
#define MAX_TOUCHED  1000 // of one event

bool behaviour_tiers(struct sql *s, int64_t workspace, struct spend_tiers *ret, struct error *err) {
    struct sql_rows *rows;
    *ret = (struct spend_tiers){0};
    if (!sql_select(s, &rows, err, "SELECT middle, high FROM spend_tier WHERE workspace = $1",
                    SQL_INT(workspace)))
        return false;
    if (sql_next(rows))
        *ret = (struct spend_tiers){true, sql_real(rows, 0), sql_real(rows, 1)};
    return sql_rows_close(rows, err);
}

static bool store_tiers(struct sql *s, int64_t workspace, double middle, double high,
                        int64_t customers, struct error *err) {
    return sql_run(
        s, err,
        "INSERT INTO spend_tier (workspace, middle, high, customers, made_us) VALUES ($1, $2, $3, $4, $5)"
        " ON CONFLICT (workspace) DO UPDATE SET middle = $2, high = $3, customers = $4, made_us = $5",
        SQL_INT(workspace), SQL_REAL(middle), SQL_REAL(high), SQL_INT(customers),
        SQL_INT(clock_now_us()));
}

static bool take_tiers(struct sql *s, int64_t workspace, int64_t spenders, struct error *err) {
    CLEANUP(arena_done) struct arena a = {0};
    struct sql_rows *rows;
    double *spent = ARENA_ARRAY(&a, double, (size_t)MIN(spenders, (int64_t)MAX_SPENDERS));
    size_t n = 0;
    // Relative to the newest event, so that an import of an old year has tiers as well.
    if (!sql_select(
            s, &rows, err,
            "SELECT sum(amount) FROM event WHERE workspace = $1 AND type = '" EVENT_ORDER
            "' AND customer IS NOT NULL"
            " AND at_us > (SELECT max(at_us) FROM event WHERE workspace = $1) - $2 GROUP BY customer LIMIT $3",
            SQL_INT(workspace), SQL_INT(365 * US_PER_DAY), SQL_INT(MAX_SPENDERS)))
        return false;
    while (n < (size_t)spenders && sql_next(rows))
        if (!sql_is_null(rows, 0))
            spent[n++] = sql_real(rows, 0);
    if (!sql_rows_close(rows, err))
        return false;
    struct spend_tiers t = segment_tiers(spent, n);
    return !t.known || store_tiers(s, workspace, t.middle, t.high, spenders, err);
}

bool behaviour_refresh_tiers(struct sql *s, int64_t workspace, struct error *err) {
    struct sql_rows *rows;
    bool fixed = false;
    int64_t made = 0, customers = 0, spenders;
    if (!sql_select(s, &rows, err, "SELECT made_us, customers FROM spend_tier WHERE workspace = $1",
                    SQL_INT(workspace)))
        return false;
    if (sql_next(rows)) {
        made = sql_int(rows, 0);
        customers = sql_int(rows, 1);
        fixed = customers == 0;
    }
    if (!sql_rows_close(rows, err))
        return false;
    if (fixed)
        return true;
    if (!sql_get_int(
            s, &spenders, 0, err,
            "SELECT count(DISTINCT customer) FROM event WHERE workspace = $1 AND type = '" EVENT_ORDER
            "'",
            SQL_INT(workspace)))
        return false;
    bool old = clock_now_us() - made > TIERS_OLD_US || spenders >= 2 * customers;
    return spenders < SEGMENT_MIN_CUSTOMERS || !old || take_tiers(s, workspace, spenders, err);
}

bool behaviour_fix_tiers(struct sql *s, int64_t workspace, double middle, double high,
                         struct error *err) {
    if (middle == 0 && high == 0)
        return sql_run(s, err, "DELETE FROM spend_tier WHERE workspace = $1", SQL_INT(workspace)) &&
               behaviour_refresh_tiers(s, workspace, err);
    if (!(middle > 0 && high > middle))
        return error_set(err, ERROR_INVALID, "高档的起点必须大于中档的起点，且都大于 0",
                         "the high tier must begin above the middle one, both above 0");
    return store_tiers(s, workspace, middle, high, 0, err);
}

static bool take_ids(struct sql_rows *rows, struct customer_ids *ret, struct error *err) {
    while (sql_next(rows))
        vec_push(ret, sql_int(rows, 0));
    return sql_rows_close(rows, err);
}

bool behaviour_touched(struct sql *s, int64_t workspace, struct str order_lookup, int64_t customer,
                       int64_t at_us, struct customer_ids *ret, struct error *err) {
    struct sql_rows *rows;
    if (order_lookup.len &&
        (!sql_select(s, &rows, err,
                     "SELECT id FROM feedback WHERE workspace = $1 AND order_lookup = $2 LIMIT $3",
                     SQL_INT(workspace), SQL_BLOB(order_lookup), SQL_INT(MAX_TOUCHED)) ||
         !take_ids(rows, ret, err)))
        return false;
    return !customer ||
           (sql_select(
                s, &rows, err,
                "SELECT id FROM feedback WHERE customer = $1 AND occurred_us >= $2 ORDER BY id DESC LIMIT $3",
                SQL_INT(customer), SQL_INT(at_us), SQL_INT(MAX_TOUCHED)) &&
            take_ids(rows, ret, err));
}
