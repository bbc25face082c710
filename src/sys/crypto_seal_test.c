// SPDX-License-Identifier: Apache-2.0
#include "base/arena.h"
#include "sys/crypto.h"
#include "tests/support/test.h"

static struct str unhex(struct arena *a, const char *hex) {
    CLEANUP(strbuf_done) struct strbuf sb = strbuf_init(4 * KIB);
    assert_true(crypto_hex_decode(str_from(hex), &sb));
    return arena_str(a, strbuf_str(&sb));
}

// The cases for 256-bit keys of the GCM specification that NIST SP 800-38D took over, written in our form.
TEST(seal_opens_the_published_vectors_of_gcm) {
    static const struct {
        const char *key, *nonce, *bound, *plain, *cipher, *tag;
    } cases[] = {
        {"0000000000000000000000000000000000000000000000000000000000000000",
         "000000000000000000000000", "", "", "", "530f8afbc74536b9a963b4f1c4cb738b"},
        {"0000000000000000000000000000000000000000000000000000000000000000",
         "000000000000000000000000", "", "00000000000000000000000000000000",
         "cea7403d4d606b6e074ec5d3baf39d18", "d0d1c8a799996bf0265b98b5d48ab919"},
        {"feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308",
         "cafebabefacedbaddecaf888", "feedfacedeadbeeffeedfacedeadbeefabaddad2",
         "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e24"
         "49a6b525b16aedf5aa0de657ba637b39",
         "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b10"
         "56828838c5f61e6393ba7a0abcc9f662",
         "76fc6ece0f4e1768cddf8853bb2d551b"},
    };
    CLEANUP(arena_done) struct arena a = {0};
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        CLEANUP(strbuf_done) struct strbuf sealed = strbuf_init(KIB), plain = strbuf_init(KIB);
        struct seal_key key = {.generation = 0x0203};
        memcpy(key.key, unhex(&a, cases[i].key).ptr, sizeof key.key);
        strbuf_add(&sealed, unhex(&a, "010302"));
        strbuf_add(&sealed, unhex(&a, cases[i].nonce));
        strbuf_add(&sealed, unhex(&a, cases[i].cipher));
        strbuf_add(&sealed, unhex(&a, cases[i].tag));
        struct error err;
        assert_true(unseal(&key, unhex(&a, cases[i].bound), strbuf_str(&sealed), &plain, &err));
        struct str want = unhex(&a, cases[i].plain);
        assert_int_equal(plain.len, want.len);
        assert_memory_equal(strbuf_cstr(&plain), want.ptr, want.len);
    }
}

static const struct seal_key key = {.key = {7, 7, 7}, .generation = 300};

TEST(seal_gives_back_what_was_sealed) {
    static const char *const texts[] = {"", "a", "物流太慢了，等了一个星期", "\n"};
    CLEANUP(sealer_done) struct sealer s;
    sealer_init(&s, &key);
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        CLEANUP(strbuf_done)
        struct strbuf one = strbuf_init(KIB), two = strbuf_init(KIB), out = strbuf_init(KIB);
        struct str text = str_from(texts[i]);
        strbuf_adds(&one, "before"); // appends
        seal(&key, STR("feedback:1"), text, &one);
        sealer_seal(&s, STR("feedback:1"), text, &two);
        struct str a = str_slice(strbuf_str(&one), 6, one.len), b = strbuf_str(&two);
        assert_int_equal(a.len, text.len + SEAL_OVERHEAD);
        assert_int_equal(b.len, text.len + SEAL_OVERHEAD);
        assert_int_equal(seal_generation(a), 300);
        assert_false(str_eq(a, b)); // another nonce
        if (text.len > 3)
            assert_false(str_has(a, text));
        struct error err;
        assert_true(sealer_unseal(&s, STR("feedback:1"), a, &out, &err));
        assert_str(strbuf_str(&out), texts[i]);
        strbuf_reset(&out);
        assert_true(unseal(&key, STR("feedback:1"), b, &out, &err));
        assert_str(strbuf_str(&out), texts[i]);
    }
}

TEST(seal_that_was_changed_moved_or_cut_does_not_open) {
    CLEANUP(strbuf_done) struct strbuf sealed = strbuf_init(KIB), out = strbuf_init(KIB);
    seal(&key, STR("feedback:1"), STR("电话 13800000000"), &sealed);
    struct error err;
    for (size_t i = 0; i < sealed.len; i++) {
        for (int bit = 0; bit < 8; bit++) {
            sealed.ptr[i] = (char)(sealed.ptr[i] ^ 1 << bit);
            if (unseal(&key, STR("feedback:1"), strbuf_str(&sealed), &out, &err))
                fail_msg("byte %zu bit %d", i, bit);
            assert_int_equal(err.code, ERROR_CORRUPT);
            sealed.ptr[i] = (char)(sealed.ptr[i] ^ 1 << bit);
        }
        struct str cut = str_slice(strbuf_str(&sealed), 0, i);
        assert_false(unseal(&key, STR("feedback:1"), cut, &out, &err));
    }
    static const char *const elsewhere[] = {"feedback:2", "", "feedback:11", "customer:1"};
    for (size_t i = 0; i < ARRAY_LEN(elsewhere); i++)
        assert_false(unseal(&key, str_from(elsewhere[i]), strbuf_str(&sealed), &out, &err));
    struct seal_key other = key;
    other.key[31] ^= 1;
    assert_false(unseal(&other, STR("feedback:1"), strbuf_str(&sealed), &out, &err));
    other = key;
    other.generation++;
    assert_false(unseal(&other, STR("feedback:1"), strbuf_str(&sealed), &out, &err));
    assert_int_equal(out.len, 0); // nothing of a value that did not prove genuine
    assert_true(unseal(&key, STR("feedback:1"), strbuf_str(&sealed), &out, &err));
}

TEST(seal_past_the_limit_leaves_nothing_plain_behind) {
    CLEANUP(strbuf_done) struct strbuf sb = strbuf_init(24);
    seal(&key, STR("x"), STR("13800000000"), &sb);
    assert_true(sb.overflow);
    for (size_t i = 0; i + 11 <= sb.cap; i++)
        assert_memory_not_equal(sb.ptr + i, "13800000000", 11);
}

TEST(sealer_never_uses_a_nonce_twice) {
    CLEANUP(sealer_done) struct sealer s;
    sealer_init(&s, &key);
    memset(s.nonce, 0xff, sizeof s.nonce);
    s.nonce[0] = 0xfe;
    static const uint8_t want[][2] = {{0xff, 0xff}, {0, 0}, {1, 0}};
    for (size_t i = 0; i < ARRAY_LEN(want); i++) {
        CLEANUP(strbuf_done) struct strbuf sb = strbuf_init(KIB);
        sealer_seal(&s, STR(""), STR(""), &sb);
        assert_int_equal((uint8_t)sb.ptr[3], want[i][0]);
        assert_int_equal((uint8_t)sb.ptr[14], want[i][1]);
    }
}
