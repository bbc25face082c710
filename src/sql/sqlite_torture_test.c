// SPDX-License-Identifier: Apache-2.0
// Each write to the disk fails in turn, and each flush: what was acknowledged is there, what was refused is not,
// and the store goes on.
#include <sqlite3.h>
#include <stdatomic.h>
#include <unistd.h>

#include "base/mem.h"
#include "sql/migrate.h"
#include "tests/support/stores.h"

#define TURNS  60
#define WRITES 6

// A file system that passes everything on to the real one, but for one call.
struct disk {
    sqlite3_vfs vfs; // first
    sqlite3_vfs *real;
    _Atomic int countdown; // calls until one fails; below 0: none will
    _Atomic int length;    // so many in a row
    int error;
};

struct disk_file {
    sqlite3_file base; // first
    struct disk *disk;
    sqlite3_file *real;
};

static sqlite3_file *real_of(sqlite3_file *f) {
    return ((struct disk_file *)f)->real;
}

static bool fails(sqlite3_file *f) {
    struct disk *d = ((struct disk_file *)f)->disk;
    int left = atomic_fetch_sub(&d->countdown, 1);
    return left <= 0 && left > -atomic_load(&d->length);
}

static int error_of(sqlite3_file *f) {
    return ((struct disk_file *)f)->disk->error;
}

static int disk_close(sqlite3_file *f) {
    int rc = real_of(f)->pMethods->xClose(real_of(f));
    free(real_of(f));
    return rc;
}

static int disk_read(sqlite3_file *f, void *buf, int n, sqlite3_int64 at) {
    return real_of(f)->pMethods->xRead(real_of(f), buf, n, at);
}

static int disk_write(sqlite3_file *f, const void *buf, int n, sqlite3_int64 at) {
    return fails(f) ? error_of(f) : real_of(f)->pMethods->xWrite(real_of(f), buf, n, at);
}

static int disk_truncate(sqlite3_file *f, sqlite3_int64 size) {
    return fails(f) ? error_of(f) : real_of(f)->pMethods->xTruncate(real_of(f), size);
}

static int disk_sync(sqlite3_file *f, int flags) {
    return fails(f) ? SQLITE_IOERR_FSYNC : real_of(f)->pMethods->xSync(real_of(f), flags);
}

static int disk_size(sqlite3_file *f, sqlite3_int64 *ret) {
    return real_of(f)->pMethods->xFileSize(real_of(f), ret);
}

static int disk_lock(sqlite3_file *f, int level) {
    return real_of(f)->pMethods->xLock(real_of(f), level);
}

static int disk_unlock(sqlite3_file *f, int level) {
    return real_of(f)->pMethods->xUnlock(real_of(f), level);
}

static int disk_check(sqlite3_file *f, int *ret) {
    return real_of(f)->pMethods->xCheckReservedLock(real_of(f), ret);
}

static int disk_control(sqlite3_file *f, int op, void *arg) {
    return real_of(f)->pMethods->xFileControl(real_of(f), op, arg);
}

static int disk_sector(sqlite3_file *f) {
    return real_of(f)->pMethods->xSectorSize(real_of(f));
}

static int disk_traits(sqlite3_file *f) {
    return real_of(f)->pMethods->xDeviceCharacteristics(real_of(f));
}

static int disk_shm_map(sqlite3_file *f, int page, int size, int extend, void volatile **ret) {
    return real_of(f)->pMethods->xShmMap(real_of(f), page, size, extend, ret);
}

static int disk_shm_lock(sqlite3_file *f, int offset, int n, int flags) {
    return real_of(f)->pMethods->xShmLock(real_of(f), offset, n, flags);
}

static void disk_shm_barrier(sqlite3_file *f) {
    real_of(f)->pMethods->xShmBarrier(real_of(f));
}

static int disk_shm_unmap(sqlite3_file *f, int removes) {
    return real_of(f)->pMethods->xShmUnmap(real_of(f), removes);
}

static const sqlite3_io_methods methods = {
    .iVersion = 2,
    .xClose = disk_close,
    .xRead = disk_read,
    .xWrite = disk_write,
    .xTruncate = disk_truncate,
    .xSync = disk_sync,
    .xFileSize = disk_size,
    .xLock = disk_lock,
    .xUnlock = disk_unlock,
    .xCheckReservedLock = disk_check,
    .xFileControl = disk_control,
    .xSectorSize = disk_sector,
    .xDeviceCharacteristics = disk_traits,
    .xShmMap = disk_shm_map,
    .xShmLock = disk_shm_lock,
    .xShmBarrier = disk_shm_barrier,
    .xShmUnmap = disk_shm_unmap,
};

static int disk_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *f, int flags, int *ret) {
    struct disk *d = (struct disk *)vfs;
    struct disk_file *file = (struct disk_file *)f;
    file->disk = d;
    file->real = mem_zero(1, (size_t)d->real->szOsFile);
    int rc = d->real->xOpen(d->real, name, file->real, flags, ret);
    f->pMethods = rc == SQLITE_OK ? &methods : NULL;
    if (rc != SQLITE_OK)
        free(file->real);
    return rc;
}

static void disk_install(struct disk *d) {
    d->real = sqlite3_vfs_find(NULL);
    d->vfs = *d->real; // its other functions take the real one's pAppData and know no more of it
    d->vfs.zName = "torture";
    d->vfs.szOsFile = sizeof(struct disk_file);
    d->vfs.xOpen = disk_open;
    d->vfs.pNext = NULL;
    atomic_store(&d->countdown, -1000000);
    assert_int_equal(sqlite3_vfs_register(&d->vfs, 1), SQLITE_OK);
}

static const struct migration schema[] = {
    {1, "line", STR_INIT("CREATE TABLE line (id {id}, body {blob} NOT NULL)")},
};

static bool put(struct sql *s, void *ctx, struct error *err) {
    static const char body[20000] = "x";
    return sql_run(s, err, "INSERT INTO line (id, body) VALUES ($1, $2)", SQL_INT(*(int64_t *)ctx),
                   SQL_BLOB(str_make(body, sizeof body)));
}

struct check {
    const bool *written; // by id − 1
    int64_t n;
};

static bool check_lines(struct sql *s, void *ctx, struct error *err) {
    const struct check *c = ctx;
    struct sql_rows *rows;
    int64_t id = 0;
    if (!sql_select(s, &rows, err, "SELECT id, length(body) FROM line ORDER BY id"))
        return false;
    while (sql_next(rows)) {
        for (id++; id < sql_int(rows, 0); id++)
            if (c->written[id - 1])
                fail_msg("%d was acknowledged and is not there", (int)id);
        if (!c->written[id - 1])
            fail_msg("%d was refused and is there", (int)id);
        assert_int_equal(sql_int(rows, 1), 20000);
    }
    for (id++; id <= c->n; id++)
        if (c->written[id - 1])
            fail_msg("%d was acknowledged and is not there", (int)id);
    return sql_rows_close(rows, err);
}

static struct sql_db *must_open(const char *path) {
    struct error err;
    struct sql_db *db;
    if (!sql_open(&(struct sql_options){.where = str_from(path)}, &db, &err) ||
        !migrate(db, schema, ARRAY_LEN(schema), &err))
        fail_msg("%s", err.en);
    return db;
}

static void torture(int error, enum error_code want, int length) {
    static struct disk disk; // SQLite keeps it in its list
    char path[256];
    bool written[TURNS * WRITES + TURNS] = {false};
    struct check c = {written, 0};
    struct error err;
    int refused = 0;
    disk.error = error;
    disk_install(&disk);
    snprintf(path, sizeof path, "%s/torture-%d-%d.sqlite", test_tmp_dir(), error, length);
    struct sql_db *db = must_open(path);
    for (int turn = 0; turn < TURNS; turn++) {
        atomic_store(&disk.length, length);
        atomic_store(&disk.countdown, turn % 60 + 1);
        for (int i = 0; i < WRITES; i++) {
            int64_t id = ++c.n;
            written[id - 1] = sql_write(db, put, &id, &err);
            if (written[id - 1])
                continue;
            refused++;
            if (err.code != want && err.code != ERROR_IO) // a flush fails with ERROR_IO
                fail_msg("%s: %s", error_code_name(err.code), err.en);
        }
        atomic_store(&disk.countdown, -1000000);
        int64_t id = ++c.n;
        written[id - 1] = sql_write(db, put, &id, &err); // it goes on
        if (!written[id - 1] || !sql_read(db, check_lines, &c, &err))
            fail_msg("turn %d: %s", turn, err.en);
        if (turn % 20 == 19) {
            sql_close(db);
            db = must_open(path);
            if (!sql_read(db, check_lines, &c, &err))
                fail_msg("turn %d: %s", turn, err.en);
        }
    }
    assert_true(refused > TURNS / 4); // or nothing was tested
    sql_close(db);
    sqlite3_vfs_unregister(&disk.vfs);
}

TEST(sqlite_survives_each_failure_of_the_disk_in_turn) {
    torture(SQLITE_IOERR_WRITE, ERROR_IO, 1);
    torture(SQLITE_FULL, ERROR_NO_SPACE, 1);
    torture(SQLITE_FULL, ERROR_NO_SPACE, 7);
}
