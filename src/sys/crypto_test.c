// SPDX-License-Identifier: Apache-2.0
#include "sys/crypto.h"

#include <argon2.h>

#include "base/arena.h"
#include "tests/support/test.h"

static struct str hex(struct arena *a, const void *bytes, size_t n) {
    CLEANUP(strbuf_done) struct strbuf sb = strbuf_init(4 * KIB);
    crypto_hex(str_make(bytes, n), &sb);
    return arena_str(a, strbuf_str(&sb));
}

// `n` times the byte, or its successors.
static struct str run(struct arena *a, uint8_t from, size_t n, bool rising) {
    uint8_t *p = ARENA_ARRAY(a, uint8_t, n);
    for (size_t i = 0; i < n; i++)
        p[i] = (uint8_t)(from + (rising ? i : 0));
    return str_make((char *)p, n);
}

TEST(crypto_sha256_is_that_of_fips_180) {
    static const struct {
        const char *data, *hash;
    } cases[] = {
        {"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
        {"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
        {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
         "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
    };
    CLEANUP(arena_done) struct arena a = {0};
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        uint8_t hash[CRYPTO_HASH_BYTES];
        struct str data = str_from(cases[i].data);
        crypto_sha256(data, hash);
        assert_str(hex(&a, hash, sizeof hash), cases[i].hash);
        struct str parts[] = {str_slice(data, 0, 2), str_slice(data, 2, data.len)};
        crypto_sha256_parts(parts, 2, hash);
        assert_str(hex(&a, hash, sizeof hash), cases[i].hash);
        struct crypto_hash h;
        crypto_hash_begin(&h);
        crypto_hash_add(&h, parts[0]);
        crypto_hash_add(&h, parts[1]);
        crypto_hash_end(&h, hash);
        assert_str(hex(&a, hash, sizeof hash), cases[i].hash);
    }
}

TEST(crypto_hmac_is_that_of_rfc_4231) {
    CLEANUP(arena_done) struct arena a = {0};
    const struct {
        struct str key, data;
        const char *hash;
    } cases[] = {
        {run(&a, 0x0b, 20, false), STR("Hi There"),
         "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"},
        {STR("Jefe"), STR("what do ya want for nothing?"),
         "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"},
        {run(&a, 0xaa, 20, false), run(&a, 0xdd, 50, false),
         "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"},
        {run(&a, 1, 25, true), run(&a, 0xcd, 50, false),
         "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"},
        {run(&a, 0xaa, 131, false), STR("Test Using Larger Than Block-Size Key - Hash Key First"),
         "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"},
        {run(&a, 0xaa, 131, false),
         STR("This is a test using a larger than block-size key and a larger than block-size "
             "data. The key needs to be hashed before being used by the HMAC algorithm."),
         "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        uint8_t hash[CRYPTO_HASH_BYTES];
        crypto_hmac(cases[i].key, cases[i].data, hash);
        assert_str(hex(&a, hash, sizeof hash), cases[i].hash);
    }
}

TEST(crypto_hkdf_is_that_of_rfc_5869) {
    CLEANUP(arena_done) struct arena a = {0};
    const struct {
        struct str key, salt, info;
        size_t bytes;
        const char *okm;
    } cases[] = {
        {run(&a, 0x0b, 22, false), run(&a, 0, 13, true), run(&a, 0xf0, 10, true), 42,
         "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865"},
        {run(&a, 0, 80, true), run(&a, 0x60, 80, true), run(&a, 0xb0, 80, true), 82,
         "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c59045a99cac7827271cb41c65e"
         "590e09da3275600c2f09b8367793a9aca3db71cc30c58179ec3e87c14c01d5c1f3434f1d87"},
        {run(&a, 0x0b, 22, false), STR(""), STR(""), 42,
         "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        uint8_t okm[96];
        crypto_hkdf(cases[i].key, cases[i].salt, cases[i].info, okm, cases[i].bytes);
        assert_str(hex(&a, okm, cases[i].bytes), cases[i].okm);
    }
}

TEST(crypto_derive_gives_another_key_for_another_purpose) {
    uint8_t key[CRYPTO_KEY_BYTES] = {1}, one[CRYPTO_KEY_BYTES], two[CRYPTO_KEY_BYTES],
            again[CRYPTO_KEY_BYTES];
    crypto_derive(key, "search", one);
    crypto_derive(key, "facts", two);
    crypto_derive(key, "search", again);
    assert_memory_equal(one, again, sizeof one);
    assert_memory_not_equal(one, two, sizeof one);
    assert_memory_not_equal(one, key, sizeof one);
}

// RFC 9106 section 5.3 has a secret and associated data, which we do not use: it is asked of the library we stand on.
TEST(crypto_argon2id_is_that_of_rfc_9106) {
    CLEANUP(arena_done) struct arena a = {0};
    uint8_t tag[32];
    argon2_context ctx = {
        .out = tag,
        .outlen = sizeof tag,
        .pwd = (uint8_t *)run(&a, 1, 32, false).ptr,
        .pwdlen = 32,
        .salt = (uint8_t *)run(&a, 2, 16, false).ptr,
        .saltlen = 16,
        .secret = (uint8_t *)run(&a, 3, 8, false).ptr,
        .secretlen = 8,
        .ad = (uint8_t *)run(&a, 4, 12, false).ptr,
        .adlen = 12,
        .t_cost = 3,
        .m_cost = 32,
        .lanes = 4,
        .threads = 1,
        .version = ARGON2_VERSION_13,
    };
    assert_int_equal(argon2id_ctx(&ctx), ARGON2_OK);
    assert_str(hex(&a, tag, sizeof tag),
               "0d640df58d78766c08c037a34a8b53c9d01ef0452d75b65eb52520e96b01e659");
}

TEST(crypto_password_is_known_again_and_no_other) {
    CLEANUP(strbuf_done) struct strbuf hash = strbuf_init(KIB), other = strbuf_init(KIB);
    struct str password = STR("对的马 电池 订书钉");
    crypto_password_hash(password, &hash);
    crypto_password_hash(password, &other);
    assert_true(str_starts(strbuf_str(&hash), STR("$argon2id$v=19$m=19456,t=2,p=1$")));
    assert_false(str_eq(strbuf_str(&hash), strbuf_str(&other))); // salted
    assert_true(crypto_password_verify(password, strbuf_str(&hash)));
    assert_false(crypto_password_verify(STR("对的马 电池 订书机"), strbuf_str(&hash)));
    assert_false(crypto_password_verify(STR(""), strbuf_str(&hash)));
    static const char *const bad[] = {"", "x", "$argon2id$v=19$m=19456,t=2,p=1$",
                                      "$argon2i$v=19$m=8"};
    for (size_t i = 0; i < ARRAY_LEN(bad); i++)
        assert_false(crypto_password_verify(password, str_from(bad[i])));
    // A hash made by the reference implementation with other costs.
    assert_true(crypto_password_verify(STR("password"),
                                       STR("$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$"
                                           "CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc")));
}

TEST(crypto_base64_is_that_of_rfc_4648) {
    static const struct {
        const char *bytes, *padded, *url;
    } cases[] = {
        {"", "", ""},
        {"f", "Zg==", "Zg"},
        {"fo", "Zm8=", "Zm8"},
        {"foo", "Zm9v", "Zm9v"},
        {"foob", "Zm9vYg==", "Zm9vYg"},
        {"fooba", "Zm9vYmE=", "Zm9vYmE"},
        {"foobar", "Zm9vYmFy", "Zm9vYmFy"},
        {"\xfb\xff\xbe", "+/++", "-_--"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        CLEANUP(strbuf_done) struct strbuf sb = strbuf_init(KIB);
        crypto_base64(str_from(cases[i].bytes), &sb);
        assert_str(strbuf_str(&sb), cases[i].padded);
        strbuf_reset(&sb);
        crypto_base64url(str_from(cases[i].bytes), &sb);
        assert_str(strbuf_str(&sb), cases[i].url);
        strbuf_reset(&sb);
        assert_true(crypto_base64_decode(str_from(cases[i].padded), &sb));
        assert_str(strbuf_str(&sb), cases[i].bytes);
        strbuf_reset(&sb);
        assert_true(crypto_base64url_decode(str_from(cases[i].url), &sb));
        assert_str(strbuf_str(&sb), cases[i].bytes);
    }
}

TEST(crypto_text_that_we_could_not_have_written_is_refused) {
    static const struct {
        bool (*decode)(struct str, struct strbuf *);
        const char *text;
    } cases[] = {
        {crypto_base64_decode, "Zg"},      {crypto_base64_decode, "Zg="},
        {crypto_base64_decode, "Zh=="},    {crypto_base64_decode, "Zm9v\n"},
        {crypto_base64_decode, "Z==="},    {crypto_base64_decode, "===="},
        {crypto_base64_decode, "Zm9-"},    {crypto_base64_decode, "Zg==Zg=="},
        {crypto_base64url_decode, "Zg=="}, {crypto_base64url_decode, "Z"},
        {crypto_base64url_decode, "Zm+v"}, {crypto_base64url_decode, "Zm9"},
        {crypto_hex_decode, "0"},          {crypto_hex_decode, "0g"},
        {crypto_hex_decode, "0x"},         {crypto_hex_decode, " 00 "},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        CLEANUP(strbuf_done) struct strbuf sb = strbuf_init(KIB);
        strbuf_adds(&sb, "kept");
        if (cases[i].decode(str_from(cases[i].text), &sb))
            fail_msg("case %zu: %s was accepted", i, cases[i].text);
        assert_str(strbuf_str(&sb), "kept");
    }
}

TEST(crypto_token_is_long_and_new_each_time) {
    CLEANUP(strbuf_done) struct strbuf one = strbuf_init(KIB), two = strbuf_init(KIB);
    crypto_token("hs_key_", &one);
    crypto_token("hs_key_", &two);
    assert_true(str_starts(strbuf_str(&one), STR("hs_key_")));
    assert_int_equal(one.len, 7 + 43);
    assert_false(str_eq(strbuf_str(&one), strbuf_str(&two)));
    for (size_t i = 7; i < one.len; i++)
        assert_true(isalnum((unsigned char)one.ptr[i]));
}

TEST(crypto_equal_tells_equal_from_not) {
    assert_true(crypto_equal(STR("abc"), STR("abc")));
    assert_true(crypto_equal(STR(""), (struct str){0}));
    assert_false(crypto_equal(STR("abc"), STR("abd")));
    assert_false(crypto_equal(STR("abc"), STR("ab")));
}

TEST(crypto_random_fills_all_of_it) {
    uint8_t big[1000] = {0}, small[16];
    crypto_random(big, sizeof big);
    size_t zeros = 0;
    for (size_t i = 0; i < sizeof big; i++)
        zeros += big[i] == 0;
    assert_true(zeros < 50); // about 4
    crypto_random(small, sizeof small);
    assert_memory_not_equal(small, big, sizeof small);
    crypto_wipe(small, sizeof small);
    assert_memory_equal(small, ((uint8_t[16]){0}), sizeof small);
}
