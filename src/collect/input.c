// SPDX-License-Identifier: Apache-2.0
#include "collect/input.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "sys/stop.h"

const struct input_limits input_default_limits = {
    .max_bytes = 64 * (uint64_t)GIB,
    .bomb_bytes = GIB,
    .bomb_ratio = 400,
};

struct input {
    const struct input_ops *ops;
    void *ctx;
    char *ahead; // looked at, not yet read
    size_t ahead_at, ahead_len, ahead_cap;
    bool started; // something has been read
    bool failed;  // behind what was looked at: said when reading gets there
    struct error failure;
};

struct input *input_new(const struct input_ops *ops, void *ctx) {
    struct input *in = NEW(struct input);
    in->ops = ops;
    in->ctx = ctx;
    return in;
}

void input_close(struct input *in) {
    if (!in)
        return;
    in->ops->close(in->ctx);
    free(in->ahead);
    free(in);
}

bool input_read(struct input *in, char *buf, size_t cap, size_t *ret_n, struct error *err) {
    in->started = true;
    if (in->ahead_at < in->ahead_len) {
        size_t n = MIN(cap, in->ahead_len - in->ahead_at);
        memcpy(buf, in->ahead + in->ahead_at, n);
        in->ahead_at += n;
        *ret_n = n;
        return true;
    }
    if (stop_requested())
        return stop_error(err);
    if (in->failed) {
        if (err)
            *err = in->failure;
        return false;
    }
    return in->ops->read(in->ctx, buf, cap, ret_n, err);
}

bool input_peek(struct input *in, size_t want, struct str *ret, struct error *err) {
    if (in->ahead_at) {
        memmove(in->ahead, in->ahead + in->ahead_at, in->ahead_len - in->ahead_at);
        in->ahead_len -= in->ahead_at;
        in->ahead_at = 0;
    }
    if (want > in->ahead_cap) {
        in->ahead = mem_resize(in->ahead, want, 1);
        in->ahead_cap = want;
    }
    while (in->ahead_len < want && !in->failed) {
        size_t n = 0;
        if (stop_requested())
            return stop_error(err);
        in->failed = !in->ops->read(in->ctx, in->ahead + in->ahead_len, want - in->ahead_len, &n,
                                    &in->failure);
        if (in->failed || n == 0)
            break;
        in->ahead_len += n;
    }
    if (in->failed && in->ahead_len == 0) {
        if (err)
            *err = in->failure;
        return false;
    }
    *ret = str_make(in->ahead, MIN(want, in->ahead_len));
    return true;
}

double input_progress(const struct input *in) {
    return in->ops->progress(in->ctx);
}

// --- a file or standard input

struct file_source {
    int fd;
    char *path;
    bool is_plain; // a regular file: its size is known and it can be read anywhere
    uint64_t size, done;
};

static bool file_source_read(void *ctx, char *buf, size_t cap, size_t *ret_n, struct error *err) {
    struct file_source *f = ctx;
    ssize_t n;
    do
        n = read(f->fd, buf, cap);
    while (n < 0 && errno == EINTR && !stop_requested());
    if (n < 0 && errno == EINTR)
        return stop_error(err);
    if (n < 0)
        return error_errno(err, errno, "无法读取", "cannot read", f->path);
    f->done += (uint64_t)n;
    *ret_n = (size_t)n;
    return true;
}

static double file_source_progress(void *ctx) {
    struct file_source *f = ctx;
    if (!f->is_plain)
        return -1;
    return f->size ? MIN((double)f->done / (double)f->size, 1.0) : 1;
}

static void file_source_close(void *ctx) {
    struct file_source *f = ctx;
    close(f->fd);
    free(f->path);
    free(f);
}

static const struct input_ops file_ops = {file_source_read, file_source_progress,
                                          file_source_close};

bool input_open(const char *path, struct input **ret, struct error *err) {
    bool is_stdin = str_eq(str_from(path), STR("-"));
    int fd = is_stdin ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3) : open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return error_errno(err, errno, "无法读取", "cannot read", path);
    struct stat st;
    int failed = fstat(fd, &st) != 0 ? errno : S_ISDIR(st.st_mode) ? EISDIR : 0;
    if (failed) {
        close(fd);
        return error_errno(err, failed, "无法读取", "cannot read", path);
    }
    struct file_source *f = NEW(struct file_source);
    *f = (struct file_source){.fd = fd, .path = str_dup(str_from(path))};
    // Standard input may be a file that something has read from already.
    f->is_plain = S_ISREG(st.st_mode) && lseek(fd, 0, SEEK_CUR) == 0;
    f->size = f->is_plain ? (uint64_t)st.st_size : 0;
    *ret = input_new(&file_ops, f);
    return true;
}

// --- bytes in memory

struct memory_source {
    struct str left;
    size_t size;
};

static bool memory_read(void *ctx, char *buf, size_t cap, size_t *ret_n, UNUSED struct error *err) {
    struct memory_source *m = ctx;
    size_t n = MIN(cap, m->left.len);
    if (n)
        memcpy(buf, m->left.ptr, n);
    m->left = str_slice(m->left, n, m->left.len);
    *ret_n = n;
    return true;
}

static double memory_progress(void *ctx) {
    struct memory_source *m = ctx;
    return m->size ? 1 - (double)m->left.len / (double)m->size : 1;
}

static const struct input_ops memory_ops = {memory_read, memory_progress, free};

struct input *input_memory(struct str bytes) {
    struct memory_source *m = NEW(struct memory_source);
    *m = (struct memory_source){.left = bytes, .size = bytes.len};
    return input_new(&memory_ops, m);
}

// --- a file to jump about in

static int open_nameless(struct error *err) {
    const char *dir = getenv("TMPDIR");
    if (!dir || !*dir)
        dir = "/tmp";
    int fd = open(dir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (fd < 0 && (errno == EOPNOTSUPP || errno == EISDIR || errno == ENOENT)) {
        char name[512];
        int n = snprintf(name, sizeof name, "%s/huisheng-XXXXXX", dir);
        if (n > 0 && (size_t)n < sizeof name && (fd = mkostemp(name, O_CLOEXEC)) >= 0)
            unlink(name);
    }
    if (fd < 0)
        error_errno(err, errno, "无法建立临时文件于", "cannot make a temporary file in", dir);
    return fd;
}

static bool write_all(int fd, const char *p, size_t n, struct error *err) {
    while (n > 0) {
        ssize_t done = write(fd, p, n);
        if (done < 0 && errno == EINTR)
            continue;
        if (done < 0)
            return error_errno(err, errno, "无法写入", "cannot write", "临时文件 (TMPDIR)");
        p += done;
        n -= (size_t)done;
    }
    return true;
}

static int open_memory(struct error *err) {
    int fd = memfd_create("huisheng", MFD_CLOEXEC);
    if (fd < 0)
        error_errno(err, errno, "无法取得内存", "cannot get memory", "memfd");
    return fd;
}

bool input_spool(struct input *in, uint64_t limit, bool in_memory, int *ret_fd, uint64_t *ret_size,
                 struct error *err) {
    struct file_source *f = in->ops == &file_ops ? in->ctx : NULL;
    if (f && f->is_plain && !in->started) {
        int fd = fcntl(f->fd, F_DUPFD_CLOEXEC, 3);
        if (fd < 0)
            return error_errno(err, errno, "无法读取", "cannot read", f->path);
        *ret_fd = fd;
        *ret_size = f->size;
        return true;
    }
    int fd = in_memory ? open_memory(err) : open_nameless(err);
    if (fd < 0)
        return false;
    char *buf = mem_alloc(256 * KIB);
    uint64_t total = 0;
    size_t n = 0;
    bool ok;
    while ((ok = input_read(in, buf, 256 * KIB, &n, err)) && n > 0) {
        total += n;
        ok = total <= limit ? write_all(fd, buf, n, err)
                            : error_set(err, ERROR_LIMIT, "超过 %llu MB，请先另存为文件再读",
                                        "larger than %llu MB: save it as a plain file first",
                                        (unsigned long long)(limit / MIB));
        if (!ok)
            break;
    }
    free(buf);
    if (!ok) {
        close(fd);
        return false;
    }
    *ret_fd = fd;
    *ret_size = total;
    return true;
}
