// SPDX-License-Identifier: Apache-2.0
// gzip, zstd and raw deflate streams as inputs.
#include "collect/input.h"

#include <zlib.h>
#include <zstd.h>
#include <zstd_errors.h>

#include "base/mem.h"

#define CHUNK (64 * KIB)

struct unpack {
    struct input *packed;
    struct input_limits limits;
    char buf[CHUNK]; // packed bytes
    size_t at, len;
    uint64_t in_bytes, out_bytes;
    bool packed_end; // nothing more underneath
    bool between;    // at the border of two members (or before the first)
    bool finished;   // nothing more to give
    z_stream z;
    uint32_t crc, crc_expected; // of a zip member
    ZSTD_DStream *zstd;
};

static bool refill(struct unpack *u, struct error *err) {
    if (u->at < u->len || u->packed_end)
        return true;
    size_t n = 0;
    if (!input_read(u->packed, u->buf, sizeof u->buf, &n, err))
        return false;
    u->at = 0;
    u->len = n;
    u->in_bytes += n;
    u->packed_end = n == 0;
    return true;
}

static bool within_limits(struct unpack *u, size_t n, struct error *err) {
    u->out_bytes += n;
    if (u->out_bytes > u->limits.max_bytes)
        return error_set(err, ERROR_LIMIT, "解压后超过 %llu GB，不再读取",
                         "unpacks to more than %llu GB, not read further",
                         (unsigned long long)(u->limits.max_bytes / GIB));
    if (u->out_bytes > u->limits.bomb_bytes && u->out_bytes / u->limits.bomb_ratio > u->in_bytes)
        return error_set(err, ERROR_LIMIT, "解压后是原来的 %llu 倍以上，疑似压缩炸弹，不再读取",
                         "unpacks to more than %llu times its size: looks like a bomb, not read "
                         "further",
                         (unsigned long long)u->limits.bomb_ratio);
    return true;
}

static bool truncated(struct error *err) {
    return error_set(err, ERROR_FORMAT, "压缩文件不完整（中途结束），请重新下载或重新导出",
                     "the packed file ends in the middle: download or export it again");
}

static bool corrupt(struct error *err) {
    return error_set(err, ERROR_FORMAT, "压缩数据已损坏，请重新下载或重新导出",
                     "the packed data are damaged: download or export them again");
}

static bool gzip_read(void *ctx, char *buf, size_t cap, size_t *ret_n, struct error *err) {
    struct unpack *u = ctx;
    *ret_n = 0;
    u->z.next_out = (Bytef *)buf;
    u->z.avail_out = (uInt)MIN(cap, (size_t)GIB);
    size_t room = u->z.avail_out;
    while (u->z.avail_out == room && !u->finished) {
        if (!refill(u, err))
            return false;
        if (u->at == u->len) {
            if (!u->between)
                return truncated(err);
            u->finished = true;
            break;
        }
        // What follows the last member and is no member (padding) is left alone, as gzip does.
        if (u->between && u->out_bytes && (unsigned char)u->buf[u->at] != 0x1f) {
            u->finished = true;
            break;
        }
        u->z.next_in = (Bytef *)u->buf + u->at;
        u->z.avail_in = (uInt)(u->len - u->at);
        u->between = false;
        int rc = inflate(&u->z, Z_NO_FLUSH);
        u->at = u->len - u->z.avail_in;
        if (rc == Z_STREAM_END) {
            u->between = true;
            inflateReset(&u->z);
        } else if (rc != Z_OK && rc != Z_BUF_ERROR) {
            return corrupt(err);
        }
    }
    *ret_n = room - u->z.avail_out;
    return within_limits(u, *ret_n, err);
}

static bool deflate_read(void *ctx, char *buf, size_t cap, size_t *ret_n, struct error *err) {
    struct unpack *u = ctx;
    *ret_n = 0;
    u->z.next_out = (Bytef *)buf;
    u->z.avail_out = (uInt)MIN(cap, (size_t)GIB);
    size_t room = u->z.avail_out;
    while (u->z.avail_out == room && !u->finished) {
        if (!refill(u, err))
            return false;
        bool stuck = u->at == u->len;
        u->z.next_in = (Bytef *)u->buf + u->at;
        u->z.avail_in = (uInt)(u->len - u->at);
        int rc = inflate(&u->z, Z_NO_FLUSH);
        u->at = u->len - u->z.avail_in;
        if (rc != Z_OK && rc != Z_BUF_ERROR && rc != Z_STREAM_END)
            return corrupt(err);
        u->finished = rc == Z_STREAM_END;
        if (stuck && !u->finished && u->z.avail_out == room)
            return truncated(err);
    }
    *ret_n = room - u->z.avail_out;
    u->crc = (uint32_t)crc32_z(u->crc, (const Bytef *)buf, *ret_n);
    if (u->finished && u->crc != u->crc_expected)
        return corrupt(err);
    return within_limits(u, *ret_n, err);
}

static bool zstd_read(void *ctx, char *buf, size_t cap, size_t *ret_n, struct error *err) {
    struct unpack *u = ctx;
    ZSTD_outBuffer out = {buf, cap, 0};
    *ret_n = 0;
    while (out.pos == 0 && !u->finished) {
        if (!refill(u, err))
            return false;
        if (u->at == u->len && u->between) {
            u->finished = true;
            break;
        }
        ZSTD_inBuffer in = {u->buf, u->len, u->at};
        bool stuck = u->at == u->len;
        size_t rc = ZSTD_decompressStream(u->zstd, &out, &in);
        u->at = in.pos;
        if (ZSTD_isError(rc))
            return ZSTD_getErrorCode(rc) == ZSTD_error_frameParameter_windowTooLarge
                       ? error_set(err, ERROR_LIMIT, "zstd 窗口过大，请用普通级别重新压缩",
                                   "the zstd window is too large: pack it again at a usual level")
                       : corrupt(err);
        u->between = rc == 0;
        if (stuck && out.pos == 0 && !u->between)
            return truncated(err);
    }
    *ret_n = out.pos;
    return within_limits(u, *ret_n, err);
}

static double unpack_progress(void *ctx) {
    return input_progress(((struct unpack *)ctx)->packed);
}

static void zlib_close(void *ctx) {
    struct unpack *u = ctx;
    inflateEnd(&u->z);
    input_close(u->packed);
    free(u);
}

static void zstd_close(void *ctx) {
    struct unpack *u = ctx;
    ZSTD_freeDStream(u->zstd);
    input_close(u->packed);
    free(u);
}

static const struct input_ops gzip_ops = {gzip_read, unpack_progress, zlib_close};
static const struct input_ops deflate_ops = {deflate_read, unpack_progress, zlib_close};
static const struct input_ops zstd_ops = {zstd_read, unpack_progress, zstd_close};

static struct unpack *unpack_new(struct input *packed, struct input_limits limits) {
    struct unpack *u = NEW(struct unpack);
    u->packed = packed;
    u->limits = limits;
    u->between = true;
    return u;
}

struct input *input_unpack_gzip(struct input *packed, struct input_limits limits) {
    struct unpack *u = unpack_new(packed, limits);
    if (inflateInit2(&u->z, 16 + MAX_WBITS) != Z_OK)
        abort(); // only for want of memory
    return input_new(&gzip_ops, u);
}

struct input *input_unpack_deflate(struct input *packed, struct input_limits limits, uint32_t crc) {
    struct unpack *u = unpack_new(packed, limits);
    u->crc_expected = crc;
    if (inflateInit2(&u->z, -MAX_WBITS) != Z_OK)
        abort();
    return input_new(&deflate_ops, u);
}

struct input *input_unpack_zstd(struct input *packed, struct input_limits limits) {
    struct unpack *u = unpack_new(packed, limits);
    u->zstd = ZSTD_createDStream();
    if (!u->zstd)
        abort();
    ZSTD_DCtx_setParameter(u->zstd, ZSTD_d_windowLogMax, 27); // 128 MB, what the zstd tool accepts
    return input_new(&zstd_ops, u);
}
