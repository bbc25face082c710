// SPDX-License-Identifier: Apache-2.0
#include "collect/zip.h"

#include <errno.h>
#include <minizip/unzip.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/mem.h"
#include "base/strbuf.h"
#include "base/vec.h"
#include "collect/decode.h"

#define MAX_MEMBERS 65536

const struct input_limits zip_part_limits = {
    .max_bytes = 64 * (uint64_t)GIB,
    .bomb_bytes = 256 * MIB,
    .bomb_ratio = 200,
};

struct member {
    struct str name;
    unz64_file_pos at;
};

struct zip {
    int fd;
    uint64_t size;
    struct arena names;
    struct {
        VEC(struct member);
    } members;
};

// --- minizip's view of a file descriptor: each stream has its own place in it

struct fd_stream {
    int fd;
    uint64_t size, at;
    bool failed;
};

static voidpf stream_open(voidpf opaque, UNUSED const void *name, UNUSED int mode) {
    const struct zip *z = opaque;
    struct fd_stream *s = NEW(struct fd_stream);
    *s = (struct fd_stream){.fd = z->fd, .size = z->size};
    return s;
}

static uLong stream_read(UNUSED voidpf opaque, voidpf stream, void *buf, uLong size) {
    struct fd_stream *s = stream;
    uLong done = 0;
    while (done < size) {
        ssize_t n = pread(s->fd, (char *)buf + done, size - done, (off_t)s->at);
        if (n < 0 && errno == EINTR)
            continue;
        s->failed |= n < 0;
        if (n <= 0)
            break;
        s->at += (uint64_t)n;
        done += (uLong)n;
    }
    return done;
}

static uLong stream_write(UNUSED voidpf opaque, UNUSED voidpf stream, UNUSED const void *buf,
                          UNUSED uLong size) {
    return 0;
}

static ZPOS64_T stream_tell(UNUSED voidpf opaque, voidpf stream) {
    return ((struct fd_stream *)stream)->at;
}

static long stream_seek(UNUSED voidpf opaque, voidpf stream, ZPOS64_T offset, int origin) {
    struct fd_stream *s = stream;
    uint64_t base = origin == ZLIB_FILEFUNC_SEEK_CUR   ? s->at
                    : origin == ZLIB_FILEFUNC_SEEK_END ? s->size
                                                       : 0;
    uint64_t to;
    if (__builtin_add_overflow(base, offset, &to) || to > s->size)
        return -1;
    s->at = to;
    return 0;
}

static int stream_close(UNUSED voidpf opaque, voidpf stream) {
    free(stream);
    return 0;
}

static int stream_error(UNUSED voidpf opaque, voidpf stream) {
    return ((struct fd_stream *)stream)->failed;
}

static unzFile open_archive(struct zip *z) {
    zlib_filefunc64_def io = {stream_open, stream_read,  stream_write, stream_tell,
                              stream_seek, stream_close, stream_error, z};
    return unzOpen2_64("", &io);
}

// --- the list of members

static bool damaged(struct error *err) {
    return error_set(
        err, ERROR_FORMAT, "文件（zip 格式）不完整或已损坏，请重新下载或重新导出",
        "the file (a zip archive) is incomplete or damaged: download or export it again");
}

static bool list_members(struct zip *z, unzFile u, struct error *err) {
    struct text_buf name = {0};
    char raw[4096];
    int rc;
    bool ok = true;
    for (rc = unzGoToFirstFile(u); rc == UNZ_OK && ok; rc = unzGoToNextFile(u)) {
        struct member m;
        unz_file_info64 info;
        if (unzGetCurrentFileInfo64(u, &info, raw, sizeof raw, NULL, 0, NULL, 0) != UNZ_OK ||
            unzGetFilePos64(u, &m.at) != UNZ_OK) {
            ok = damaged(err);
            break;
        }
        name.len = 0;
        decode_name(str_make(raw, MIN((size_t)info.size_filename, sizeof raw)), &name);
        m.name = arena_str(&z->names, str_make(name.ptr, name.len));
        vec_push(&z->members, m);
        if (z->members.len > MAX_MEMBERS)
            ok = error_set(err, ERROR_LIMIT, "压缩包里的文件超过 %d 个",
                           "more than %d files in the archive", MAX_MEMBERS);
    }
    free(name.ptr);
    return ok && rc != UNZ_END_OF_LIST_OF_FILE && z->members.len == 0 ? damaged(err) : ok;
}

bool zip_open(int fd, uint64_t size, struct zip **ret, struct error *err) {
    struct zip *z = NEW(struct zip);
    z->fd = fd;
    z->size = size;
    unzFile u = open_archive(z);
    bool ok = u ? list_members(z, u, err) : damaged(err);
    if (u)
        unzClose(u);
    if (!ok) {
        zip_close(z);
        return false;
    }
    *ret = z;
    return true;
}

void zip_close(struct zip *z) {
    if (!z)
        return;
    close(z->fd);
    vec_done(&z->members);
    arena_done(&z->names);
    free(z);
}

size_t zip_count(const struct zip *z) {
    return z->members.len;
}

struct str zip_name(const struct zip *z, size_t i) {
    return z->members.items[i].name;
}

size_t zip_find(const struct zip *z, struct str name) {
    if (str_starts(name, STR("/")))
        name = str_slice(name, 1, name.len);
    for (size_t i = 0; i < z->members.len; i++) {
        struct str have = z->members.items[i].name;
        if (str_starts(have, STR("/")))
            have = str_slice(have, 1, have.len);
        if (str_eq_nocase(have, name))
            return i;
    }
    return ZIP_NONE;
}

// --- members as inputs: minizip gives the packed bytes, unpack.c inflates and checks them

struct zip_member {
    unzFile file;
    uint64_t packed_size, done;
};

static bool member_read(void *ctx, char *buf, size_t cap, size_t *ret_n, struct error *err) {
    struct zip_member *m = ctx;
    int n = unzReadCurrentFile(m->file, buf, (unsigned)MIN(cap, (size_t)GIB));
    if (n < 0)
        return damaged(err);
    m->done += (uint64_t)n;
    *ret_n = (size_t)n;
    return true;
}

static double member_progress(void *ctx) {
    struct zip_member *m = ctx;
    return m->packed_size ? MIN((double)m->done / (double)m->packed_size, 1.0) : 1;
}

static void member_close(void *ctx) {
    struct zip_member *m = ctx;
    unzClose(m->file);
    free(m);
}

static const struct input_ops member_ops = {member_read, member_progress, member_close};

bool zip_input(struct zip *z, size_t i, struct input_limits limits, struct input **ret,
               struct error *err) {
    unzFile u = open_archive(z);
    if (!u)
        return damaged(err);
    unz_file_info64 info = {0};
    int rc = unzGoToFilePos64(u, &z->members.items[i].at);
    if (rc == UNZ_OK)
        rc = unzGetCurrentFileInfo64(u, &info, NULL, 0, NULL, 0, NULL, 0);
    bool ok = rc == UNZ_OK;
    if (!ok)
        damaged(err);
    else if (info.flag & 1)
        ok = error_set(err, ERROR_UNSUPPORTED, "压缩包有密码，请先解压再读",
                       "the archive has a password: unpack it first");
    else if (info.compression_method != 0 && info.compression_method != Z_DEFLATED)
        ok = error_set(err, ERROR_UNSUPPORTED, "不支持的压缩方式，请用普通 zip 重新压缩",
                       "unknown compression method: pack it again as an ordinary zip");
    else if (unzOpenCurrentFile2(u, NULL, NULL, 1) != UNZ_OK)
        ok = damaged(err);
    if (!ok) {
        unzClose(u);
        return false;
    }
    struct zip_member *m = NEW(struct zip_member);
    *m = (struct zip_member){.file = u, .packed_size = info.compressed_size};
    *ret = input_new(&member_ops, m);
    if (info.compression_method == Z_DEFLATED)
        *ret = input_unpack_deflate(*ret, limits, (uint32_t)info.crc);
    return true;
}

bool zip_read(struct zip *z, size_t i, struct strbuf *ret, struct error *err) {
    struct input *in = NULL;
    if (!zip_input(z, i, zip_part_limits, &in, err))
        return false;
    char buf[8192];
    size_t n = 0;
    bool ok;
    while ((ok = input_read(in, buf, sizeof buf, &n, err)) && n > 0 && !ret->overflow)
        strbuf_add(ret, str_make(buf, n));
    input_close(in);
    if (ok && ret->overflow)
        ok = error_set(err, ERROR_LIMIT, "%.*s 过大", "%.*s is too large", STR_ARG(zip_name(z, i)));
    return ok;
}
