// SPDX-License-Identifier: Apache-2.0
#include "search/manifest.h"

#include <sys/stat.h>

#include "tests/support/test.h"

static const uint8_t key[CRYPTO_KEY_BYTES] = "a key of the test, 32 bytes long";

TEST(manifest_is_read_as_written) {
    char dir[256];
    snprintf(dir, sizeof dir, "%s/manifest", test_tmp_dir());
    assert_int_equal(mkdir(dir, 0700), 0);
    struct error err;
    struct manifest none, read;
    assert_true(manifest_load(dir, key, &none, &err));
    assert_true(none.len == 0 && none.watermark == 0);
    struct manifest_entry items[200];
    for (uint32_t i = 0; i < ARRAY_LEN(items); i++) {
        block_name(items[i].name);
        items[i].n_blocks = i + 1;
    }
    static const int64_t watermarks[] = {-1, 0, 5, INT64_MAX};
    for (size_t k = 0; k < ARRAY_LEN(watermarks); k++) {
        struct manifest m = {watermarks[k], items, k * 60};
        bool switched;
        assert_true(manifest_save(dir, key, &m, &switched, &err));
        assert_true(switched);
        assert_true(manifest_load(dir, key, &read, &err));
        assert_int_equal(read.watermark, watermarks[k]);
        assert_int_equal(read.len, m.len);
        for (size_t i = 0; i < m.len; i++) {
            assert_string_equal(read.items[i].name, items[i].name);
            assert_int_equal(read.items[i].n_blocks, items[i].n_blocks);
        }
        manifest_done(&read);
    }
}

TEST(manifest_refuses_what_is_none) {
    static const struct str cases[] = {
        STR_INIT(""),
        STR_INIT("\x02\x00\x00"),                                       // version 2
        STR_INIT("\x01\x00\x01"),                                       // a segment is missing
        STR_INIT("\x01\x00\x01../../../../../../etc/passwd......\x01"), // no name of ours
        STR_INIT("\x01\x00\x01"
                 "0123456789abcdef0123456789abcdef"), // no length
        STR_INIT("\x01\x00\x01"
                 "0123456789abcdef0123456789abcdef\x00"),
        STR_INIT("\x01\x00\xFF\xFF\xFF\xFF\x01"), // more than there can be
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct manifest m;
        assert_false(manifest_parse(cases[i], &m));
    }
}
