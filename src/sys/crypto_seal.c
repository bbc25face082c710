// SPDX-License-Identifier: Apache-2.0
#include "sys/crypto.h"

#include <openssl/evp.h>

#include "sys/crypto_inner.h"

#define SEAL_VERSION 1
#define NONCE_BYTES  12
#define TAG_BYTES    16
#define HEAD_BYTES   (1 + 2 + NONCE_BYTES)

static EVP_CIPHER_CTX *context_new(const uint8_t key[CRYPTO_KEY_BYTES], bool seals) {
    EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
    crypto_must(ctx && EVP_CipherInit_ex(ctx, EVP_aes_256_gcm(), NULL, key, NULL, seals));
    return ctx;
}

static void bind(EVP_CIPHER_CTX *ctx, const uint8_t nonce[NONCE_BYTES], struct str bound) {
    int n;
    crypto_must(EVP_CipherInit_ex(ctx, NULL, NULL, NULL, nonce, -1));
    if (bound.len)
        crypto_must(EVP_CipherUpdate(ctx, NULL, &n, (const uint8_t *)bound.ptr, (int)bound.len));
}

static void seal_with(EVP_CIPHER_CTX *ctx, uint16_t generation, const uint8_t nonce[NONCE_BYTES],
                      struct str bound, struct str plain, struct strbuf *ret) {
    uint8_t head[HEAD_BYTES] = {SEAL_VERSION, (uint8_t)generation, (uint8_t)(generation >> 8)};
    memcpy(head + 3, nonce, NONCE_BYTES);
    bind(ctx, nonce, bound);
    size_t start = ret->len, at = start + HEAD_BYTES;
    strbuf_add(ret, str_make((char *)head, sizeof head));
    strbuf_add(ret, plain); // makes room; encrypted where it stands
    ret->overflow = ret->overflow || plain.len > INT32_MAX;
    if (ret->overflow) {
        strbuf_truncate(ret, start); // nothing plain stays behind
        return;
    }
    int n = 0;
    uint8_t tag[TAG_BYTES];
    if (plain.len)
        crypto_must(EVP_CipherUpdate(ctx, (uint8_t *)ret->ptr + at, &n,
                                     (const uint8_t *)ret->ptr + at, (int)plain.len));
    crypto_must(EVP_CipherFinal_ex(ctx, tag, &n));
    crypto_must(EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_GCM_GET_TAG, TAG_BYTES, tag));
    strbuf_add(ret, str_make((char *)tag, sizeof tag));
}

int seal_generation(struct str sealed) {
    if (sealed.len < SEAL_OVERHEAD || sealed.ptr[0] != SEAL_VERSION)
        return -1;
    return (uint8_t)sealed.ptr[1] | (uint8_t)sealed.ptr[2] << 8;
}

static bool not_ours(struct error *err) {
    return error_set(err, ERROR_CORRUPT, "密文已损坏或不属于这里，无法解开",
                     "a sealed value is damaged or does not belong here; it was not opened");
}

static bool is_for(uint16_t generation, struct str sealed, struct error *err) {
    int needs = seal_generation(sealed);
    if (needs < 0 || sealed.len > INT32_MAX)
        return not_ours(err);
    return needs == generation ||
           error_set(err, ERROR_CORRUPT, "密文需要第 %d 代密钥，给的是第 %d 代",
                     "a sealed value needs the key of generation %d, not %d", needs, generation);
}

static bool unseal_with(EVP_CIPHER_CTX *ctx, struct str bound, struct str sealed,
                        struct strbuf *ret, struct error *err) {
    struct str body = str_slice(sealed, HEAD_BYTES, sealed.len - TAG_BYTES);
    bind(ctx, (const uint8_t *)sealed.ptr + 3, bound);
    size_t at = ret->len;
    strbuf_add(ret, body);
    if (ret->overflow)
        return error_set(err, ERROR_LIMIT, "密文内容过长", "a sealed value is too long");
    int n = 0;
    if (body.len)
        crypto_must(EVP_CipherUpdate(ctx, (uint8_t *)ret->ptr + at, &n,
                                     (const uint8_t *)ret->ptr + at, (int)body.len));
    uint8_t tag[TAG_BYTES];
    memcpy(tag, sealed.ptr + sealed.len - TAG_BYTES, TAG_BYTES);
    crypto_must(EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_GCM_SET_TAG, TAG_BYTES, tag));
    if (EVP_CipherFinal_ex(ctx, tag, &n) == 1)
        return true;
    // What was decrypted under a wrong tag must not be seen.
    if (body.len)
        crypto_wipe(ret->ptr + at, body.len);
    strbuf_truncate(ret, at);
    return not_ours(err);
}

void seal(const struct seal_key *key, struct str bound, struct str plain, struct strbuf *ret) {
    uint8_t nonce[NONCE_BYTES];
    crypto_random(nonce, sizeof nonce);
    EVP_CIPHER_CTX *ctx = context_new(key->key, true);
    seal_with(ctx, key->generation, nonce, bound, plain, ret);
    EVP_CIPHER_CTX_free(ctx);
}

bool unseal(const struct seal_key *key, struct str bound, struct str sealed, struct strbuf *ret,
            struct error *err) {
    if (!is_for(key->generation, sealed, err))
        return false;
    EVP_CIPHER_CTX *ctx = context_new(key->key, false);
    bool ok = unseal_with(ctx, bound, sealed, ret, err);
    EVP_CIPHER_CTX_free(ctx);
    return ok;
}

void sealer_init(struct sealer *s, const struct seal_key *key) {
    *s = (struct sealer){context_new(key->key, true), context_new(key->key, false), {0}, 0};
    s->generation = key->generation;
    crypto_random(s->nonce, sizeof s->nonce);
}

void sealer_done(struct sealer *s) {
    EVP_CIPHER_CTX_free(s->seals);
    EVP_CIPHER_CTX_free(s->opens);
    *s = (struct sealer){0};
}

void sealer_seal(struct sealer *s, struct str bound, struct str plain, struct strbuf *ret) {
    for (size_t i = 0; i < sizeof s->nonce && ++s->nonce[i] == 0; i++)
        continue;
    seal_with(s->seals, s->generation, s->nonce, bound, plain, ret);
}

bool sealer_unseal(struct sealer *s, struct str bound, struct str sealed, struct strbuf *ret,
                   struct error *err) {
    return is_for(s->generation, sealed, err) && unseal_with(s->opens, bound, sealed, ret, err);
}
