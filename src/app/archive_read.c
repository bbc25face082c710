// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zstd.h>

#include "app/archive_inner.h"
#include "base/map.h"
#include "base/mem.h"
#include "base/vec.h"

#define PIECE (256 * KIB)

struct seen {
    int64_t bytes;
    uint8_t hash[CRYPTO_HASH_BYTES];
};

struct reading {
    const char *path, *into;
    int fd;
    ZSTD_DStream *zstd;
    size_t left; // 0: the compressed frame has ended
    char *buf;
    ZSTD_inBuffer in;
    struct dict names;
    struct {
        VEC(struct seen);
    } seen; // by the ids of names
    struct strbuf manifest;
    struct error *err;
};

static bool damaged(const struct reading *r) {
    return error_set(r->err, ERROR_FORMAT, "%s 不是完整的回声备份，可能已损坏或被截断",
                     "%s is no whole backup of Huisheng; it may be damaged or cut off", r->path);
}

// Exactly `n` bytes, false at an early end.
static bool take(struct reading *r, char *to, size_t n) {
    ZSTD_outBuffer out = {to, n, 0};
    while (out.pos < out.size) {
        if (r->in.pos == r->in.size) {
            ssize_t got = read(r->fd, r->buf, PIECE);
            if (got < 0 && errno == EINTR)
                continue;
            if (got < 0)
                return error_errno(r->err, errno, "无法读取", "cannot read", r->path);
            if (got == 0)
                return damaged(r);
            r->in = (ZSTD_inBuffer){r->buf, (size_t)got, 0};
        }
        r->left = ZSTD_decompressStream(r->zstd, &out, &r->in);
        if (ZSTD_isError(r->left))
            return damaged(r);
    }
    return true;
}

// Nothing more comes, and the checksum of the whole is right.
static bool end(struct reading *r) {
    char byte;
    while (r->left) {
        ZSTD_outBuffer out = {&byte, 1, 0};
        if (r->in.pos == r->in.size) {
            ssize_t got = read(r->fd, r->buf, PIECE);
            if (got <= 0)
                return damaged(r);
            r->in = (ZSTD_inBuffer){r->buf, (size_t)got, 0};
        }
        r->left = ZSTD_decompressStream(r->zstd, &out, &r->in);
        if (ZSTD_isError(r->left) || out.pos)
            return damaged(r);
    }
    return true;
}

// ── one member ──

static int open_member(struct reading *r, struct str name) {
    char path[5000];
    size_t slash = str_find_char(name, '/');
    if (slash != STR_NONE) {
        snprintf(path, sizeof path, "%s/%.*s", r->into, (int)slash, name.ptr);
        if (mkdir(path, 0700) != 0 && errno != EEXIST)
            return -1;
    }
    snprintf(path, sizeof path, "%s/%.*s", r->into, STR_ARG(name));
    return open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
}

static bool write_all(const struct reading *r, int fd, const char *p, size_t n) {
    while (n) {
        ssize_t k = write(fd, p, n);
        if (k < 0 && errno == EINTR)
            continue;
        if (k < 0)
            return error_errno(r->err, errno, "无法写入", "cannot write", r->into);
        p += k;
        n -= (size_t)k;
    }
    return true;
}

// The content goes to the file (−1: nowhere) and, of the manifest, to memory.
static bool read_content(struct reading *r, int fd, bool is_manifest, struct seen *s) {
    struct crypto_hash hash;
    char *buf = mem_alloc(PIECE);
    bool ok = true;
    crypto_hash_begin(&hash);
    for (int64_t left = s->bytes; ok && left > 0;) {
        size_t n = (size_t)MIN(left, (int64_t)PIECE);
        ok = take(r, buf, n);
        if (!ok)
            break;
        crypto_hash_add(&hash, str_make(buf, n));
        if (is_manifest)
            strbuf_add(&r->manifest, str_make(buf, n));
        ok = fd < 0 || write_all(r, fd, buf, n);
        left -= (int64_t)n;
    }
    size_t pad = (size_t)((TAR_BLOCK - s->bytes % TAR_BLOCK) % TAR_BLOCK);
    ok = ok && take(r, buf, pad);
    crypto_hash_end(&hash, s->hash);
    free(buf);
    return ok;
}

static bool read_member(struct reading *r, const struct tar_head *h) {
    struct str name;
    struct seen s = {0};
    if (!tar_parse(h, &name, &s.bytes))
        return damaged(r);
    uint32_t before = r->names.count;
    dict_add(&r->names, name);
    bool is_manifest = str_eq(name, STR(MANIFEST));
    if (r->names.count == before || r->names.count > ARCHIVE_MOST + 1 ||
        (is_manifest && s.bytes > (int64_t)ARCHIVE_MANIFEST))
        return damaged(r);
    int fd = r->into && !is_manifest ? open_member(r, name) : -1;
    if (r->into && !is_manifest && fd < 0)
        return error_errno(r->err, errno, "无法写入", "cannot write", r->into);
    bool ok = read_content(r, fd, is_manifest, &s);
    if (fd >= 0 && fsync(fd) != 0 && ok)
        ok = error_errno(r->err, errno, "无法写入", "cannot write", r->into);
    if (fd >= 0)
        close(fd);
    vec_push(&r->seen, s);
    return ok;
}

static bool read_members(struct reading *r) {
    static const struct tar_head none;
    for (;;) {
        struct tar_head h;
        if (!take(r, (char *)&h, sizeof h))
            return false;
        if (memcmp(&h, &none, sizeof h) == 0)
            return take(r, (char *)&h, sizeof h) && end(r);
        if (r->manifest.len) // it is the last
            return damaged(r);
        if (!read_member(r, &h))
            return false;
    }
}

// ── against the manifest ──

static bool is_as_said(const struct reading *r, const struct json *file) {
    CLEANUP(strbuf_done) struct strbuf hex = strbuf_init(KIB);
    uint32_t id = dict_find(&r->names, json_str(json_get(file, "name")));
    if (id == DICT_NONE || r->seen.items[id].bytes != json_int(json_get(file, "bytes"), -1))
        return false;
    crypto_hex(str_make((const char *)r->seen.items[id].hash, CRYPTO_HASH_BYTES), &hex);
    return str_eq(strbuf_str(&hex), json_str(json_get(file, "sha256")));
}

static bool check(struct reading *r, struct json **ret) {
    struct json *j;
    if (!r->manifest.len || !json_parse(strbuf_str(&r->manifest), &j, NULL))
        return damaged(r);
    const struct json *files = json_get(j, "files");
    int64_t format = json_int(json_get(j, "format"), 0);
    bool ok = format == ARCHIVE_FORMAT;
    if (format > ARCHIVE_FORMAT)
        error_set(r->err, ERROR_UNSUPPORTED, "%s 由更新版本的回声制作，请先升级",
                  "%s was made by a newer Huisheng; upgrade first", r->path);
    else if (!ok)
        damaged(r);
    if (ok && json_len(files) + 1 != r->seen.len)
        ok = damaged(r);
    for (size_t i = 0; ok && i < json_len(files); i++)
        ok = is_as_said(r, json_at(files, i)) || damaged(r);
    if (ok)
        *ret = j;
    else
        json_free(j);
    return ok;
}

bool archive_extract(const char *path, const char *into, struct json **ret_manifest,
                     struct error *err) {
    struct reading r = {.path = path,
                        .into = into,
                        .manifest = strbuf_init(ARCHIVE_MANIFEST + 1),
                        .err = err,
                        .fd = open(path, O_RDONLY | O_CLOEXEC)};
    if (r.fd < 0)
        return error_errno(err, errno, "无法读取", "cannot read", path);
    r.zstd = ZSTD_createDStream();
    if (!r.zstd)
        abort();
    r.buf = mem_alloc(PIECE);
    bool ok = read_members(&r) && check(&r, ret_manifest);
    close(r.fd);
    ZSTD_freeDStream(r.zstd);
    free(r.buf);
    dict_done(&r.names);
    vec_done(&r.seen);
    strbuf_done(&r.manifest);
    return ok;
}
