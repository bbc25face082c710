// SPDX-License-Identifier: Apache-2.0
#include "sys/crypto.h"

#include <argon2.h>
#include <errno.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <sys/random.h>

#include "sys/crypto_inner.h"

void crypto_random(void *buf, size_t bytes) {
    uint8_t *p = buf;
    while (bytes) {
        ssize_t n = getrandom(p, MIN(bytes, (size_t)256), 0);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            abort();
        p += n;
        bytes -= (size_t)n;
    }
}

void crypto_wipe(void *buf, size_t bytes) {
    OPENSSL_cleanse(buf, bytes);
}

bool crypto_equal(struct str a, struct str b) {
    return a.len == b.len && CRYPTO_memcmp(a.ptr, b.ptr, a.len) == 0;
}

// ── digests ──

static EVP_MD_CTX *digest_new(void) {
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    crypto_must(ctx && EVP_DigestInit_ex(ctx, EVP_sha256(), NULL));
    return ctx;
}

static void digest_add(EVP_MD_CTX *ctx, struct str s) {
    crypto_must(EVP_DigestUpdate(ctx, s.ptr, s.len));
}

void crypto_sha256(struct str data, uint8_t ret[CRYPTO_HASH_BYTES]) {
    crypto_sha256_parts(&data, 1, ret);
}

void crypto_sha256_parts(const struct str *parts, size_t n, uint8_t ret[CRYPTO_HASH_BYTES]) {
    EVP_MD_CTX *ctx = digest_new();
    for (size_t i = 0; i < n; i++)
        digest_add(ctx, parts[i]);
    crypto_must(EVP_DigestFinal_ex(ctx, ret, NULL));
    EVP_MD_CTX_free(ctx);
}

void crypto_hash_begin(struct crypto_hash *h) {
    h->ctx = digest_new();
}

void crypto_hash_add(struct crypto_hash *h, struct str data) {
    digest_add(h->ctx, data);
}

void crypto_hash_end(struct crypto_hash *h, uint8_t *ret) {
    if (h->ctx && ret)
        crypto_must(EVP_DigestFinal_ex(h->ctx, ret, NULL));
    EVP_MD_CTX_free(h->ctx);
    h->ctx = NULL;
}

#define BLOCK_BYTES 64 // of SHA-256

// OpenSSL's own HMAC looks its parts up by name for every call, which takes longer than the work.
static void hmac_parts(struct str key, const struct str *parts, size_t n,
                       uint8_t ret[CRYPTO_HASH_BYTES]) {
    uint8_t block[BLOCK_BYTES] = {0}, pad[BLOCK_BYTES];
    if (key.len > BLOCK_BYTES)
        crypto_sha256(key, block);
    else if (key.len)
        memcpy(block, key.ptr, key.len);
    for (size_t i = 0; i < BLOCK_BYTES; i++)
        pad[i] = block[i] ^ 0x36;
    EVP_MD_CTX *ctx = digest_new();
    digest_add(ctx, str_make((char *)pad, BLOCK_BYTES));
    for (size_t i = 0; i < n; i++)
        digest_add(ctx, parts[i]);
    crypto_must(EVP_DigestFinal_ex(ctx, ret, NULL));
    for (size_t i = 0; i < BLOCK_BYTES; i++)
        pad[i] = block[i] ^ 0x5c;
    crypto_must(EVP_DigestInit_ex(ctx, NULL, NULL));
    digest_add(ctx, str_make((char *)pad, BLOCK_BYTES));
    digest_add(ctx, str_make((char *)ret, CRYPTO_HASH_BYTES));
    crypto_must(EVP_DigestFinal_ex(ctx, ret, NULL));
    EVP_MD_CTX_free(ctx);
    crypto_wipe(block, sizeof block);
    crypto_wipe(pad, sizeof pad);
}

void crypto_hmac(struct str key, struct str data, uint8_t ret[CRYPTO_HASH_BYTES]) {
    hmac_parts(key, &data, 1, ret);
}

void crypto_hkdf(struct str key, struct str salt, struct str info, uint8_t *ret, size_t bytes) {
    uint8_t secret[CRYPTO_HASH_BYTES], block[CRYPTO_HASH_BYTES];
    crypto_must(bytes <= 255 * CRYPTO_HASH_BYTES);
    crypto_hmac(salt, key, secret);
    size_t block_len = 0;
    for (uint8_t i = 1; bytes; i++) {
        struct str parts[] = {str_make((char *)block, block_len), info, str_make((char *)&i, 1)};
        hmac_parts(str_make((char *)secret, sizeof secret), parts, ARRAY_LEN(parts), block);
        block_len = sizeof block;
        size_t n = MIN(bytes, block_len);
        memcpy(ret, block, n);
        ret += n;
        bytes -= n;
    }
    crypto_wipe(secret, sizeof secret);
    crypto_wipe(block, sizeof block);
}

void crypto_derive(const uint8_t key[CRYPTO_KEY_BYTES], const char *info,
                   uint8_t ret[CRYPTO_KEY_BYTES]) {
    crypto_hkdf(str_make((const char *)key, CRYPTO_KEY_BYTES), STR(""), str_from(info), ret,
                CRYPTO_KEY_BYTES);
}

// ── passwords ──

#define ARGON_PASSES     2
#define ARGON_KIB        (19 * 1024)
#define ARGON_LANES      1
#define ARGON_SALT_BYTES 16
#define ARGON_TEXT_BYTES 128

void crypto_password_hash(struct str password, struct strbuf *ret) {
    uint8_t salt[ARGON_SALT_BYTES];
    char text[ARGON_TEXT_BYTES];
    crypto_random(salt, sizeof salt);
    int failed =
        argon2id_hash_encoded(ARGON_PASSES, ARGON_KIB, ARGON_LANES, password.ptr, password.len,
                              salt, sizeof salt, CRYPTO_HASH_BYTES, text, sizeof text);
    crypto_must(failed == ARGON2_OK);
    strbuf_adds(ret, text);
}

bool crypto_password_verify(struct str password, struct str hash) {
    char text[ARGON_TEXT_BYTES + 1];
    if (!hash.len || hash.len >= sizeof text || memchr(hash.ptr, 0, hash.len))
        return false;
    memcpy(text, hash.ptr, hash.len);
    text[hash.len] = '\0';
    return argon2id_verify(text, password.ptr, password.len) == ARGON2_OK;
}
