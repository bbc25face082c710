// SPDX-License-Identifier: Apache-2.0
// What only a file can suffer. What both engines promise is in sql_test.c.
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sqlite3.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "sql/migrate.h"
#include "tests/support/crash.h"
#include "tests/support/stores.h"

static const struct migration schema[] = {
    {1, "row", STR_INIT("CREATE TABLE line (id {id}, body {blob} NOT NULL)")},
};

static const char *path_of(const char *name) {
    static char path[256];
    snprintf(path, sizeof path, "%s/%s", test_tmp_dir(), name);
    return path;
}

static bool open_at(const char *path, struct sql_db **ret, struct error *err) {
    return sql_open(&(struct sql_options){.where = str_from(path)}, ret, err) &&
           migrate(*ret, schema, ARRAY_LEN(schema), err);
}

static struct sql_db *must_open(const char *path) {
    struct error err;
    struct sql_db *db;
    if (!open_at(path, &db, &err))
        fail_msg("%s", err.en);
    return db;
}

struct line {
    int64_t id;
    size_t bytes;
};

static bool put(struct sql *s, void *ctx, struct error *err) {
    static const char body[64 * KIB] = "x";
    const struct line *l = ctx;
    return sql_run(s, err, "INSERT INTO line (id, body) VALUES ($1, $2)", SQL_INT(l->id),
                   SQL_BLOB(str_make(body, l->bytes)));
}

static bool count(struct sql *s, void *ctx, struct error *err) {
    return sql_get_int(s, (int64_t *)ctx, -1, err,
                       "SELECT count(*) + 0 * sum(length(body)) FROM line");
}

static int64_t counted(struct sql_db *db) {
    struct error err;
    int64_t n = -1;
    if (!sql_read(db, count, &n, &err))
        fail_msg("%s", err.en);
    return n;
}

static int64_t size_of(const char *path) {
    struct stat st;
    return stat(path, &st) == 0 ? st.st_size : -1;
}

// ── whose file it is ──

TEST(sqlite_file_is_for_its_owner_only) {
    struct sql_db *db = must_open(path_of("mode.sqlite"));
    struct line l = {1, 100};
    struct error err;
    struct stat st;
    static const char *const names[] = {"mode.sqlite", "mode.sqlite-wal", "mode.sqlite.lock"};
    assert_true(sql_write(db, put, &l, &err));
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        assert_int_equal(stat(path_of(names[i]), &st), 0);
        assert_int_equal(st.st_mode & 0777, 0600);
    }
    sql_close(db);
}

TEST(sqlite_second_user_is_refused_and_told_who) {
    char path[256], pid[64];
    struct error err;
    struct sql_db *second;
    snprintf(path, sizeof path, "%s", path_of("twice.sqlite"));
    struct sql_db *db = must_open(path);
    snprintf(pid, sizeof pid, "process %d:", (int)getpid());
    assert_false(open_at(path, &second, &err)); // in the same process
    assert_int_equal(err.code, ERROR_CONFLICT);
    assert_non_null(strstr(err.en, pid));
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) // in another; one descriptor of the lock is inherited, so it is opened anew
        _exit(!open_at(path, &second, &err) && err.code == ERROR_CONFLICT && strstr(err.en, pid)
                  ? 0
                  : 1);
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    sql_close(db);
    sql_close(must_open(path)); // free again
}

TEST(sqlite_what_cannot_be_opened_says_why) {
    static const struct {
        const char *name;
        enum error_code code;
    } rows[] = {
        {"no/such/folder/a.sqlite", ERROR_NOT_FOUND}, {"", ERROR_IO}, // a folder
    };
    struct sql_db *db;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct error err = {0};
        assert_false(open_at(path_of(rows[i].name), &db, &err));
        if (err.code != rows[i].code)
            fail_msg("%s: %s: %s", rows[i].name, error_code_name(err.code), err.en);
    }
}

// ── damage ──

static void overwrite(const char *path, off_t at, const void *bytes, size_t n) {
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    assert_true(fd >= 0);
    assert_int_equal(pwrite(fd, bytes, n, at), n);
    close(fd);
}

TEST(sqlite_damaged_files_are_refused_and_left_alone) {
    char path[256], junk[8192];
    struct error err;
    struct sql_db *db;
    memset(junk, 0xa5, sizeof junk);
    snprintf(path, sizeof path, "%s",
             test_tmp_file("text.sqlite", STR("not a database, just some text\n")));
    assert_false(open_at(path, &db, &err));
    assert_int_equal(err.code, ERROR_CORRUPT);
    assert_int_equal(size_of(path), 31);

    snprintf(path, sizeof path, "%s", path_of("header.sqlite"));
    sql_close(must_open(path));
    overwrite(path, 0, junk, 16);
    assert_false(open_at(path, &db, &err));
    assert_int_equal(err.code, ERROR_CORRUPT);

    snprintf(path, sizeof path, "%s", path_of("schema.sqlite"));
    sql_close(must_open(path));
    overwrite(path, 100, junk, sizeof junk - 100);
    assert_false(open_at(path, &db, &err));
    assert_int_equal(err.code, ERROR_CORRUPT);
}

TEST(sqlite_damage_in_the_middle_is_reported_by_who_meets_it) {
    char path[256], junk[8192];
    struct error err = {0};
    int64_t n;
    memset(junk, 0xa5, sizeof junk);
    snprintf(path, sizeof path, "%s", path_of("middle.sqlite"));
    struct sql_db *db = must_open(path);
    for (struct line l = {1, 1000}; l.id <= 200; l.id++)
        assert_true(sql_write(db, put, &l, &err));
    sql_close(db);
    assert_true(size_of(path) > 12 * 8192);
    for (int page = 4; page < 12; page++)
        overwrite(path, page * 8192, junk, sizeof junk);
    db = must_open(path);
    assert_false(sql_read(db, count, &n, &err));
    assert_int_equal(err.code, ERROR_CORRUPT);
    assert_non_null(strstr(err.en, "backup"));
    sql_close(db);
}

TEST(sqlite_database_of_another_program_is_left_alone) {
    char path[256];
    struct error err;
    struct sql_db *db;
    sqlite3 *other;
    snprintf(path, sizeof path, "%s", path_of("other.sqlite"));
    assert_int_equal(sqlite3_open(path, &other), SQLITE_OK);
    assert_int_equal(sqlite3_exec(other, "CREATE TABLE theirs (a)", NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(other);
    int64_t size = size_of(path);
    assert_false(open_at(path, &db, &err));
    assert_int_equal(err.code, ERROR_CORRUPT);
    assert_int_equal(size_of(path), size);
}

// ── full disk ──

// A limit on the size of files stands for the full disk: writing fails in the same place.
static void limit_files(rlim_t bytes) {
    struct rlimit limit;
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
    limit.rlim_cur = bytes == RLIM_INFINITY ? limit.rlim_max : bytes;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

TEST(sqlite_full_disk_refuses_and_goes_on_when_there_is_room) {
    struct sql_db *db = must_open(path_of("full.sqlite"));
    struct error err = {0};
    struct line l = {1, 20000};
    int64_t written = 0;
    limit_files(2 * MIB);
    while (sql_write(db, put, &l, &err)) {
        written++;
        l.id++;
    }
    assert_int_equal(err.code, ERROR_NO_SPACE);
    assert_true(written > 50);
    assert_int_equal(counted(db), written); // reading goes on
    for (int i = 0; i < 3; i++)
        assert_false(sql_write(db, put, &l, &err));
    assert_int_equal(err.code, ERROR_NO_SPACE);
    limit_files(RLIM_INFINITY);
    for (; l.id <= written + 100; l.id++)
        if (!sql_write(db, put, &l, &err))
            fail_msg("%s", err.en);
    assert_int_equal(counted(db), written + 100);
    sql_close(db);
    db = must_open(path_of("full.sqlite"));
    assert_int_equal(counted(db), written + 100);
    sql_close(db);
}

// ── the log ──

static bool hold(struct sql *s, void *ctx, struct error *err) {
    int64_t n;
    const int64_t *ms = ctx;
    if (!count(s, &n, err))
        return false;
    usleep((useconds_t)*ms * 1000);
    return true;
}

struct holder {
    struct sql_db *db;
    int64_t ms;
    bool ok;
};

static void *hold_open(void *arg) {
    struct holder *h = arg;
    struct error err;
    h->ok = sql_read(h->db, hold, &h->ms, &err);
    return NULL;
}

static bool put_ten(struct sql *s, void *ctx, struct error *err) {
    struct line l = *(const struct line *)ctx;
    for (int i = 0; i < 10; i++, l.id++)
        if (!put(s, &l, err))
            return false;
    return true;
}

// 120 MB of writes, a reader that holds up the first part of them: the log starts again and again and stays small.
TEST(sqlite_log_does_not_grow_without_bound) {
    struct sql_db *db = must_open(path_of("log.sqlite"));
    struct holder h = {db, 150, false};
    struct error err;
    pthread_t thread;
    int64_t most = 0;
    assert_int_equal(pthread_create(&thread, NULL, hold_open, &h), 0);
    for (struct line l = {1, 60000}; l.id <= 2000; l.id += 10) {
        if (!sql_write(db, put_ten, &l, &err))
            fail_msg("%s", err.en);
        most = MAX(most, size_of(path_of("log.sqlite-wal")));
    }
    pthread_join(thread, NULL);
    assert_true(h.ok);
    assert_int_equal(counted(db), 2000);
    if (most > (int64_t)(100 * MIB))
        fail_msg("the log had %d MB", (int)(most / (int64_t)MIB));
    sql_close(db);
    assert_int_equal(size_of(path_of("log.sqlite-wal")), -1);
}

TEST(sqlite_copies_the_log_when_nothing_is_written) {
    struct sql_db *db = must_open(path_of("idle.sqlite"));
    struct error err;
    struct line l = {1, 60000};
    for (; l.id <= 20; l.id++)
        assert_true(sql_write(db, put, &l, &err));
    for (int i = 0; i < 100 && size_of(path_of("idle.sqlite")) < (int64_t)MIB; i++)
        usleep(50 * 1000);
    assert_true(size_of(path_of("idle.sqlite")) > (int64_t)MIB);
    sql_close(db);
}

// ── backup ──

struct backing {
    struct sql_db *db;
    bool ok;
    struct error err;
};

static void *back_up(void *arg) {
    struct backing *b = arg;
    b->ok = sql_backup(b->db, path_of("copy.sqlite"), &b->err);
    return NULL;
}

TEST(sqlite_backup_is_one_moment_of_a_store_that_is_written_to) {
    struct sql_db *db = must_open(path_of("backed.sqlite"));
    struct backing b = {.db = db};
    struct line l = {1, 5000};
    struct error err;
    struct stat st;
    pthread_t thread;
    for (; l.id <= 2000; l.id += 10)
        assert_true(sql_write(db, put_ten, &l, &err));
    pthread_create(&thread, NULL, back_up, &b);
    for (; l.id <= 4000; l.id += 10)
        assert_true(sql_write(db, put_ten, &l, &err));
    pthread_join(thread, NULL);
    if (!b.ok)
        fail_msg("%s", b.err.en);
    assert_int_equal(counted(db), 4000);
    assert_false(sql_backup(db, path_of("copy.sqlite"), &err)); // never over something
    assert_int_equal(err.code, ERROR_CONFLICT);
    assert_false(sql_backup(db, path_of("no/such/copy.sqlite"), &err));
    sql_close(db);
    assert_int_equal(stat(path_of("copy.sqlite"), &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    db = must_open(path_of("copy.sqlite"));
    int64_t n = counted(db);
    assert_true(n >= 2000 && n <= 4000 && n % 10 == 0);
    sql_close(db);
}
