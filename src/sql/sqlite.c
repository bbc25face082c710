// SPDX-License-Identifier: Apache-2.0
// The SQLite engine. One writer thread owns the handle that writes: it takes what is queued, runs each write in a
// SAVEPOINT, commits them together, and only then answers. A keeper thread copies the log (WAL) into the file while
// the writer goes on; only what was written meanwhile is left for the writer when the log must start again. When
// nothing is written the log is cut to nothing.
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "sql/sqlite_handle.h"

#define MAX_GROUP        512
#define GROUP_US         (20 * 1000) // then commit, what is left waits for the next
#define IDLE_MS          1000
#define WRITER_CACHE_KIB 8192
#define READER_CACHE_KIB 2048
#define COPY_PAGES       1000 // so much new in the log: copy
#define RESTART_PAGES    4000 // so long a log (32 MB): start it again
#define FORCE_PAGES      8000 // so long in spite of that: 64 MB
#define DEFAULT_READERS  4
#define FRAME_BYTES      (SQLITE_HANDLE_PAGE_BYTES + 24) // a page in the log
#define LOG_LEAST        (128 * 1024)                    // few writes: leave the log as it comes
#define LOG_AHEAD        (2 * 1024 * 1024)
#define LOG_STEP         (8 * 1024 * 1024)
#define LOG_MOST                                                                                   \
    (64 * 1024 * 1024) // beyond it grows only as it must, and is cut when it starts again

struct lite {
    struct sql_db base; // first
    char *path, *lock_path;
    int lock_fd;
    struct handle *writer; // writer thread only, once it runs
    int forced_at;         // pages of the log when the writer last took part in copying it
    int64_t log_bytes;     // length of the log file, as far as the writer knows
    pthread_t writer_thread, keeper_thread;
    bool has_writer, has_keeper;

    pthread_mutex_t read_lock;
    pthread_cond_t has_reader;
    struct handle *free_readers; // under read_lock
    int n_readers, max_readers;

    pthread_mutex_t keep_lock;
    pthread_cond_t has_copying;
    bool wants_copy, stops;  // under keep_lock
    atomic_int log_pages;    // in the log
    atomic_int copied_pages; // log_pages when it was last copied
    atomic_bool copied_all;  // the keeper is done: a good moment to start the log again
};

// ── writing ──

static int on_commit(void *ctx, UNUSED sqlite3 *sqlite, UNUSED const char *name, int pages) {
    struct lite *l = ctx;
    atomic_store(&l->log_pages, pages);
    if (pages < atomic_load(&l->copied_pages))
        atomic_store(&l->copied_pages, 0); // the log was started again
    if (pages - atomic_load(&l->copied_pages) >= COPY_PAGES) {
        pthread_mutex_lock(&l->keep_lock);
        l->wants_copy = true;
        pthread_cond_signal(&l->has_copying);
        pthread_mutex_unlock(&l->keep_lock);
    }
    return SQLITE_OK;
}

static bool in_transaction(const struct handle *h) {
    return !sqlite3_get_autocommit(h->sqlite);
}

static void roll_back(struct handle *h) {
    handle_end_reads(h);
    handle_drop_news(h, 0);
    if (in_transaction(h) && !handle_do(h, "ROLLBACK", NULL))
        log_error("the database could not roll back: %s", sqlite3_errmsg(h->sqlite));
}

static bool call(struct handle *h, struct write *w) {
    h->failed = false;
    w->ok = w->fn(&h->base, w->ctx, &w->err);
    handle_end_reads(h);
    if (w->ok && h->failed) { // an error that fn did not pass on
        w->ok = false;
        w->err = h->failure;
    }
    if (w->ok && !in_transaction(h))
        w->ok = error_set(&w->err, ERROR_INTERNAL, "写入自行结束了事务",
                          "a write ended its transaction by itself");
    return w->ok;
}

// Runs one write of a group. False: it has its error, and nothing of it is left. If the whole transaction went with
// it (it is alone, or the disk is full), there is none any more.
static bool run_one(struct handle *h, struct write *w, bool alone) {
    size_t news = h->news.len;
    if (alone) { // the transaction is its own: no need of a second
        if (!call(h, w))
            roll_back(h);
        return w->ok;
    }
    w->ok = handle_do(h, "SAVEPOINT one", &w->err);
    if (!w->ok)
        return false;
    if (!call(h, w) && in_transaction(h)) {
        handle_drop_news(h, news);
        if (!handle_do(h, "ROLLBACK TO one", NULL))
            roll_back(h);
    }
    struct error err;
    if (in_transaction(h) && !handle_do(h, "RELEASE one", &err)) {
        if (w->ok)
            w->err = err;
        w->ok = false;
        roll_back(h);
    }
    return w->ok;
}

static void fail_all(struct write *group, const struct error *err) {
    for (struct write *w = group; w; w = w->next) {
        w->ok = false;
        w->err = *err;
    }
}

static bool commit(struct lite *l, struct error *err) {
    struct handle *h = l->writer;
    if (!handle_do(h, "COMMIT", err)) {
        roll_back(h);
        return false;
    }
    for (size_t i = 0; i < h->news.len; i++)
        db_tell(&l->base, h->news.items[i].channel, h->news.items[i].payload);
    handle_drop_news(h, 0);
    return true;
}

// Writes in one transaction. True: each has its answer. False: nothing was written, *err says why.
static bool run_group(struct lite *l, struct write *group, struct error *err) {
    int64_t began_us = clock_monotonic_us();
    if (!handle_do(l->writer, "BEGIN IMMEDIATE", err))
        return false;
    bool alone = !group->next;
    for (struct write *w = group; w; w = w->next) {
        if (!run_one(l->writer, w, alone) && !in_transaction(l->writer)) {
            *err = w->err;
            return false;
        }
        if (w->next && clock_monotonic_us() - began_us > GROUP_US) {
            queue_put_back(&l->base.queue, w->next);
            w->next = NULL;
        }
    }
    return commit(l, err);
}

static void answer_group(struct lite *l, struct write *group) {
    struct error err;
    if (!run_group(l, group, &err)) {
        if (!group->next)
            fail_all(group, &err);
        // One of them may have been too much for the disk: each for itself, so that none pays for another.
        for (struct write *w = group, *next; group->next && w; w = next) {
            next = w->next;
            w->next = NULL;
            if (!run_group(l, w, &err))
                fail_all(w, &err);
            w->next = next;
        }
    }
    queue_answer(&l->base.queue, group);
}

// A commit that overwrites a part of the log that is there costs one flush of data; one that makes the file longer
// costs the file system's own journal as well, ten times the time. So under load the log is made longer in large
// steps of zeros (which no recovery takes for a frame), and it is not cut when it starts again.
static void lengthen_log(struct lite *l) {
    static const char zeros[64 * 1024];
    int64_t used = (int64_t)atomic_load(&l->log_pages) * FRAME_BYTES;
    sqlite3_int64 size = 0;
    sqlite3_file *file = NULL;
    if (used < LOG_LEAST || used + LOG_AHEAD <= l->log_bytes)
        return;
    sqlite3_file_control(l->writer->sqlite, "main", SQLITE_FCNTL_JOURNAL_POINTER, &file);
    if (!file || !file->pMethods || file->pMethods->xFileSize(file, &size) != SQLITE_OK)
        return;
    l->log_bytes = size;
    int64_t until = used + LOG_AHEAD > size && size < LOG_MOST ? size + LOG_STEP : size;
    for (; l->log_bytes < until; l->log_bytes += (int64_t)sizeof zeros)
        if (file->pMethods->xWrite(file, zeros, sizeof zeros, l->log_bytes) != SQLITE_OK)
            return; // the disk is full: the next commit will say so
}

// Starts the log again from its beginning. Gives way to readers at once: there will be a next time.
static void restart_log(struct lite *l) {
    int mode = l->log_bytes > LOG_MOST ? SQLITE_CHECKPOINT_TRUNCATE : SQLITE_CHECKPOINT_RESTART;
    sqlite3_busy_timeout(l->writer->sqlite, 0);
    int rc = sqlite3_wal_checkpoint_v2(l->writer->sqlite, "main", mode, NULL, NULL);
    sqlite3_busy_timeout(l->writer->sqlite, SQLITE_HANDLE_BUSY_MS);
    if (rc == SQLITE_OK) {
        atomic_store(&l->log_pages, 0);
        atomic_store(&l->copied_pages, 0);
        l->log_bytes = mode == SQLITE_CHECKPOINT_TRUNCATE ? 0 : l->log_bytes;
    } else if ((rc & 0xff) != SQLITE_BUSY) {
        log_warn("%s: the log could not be copied into the file: %s", l->path,
                 sqlite3_errmsg(l->writer->sqlite));
    }
}

// The moment after the keeper's copying is the cheapest. Where it cannot keep up, the writer takes part: commits
// wait, and the log stays within bounds. (A reader that stays for long still keeps the log: it needs it.)
static bool is_long(struct lite *l) {
    int pages = atomic_load(&l->log_pages);
    if (pages >= RESTART_PAGES && atomic_exchange(&l->copied_all, false))
        return true;
    if (pages < FORCE_PAGES)
        l->forced_at = 0;
    if (pages < MAX(FORCE_PAGES, l->forced_at + COPY_PAGES))
        return false;
    l->forced_at = pages;
    return true;
}

static void *writer_main(void *arg) {
    struct lite *l = arg;
    struct write *group = NULL;
    queue_serve(&l->base.queue);
    for (;;) {
        switch (queue_take(&l->base.queue, MAX_GROUP, IDLE_MS, &group)) {
        case QUEUE_WORK:
            answer_group(l, group);
            lengthen_log(l);
            if (is_long(l))
                restart_log(l);
            break;
        case QUEUE_IDLE:
            if (atomic_load(&l->log_pages) > 0)
                restart_log(l);
            break;
        case QUEUE_CLOSED:
            return NULL;
        }
    }
}

static void *keeper_main(void *arg) {
    struct lite *l = arg;
    struct handle *h = NULL;
    struct error err;
    if (!handle_open(&l->base, l->path, &(struct handle_options){.cache_kib = 256}, &h, &err))
        log_error("%s", err.en);
    pthread_mutex_lock(&l->keep_lock);
    while (!l->stops) {
        if (!l->wants_copy) {
            pthread_cond_wait(&l->has_copying, &l->keep_lock);
            continue;
        }
        l->wants_copy = false;
        pthread_mutex_unlock(&l->keep_lock);
        int pages = 0;
        if (h && sqlite3_wal_checkpoint_v2(h->sqlite, "main", SQLITE_CHECKPOINT_PASSIVE, &pages,
                                           NULL) == SQLITE_OK)
            atomic_store(&l->copied_pages, pages);
        atomic_store(&l->copied_all, true);
        pthread_mutex_lock(&l->keep_lock);
    }
    pthread_mutex_unlock(&l->keep_lock);
    handle_close(h);
    return NULL;
}

// ── reading ──

static bool take_reader(struct lite *l, struct handle **ret, struct error *err) {
    bool opens = false;
    pthread_mutex_lock(&l->read_lock);
    while (!l->free_readers && l->n_readers == l->max_readers)
        pthread_cond_wait(&l->has_reader, &l->read_lock);
    struct handle *h = l->free_readers;
    if (h) {
        l->free_readers = h->next;
    } else {
        l->n_readers++;
        opens = true;
    }
    pthread_mutex_unlock(&l->read_lock);
    if (opens && !handle_open(&l->base, l->path,
                              &(struct handle_options){.cache_kib = READER_CACHE_KIB}, &h, err)) {
        pthread_mutex_lock(&l->read_lock);
        l->n_readers--;
        pthread_cond_signal(&l->has_reader);
        pthread_mutex_unlock(&l->read_lock);
        return false;
    }
    *ret = h;
    return true;
}

static void give_reader(struct lite *l, struct handle *h) {
    pthread_mutex_lock(&l->read_lock);
    h->next = l->free_readers;
    l->free_readers = h;
    pthread_cond_signal(&l->has_reader);
    pthread_mutex_unlock(&l->read_lock);
}

static bool lite_read(struct sql_db *db, sql_fn *fn, void *ctx, struct error *err) {
    struct lite *l = (struct lite *)db;
    struct handle *h;
    if (!take_reader(l, &h, err))
        return false;
    h->failed = false;
    bool ok = handle_do(h, "BEGIN", err) && fn(&h->base, ctx, err);
    if (ok && h->failed) { // an error that fn did not pass on
        ok = false;
        if (err)
            *err = h->failure;
    }
    roll_back(h);
    give_reader(l, h);
    return ok;
}

// SQLite writes the copy without waiting for the disk.
static bool sync_copy(const char *path, struct error *err) {
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    bool ok = fd >= 0 && fsync(fd) == 0;
    if (!ok)
        error_errno(err, errno, "无法写入", "cannot write", path);
    if (fd >= 0)
        close(fd);
    return ok;
}

// Over a connection of its own: it takes long, and readers are few.
static bool lite_backup(struct sql_db *db, const char *path, struct error *err) {
    struct lite *l = (struct lite *)db;
    struct handle *h;
    int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        return error_errno(err, errno, "无法创建", "cannot create", path);
    close(fd);
    bool ok =
        handle_open(db, l->path, &(struct handle_options){.cache_kib = READER_CACHE_KIB}, &h, err);
    if (ok) {
        ok = handle_copy(h, path, err) && sync_copy(path, err);
        handle_close(h);
    }
    if (!ok)
        unlink(path);
    return ok;
}

// ── the rest of the engine ──

static bool lite_listen(UNUSED struct sql_db *db, UNUSED const char *channel,
                        UNUSED struct error *err) {
    return true;
}

static bool lite_is_leader(UNUSED struct sql_db *db, UNUSED const char *what) {
    return true; // there is no second process: see lock_file
}

static bool lite_node(UNUSED struct sql_db *db, int *ret, UNUSED struct error *err) {
    *ret = 0;
    return true;
}

static bool lite_lock(UNUSED struct sql *s, UNUSED const char *what, UNUSED struct error *err) {
    return true;
}

static void lite_close(struct sql_db *db) {
    struct lite *l = (struct lite *)db;
    if (l->has_writer)
        pthread_join(l->writer_thread, NULL);
    if (l->has_keeper) {
        pthread_mutex_lock(&l->keep_lock);
        l->stops = true;
        pthread_cond_signal(&l->has_copying);
        pthread_mutex_unlock(&l->keep_lock);
        pthread_join(l->keeper_thread, NULL);
    }
    while (l->free_readers) {
        struct handle *h = l->free_readers;
        l->free_readers = h->next;
        handle_close(h);
    }
    handle_close(l->writer); // the last: SQLite copies the log and removes it
    if (l->lock_fd >= 0)
        close(l->lock_fd);
    pthread_cond_destroy(&l->has_copying);
    pthread_mutex_destroy(&l->keep_lock);
    pthread_cond_destroy(&l->has_reader);
    pthread_mutex_destroy(&l->read_lock);
    db_done(&l->base);
    free(l->path);
    free(l->lock_path);
    free(l);
}

static const struct engine sqlite_engine = {
    .kind = SQL_ENGINE_SQLITE,
    .close = lite_close,
    .read = lite_read,
    .backup = lite_backup,
    .listen = lite_listen,
    .is_leader = lite_is_leader,
    .node = lite_node,
    .run = handle_run,
    .select = handle_select,
    .script = handle_script,
    .notify = handle_notify,
    .lock = lite_lock,
    .next = handle_next,
    .kind_of = handle_kind_of,
    .get_int = handle_get_int,
    .get_real = handle_get_real,
    .get_bytes = handle_get_bytes,
    .rows_close = handle_rows_close,
};

// ── opening ──

static bool refuse(struct lite *l, struct error *err) {
    char text[32] = "?";
    ssize_t n = pread(l->lock_fd, text, sizeof text - 1, 0);
    if (n > 0) {
        text[n] = '\0';
        text[strcspn(text, "\n")] = '\0';
    }
    return error_set(err, ERROR_CONFLICT, "%s 正被进程 %s 使用；请先停止它，或换一个数据目录",
                     "%s is in use by process %s: stop it first, or use another data directory",
                     l->path, text);
}

// The lock goes with the process, however it ends. The file stays: removing it would race with the next owner.
static bool lock_file(struct lite *l, struct error *err) {
    char text[32];
    l->lock_fd = open(l->lock_path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (l->lock_fd < 0)
        return error_errno(err, errno, "无法打开", "cannot open", l->lock_path);
    // Of the open file, not of the process: it also keeps out a second store in this one.
    struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    if (fcntl(l->lock_fd, F_OFD_SETLK, &whole) != 0)
        return errno == EAGAIN || errno == EACCES
                   ? refuse(l, err)
                   : error_errno(err, errno, "无法锁定", "cannot lock", l->lock_path);
    int n = snprintf(text, sizeof text, "%d\n", (int)getpid());
    // Only for the message above: a full disk must not keep the store from opening.
    if (ftruncate(l->lock_fd, 0) != 0 || pwrite(l->lock_fd, text, (size_t)n, 0) != n)
        log_warn("%s cannot be written: %s", l->lock_path, strerror(errno));
    return true;
}

// SQLite would make the file readable for others. Must not happen while it is open: closing it here would take
// SQLite's locks.
static bool create_file(const char *path, struct error *err) {
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0)
        return error_errno(err, errno, "无法打开", "cannot open", path);
    close(fd);
    return true;
}

static bool start_threads(struct lite *l, struct error *err) {
    sqlite3_wal_hook(l->writer->sqlite, on_commit, l);
    l->has_writer = pthread_create(&l->writer_thread, NULL, writer_main, l) == 0;
    l->has_keeper = l->has_writer && pthread_create(&l->keeper_thread, NULL, keeper_main, l) == 0;
    return l->has_keeper || error_set(err, ERROR_UNAVAILABLE, "无法启动数据库线程",
                                      "cannot start the threads of the database");
}

bool sqlite_open(const struct sql_options *o, struct sql_db **ret, struct error *err) {
    struct lite *l = NEW(struct lite);
    db_init(&l->base, &sqlite_engine);
    pthread_mutex_init(&l->read_lock, NULL);
    pthread_cond_init(&l->has_reader, NULL);
    pthread_mutex_init(&l->keep_lock, NULL);
    pthread_cond_init(&l->has_copying, NULL);
    l->max_readers = o->readers > 0 ? o->readers : DEFAULT_READERS;
    l->path = str_dup(o->where);
    size_t cap = o->where.len + sizeof ".lock";
    l->lock_path = mem_alloc(cap);
    snprintf(l->lock_path, cap, "%s.lock", l->path);
    l->lock_fd = -1;
    struct handle_options writer = {.writes = true, .cache_kib = WRITER_CACHE_KIB};
    if (!lock_file(l, err) || !create_file(l->path, err) ||
        !handle_open(&l->base, l->path, &writer, &l->writer, err) || !start_threads(l, err)) {
        sql_close(&l->base);
        return false;
    }
    *ret = &l->base;
    return true;
}
