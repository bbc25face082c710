// SPDX-License-Identifier: Apache-2.0
#include "olap/duckdb.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "sys/crypto.h"
#include "sys/file.h"

#if defined(__x86_64__)
#define MACHINE "x86_64"
#elif defined(__aarch64__)
#define MACHINE "aarch64"
#else
#define MACHINE "?"
#endif

// What is accepted. tools/setup reads this table too: it fetches the package of this machine and holds the library
// against the hash. A new version is a new row here and nowhere else.
static const struct pinned {
    const char *machine, *version, *package, *sha256;
} pinned[] = {
    {"x86_64", "v1.5.6", "@duckdb/node-bindings-linux-x64@1.5.6-r.1",
     "3f4962cdd266eab2b479a5b5a4a6d063d279b2954ae814ed00385d553b747633"},
    {"aarch64", "v1.5.6", "@duckdb/node-bindings-linux-arm64@1.5.6-r.1",
     "23686593dba4ec22c6e581bb1c843b3964e84c4bc4d0063d8b4daddd2e20e30a"},
};

static const struct pinned *pinned_here(void) {
    for (size_t i = 0; i < ARRAY_LEN(pinned); i++)
        if (str_eq(str_from(pinned[i].machine), STR(MACHINE)))
            return &pinned[i];
    return NULL;
}

static const char *wanted_version(void) {
    const struct pinned *want = pinned_here();
    return want ? want->version : "?";
}

static bool is_missing(struct error *err) {
    return error_set(
        err, ERROR_UNAVAILABLE,
        "没有找到 DuckDB %s 的 libduckdb.so：运行 tools/setup 取得，或用 HUISHENG_DUCKDB 指出它的位置",
        "libduckdb.so of DuckDB %s not found: tools/setup brings it, or name it in HUISHENG_DUCKDB",
        wanted_version());
}

static bool is_other(struct error *err, const char *path) {
    return error_set(
        err, ERROR_UNAVAILABLE,
        "%s 不是本程序所用的 DuckDB %s（校验和不符）：运行 tools/setup 重新取得",
        "%s is not the DuckDB %s this program is made for (another checksum): tools/setup brings it again",
        path, wanted_version());
}

// Where the library is looked for when nobody names it, in this order.
static bool find(const char *path, struct strbuf *ret) {
    static const char *const places[] = {"lib/huisheng/libduckdb.so", "lib/libduckdb.so",
                                         "third_party/duckdb/libduckdb.so"};
    const char *named = path ? path : getenv("HUISHENG_DUCKDB");
    if (named && *named) {
        strbuf_adds(ret, named);
        return file_exists(strbuf_cstr(ret));
    }
    for (size_t i = 0; i < ARRAY_LEN(places); i++)
        if (file_find_shipped(places[i], ret))
            return true;
    return false;
}

static bool is_pinned(const char *path, struct error *err) {
    const struct pinned *want = pinned_here();
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &st) != 0) {
        int failed = errno;
        if (fd >= 0)
            close(fd);
        return error_errno(err, failed, "无法读取", "cannot read", path);
    }
    size_t size = (size_t)st.st_size;
    void *bytes = size ? mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0) : MAP_FAILED;
    close(fd);
    if (bytes == MAP_FAILED)
        return is_other(err, path);
    uint8_t hash[CRYPTO_HASH_BYTES];
    crypto_sha256(str_make(bytes, size), hash);
    munmap(bytes, size);
    CLEANUP(strbuf_done) struct strbuf hex = strbuf_init(2 * sizeof hash + 1);
    crypto_hex(str_make((const char *)hash, sizeof hash), &hex);
    return (want && str_eq(strbuf_str(&hex), str_from(want->sha256))) || is_other(err, path);
}

// Symbol by member, in the order of struct duckdb.
static const char *const symbols[] = {
#define SYMBOL(returns, name, parameters) "duckdb_" #name,
    DUCKDB_FUNCTIONS(SYMBOL)
#undef SYMBOL
};
typedef void any_fn(void);
_Static_assert(sizeof(struct duckdb) == ARRAY_LEN(symbols) * sizeof(any_fn *),
               "one pointer a symbol");

bool duckdb_load(const char *path, struct duckdb *ret, struct error *err) {
    CLEANUP(strbuf_done) struct strbuf found = strbuf_init(PATH_MAX);
    if (!find(path, &found))
        return is_missing(err);
    const char *at = strbuf_cstr(&found);
    // Loaded already: then it was held against its hash before, by us.
    void *handle = dlopen(at, RTLD_NOW | RTLD_LOCAL | RTLD_NOLOAD);
    if (!handle && !is_pinned(at, err))
        return false;
    if (!handle)
        handle = dlopen(at, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
    if (!handle)
        return error_set(err, ERROR_UNAVAILABLE, "无法载入 %s：%s", "cannot load %s: %s", at,
                         dlerror());
    struct duckdb lib;
    for (size_t i = 0; i < ARRAY_LEN(symbols); i++) {
        void *symbol = dlsym(handle, symbols[i]);
        if (!symbol)
            return is_other(err, at);
        memcpy((char *)&lib + i * sizeof symbol, &symbol, sizeof symbol);
    }
    if (!str_eq(str_from(lib.library_version()), str_from(wanted_version())))
        return is_other(err, at);
    *ret = lib;
    return true;
}

// ── statements ──

bool duckdb_error(struct error *err, const char *text) {
    struct str words = str_from(text);
    size_t end = str_find_char(words, '\n'); // what follows is a trace
    words = str_slice(words, 0, MIN(end, (size_t)200));
    enum error_code code = ERROR_IO;
    if (str_has(words, STR("No space left")))
        code = ERROR_NO_SPACE;
    else if (str_starts(words, STR("Out of Memory")))
        code = ERROR_LIMIT;
    else if (str_starts(words, STR("Parser")) || str_starts(words, STR("Binder")) ||
             str_starts(words, STR("Catalog")))
        code = ERROR_INTERNAL;
    return error_set(err, code, "分析库：%.*s", "fact store: %.*s", STR_ARG(words));
}

bool duckdb_run(const struct duckdb *lib, struct duckdb_connection *con, const char *sql,
                uint64_t *ret_changed, struct error *err) {
    struct duckdb_result r = {0};
    bool ok = lib->query(con, sql, &r) == DUCKDB_OK;
    if (!ok)
        duckdb_error(err, lib->result_error(&r));
    else if (ret_changed)
        *ret_changed = lib->rows_changed(&r);
    lib->destroy_result(&r);
    return ok;
}

static bool give_chunks(const struct duckdb *lib, const struct duckdb_result *r,
                        duckdb_rows_fn *each, void *ctx, struct error *err) {
    struct duckdb_chunk *chunk;
    while (each && (chunk = lib->fetch_chunk(*r))) {
        bool ok = each(ctx, lib, chunk, lib->data_chunk_get_size(chunk), err);
        lib->destroy_data_chunk(&chunk);
        if (!ok)
            return false;
    }
    return true;
}

static bool bind(const struct duckdb *lib, struct duckdb_statement *s,
                 const struct duckdb_parameters *p, struct error *err) {
    bool ok = true;
    uint64_t at = 1;
    for (size_t i = 0; p && i < p->n_floats; i++)
        ok = lib->bind_float(s, at++, p->floats[i]) == DUCKDB_OK && ok;
    for (size_t i = 0; p && i < p->n_doubles; i++)
        ok = lib->bind_double(s, at++, p->doubles[i]) == DUCKDB_OK && ok;
    return ok || error_set(err, ERROR_INTERNAL, "查询参数与语句不符",
                           "the parameters of a query do not fit its statement");
}

bool duckdb_ask(const struct duckdb *lib, struct duckdb_connection *con, const char *sql,
                const struct duckdb_parameters *parameters, duckdb_rows_fn *each, void *ctx,
                struct error *err) {
    struct duckdb_statement *s = NULL;
    struct duckdb_result r = {0};
    bool ok = false;
    if (lib->prepare(con, sql, &s) != DUCKDB_OK) {
        duckdb_error(err, lib->prepare_error(s));
    } else if (bind(lib, s, parameters, err)) {
        if (lib->execute_prepared(s, &r) == DUCKDB_OK)
            ok = give_chunks(lib, &r, each, ctx, err);
        else
            duckdb_error(err, lib->result_error(&r));
        lib->destroy_result(&r);
    }
    lib->destroy_prepare(&s);
    return ok;
}

const void *duckdb_column(const struct duckdb *lib, struct duckdb_chunk *chunk, size_t i,
                          const uint64_t **ret_known) {
    struct duckdb_vector *v = lib->data_chunk_get_vector(chunk, i);
    if (ret_known)
        *ret_known = lib->vector_get_validity(v);
    return lib->vector_get_data(v);
}

struct str duckdb_text(const struct duckdb_string *s) {
    const char *ptr = s->bytes;
    if (s->length > sizeof s->bytes)
        memcpy(&ptr, s->bytes + 4, sizeof ptr);
    return str_make(ptr, s->length);
}
