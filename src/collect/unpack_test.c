// SPDX-License-Identifier: Apache-2.0
// Packed streams through the front door: table_test.c.
#include "base/mem.h"
#include "collect/input.h"
#include "tests/support/tables.h"
#include "tests/support/test.h"

TEST(unpack_stops_bombs) {
    static const struct input_limits small = {
        .max_bytes = 8 * MIB, .bomb_bytes = MIB, .bomb_ratio = 100};
    char *zeros = mem_zero(4 * MIB, 1);
    struct strbuf packed[] = {test_gzip(str_make(zeros, 4 * MIB)),
                              test_zstd(str_make(zeros, 4 * MIB))};
    for (size_t i = 0; i < ARRAY_LEN(packed); i++) {
        struct input *in = input_memory(strbuf_str(&packed[i]));
        in = i == 0 ? input_unpack_gzip(in, small) : input_unpack_zstd(in, small);
        struct error err = {0};
        size_t n, total = 0;
        while (input_read(in, zeros, 65536, &n, &err) && n > 0)
            total += n;
        assert_int_equal(err.code, ERROR_LIMIT);
        assert_in_range(total, MIB, 2 * MIB);
        input_close(in);
        strbuf_done(&packed[i]);
    }
    free(zeros);
}

TEST(unpack_checks_members_of_archives) {
    static const unsigned char hello[] = {0xCB, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00}; // “hello”, raw
    for (size_t len = 0; len <= sizeof hello; len++)
        for (uint32_t crc = 0x3610a686u; crc <= 0x3610a687u; crc++) {
            struct str packed = str_make((const char *)hello, len);
            struct input *in =
                input_unpack_deflate(input_memory(packed), input_default_limits, crc);
            struct error err = {0};
            char buf[16];
            size_t n = 0, total = 0;
            while (input_read(in, buf + total, sizeof buf - total, &n, &err) && n > 0)
                total += n;
            bool whole = len == sizeof hello && crc == 0x3610a686u;
            assert_int_equal(err.code, whole ? ERROR_NONE : ERROR_FORMAT);
            if (whole)
                assert_str(str_make(buf, total), "hello");
            input_close(in);
        }
}
