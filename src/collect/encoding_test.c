// SPDX-License-Identifier: Apache-2.0
#include "base/strbuf.h"
#include "base/utf8.h"
#include "collect/decode.h"
#include "tests/support/test.h"

TEST(encoding_is_found) {
    static const struct {
        struct str in;
        enum encoding out;
        size_t bom;
    } cases[] = {
        {STR_INIT(""), ENCODING_UTF8, 0},
        {STR_INIT("plain"), ENCODING_UTF8, 0},
        {STR_INIT("很好"), ENCODING_UTF8, 0},
        {STR_INIT("\xEF\xBB\xBFx"), ENCODING_UTF8, 3},
        {STR_INIT("\xFF\xFEx\0"), ENCODING_UTF16LE, 2},
        {STR_INIT("\xFE\xFF\0x"), ENCODING_UTF16BE, 2},
        {STR_INIT("a\0,\0b\0\n\0"), ENCODING_UTF16LE, 0},
        {STR_INIT("\0a\0,\0b\0\n"), ENCODING_UTF16BE, 0},
        {STR_INIT("\x88\x5F}Y,\0\x31\0\r\0\n\0"), ENCODING_UTF16LE, 0}, // 很好,1
        {STR_INIT("\xBA\xDC\xBA\xC3,5\n"), ENCODING_GB18030, 0},        // 很好
        {STR_INIT("caf\xE9, na\xEFve\n"), ENCODING_WINDOWS_1252, 0},
        {STR_INIT("很好的\xFF东西\n"), ENCODING_UTF8, 0}, // broken, yet UTF-8
        {STR_INIT("a,b\nx\0,y\n"), ENCODING_UTF8, 0},     // a stray NUL
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        size_t bom;
        assert_int_equal(encoding_detect(cases[i].in, &bom), cases[i].out);
        assert_int_equal(bom, cases[i].bom);
    }
}

TEST(decode_valid_prefix_agrees_with_utf8) {
    static const char *const parts[] = {
        "a",       "好",       "\xC3\xA9",         "😀",        "\xED\xA0\x80",
        "\xFF",    "\xE5\xA5", "\xF4\x90\x80\x80", "\xC0\x80", "\xE0\x80\x80",
        "abcdefgh"};
    uint64_t seed = 7;
    for (int round = 0; round < 2000; round++) {
        struct strbuf sb = strbuf_init(4096);
        for (int i = 0; i < 20; i++) {
            seed = hash_u64(seed + 1);
            strbuf_adds(&sb, parts[seed % (i < 15 ? 4 : ARRAY_LEN(parts))]);
        }
        assert_int_equal(decode_valid_prefix(strbuf_str(&sb)), utf8_valid_prefix(strbuf_str(&sb)));
        strbuf_done(&sb);
    }
}
