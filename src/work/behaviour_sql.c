// SPDX-License-Identifier: Apache-2.0
#include "base/clock.h"
#include "work/behaviour.h"

#define TIERS_OLD_US   US_PER_DAY
#define TIERS_YOUNG_US (5 * US_PER_SECOND)
#define MAX_SPENDERS   1000000
#define MAX_TOUCHED    1000 // of one event

bool behaviour_tiers(struct sql *s, int64_t workspace, struct spend_tiers *ret, struct error *err) {
    struct sql_rows *rows;
    *ret = (struct spend_tiers){0};
    if (!sql_select(s, &rows, err,
                    "SELECT middle, high, customers FROM spend_tier WHERE workspace = $1",
                    SQL_INT(workspace)))
        return false;
    if (sql_next(rows))
        *ret = (struct spend_tiers){.known = true,
                                    .fixed = sql_int(rows, 2) == 0,
                                    .middle = sql_real(rows, 0),
                                    .high = sql_real(rows, 1)};
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

static bool take_tiers(struct sql *s, int64_t workspace, int64_t customers, struct error *err) {
    CLEANUP(arena_done) struct arena a = {0};
    struct sql_rows *rows;
    size_t n = 0, most = (size_t)MIN(customers, (int64_t)MAX_SPENDERS);
    double *spent = ARENA_ARRAY(&a, double, most);
    // Relative to the newest event, so that an import of an old year has tiers as well.
    if (!sql_select(
            s, &rows, err,
            "SELECT sum(e.amount) FROM customer c JOIN event e ON e.customer = c.id WHERE c.workspace = $1 AND c.merged_into IS NULL"
            " AND e.type = '" EVENT_ORDER
            "' AND e.at_us > (SELECT max(at_us) FROM event WHERE workspace = $1) - $2 GROUP BY c.id",
            SQL_INT(workspace), SQL_INT(365 * US_PER_DAY)))
        return false;
    while (n < most && sql_next(rows))
        if (!sql_is_null(rows, 0))
            spent[n++] = sql_real(rows, 0);
    if (!sql_rows_close(rows, err))
        return false;
    struct spend_tiers t = segment_tiers(spent, n);
    return !t.known || store_tiers(s, workspace, t.middle, t.high, MAX(customers, (int64_t)1), err);
}

bool behaviour_refresh_tiers(struct sql *s, int64_t workspace, struct error *err) {
    struct sql_rows *rows;
    int64_t made = 0, then = -1, customers;
    if (!sql_select(s, &rows, err, "SELECT made_us, customers FROM spend_tier WHERE workspace = $1",
                    SQL_INT(workspace)))
        return false;
    if (sql_next(rows)) {
        made = sql_int(rows, 0);
        then = sql_int(rows, 1);
    }
    if (!sql_rows_close(rows, err))
        return false;
    int64_t age = clock_now_us() - made;
    if (then == 0 || age < TIERS_YOUNG_US) // fixed, or just taken
        return true;
    if (!sql_get_int(s, &customers, 0, err,
                     "SELECT count(*) FROM customer WHERE workspace = $1 AND merged_into IS NULL",
                     SQL_INT(workspace)))
        return false;
    bool due = then < 0 || age > TIERS_OLD_US || customers >= 2 * then;
    return customers < SEGMENT_MIN_CUSTOMERS || !due || take_tiers(s, workspace, customers, err);
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
