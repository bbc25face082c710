// SPDX-License-Identifier: Apache-2.0
// libduckdb, loaded when the first fact store is opened: a process that keeps no facts does not pay for it, and the
// program runs without it. Only the functions that we call are declared, from the published C interface of DuckDB 1.5
// (https://duckdb.org/docs/stable/clients/c/api); they mean here what they mean there.
//
//     struct duckdb lib;
//     if (!duckdb_load(NULL, &lib, err)) return false;
//     if (lib.open_ext(path, &db, config, &text) == DUCKDB_OK) …
//
// One version is accepted, told by its SHA-256 (the table is in duckdb.c; tools/setup brings exactly that file).
// It is read and checked once: about 0.1 s for 70 MB. Loaded it stays until the process ends, because its threads
// and thread variables do not survive being unloaded. Any thread.
#ifndef OLAP_DUCKDB_H
#define OLAP_DUCKDB_H

#include "base/error.h"
#include "base/str.h"

enum duckdb_status {
    DUCKDB_OK,
    DUCKDB_FAILED,
};

enum duckdb_type { // numbers of the C interface
    DUCKDB_INTEGER = 4,
    DUCKDB_BIGINT = 5,
    DUCKDB_UTINYINT = 6,
    DUCKDB_USMALLINT = 7,
    DUCKDB_UINTEGER = 8,
    DUCKDB_FLOAT = 10,
    DUCKDB_DOUBLE = 11,
    DUCKDB_VARCHAR = 17,
};

// Handles; what is behind them is DuckDB's.
struct duckdb_database;
struct duckdb_connection;
struct duckdb_config;
struct duckdb_statement;
struct duckdb_appender;
struct duckdb_chunk; // up to 2,048 rows by column
struct duckdb_vector;
struct duckdb_logical_type;

// Filled by a query, given back to destroy_result also after a failure. The members are not for us.
struct duckdb_result {
    uint64_t unused[3];
    void *unused_columns;
    char *unused_error;
    void *internal;
};

// A string inside a vector: its bytes up to 12 of them, else the first 4 and a pointer to all.
struct duckdb_string {
    uint32_t length;
    char bytes[12];
};
struct str duckdb_text(const struct duckdb_string *s); // borrowed from the chunk

#define DUCKDB_VECTOR_ROWS 2048 // rows of a chunk, at most

// F(returns, name, parameters): member `name` of struct duckdb, symbol duckdb_NAME of the library.
#define DUCKDB_FUNCTIONS(F)                                                                        \
    F(const char *, library_version, (void))                                                       \
    F(void, free, (void *))                                                                        \
    /* configuration: each option a name and a text; unknown names fail */                         \
    F(enum duckdb_status, create_config, (struct duckdb_config * *ret))                            \
    F(enum duckdb_status, set_config,                                                              \
      (struct duckdb_config * c, const char *name, const char *value))                             \
    F(void, destroy_config, (struct duckdb_config * *c))                                           \
    /* path NULL: in memory; *ret_error is given back with free() */                               \
    F(enum duckdb_status, open_ext,                                                                \
      (const char *path, struct duckdb_database **ret, struct duckdb_config *c, char **ret_error)) \
    F(void, close, (struct duckdb_database * *db))                                                 \
    /* a connection does one thing at a time and holds one transaction */                          \
    F(enum duckdb_status, connect, (struct duckdb_database * db, struct duckdb_connection * *ret)) \
    F(void, disconnect, (struct duckdb_connection * *con))                                         \
    F(enum duckdb_status, query,                                                                   \
      (struct duckdb_connection * con, const char *sql, struct duckdb_result *ret))                \
    F(void, destroy_result, (struct duckdb_result * r))                                            \
    F(const char *, result_error, (struct duckdb_result * r))                                      \
    F(uint64_t, rows_changed, (struct duckdb_result * r))                                          \
    /* parameters are numbered from 1 */                                                           \
    F(enum duckdb_status, prepare,                                                                 \
      (struct duckdb_connection * con, const char *sql, struct duckdb_statement **ret))            \
    F(const char *, prepare_error, (struct duckdb_statement * s))                                  \
    F(enum duckdb_status, bind_float, (struct duckdb_statement * s, uint64_t at, float x))         \
    F(enum duckdb_status, bind_double, (struct duckdb_statement * s, uint64_t at, double x))       \
    F(enum duckdb_status, execute_prepared,                                                        \
      (struct duckdb_statement * s, struct duckdb_result * ret))                                   \
    F(void, destroy_prepare, (struct duckdb_statement * *s))                                       \
    /* the next chunk of a result, NULL after the last; the caller destroys it */                  \
    F(struct duckdb_chunk *, fetch_chunk, (struct duckdb_result r))                                \
    F(struct duckdb_logical_type *, create_logical_type, (enum duckdb_type type))                  \
    F(void, destroy_logical_type, (struct duckdb_logical_type * *t))                               \
    F(struct duckdb_chunk *, create_data_chunk, (struct duckdb_logical_type * *types, uint64_t n)) \
    F(void, destroy_data_chunk, (struct duckdb_chunk * *chunk))                                    \
    F(void, data_chunk_reset, (struct duckdb_chunk * chunk))                                       \
    F(uint64_t, data_chunk_get_size, (struct duckdb_chunk * chunk))                                \
    F(void, data_chunk_set_size, (struct duckdb_chunk * chunk, uint64_t n))                        \
    F(struct duckdb_vector *, data_chunk_get_vector, (struct duckdb_chunk * chunk, uint64_t i))    \
    F(void *, vector_get_data, (struct duckdb_vector * v))                                         \
    /* a bit a row, 1 is known; NULL: all are */                                                   \
    F(uint64_t *, vector_get_validity, (struct duckdb_vector * v))                                 \
    F(void, vector_ensure_validity_writable, (struct duckdb_vector * v))                           \
    F(void, vector_assign_string_element_len,                                                      \
      (struct duckdb_vector * v, uint64_t at, const char *ptr, uint64_t len))                      \
    F(enum duckdb_status, appender_create,                                                         \
      (struct duckdb_connection * con, const char *schema, const char *table,                      \
       struct duckdb_appender **ret))                                                              \
    F(const char *, appender_error, (struct duckdb_appender * a))                                  \
    F(enum duckdb_status, append_data_chunk,                                                       \
      (struct duckdb_appender * a, struct duckdb_chunk * chunk))                                   \
    F(enum duckdb_status, appender_flush, (struct duckdb_appender * a))                            \
    F(enum duckdb_status, appender_destroy, (struct duckdb_appender * *a))

struct duckdb {
#define MEMBER(returns, name, parameters) returns(*name) parameters;
    DUCKDB_FUNCTIONS(MEMBER)
#undef MEMBER
};

// `path` NULL: $HUISHENG_DUCKDB, then lib/huisheng/, lib/ and third_party/duckdb/ as file_find_shipped finds them.
// ERROR_UNAVAILABLE: there is none, or it is not the version this program is made for; the line says how to get it.
bool duckdb_load(const char *path, struct duckdb *ret, struct error *err) MUST_USE;

// Runs statements without parameters. `ret_changed`: rows inserted, changed or deleted by the last one; may be NULL.
bool duckdb_run(const struct duckdb *lib, struct duckdb_connection *con, const char *sql,
                uint64_t *ret_changed, struct error *err) MUST_USE;
// Runs one statement with parameters (floats first, then doubles, as the SQL numbers them) and gives its rows to
// `each`, chunk by chunk; false from it stops, and it has filled err. `each` may be NULL.
struct duckdb_parameters {
    const float *floats;
    size_t n_floats;
    const double *doubles;
    size_t n_doubles;
};
typedef bool duckdb_rows_fn(void *ctx, const struct duckdb *lib, struct duckdb_chunk *chunk,
                            size_t n, struct error *err);
bool duckdb_ask(const struct duckdb *lib, struct duckdb_connection *con, const char *sql,
                const struct duckdb_parameters *parameters, duckdb_rows_fn *each, void *ctx,
                struct error *err) MUST_USE;
// Column i of a chunk: its values and which are known (NULL: all).
const void *duckdb_column(const struct duckdb *lib, struct duckdb_chunk *chunk, size_t i,
                          const uint64_t **ret_known);
static inline bool duckdb_known(const uint64_t *known, size_t row) {
    return !known || known[row / 64] >> (row % 64) & 1;
}
// DuckDB's words as an error of ours: ERROR_NO_SPACE, ERROR_LIMIT (memory), ERROR_IO. Returns false.
bool duckdb_error(struct error *err, const char *text);

#endif
