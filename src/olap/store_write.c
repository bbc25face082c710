// SPDX-License-Identifier: Apache-2.0
// Rows into a table, by column, chunk by chunk: no statement is parsed for a row.
#include <math.h>

#include "base/mem.h"
#include "olap/store_inner.h"

#define MAX_WRITE_COLUMNS (FACTS_MAX_COLUMNS + 8)

// Copies rows [from, from + n) of a column of values that are `bytes` long.
static void copy_values(const struct write_column *c, size_t bytes, size_t from, size_t n,
                        char *to) {
    const char *data = c->data;
    if (!c->rows) {
        memcpy(to, data + from * bytes, n * bytes);
        return;
    }
    for (size_t i = 0; i < n; i++)
        memcpy(to + i * bytes, data + c->rows[from + i] * bytes, bytes);
}

static bool is_null(const struct write_column *c, const void *values, size_t i) {
    if (c->type == DUCKDB_FLOAT)
        return isnan(((const float *)values)[i]);
    if (c->type == DUCKDB_UTINYINT)
        return ((const uint8_t *)values)[i] == FACTS_NO_CLASS;
    return ((const int32_t *)values)[i] == FACTS_NO_DAY;
}

static void mark_nulls(const struct duckdb *lib, const struct write_column *c,
                       struct duckdb_vector *v, size_t n) {
    const void *values = lib->vector_get_data(v);
    uint64_t *known = NULL;
    for (size_t i = 0; i < n; i++) {
        if (!is_null(c, values, i))
            continue;
        if (!known) {
            lib->vector_ensure_validity_writable(v);
            known = lib->vector_get_validity(v);
        }
        known[i / 64] &= ~(UINT64_C(1) << (i % 64));
    }
}

static void fill(const struct duckdb *lib, const struct write_column *c, struct duckdb_vector *v,
                 size_t from, size_t n) {
    char *to = lib->vector_get_data(v);
    switch (c->type) {
    case DUCKDB_UTINYINT:
        copy_values(c, 1, from, n, to);
        break;
    case DUCKDB_USMALLINT:
        copy_values(c, 2, from, n, to);
        break;
    case DUCKDB_INTEGER:
    case DUCKDB_UINTEGER:
    case DUCKDB_FLOAT:
        copy_values(c, 4, from, n, to);
        break;
    case DUCKDB_BIGINT:
    case DUCKDB_DOUBLE:
        copy_values(c, 8, from, n, to);
        break;
    case DUCKDB_VARCHAR:
        for (size_t i = 0; i < n; i++) {
            struct str s = ((const struct str *)c->data)[c->rows ? c->rows[from + i] : from + i];
            lib->vector_assign_string_element_len(v, i, s.ptr ? s.ptr : "", s.len);
        }
        break;
    }
    if (c->has_null)
        mark_nulls(lib, c, v, n);
}

static struct duckdb_chunk *make_chunk(const struct duckdb *lib, const struct write_column *columns,
                                       size_t n) {
    struct duckdb_logical_type *types[MAX_WRITE_COLUMNS];
    for (size_t i = 0; i < n; i++)
        types[i] = lib->create_logical_type(columns[i].type);
    struct duckdb_chunk *chunk = lib->create_data_chunk(types, n);
    for (size_t i = 0; i < n; i++)
        lib->destroy_logical_type(&types[i]);
    return chunk;
}

bool store_write(struct fact_store *fs, const char *table, const struct write_column *columns,
                 size_t n_columns, size_t n_rows, struct error *err) {
    const struct duckdb *lib = &fs->lib;
    struct duckdb_appender *appender = NULL;
    if (n_rows == 0)
        return true;
    if (lib->appender_create(fs->con, NULL, table, &appender) != DUCKDB_OK) {
        duckdb_error(err, lib->appender_error(appender));
        lib->appender_destroy(&appender);
        return false;
    }
    struct duckdb_chunk *chunk = make_chunk(lib, columns, n_columns);
    bool ok = true;
    for (size_t from = 0; ok && from < n_rows; from += DUCKDB_VECTOR_ROWS) {
        size_t n = MIN(n_rows - from, (size_t)DUCKDB_VECTOR_ROWS);
        lib->data_chunk_reset(chunk);
        for (size_t i = 0; i < n_columns; i++)
            fill(lib, &columns[i], lib->data_chunk_get_vector(chunk, i), from, n);
        lib->data_chunk_set_size(chunk, n);
        ok = lib->append_data_chunk(appender, chunk) == DUCKDB_OK;
    }
    ok = ok && lib->appender_flush(appender) == DUCKDB_OK;
    if (!ok)
        duckdb_error(err, lib->appender_error(appender));
    lib->destroy_data_chunk(&chunk);
    lib->appender_destroy(&appender);
    return ok;
}
