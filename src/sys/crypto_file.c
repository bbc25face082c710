// SPDX-License-Identifier: Apache-2.0
#include "sys/crypto.h"

#include <errno.h>
#include <openssl/evp.h>
#include <stdio.h>

#include "base/mem.h"
#include "sys/crypto_inner.h"
#include "sys/file.h"

// A sealed file is  "HSF1" | generation (2, little endian) | salt 32 | chunks.  A chunk is ciphertext | tag 16;
// all but the last hold CHUNK_BYTES, the last may be shorter and, in an empty file, empty.
#define MAGIC       "HSF1"
#define SALT_BYTES  32
#define HEAD_BYTES  (4 + 2 + SALT_BYTES)
#define CHUNK_BYTES (64 * KIB)
#define TAG_BYTES   16
#define NONCE_BYTES 12

struct stream {
    EVP_CIPHER_CTX *ctx;
    uint32_t counter; // of the next chunk
};

static void stream_init(struct stream *s, const struct seal_key *key, const uint8_t *salt,
                        bool seals) {
    uint8_t own[CRYPTO_KEY_BYTES];
    crypto_hkdf(str_make((const char *)key->key, CRYPTO_KEY_BYTES),
                str_make((const char *)salt, SALT_BYTES), STR("sealed file"), own, sizeof own);
    s->ctx = EVP_CIPHER_CTX_new();
    s->counter = 0;
    crypto_must(s->ctx && EVP_CipherInit_ex(s->ctx, EVP_aes_256_gcm(), NULL, own, NULL, seals));
    crypto_wipe(own, sizeof own);
}

static void stream_begin(struct stream *s, bool last) {
    uint32_t n = s->counter++;
    uint8_t nonce[NONCE_BYTES] = {
        [7] = (uint8_t)(n >> 24), (uint8_t)(n >> 16), (uint8_t)(n >> 8), (uint8_t)n, last};
    crypto_must(n != UINT32_MAX); // 256 TiB
    crypto_must(EVP_CipherInit_ex(s->ctx, NULL, NULL, NULL, nonce, -1));
}

// ── writing ──

struct seal_writer {
    struct output *out;
    struct stream stream;
    size_t len; // bytes of the chunk in the making
    uint8_t chunk[CHUNK_BYTES + TAG_BYTES];
};

static void writer_free(struct seal_writer *w) {
    EVP_CIPHER_CTX_free(w->stream.ctx);
    crypto_wipe(w->chunk, sizeof w->chunk);
    free(w);
}

bool seal_writer_open(const char *path, const struct seal_key *key, struct seal_writer **ret,
                      struct error *err) {
    struct output *out;
    if (!output_open(path, &out, err))
        return false;
    struct seal_writer *w = NEW(struct seal_writer);
    w->out = out;
    uint8_t head[HEAD_BYTES];
    memcpy(head, MAGIC, 4);
    head[4] = (uint8_t)key->generation;
    head[5] = (uint8_t)(key->generation >> 8);
    crypto_random(head + 6, SALT_BYTES);
    stream_init(&w->stream, key, head + 6, true);
    output_write(out, str_make((char *)head, sizeof head));
    *ret = w;
    return true;
}

static void write_chunk(struct seal_writer *w, bool last) {
    int n = 0;
    stream_begin(&w->stream, last);
    if (w->len)
        crypto_must(EVP_CipherUpdate(w->stream.ctx, w->chunk, &n, w->chunk, (int)w->len));
    crypto_must(EVP_CipherFinal_ex(w->stream.ctx, w->chunk + w->len, &n));
    crypto_must(
        EVP_CIPHER_CTX_ctrl(w->stream.ctx, EVP_CTRL_GCM_GET_TAG, TAG_BYTES, w->chunk + w->len));
    output_write(w->out, str_make((char *)w->chunk, w->len + TAG_BYTES));
    w->len = 0;
}

void seal_writer_add(struct seal_writer *w, struct str plain) {
    while (plain.len) {
        // A full chunk waits until more comes: it may be the last.
        if (w->len == CHUNK_BYTES)
            write_chunk(w, false);
        size_t n = MIN(plain.len, CHUNK_BYTES - w->len);
        memcpy(w->chunk + w->len, plain.ptr, n);
        w->len += n;
        plain = str_slice(plain, n, plain.len);
    }
}

bool seal_writer_commit(struct seal_writer *w, struct error *err) {
    write_chunk(w, true);
    bool ok = output_commit(w->out, err);
    writer_free(w);
    return ok;
}

void seal_writer_discard(struct seal_writer *w) {
    if (!w)
        return;
    output_discard(w->out);
    writer_free(w);
}

// ── reading ──

static bool damaged(const char *path, struct error *err) {
    return error_set(err, ERROR_CORRUPT, "%s 已损坏、不完整或密钥不符，没有使用其中内容",
                     "%s is damaged, cut off or sealed with another key; nothing of it was used",
                     path);
}

static bool read_head(FILE *f, const char *path, uint8_t head[HEAD_BYTES], struct error *err) {
    if (fread(head, 1, HEAD_BYTES, f) == HEAD_BYTES && memcmp(head, MAGIC, 4) == 0)
        return true;
    return ferror(f) ? error_errno(err, errno, "无法读取", "cannot read", path)
                     : damaged(path, err);
}

static bool open_head(const char *path, FILE **ret, uint8_t head[HEAD_BYTES], struct error *err) {
    FILE *f = fopen(path, "rbe");
    if (!f) {
        error_errno(err, errno, "无法读取", "cannot read", path);
        return false;
    }
    if (!read_head(f, path, head, err)) {
        fclose(f);
        return false;
    }
    *ret = f;
    return true;
}

bool seal_file_generation(const char *path, int *ret, struct error *err) {
    uint8_t head[HEAD_BYTES];
    FILE *f;
    if (!open_head(path, &f, head, err))
        return false;
    fclose(f);
    *ret = head[4] | head[5] << 8;
    return true;
}

static bool open_chunk(struct stream *s, uint8_t *chunk, size_t len, bool last) {
    int n = 0;
    size_t plain = len - TAG_BYTES;
    stream_begin(s, last);
    if (plain)
        crypto_must(EVP_CipherUpdate(s->ctx, chunk, &n, chunk, (int)plain));
    crypto_must(EVP_CIPHER_CTX_ctrl(s->ctx, EVP_CTRL_GCM_SET_TAG, TAG_BYTES, chunk + plain));
    return EVP_CipherFinal_ex(s->ctx, chunk + plain, &n) == 1;
}

static bool read_chunks(FILE *f, const char *path, struct stream *s, uint8_t *chunk,
                        bool (*sink)(void *ctx, struct str plain, struct error *err), void *ctx,
                        struct error *err) {
    for (bool last = false; !last;) {
        size_t len = fread(chunk, 1, CHUNK_BYTES + TAG_BYTES, f);
        int next = len == CHUNK_BYTES + TAG_BYTES ? getc(f) : EOF;
        if (ferror(f))
            return error_errno(err, errno, "无法读取", "cannot read", path);
        last = next == EOF;
        if (!last)
            ungetc(next, f);
        if (len < TAG_BYTES || !open_chunk(s, chunk, len, last))
            return damaged(path, err);
        if (len > TAG_BYTES && !sink(ctx, str_make((char *)chunk, len - TAG_BYTES), err))
            return false;
    }
    return true;
}

bool seal_file_read(const char *path, const struct seal_key *key,
                    bool (*sink)(void *ctx, struct str plain, struct error *err), void *ctx,
                    struct error *err) {
    uint8_t head[HEAD_BYTES];
    FILE *f;
    if (!open_head(path, &f, head, err))
        return false;
    struct stream s;
    stream_init(&s, key, head + 6, false);
    uint8_t *chunk = mem_alloc(CHUNK_BYTES + TAG_BYTES);
    bool ok = (head[4] | head[5] << 8) == key->generation
                  ? read_chunks(f, path, &s, chunk, sink, ctx, err)
                  : damaged(path, err);
    crypto_wipe(chunk, CHUNK_BYTES + TAG_BYTES);
    free(chunk);
    EVP_CIPHER_CTX_free(s.ctx);
    fclose(f);
    return ok;
}
