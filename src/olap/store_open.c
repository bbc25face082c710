// SPDX-License-Identifier: Apache-2.0
// Opening the file and reading what a store keeps beside its rows.
#include <stdio.h>
#include <unistd.h>

#include "base/mem.h"
#include "olap/store_inner.h"
#include "olap/store_sql.h"

#define DEFAULT_THREADS      2
#define DEFAULT_MEMORY_BYTES (256 * MIB)

// ── reading what is stored ──

struct loading {
    struct fact_store *store;
    struct store_state *state;
    int32_t version;
    bool sound;
};

static bool read_store(void *ctx, const struct duckdb *lib, struct duckdb_chunk *chunk, size_t n,
                       UNUSED struct error *err) {
    struct loading *l = ctx;
    struct store_state *s = l->state;
    if (n == 0)
        return true;
    l->version = *(const int32_t *)duckdb_column(lib, chunk, 0, NULL);
    s->generation = *(const int64_t *)duckdb_column(lib, chunk, 1, NULL);
    state_touch_all(s, s->generation);
    s->watermark = *(const int64_t *)duckdb_column(lib, chunk, 2, NULL);
    s->max_id = *(const int64_t *)duckdb_column(lib, chunk, 3, NULL);
    s->facts.columns[FACTS_ASPECT].n_classes =
        (uint32_t) * (const int32_t *)duckdb_column(lib, chunk, 4, NULL);
    s->facts.columns[FACTS_POLARITY].n_classes =
        (uint32_t) * (const int32_t *)duckdb_column(lib, chunk, 5, NULL);
    s->facts.n_phrase_codes = (uint32_t) * (const int32_t *)duckdb_column(lib, chunk, 6, NULL);
    s->facts.aspects.n = (size_t) * (const int64_t *)duckdb_column(lib, chunk, 7, NULL);
    s->facts.phrases.n = (size_t) * (const int64_t *)duckdb_column(lib, chunk, 8, NULL);
    l->sound = true;
    return true;
}

static bool read_columns(void *ctx, const struct duckdb *lib, struct duckdb_chunk *chunk, size_t n,
                         UNUSED struct error *err) {
    struct loading *l = ctx;
    const int32_t *numbers = duckdb_column(lib, chunk, 0, NULL);
    const int32_t *kinds = duckdb_column(lib, chunk, 1, NULL);
    const struct duckdb_string *names = duckdb_column(lib, chunk, 2, NULL);
    const struct duckdb_string *roles = duckdb_column(lib, chunk, 3, NULL);
    const int32_t *classes = duckdb_column(lib, chunk, 4, NULL);
    const int32_t *dropped = duckdb_column(lib, chunk, 5, NULL);
    const int32_t *whole = duckdb_column(lib, chunk, 6, NULL);
    for (size_t i = 0; i < n; i++) {
        if (numbers[i] != l->state->facts.n_columns || numbers[i] >= FACTS_MAX_COLUMNS ||
            !store_keeps(kinds[i])) {
            l->sound = false;
            return true;
        }
        struct column c = store_make_column(
            (enum column_kind)kinds[i], arena_str(&l->store->names, duckdb_text(&names[i])),
            arena_str(&l->store->names, duckdb_text(&roles[i])), classes[i]);
        state_add_column(l->state, &c);
        l->state->whole[numbers[i]] = kinds[i] == COLUMN_MEASURE && whole[i];
        if (dropped[i])
            state_drop_column(l->state, numbers[i]);
    }
    return true;
}

static bool read_dictionary(void *ctx, const struct duckdb *lib, struct duckdb_chunk *chunk,
                            size_t n, UNUSED struct error *err) {
    struct loading *l = ctx;
    const int32_t *numbers = duckdb_column(lib, chunk, 0, NULL);
    const int32_t *codes = duckdb_column(lib, chunk, 1, NULL);
    const struct duckdb_string *values = duckdb_column(lib, chunk, 2, NULL);
    for (size_t i = 0; i < n; i++) {
        int c = numbers[i];
        l->sound = l->sound && c >= 0 && c < l->state->facts.n_columns && l->state->dicts[c] &&
                   state_encode(l->state, c, duckdb_text(&values[i])) == (uint32_t)codes[i];
        if (!l->sound)
            return true;
    }
    return true;
}

static bool read_counts(void *ctx, const struct duckdb *lib, struct duckdb_chunk *chunk, size_t n,
                        UNUSED struct error *err) {
    struct store_state *s = ctx;
    const uint64_t *known;
    if (n == 0)
        return true;
    s->facts.n = (uint32_t) * (const int64_t *)duckdb_column(lib, chunk, 0, NULL);
    s->facts.first_day = *(const int32_t *)duckdb_column(lib, chunk, 1, &known);
    s->facts.last_day = *(const int32_t *)duckdb_column(lib, chunk, 2, NULL);
    s->facts.has_day = duckdb_known(known, 0);
    size_t at = 3;
    for (int i = FACTS_FIRST_COLUMN; i < s->facts.n_columns; i++)
        if (s->dicts[i])
            s->known[i] = *(const int64_t *)duckdb_column(lib, chunk, at++, NULL);
    for (int i = FACTS_FIRST_COLUMN; i < s->facts.n_columns; i++)
        if (s->whole[i]) {
            const uint8_t *largest = duckdb_column(lib, chunk, at++, &known);
            s->largest[i] = duckdb_known(known, 0) ? *largest : 0;
        }
    return true;
}

static bool is_unreadable(struct error *err, const char *path) {
    return error_set(
        err, ERROR_CORRUPT,
        "分析库 %s 已损坏或属于其他版本：删除它后运行 huisheng rebuild 重建，反馈不受影响",
        "the fact store %s is damaged or of another version: delete it and run huisheng rebuild; no "
        "feedback is lost",
        path);
}

static bool load(struct fact_store *fs, struct error *err) {
    struct loading l = {.store = fs, .state = state_new(fs->empty)};
    CLEANUP(strbuf_done) struct strbuf sql = strbuf_init(SQL_MAX_BYTES);
    const struct duckdb *lib = &fs->lib;
    bool ok = duckdb_ask(lib, fs->con, sql_read_store, NULL, read_store, &l, NULL) && l.sound &&
              l.version == STORE_VERSION &&
              duckdb_ask(lib, fs->con, sql_read_columns, NULL, read_columns, &l, NULL) &&
              duckdb_ask(lib, fs->con, sql_read_dictionary, NULL, read_dictionary, &l, NULL) &&
              l.sound;
    if (ok) {
        sql_count(&sql, &l.state->facts, l.state->dropped, l.state->whole, NULL);
        ok = duckdb_ask(lib, fs->con, strbuf_cstr(&sql), NULL, read_counts, l.state, NULL);
    }
    if (!ok) {
        state_release(l.state);
        return is_unreadable(err, fs->options.path ? fs->options.path : ":memory:");
    }
    state_settle(l.state);
    state_release(fs->current);
    fs->current = l.state;
    return true;
}

// ── opening ──

static bool read_number(void *ctx, const struct duckdb *lib, struct duckdb_chunk *chunk, size_t n,
                        UNUSED struct error *err) {
    if (n)
        *(int64_t *)ctx = *(const int64_t *)duckdb_column(lib, chunk, 0, NULL);
    return true;
}

// Nothing is fetched, loaded or read but the one file; what does not fit the memory goes beside it.
static bool configure(const struct duckdb *lib, const struct fact_store_options *o,
                      struct duckdb_config *c, struct error *err) {
    char threads[16], memory[32];
    CLEANUP(strbuf_done) struct strbuf temporary = strbuf_init(4096);
    snprintf(threads, sizeof threads, "%d", o->threads > 0 ? o->threads : DEFAULT_THREADS);
    snprintf(memory, sizeof memory, "%zuKiB",
             (o->memory_bytes ? o->memory_bytes : DEFAULT_MEMORY_BYTES) / KIB);
    if (o->path)
        strbuf_addf(&temporary, "%s.tmp", o->path);
    const char *const settings[][2] = {
        {"threads", threads},
        {"memory_limit", memory},
        {"temp_directory", strbuf_cstr(&temporary)},
        {"autoinstall_known_extensions", "false"},
        {"autoload_known_extensions", "false"},
        {"allow_community_extensions", "false"},
        {"enable_external_access", "false"},
        {"preserve_insertion_order", "false"},
        {"perfect_ht_threshold", "17"},
    };
    for (size_t i = 0; i < ARRAY_LEN(settings); i++)
        if (lib->set_config(c, settings[i][0], settings[i][1]) != DUCKDB_OK)
            return error_set(err, ERROR_INTERNAL, "DuckDB 不认识设置 %s", "DuckDB knows no %s",
                             settings[i][0]);
    return true;
}

static bool open_failed(struct error *err, const char *path, const char *text) {
    if (!path)
        return duckdb_error(err, text);
    if (str_has(str_from(text), STR("Could not set lock")))
        return error_set(err, ERROR_CONFLICT, "分析库 %s 正被另一个进程使用",
                         "the fact store %s is in use by another process", path);
    if (str_has(str_from(text), STR("ermission denied")))
        return error_set(err, ERROR_FORBIDDEN, "没有权限打开分析库 %s",
                         "no permission to open the fact store %s", path);
    if (access(path, F_OK) != 0)
        return duckdb_error(err, text);
    return is_unreadable(err, path);
}

bool store_open_database(struct fact_store *fs, struct error *err) {
    const struct fact_store_options *o = &fs->options;
    const struct duckdb *lib = &fs->lib;
    struct duckdb_config *config = NULL;
    char *text = NULL;
    if (lib->create_config(&config) != DUCKDB_OK)
        return error_set(err, ERROR_INTERNAL, "DuckDB 无法配置", "DuckDB cannot be configured");
    bool ok = configure(lib, o, config, err);
    if (ok && lib->open_ext(o->path, &fs->db, config, &text) != DUCKDB_OK) {
        ok = open_failed(err, o->path, text ? text : "");
        fs->db = NULL;
    }
    lib->free(text);
    lib->destroy_config(&config);
    if (ok && lib->connect(fs->db, &fs->con) != DUCKDB_OK)
        ok = error_set(err, ERROR_INTERNAL, "无法连接分析库", "cannot connect to the fact store");
    return ok;
}

bool store_load(struct fact_store *fs, struct error *err) {
    int64_t exists = 0;
    if (!duckdb_ask(&fs->lib, fs->con, sql_has_store, NULL, read_number, &exists, err))
        return false;
    if (!exists &&
        (!store_begin(fs, err) || !duckdb_run(&fs->lib, fs->con, sql_create, NULL, err) ||
         !duckdb_run(&fs->lib, fs->con, "COMMIT", NULL, err)))
        return false;
    return load(fs, err);
}

void store_close_database(struct fact_store *fs) {
    if (fs->con)
        fs->lib.disconnect(&fs->con);
    if (fs->db)
        fs->lib.close(&fs->db);
    fs->con = NULL;
    fs->db = NULL;
}
