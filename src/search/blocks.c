// SPDX-License-Identifier: Apache-2.0
#include "search/blocks.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/vec.h"
#include "search/blocks_cache.h"

#define BOUND_BYTES 32

char *block_path(const char *dir, const char *name) {
    size_t room = strlen(dir) + strlen(name) + 6;
    char *path = mem_alloc(room);
    snprintf(path, room, "%s/%s.seg", dir, name);
    return path;
}

void block_name(char ret[BLOCK_NAME + 1]) {
    uint8_t raw[BLOCK_NAME / 2];
    crypto_random(raw, sizeof raw);
    for (size_t i = 0; i < sizeof raw; i++)
        snprintf(ret + 2 * i, 3, "%02x", raw[i]);
}

static struct seal_key key_of(const uint8_t key[CRYPTO_KEY_BYTES], const char *name) {
    char info[64];
    snprintf(info, sizeof info, "search segment %s", name);
    struct seal_key own = {0};
    crypto_derive(key, info, own.key);
    return own;
}

static struct str bound_of(uint32_t block, char buf[BOUND_BYTES]) {
    int n = snprintf(buf, BOUND_BYTES, "search block %" PRIu32, block);
    return str_make(buf, (size_t)n);
}

// ── writing ──

struct block_writer {
    int fd;
    int failed; // errno of the first failure
    uint32_t n_blocks;
    struct seal_key key;
    char *path;
    struct strbuf sealed;
};

bool block_writer_open(const char *dir, const uint8_t key[CRYPTO_KEY_BYTES], const char *name,
                       struct block_writer **ret, struct error *err) {
    struct block_writer *w = NEW(struct block_writer);
    w->path = block_path(dir, name);
    w->fd = open(w->path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (w->fd < 0) {
        error_errno(err, errno, "无法写入", "cannot write", w->path);
        free(w->path);
        free(w);
        return false;
    }
    w->key = key_of(key, name);
    w->sealed = strbuf_init(BLOCK_BYTES);
    *ret = w;
    return true;
}

uint32_t block_writer_count(const struct block_writer *w) {
    return w->n_blocks;
}

bool block_writer_failed(const struct block_writer *w) {
    return w->failed != 0;
}

static void write_all(struct block_writer *w, struct str s) {
    while (s.len && !w->failed) {
        ssize_t n = write(w->fd, s.ptr, s.len);
        if (n < 0 && errno != EINTR)
            w->failed = errno;
        if (n > 0)
            s = str_slice(s, (size_t)n, s.len);
    }
}

static void block_write(struct block_writer *w, const char plain[BLOCK_PLAIN]) {
    char buf[BOUND_BYTES];
    strbuf_reset(&w->sealed);
    seal(&w->key, bound_of(w->n_blocks, buf), str_make(plain, BLOCK_PLAIN), &w->sealed);
    write_all(w, strbuf_str(&w->sealed));
    w->n_blocks++;
}

static void writer_free(struct block_writer *w) {
    crypto_wipe(&w->key, sizeof w->key);
    strbuf_done(&w->sealed);
    free(w->path);
    free(w);
}

bool block_writer_commit(struct block_writer *w, uint32_t *ret_blocks, struct error *err) {
    if (!w->failed && fsync(w->fd) != 0)
        w->failed = errno;
    if (close(w->fd) != 0 && !w->failed)
        w->failed = errno;
    if (w->failed) {
        error_errno(err, w->failed, "无法写入", "cannot write", w->path);
        unlink(w->path);
    } else {
        *ret_blocks = w->n_blocks;
    }
    bool ok = !w->failed;
    writer_free(w);
    return ok;
}

void block_writer_discard(struct block_writer *w) {
    if (!w)
        return;
    close(w->fd);
    unlink(w->path);
    writer_free(w);
}

static void flush_block(struct stream_writer *s) {
    memset(s->plain + s->used, 0, BLOCK_PLAIN - s->used);
    if (s->n_blocks == s->cap) {
        s->cap = MAX(2 * s->cap, (size_t)16);
        s->blocks = mem_resize(s->blocks, s->cap, sizeof *s->blocks);
    }
    s->blocks[s->n_blocks++] = s->to->n_blocks;
    block_write(s->to, s->plain);
    s->used = 0;
}

void stream_add(struct stream_writer *s, struct str bytes) {
    s->len += bytes.len;
    while (bytes.len) {
        size_t n = MIN(bytes.len, BLOCK_PLAIN - s->used);
        memcpy(s->plain + s->used, bytes.ptr, n);
        s->used += n;
        bytes = str_slice(bytes, n, bytes.len);
        if (s->used == BLOCK_PLAIN)
            flush_block(s);
    }
}

void stream_end(struct stream_writer *s) {
    if (s->used)
        flush_block(s);
}

void stream_writer_done(struct stream_writer *s) {
    crypto_wipe(s->plain, sizeof s->plain);
    free(s->blocks);
    s->blocks = NULL;
    s->n_blocks = s->cap = 0;
}

// ── reading ──

static bool damaged(const struct block_file *f, struct error *err) {
    return error_set(
        err, ERROR_CORRUPT,
        "搜索索引 %s 已损坏，或是用另一把密钥加密的：请删除它所在的文件夹，系统会重新建立",
        "search index %s is damaged or sealed with another key: delete its folder, it "
        "will be built again",
        f->path);
}

bool block_file_open(struct block_file *f, const char *dir, const uint8_t key[CRYPTO_KEY_BYTES],
                     const char *name, uint32_t n_blocks, struct block_cache *cache,
                     struct error *err) {
    *f = (struct block_file){.fd = -1, .n_blocks = n_blocks, .cache = cache};
    f->path = block_path(dir, name);
    f->fd = open(f->path, O_RDONLY | O_CLOEXEC);
    struct stat st;
    if (f->fd < 0 && errno != ENOENT) {
        error_errno(err, errno, "无法读取", "cannot read", f->path);
    } else if (f->fd < 0 || fstat(f->fd, &st) != 0 ||
               (uint64_t)st.st_size != (uint64_t)n_blocks * BLOCK_BYTES) {
        damaged(f, err);
    } else {
        f->key = key_of(key, name);
        f->uid = block_cache_uid(cache);
        return true;
    }
    block_file_close(f);
    return false;
}

void block_file_close(struct block_file *f) {
    if (f->fd >= 0)
        close(f->fd);
    f->fd = -1;
    crypto_wipe(&f->key, sizeof f->key);
    free(f->path);
    f->path = NULL;
}

static bool read_sealed(const struct block_file *f, uint32_t block, char *buf, struct error *err) {
    size_t have = 0;
    while (have < BLOCK_BYTES) {
        ssize_t n = pread(f->fd, buf + have, BLOCK_BYTES - have,
                          (off_t)((uint64_t)block * BLOCK_BYTES + have));
        if (n < 0 && errno != EINTR)
            return error_errno(err, errno, "无法读取", "cannot read", f->path);
        if (n == 0)
            return damaged(f, err);
        have += n > 0 ? (size_t)n : 0;
    }
    return true;
}

bool block_read(const struct block_file *f, struct block_window *w, uint32_t block,
                struct error *err) {
    if (w->filled && w->block == block)
        return true;
    w->filled = false;
    if (block >= f->n_blocks)
        return damaged(f, err);
    if (!block_cache_get(f->cache, f->uid, block, w->plain)) {
        char sealed[BLOCK_BYTES], bound[BOUND_BYTES];
        CLEANUP(strbuf_done) struct strbuf plain = strbuf_init(BLOCK_BYTES);
        if (!read_sealed(f, block, sealed, err))
            return false;
        struct error why;
        if (!unseal(&f->key, bound_of(block, bound), str_make(sealed, BLOCK_BYTES), &plain, &why) ||
            plain.len != BLOCK_PLAIN)
            return damaged(f, err);
        memcpy(w->plain, plain.ptr, BLOCK_PLAIN);
        crypto_wipe(plain.ptr, plain.len);
        if (!w->passing)
            block_cache_put(f->cache, f->uid, block, w->plain);
    }
    w->block = block;
    w->filled = true;
    return true;
}

bool stream_read(const struct block_file *f, struct block_window *w, const struct stream *s,
                 uint64_t from, uint64_t len, struct strbuf *ret, struct error *err) {
    if (from > s->len || len > s->len - from)
        return damaged(f, err);
    while (len) {
        uint64_t index = from / BLOCK_PLAIN;
        size_t at = from % BLOCK_PLAIN, n = MIN(len, BLOCK_PLAIN - at);
        if (index >= s->n_blocks)
            return damaged(f, err);
        if (!block_read(f, w, s->blocks[index], err))
            return false;
        strbuf_add(ret, str_make(w->plain + at, n));
        from += n;
        len -= n;
    }
    return !ret->overflow || damaged(f, err);
}
