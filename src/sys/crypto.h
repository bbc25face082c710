// SPDX-License-Identifier: Apache-2.0
// The few cryptographic things we do, over OpenSSL and libargon2. Nothing here is an invention: AES-256-GCM (NIST SP
// 800-38D) for what is kept secret, HMAC-SHA-256 (RFC 2104) for what is looked up without being readable, HKDF (RFC
// 5869) for keys from keys, argon2id (RFC 9106) for passwords. All functions may be called from any thread. A failure
// of the library itself (no randomness) ends the program: going on would be worse.
#ifndef SYS_CRYPTO_H
#define SYS_CRYPTO_H

#include "base/error.h"
#include "base/strbuf.h"

#define CRYPTO_KEY_BYTES  32
#define CRYPTO_HASH_BYTES 32

void crypto_random(void *buf, size_t bytes);
void crypto_wipe(void *buf, size_t bytes);     // not optimised away
bool crypto_equal(struct str a, struct str b); // in time that depends on the lengths only

void crypto_sha256(struct str data, uint8_t ret[CRYPTO_HASH_BYTES]);
// SHA-256 of several parts as if they stood in one string.
void crypto_sha256_parts(const struct str *parts, size_t n, uint8_t ret[CRYPTO_HASH_BYTES]);
// SHA-256 of what comes piece by piece. crypto_hash_end frees; `ret` NULL: the hash is not wanted.
struct crypto_hash {
    void *ctx;
};
void crypto_hash_begin(struct crypto_hash *h);
void crypto_hash_add(struct crypto_hash *h, struct str data);
void crypto_hash_end(struct crypto_hash *h, uint8_t *ret); // {0} is fine with NULL
void crypto_hmac(struct str key, struct str data, uint8_t ret[CRYPTO_HASH_BYTES]); // ≈ 0.7 µs
// HKDF-SHA-256, `bytes` ≤ 8,160. An empty salt is 32 zero bytes, as the standard says.
void crypto_hkdf(struct str key, struct str salt, struct str info, uint8_t *ret, size_t bytes);
// A key for one purpose from a key: HKDF-SHA-256 with `info` naming the purpose, no salt.
void crypto_derive(const uint8_t key[CRYPTO_KEY_BYTES], const char *info,
                   uint8_t ret[CRYPTO_KEY_BYTES]);

// ── sealing ── A sealed value is  version 1 (1 byte) | generation (2, little endian) | nonce 12 | ciphertext |
// tag 16. `bound` is authenticated with it and not stored: what the value belongs to ("feedback:123"), so that a
// value moved elsewhere does not open. Nonces are random: one key is good for 2^32 values (SP 800-38D, 8.3);
// rotation makes a new one.
#define SEAL_OVERHEAD (1 + 2 + 12 + 16)

struct seal_key {
    uint8_t key[CRYPTO_KEY_BYTES];
    uint16_t generation; // counts rotations
};

// Appends the sealed value. Never fails. ≈ 1.7 µs + 3 GB/s; for many values at a time a sealer is quicker.
void seal(const struct seal_key *key, struct str bound, struct str plain, struct strbuf *ret);
// Generation a sealed value needs, −1 if it is none.
int seal_generation(struct str sealed);
// Appends the plain text. ERROR_CORRUPT if it is not ours, was changed, is bound to something else, or the key is
// another.
bool unseal(const struct seal_key *key, struct str bound, struct str sealed, struct strbuf *ret,
            struct error *err) MUST_USE;

// The same for many values under one key: the cipher is set up once, ≈ 0.4 µs a value. One thread at a time. Nonces
// count up from a random start, which collides no more often than random ones do.
//
//     CLEANUP(sealer_done) struct sealer s;  sealer_init(&s, key);
//     for (…) sealer_seal(&s, bound, plain, &out);
struct sealer {
    void *seals, *opens; // cipher contexts
    uint8_t nonce[12];   // the last one used
    uint16_t generation;
};
void sealer_init(struct sealer *s, const struct seal_key *key);
void sealer_done(struct sealer *s); // wipes; {0} is fine
void sealer_seal(struct sealer *s, struct str bound, struct str plain, struct strbuf *ret);
bool sealer_unseal(struct sealer *s, struct str bound, struct str sealed, struct strbuf *ret,
                   struct error *err) MUST_USE;

// A file of any length sealed in chunks of 64 KiB, written and read as a stream: nothing of it is readable on
// disk, cut off or reordered chunks are noticed (STREAM construction, Hoang et al. 2015: counter and last-flag in
// the nonce; each file has its own key, derived from `key` and 32 random bytes of the head). For uploads and
// reports. The file appears under its name when it is complete.
struct seal_writer;
bool seal_writer_open(const char *path, const struct seal_key *key, struct seal_writer **ret,
                      struct error *err) MUST_USE;
void seal_writer_add(struct seal_writer *w, struct str plain);              // errors stick
bool seal_writer_commit(struct seal_writer *w, struct error *err) MUST_USE; // fsync; frees
// removes the file; NULL is fine
void seal_writer_discard(struct seal_writer *w);
// Generation that a sealed file needs. ERROR_CORRUPT if it is none.
bool seal_file_generation(const char *path, int *ret, struct error *err) MUST_USE;
// Calls `sink` with the plain chunks in order, each after it has proved genuine; false from it stops. That a file was
// cut off is known only at its end: do not act on the first chunks before this has returned true.
bool seal_file_read(const char *path, const struct seal_key *key,
                    bool (*sink)(void *ctx, struct str plain, struct error *err), void *ctx,
                    struct error *err) MUST_USE;

// ── passwords ── "$argon2id$v=19$m=…": 19 MiB, 2 passes, 1 lane (OWASP's smallest recommended set). Takes ≈ 30 ms:
// never on an HTTP thread.
void crypto_password_hash(struct str password, struct strbuf *ret);
bool crypto_password_verify(struct str password, struct str hash);

// ── text forms ──
void crypto_hex(struct str bytes, struct strbuf *ret); // lower case
bool crypto_hex_decode(struct str text, struct strbuf *ret) MUST_USE;
void crypto_base64url(struct str bytes, struct strbuf *ret); // without padding
bool crypto_base64url_decode(struct str text, struct strbuf *ret) MUST_USE;
void crypto_base64(struct str bytes, struct strbuf *ret); // with padding
// Only what crypto_base64 could have written: no white space, no spare bits. The same goes for base64url.
bool crypto_base64_decode(struct str text, struct strbuf *ret) MUST_USE;
// A secret a person may copy: PREFIX and 43 characters of base62, 256 random bits ("hs_key_…").
void crypto_token(const char *prefix, struct strbuf *ret);

#endif
