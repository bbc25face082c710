// SPDX-License-Identifier: Apache-2.0
#include "sys/file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"

bool file_read(const char *path, size_t limit_bytes, struct strbuf *ret, struct error *err) {
    bool is_stdin = str_eq(str_from(path), STR("-"));
    int fd = is_stdin ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return error_errno(err, errno, "无法读取", "cannot read", path);
    char *buf = mem_alloc(64 * KIB);
    ssize_t n;
    size_t total = 0;
    while ((n = read(fd, buf, 64 * KIB)) != 0) {
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0 || (total += (size_t)n) > limit_bytes)
            break;
        strbuf_add(ret, str_make(buf, (size_t)n));
    }
    int failed = n < 0 ? errno : 0;
    free(buf);
    if (!is_stdin)
        close(fd);
    if (failed)
        return error_errno(err, failed, "无法读取", "cannot read", path);
    if (total > limit_bytes || ret->overflow)
        return error_set(err, ERROR_LIMIT, "%s 超过上限 %zu KB", "%s is larger than %zu KB", path,
                         limit_bytes / KIB);
    return true;
}

bool file_exists(const char *path) {
    return access(path, F_OK) == 0;
}

bool file_executable_dir(char *buf, size_t cap) {
    ssize_t n = readlink("/proc/self/exe", buf, cap - 1);
    if (n <= 0)
        return false;
    buf[n] = '\0';
    char *slash = strrchr(buf, '/');
    if (!slash)
        return false;
    *slash = '\0';
    return true;
}

static bool shipped_at(const char *dir, const char *rel, struct strbuf *ret) {
    CLEANUP(strbuf_done) struct strbuf path = strbuf_init(PATH_MAX);
    strbuf_addf(&path, "%s/%s", dir, rel);
    if (path.overflow || !file_exists(strbuf_cstr(&path)))
        return false;
    strbuf_reset(ret);
    strbuf_add(ret, strbuf_str(&path));
    return true;
}

#define SHIPPED_MAX_PARENTS 3

bool file_find_shipped(const char *rel, struct strbuf *ret) {
    char dir[PATH_MAX], share[PATH_MAX + 32];
    bool known = file_executable_dir(dir, sizeof dir);
    for (int up = 0; known && up <= SHIPPED_MAX_PARENTS; up++) {
        snprintf(share, sizeof share, "%s/share/huisheng", dir);
        if (shipped_at(dir, rel, ret) || shipped_at(share, rel, ret))
            return true;
        char *slash = strrchr(dir, '/');
        if (!slash)
            break;
        *slash = '\0';
    }
    return shipped_at("/usr/share/huisheng", rel, ret);
}

// Unfinished files, so that a signal can remove them: fixed slots, because a handler may not allocate.
#define MAX_OUTPUTS 16

static char *_Atomic unfinished[MAX_OUTPUTS];

struct output {
    char *path;      // final name
    char *temp_path; // beside it; NULL for standard output
    FILE *stream;
    size_t slot;
    struct strbuf *to; // memory instead of a file: `bytes` of `stream` go there
    char *bytes;
    size_t n_bytes;
    int failed; // errno of the first failure, 0 while all is well
};

static size_t remember(char *temp_path) {
    for (size_t i = 0; i < MAX_OUTPUTS; i++) {
        char *expected = NULL;
        if (atomic_compare_exchange_strong(&unfinished[i], &expected, temp_path))
            return i;
    }
    return MAX_OUTPUTS;
}

static void forget(struct output *o) {
    if (o->temp_path && o->slot < MAX_OUTPUTS)
        atomic_store(&unfinished[o->slot], NULL);
}

void output_discard_all(void) {
    for (size_t i = 0; i < MAX_OUTPUTS; i++) {
        char *path = atomic_exchange(&unfinished[i], NULL);
        if (path)
            unlink(path);
    }
}

static void output_free(struct output *o) {
    forget(o);
    free(o->bytes);
    free(o->path);
    free(o->temp_path);
    free(o);
}

bool output_open(const char *path, struct output **ret, struct error *err) {
    struct output *o = NEW(struct output);
    o->path = str_dup(str_from(path));
    o->slot = MAX_OUTPUTS;
    struct stat st;
    bool is_stdout = str_eq(str_from(path), STR("-"));
    // A device or a pipe is written in place: there is nothing to rename over.
    bool special =
        !is_stdout && stat(path, &st) == 0 && !S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode);
    if (is_stdout) {
        o->stream = fdopen(dup(STDOUT_FILENO), "wb");
    } else if (special) {
        o->stream = fopen(path, "wbe");
    } else if (stat(path, &st) == 0 && S_ISDIR(st.st_mode)) {
        errno = EISDIR;
    } else {
        size_t cap = strlen(path) + 32;
        o->temp_path = mem_alloc(cap);
        snprintf(o->temp_path, cap, "%s.part-%d", path, (int)getpid());
        o->stream = fopen(o->temp_path, "wbe");
    }
    if (!o->stream) {
        error_errno(err, errno, "无法写入", "cannot write", path);
        output_free(o);
        return false;
    }
    if (o->temp_path)
        o->slot = remember(o->temp_path);
    setvbuf(o->stream, NULL, _IOFBF, 256 * KIB);
    *ret = o;
    return true;
}

void output_open_memory(struct strbuf *to, struct output **ret) {
    struct output *o = NEW(struct output);
    o->path = str_dup(STR("memory"));
    o->slot = MAX_OUTPUTS;
    o->to = to;
    o->stream = open_memstream(&o->bytes, &o->n_bytes);
    if (!o->stream)
        abort(); // out of memory
    *ret = o;
}

void output_write(struct output *o, struct str s) {
    if (!o->failed && s.len && fwrite(s.ptr, 1, s.len, o->stream) != s.len)
        o->failed = errno ? errno : EIO;
}

const char *output_path(const struct output *o) {
    return o->path;
}

const char *output_temp_path(const struct output *o) {
    return o->temp_path ? o->temp_path : o->path;
}

bool output_commit(struct output *o, struct error *err) {
    if (fflush(o->stream) != 0 && !o->failed)
        o->failed = errno;
    if (!o->failed && o->temp_path && fsync(fileno(o->stream)) != 0 && errno != EINVAL)
        o->failed = errno;
    if (fclose(o->stream) != 0 && !o->failed)
        o->failed = errno;
    if (!o->failed && o->to) {
        strbuf_add(o->to, str_make(o->bytes, o->n_bytes));
        o->failed = o->to->overflow ? EFBIG : 0;
    }
    if (!o->failed && o->temp_path && rename(o->temp_path, o->path) != 0)
        o->failed = errno;
    if (o->failed && o->temp_path)
        unlink(o->temp_path);
    bool ok = !o->failed || error_errno(err, o->failed, "无法写入", "cannot write", o->path);
    output_free(o);
    return ok;
}

void output_discard(struct output *o) {
    if (!o)
        return;
    fclose(o->stream);
    if (o->temp_path)
        unlink(o->temp_path);
    output_free(o);
}
