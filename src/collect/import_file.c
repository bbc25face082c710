// SPDX-License-Identifier: Apache-2.0
#include "collect/import_file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "sys/crypto.h"
#include "sys/file.h"

#define STALE_S (24 * 60 * 60) // nothing is uploaded for so long

static void part_path(const char *data_dir, int64_t id, enum import_part part, struct strbuf *ret) {
    static const char *const ends[] = {[IMPORT_PART_FILE] = "",
                                       [IMPORT_PART_ERRORS] = ".errors",
                                       [IMPORT_PART_REPORT] = ".report"};
    char text[ID_TEXT];
    strbuf_addf(ret, "%s/uploads/%s%s", data_dir, id_format(id, text), ends[part]);
}

static bool make_folder(const char *data_dir, struct error *err) {
    CLEANUP(strbuf_done) struct strbuf path = strbuf_init(PATH_MAX);
    strbuf_addf(&path, "%s/uploads", data_dir);
    if (mkdir(strbuf_cstr(&path), 0700) == 0 || errno == EEXIST)
        return true;
    return error_errno(err, errno, "无法建立文件夹", "cannot make the folder", strbuf_cstr(&path));
}

// Uploads that a process left half-done when it was killed.
static void sweep(const char *data_dir) {
    CLEANUP(strbuf_done) struct strbuf path = strbuf_init(PATH_MAX);
    strbuf_addf(&path, "%s/uploads", data_dir);
    DIR *d = opendir(strbuf_cstr(&path));
    time_t old = (time_t)(clock_now_us() / US_PER_SECOND) - STALE_S;
    for (struct dirent *e; d && (e = readdir(d));) {
        struct stat st;
        if (str_has(str_from(e->d_name), STR(".part-")) &&
            fstatat(dirfd(d), e->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 && st.st_mtime < old)
            unlinkat(dirfd(d), e->d_name, 0);
    }
    if (d)
        closedir(d);
}

// ── uploading ──

struct import_upload {
    struct seal_writer *writer;
    struct seal_key key;
    int64_t bytes;
};

bool import_upload_begin(const char *data_dir, int64_t id, struct import_upload **ret,
                         struct error *err) {
    CLEANUP(strbuf_done) struct strbuf path = strbuf_init(PATH_MAX);
    if (!make_folder(data_dir, err))
        return false;
    sweep(data_dir);
    part_path(data_dir, id, IMPORT_PART_FILE, &path);
    struct import_upload *u = NEW(struct import_upload);
    crypto_random(u->key.key, sizeof u->key.key);
    if (!seal_writer_open(strbuf_cstr(&path), &u->key, &u->writer, err)) {
        import_upload_discard(u);
        return false;
    }
    *ret = u;
    return true;
}

bool import_upload_add(struct import_upload *u, struct str piece, struct error *err) {
    u->bytes += (int64_t)piece.len;
    if (u->bytes > (int64_t)IMPORT_MAX_BYTES)
        return error_set(err, ERROR_LIMIT, "文件超过 %zu MiB，请分成几个文件上传",
                         "the file is larger than %zu MiB; upload it in parts",
                         IMPORT_MAX_BYTES / MIB);
    seal_writer_add(u->writer, piece);
    return true;
}

bool import_upload_commit(struct import_upload *u, int64_t *ret_bytes, uint8_t *ret_key,
                          struct error *err) {
    struct seal_writer *w = u->writer;
    bool ok = u->bytes > 0 || error_set(err, ERROR_INVALID, "文件是空的", "the file is empty");
    if (ok) {
        u->writer = NULL;
        ok = seal_writer_commit(w, err);
    }
    if (ok) {
        *ret_bytes = u->bytes;
        memcpy(ret_key, u->key.key, sizeof u->key.key);
    }
    import_upload_discard(u);
    return ok;
}

void import_upload_discard(struct import_upload *u) {
    if (!u)
        return;
    seal_writer_discard(u->writer);
    crypto_wipe(&u->key, sizeof u->key);
    free(u);
}

// ── parts ──

static struct seal_key key_of(const struct import *im) {
    struct seal_key k = {.generation = 0};
    if (im->file_key.len != sizeof k.key)
        abort();
    memcpy(k.key, im->file_key.ptr, sizeof k.key);
    return k;
}

bool import_part_write(const char *data_dir, const struct import *im, enum import_part part,
                       struct seal_writer **ret, struct error *err) {
    CLEANUP(strbuf_done) struct strbuf path = strbuf_init(PATH_MAX);
    struct seal_key k = key_of(im);
    part_path(data_dir, im->id, part, &path);
    bool ok = make_folder(data_dir, err) && seal_writer_open(strbuf_cstr(&path), &k, ret, err);
    crypto_wipe(&k, sizeof k);
    return ok;
}

bool import_part_read(const char *data_dir, const struct import *im, enum import_part part,
                      bool (*sink)(void *ctx, struct str plain, struct error *err), void *ctx,
                      struct error *err) {
    CLEANUP(strbuf_done) struct strbuf path = strbuf_init(PATH_MAX);
    part_path(data_dir, im->id, part, &path);
    if (!file_exists(strbuf_cstr(&path)))
        return error_set(err, ERROR_NOT_FOUND, "这次导入的文件不在这里：已删除，或在另一个节点上",
                         "the import's file is not here: it was removed, or another node has it");
    struct seal_key k = key_of(im);
    bool ok = seal_file_read(strbuf_cstr(&path), &k, sink, ctx, err);
    crypto_wipe(&k, sizeof k);
    return ok;
}

void import_part_remove(const char *data_dir, int64_t id, enum import_part part) {
    CLEANUP(strbuf_done) struct strbuf path = strbuf_init(PATH_MAX);
    part_path(data_dir, id, part, &path);
    unlink(strbuf_cstr(&path));
}

// ── reading ──

static bool to_memory(void *ctx, struct str plain, struct error *err) {
    const struct import_file *f = ctx;
    while (plain.len) {
        ssize_t n = write(f->fd, plain.ptr, plain.len);
        if (n < 0 && errno != EINTR)
            return error_errno(err, errno, "无法放入内存", "cannot keep in memory", "memfd");
        plain = str_slice(plain, n > 0 ? (size_t)n : 0, plain.len);
    }
    return true;
}

bool import_file_open(const char *data_dir, const struct import *im, struct import_file *ret,
                      struct error *err) {
    struct import_file f = {.fd = memfd_create("huisheng", MFD_CLOEXEC)};
    if (f.fd < 0)
        return error_errno(err, errno, "无法取得内存", "cannot get memory", "memfd");
    snprintf(f.path, sizeof f.path, "/proc/self/fd/%d", f.fd);
    if (!import_part_read(data_dir, im, IMPORT_PART_FILE, to_memory, &f, err)) {
        import_file_close(&f);
        return false;
    }
    *ret = f;
    return true;
}

void import_file_close(struct import_file *f) {
    if (f->fd >= 0)
        close(f->fd);
    f->fd = -1;
}
