// SPDX-License-Identifier: Apache-2.0
#include "collect/outbox.h"

#include <stdio.h>

#include "base/clock.h"

void ids_pack(const int64_t *ids, size_t n, struct strbuf *ret) {
    for (size_t i = 0; i < n; i++) {
        char bytes[8];
        for (int b = 0; b < 8; b++)
            bytes[b] = (char)((uint64_t)ids[i] >> (8 * b));
        strbuf_add(ret, str_make(bytes, 8));
    }
}

size_t ids_unpack(struct str packed, struct arena *a, int64_t **ret) {
    size_t n = packed.len / 8;
    *ret = ARENA_ARRAY(a, int64_t, n);
    for (size_t i = 0; i < n; i++) {
        uint64_t v = 0;
        for (int b = 7; b >= 0; b--)
            v = v << 8 | (uint8_t)packed.ptr[8 * i + (size_t)b];
        (*ret)[i] = (int64_t)v;
    }
    return n;
}

static bool tell(struct sql *s, const char *channel, int64_t workspace, struct error *err) {
    char payload[24];
    snprintf(payload, sizeof payload, "%" PRId64, workspace);
    return sql_notify(s, channel, str_from(payload), err);
}

bool outbox_add(struct sql *s, int64_t workspace, const char *event, enum lane lane,
                const int64_t *ids, size_t n, struct error *err) {
    CLEANUP(strbuf_done) struct strbuf packed = strbuf_init(64 * MIB);
    ids_pack(ids, n, &packed);
    int64_t now = clock_now_us();
    return sql_run(
               s, err,
               "INSERT INTO outbox (workspace, event, lane, created_us, due_us, ids) VALUES ($1, $2, $3, $4, $4, $5)",
               SQL_INT(workspace), SQL_TEXT(str_from(event)), SQL_INT(lane), SQL_INT(now),
               SQL_BLOB(strbuf_str(&packed))) &&
           tell(s, CHANNEL_OUTBOX, workspace, err);
}

bool change_add(struct sql *s, int64_t workspace, const int64_t *ids, size_t n, struct error *err) {
    static const char *const texts[] = {
        [SQL_ENGINE_SQLITE] = "INSERT INTO change (workspace, txid, ids) VALUES ($1, 0, $2)",
        [SQL_ENGINE_POSTGRES] =
            "INSERT INTO change (workspace, txid, ids) VALUES ($1, CAST(CAST(pg_current_xact_id() AS TEXT) AS BIGINT), $2)",
    };
    CLEANUP(strbuf_done) struct strbuf packed = strbuf_init(64 * MIB);
    ids_pack(ids, n, &packed);
    return sql_run(s, err, texts[sql_engine_of(s)], SQL_INT(workspace),
                   SQL_BLOB(strbuf_str(&packed))) &&
           tell(s, CHANNEL_CHANGE, workspace, err);
}
