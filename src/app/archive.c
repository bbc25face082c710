// SPDX-License-Identifier: Apache-2.0
#include "app/archive.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zstd.h>

#include "app/archive_inner.h"
#include "base/mem.h"
#include "base/vec.h"

#define LEVEL      3 // most of it is sealed and does not get smaller
#define PIECE      (256 * KIB)
#define PAD(bytes) ((size_t)((TAR_BLOCK - (bytes) % TAR_BLOCK) % TAR_BLOCK))

// ── a block ──

unsigned tar_checksum(const struct tar_head *h) {
    const unsigned char *p = (const unsigned char *)h;
    unsigned sum = 0;
    for (size_t i = 0; i < TAR_BLOCK; i++) {
        bool own = i >= offsetof(struct tar_head, checksum) && i < offsetof(struct tar_head, type);
        sum += own ? ' ' : p[i];
    }
    return sum;
}

void tar_format(struct tar_head *ret, const char *name, int64_t size) {
    *ret = (struct tar_head){.type = '0', .magic = "ustar", .mode = "0000600"};
    memcpy(ret->magic + 6, "00", 2);
    snprintf(ret->name, sizeof ret->name, "%s", name);
    if (size < INT64_C(1) << 33) {
        snprintf(ret->size, sizeof ret->size, "%011llo", (unsigned long long)size);
    } else {
        ret->size[0] = (char)0x80;
        for (size_t i = 0; i < 8; i++)
            ret->size[11 - i] = (char)(size >> (8 * i));
    }
    snprintf(ret->mtime, sizeof ret->mtime, "%011o", 0U);
    snprintf(ret->checksum, sizeof ret->checksum, "%06o", tar_checksum(ret));
    ret->checksum[7] = ' ';
}

static bool parse_octal(const char *p, size_t n, int64_t *ret) {
    int64_t v = 0;
    size_t i = 0;
    for (; i < n && p[i] >= '0' && p[i] <= '7'; i++)
        v = v * 8 + (p[i] - '0');
    *ret = v;
    return i > 0 && (i == n || p[i] == '\0' || p[i] == ' ');
}

bool tar_parse(const struct tar_head *h, struct str *ret_name, int64_t *ret_size) {
    int64_t sum, size = 0;
    if (memcmp(h->magic, "ustar", 5) != 0 || h->type != '0' || h->prefix[0] ||
        !parse_octal(h->checksum, 7, &sum) || sum != tar_checksum(h))
        return false;
    if ((unsigned char)h->size[0] == 0x80) {
        for (size_t i = 4; i < 12; i++)
            size = (int64_t)((uint64_t)size << 8 | (unsigned char)h->size[i]);
    } else if (!parse_octal(h->size, 12, &size)) {
        return false;
    }
    *ret_name = str_make(h->name, strnlen(h->name, sizeof h->name));
    *ret_size = size;
    return size >= 0 && size <= INT64_MAX / 2 && archive_is_name(*ret_name);
}

static bool is_word(struct str s) {
    for (size_t i = 0; i < s.len; i++) {
        char c = s.ptr[i];
        bool fine = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                    c == '-' || c == '_' || (c == '.' && i > 0);
        if (!fine)
            return false;
    }
    return s.len > 0;
}

bool archive_is_name(struct str name) {
    size_t slash = str_find_char(name, '/');
    if (name.len > ARCHIVE_NAME_MOST)
        return false;
    return slash == STR_NONE ? is_word(name)
                             : is_word(str_slice(name, 0, slash)) &&
                                   is_word(str_slice(name, slash + 1, name.len));
}

// ── writing ──

struct member {
    char name[ARCHIVE_NAME_MOST + 1];
    int64_t bytes;
    uint8_t hash[CRYPTO_HASH_BYTES];
};

struct archive {
    char *path, *part; // part: as it is called until it is complete
    int fd;
    ZSTD_CStream *zstd;
    char *out;  // ZSTD_CStreamOutSize
    int failed; // errno
    int64_t bytes;
    struct {
        VEC(struct member);
    } members;
};

bool archive_create(const char *path, struct archive **ret, struct error *err) {
    size_t cap = strlen(path) + 8;
    if (access(path, F_OK) == 0)
        return error_set(err, ERROR_CONFLICT, "%s 已存在，不会覆盖",
                         "%s is there already and is not written over", path);
    struct archive *a = NEW(struct archive);
    a->path = str_dup(str_from(path));
    a->part = mem_alloc(cap);
    snprintf(a->part, cap, "%s.part", path);
    unlink(a->part); // of a run that was killed
    a->fd = open(a->part, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (a->fd < 0) {
        error_errno(err, errno, "无法写入", "cannot write", path);
        archive_discard(a);
        return false;
    }
    a->zstd = ZSTD_createCStream();
    a->out = mem_alloc(ZSTD_CStreamOutSize());
    if (!a->zstd)
        abort();
    ZSTD_CCtx_setParameter(a->zstd, ZSTD_c_compressionLevel, LEVEL);
    ZSTD_CCtx_setParameter(a->zstd, ZSTD_c_checksumFlag, 1);
    *ret = a;
    return true;
}

static void write_out(struct archive *a, const char *p, size_t n) {
    while (n && !a->failed) {
        ssize_t k = write(a->fd, p, n);
        if (k < 0 && errno != EINTR)
            a->failed = errno;
        p += k > 0 ? k : 0;
        n -= k > 0 ? (size_t)k : 0;
    }
}

static void put(struct archive *a, const void *p, size_t n, bool last) {
    ZSTD_inBuffer in = {p, n, 0};
    size_t left = 1;
    while (!a->failed && (in.pos < in.size || (last && left))) {
        ZSTD_outBuffer out = {a->out, ZSTD_CStreamOutSize(), 0};
        left = ZSTD_compressStream2(a->zstd, &out, &in, last ? ZSTD_e_end : ZSTD_e_continue);
        if (ZSTD_isError(left))
            abort(); // only our own misuse
        write_out(a, a->out, out.pos);
    }
}

static bool is_fine(struct archive *a, struct error *err) {
    return !a->failed || error_errno(err, a->failed, "无法写入", "cannot write", a->path);
}

static void put_padding(struct archive *a, int64_t bytes) {
    static const char zeros[TAR_BLOCK];
    put(a, zeros, PAD(bytes), false);
}

static struct member *begin(struct archive *a, const char *name, int64_t bytes) {
    struct tar_head h;
    struct member m = {.bytes = bytes};
    if (!archive_is_name(str_from(name)))
        abort();
    snprintf(m.name, sizeof m.name, "%s", name);
    tar_format(&h, name, bytes);
    put(a, &h, sizeof h, false);
    vec_push(&a->members, m);
    a->bytes += bytes;
    return &a->members.items[a->members.len - 1];
}

bool archive_add_text(struct archive *a, const char *name, struct str text, struct error *err) {
    struct member *m = begin(a, name, (int64_t)text.len);
    crypto_sha256(text, m->hash);
    put(a, text.ptr, text.len, false);
    put_padding(a, m->bytes);
    return is_fine(a, err);
}

// As long as it was when it was looked at; a file that grows meanwhile is cut there, one that shrinks is an error.
static bool copy(struct archive *a, int fd, struct member *m, const char *path, struct error *err) {
    struct crypto_hash hash;
    char *buf = mem_alloc(PIECE);
    int64_t left = m->bytes;
    bool ok = true;
    crypto_hash_begin(&hash);
    while (ok && left > 0) {
        ssize_t n = read(fd, buf, (size_t)MIN(left, (int64_t)PIECE));
        if (n < 0 && errno == EINTR)
            continue;
        ok = n > 0 || error_errno(err, n < 0 ? errno : EIO, "无法读取", "cannot read", path);
        if (!ok)
            break;
        crypto_hash_add(&hash, str_make(buf, (size_t)n));
        put(a, buf, (size_t)n, false);
        left -= n;
        ok = is_fine(a, err);
    }
    crypto_hash_end(&hash, m->hash);
    free(buf);
    return ok;
}

bool archive_add_file(struct archive *a, const char *name, const char *path, struct error *err) {
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0 || fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
        error_errno(err, fd < 0 ? errno : EINVAL, "无法读取", "cannot read", path);
        if (fd >= 0)
            close(fd);
        return false;
    }
    struct member *m = begin(a, name, st.st_size);
    bool ok = copy(a, fd, m, path, err);
    close(fd);
    if (ok)
        put_padding(a, st.st_size);
    return ok && is_fine(a, err);
}

int64_t archive_bytes(const struct archive *a) {
    return a->bytes;
}

static void format_manifest(const struct archive *a, void (*head)(void *ctx, struct json_writer *w),
                            void *ctx, struct strbuf *ret) {
    struct json_writer w = json_writer_init(ret);
    json_begin_object(&w);
    json_key(&w, "format");
    json_add_int(&w, ARCHIVE_FORMAT);
    if (head)
        head(ctx, &w);
    json_key(&w, "files");
    json_begin_array(&w);
    for (size_t i = 0; i < a->members.len; i++) {
        const struct member *m = &a->members.items[i];
        CLEANUP(strbuf_done) struct strbuf hex = strbuf_init(KIB);
        crypto_hex(str_make((const char *)m->hash, sizeof m->hash), &hex);
        json_begin_object(&w);
        json_key(&w, "name");
        json_add_cstr(&w, m->name);
        json_key(&w, "bytes");
        json_add_int(&w, m->bytes);
        json_key(&w, "sha256");
        json_add_str(&w, strbuf_str(&hex));
        json_end_object(&w);
    }
    json_end_array(&w);
    json_end_object(&w);
}

bool archive_commit(struct archive *a, void (*head)(void *ctx, struct json_writer *w), void *ctx,
                    struct error *err) {
    static const char end[2 * TAR_BLOCK];
    CLEANUP(strbuf_done) struct strbuf manifest = strbuf_init(ARCHIVE_MANIFEST);
    bool ok = a->members.len <= ARCHIVE_MOST ||
              error_set(err, ERROR_LIMIT, "文件太多", "there are too many files");
    format_manifest(a, head, ctx, &manifest);
    ok = ok && archive_add_text(a, MANIFEST, strbuf_str(&manifest), err);
    put(a, end, sizeof end, true);
    if (ok && !a->failed && (fsync(a->fd) != 0 || rename(a->part, a->path) != 0))
        a->failed = errno;
    ok = ok && is_fine(a, err);
    if (ok) {
        free(a->part);
        a->part = NULL;
    }
    archive_discard(a);
    return ok;
}

void archive_discard(struct archive *a) {
    if (!a)
        return;
    if (a->fd >= 0)
        close(a->fd);
    if (a->part && a->fd >= 0)
        unlink(a->part);
    ZSTD_freeCStream(a->zstd);
    vec_done(&a->members);
    free(a->out);
    free(a->path);
    free(a->part);
    free(a);
}
