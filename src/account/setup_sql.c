// SPDX-License-Identifier: Apache-2.0
#include "account/setup_inner.h"

bool setup_sql_is_done(struct sql *s, int64_t *ret_us, struct error *err) {
    return sql_get_int(s, ret_us, 0, err, "SELECT setup_us FROM platform WHERE id = 1");
}

bool setup_sql_take(struct sql *s, int64_t now_us, struct error *err) {
    int64_t taken;
    if (!sql_change(s, &taken, err,
                    "UPDATE platform SET setup_us = $1 WHERE id = 1 AND setup_us = 0",
                    SQL_INT(now_us)))
        return false;
    return taken == 1 || setup_done(err);
}

bool accounts_sql_purge(struct sql *s, int64_t now_us, int64_t idle_since_us,
                        int64_t tries_since_us, struct error *err) {
    return sql_run(s, err, "DELETE FROM session WHERE expires_us <= $1 OR used_us <= $2",
                   SQL_INT(now_us), SQL_INT(idle_since_us)) &&
           sql_run(s, err, "DELETE FROM one_time_link WHERE expires_us <= $1", SQL_INT(now_us)) &&
           sql_run(s, err, "DELETE FROM login_attempt WHERE at_us <= $1", SQL_INT(tries_since_us));
}
