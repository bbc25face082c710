// SPDX-License-Identifier: Apache-2.0
#include "collect/decode.h"

#include "base/mem.h"
#include "base/strbuf.h"
#include "base/utf8.h"
#include "tests/support/test.h"

// Decodes everything; `step` bytes come at a time, as through a slow pipe.
struct drip {
    struct str left;
    size_t step;
};

static bool drip_read(void *ctx, char *buf, size_t cap, size_t *ret_n, UNUSED struct error *err) {
    struct drip *d = ctx;
    *ret_n = MIN(MIN(cap, d->step), d->left.len);
    if (*ret_n)
        memcpy(buf, d->left.ptr, *ret_n);
    d->left = str_slice(d->left, *ret_n, d->left.len);
    return true;
}

static double drip_progress(UNUSED void *ctx) {
    return -1;
}

static void drip_close(UNUSED void *ctx) {
}

static struct text_buf decode_all(struct str bytes, size_t step, struct decode_counts *ret) {
    static const struct input_ops ops = {drip_read, drip_progress, drip_close};
    struct drip drip = {bytes, step};
    struct input *in = input_new(&ops, &drip);
    struct decoder *d;
    struct text_buf buf = {0};
    size_t n;
    assert_true(decoder_open(in, &d, NULL));
    do
        assert_true(decoder_read(d, &buf, &n, NULL));
    while (n > 0);
    *ret = *decoder_counts(d);
    decoder_close(d);
    input_close(in);
    return buf;
}

TEST(decoder_gives_valid_text_of_any_bytes) {
    static const struct {
        struct str in;
        const char *out;
        uint64_t recoded, replaced, nuls;
    } cases[] = {
        {STR_INIT(""), "", 0, 0, 0},
        {STR_INIT("a\nb"), "a\nb", 0, 0, 0},
        {STR_INIT("\xEF\xBB\xBF很好\n"), "很好\n", 0, 0, 0},
        {STR_INIT("\xFF\xFE\x88\x5F\x3D\xD8\x00\xDE"), "很😀", 0, 0, 0},
        {STR_INIT("\xFE\xFF\x5F\x88\xD8\x3D\xDE\x00"), "很😀", 0, 0, 0},
        {STR_INIT("\xFF\xFE\x3D\xD8x\0"), "�x", 0, 1, 0},
        {STR_INIT("\xFF\xFEx\0\x00\xDE"), "x�", 0, 1, 0},
        {STR_INIT("\xFF\xFEx\0\x3D\xD8"), "x�", 0, 1, 0},
        {STR_INIT("\xFF\xFEx\0\0\0y"), "x�", 0, 1, 1},
        {STR_INIT("\xBA\xDC\xBA\xC3,\xB2\xEE\n"), "很好,差\n", 0, 0, 0},
        {STR_INIT("\xBA\xDC\xBA\xC3\x94\x39\xFC\x36\xBA\xC3\n"), "很好😀好\n", 0, 0,
         0}, // four bytes
        {STR_INIT("\xBA\xDC\xFF\xBA\xC3\xBA\xC3\xBA\n"), "很�好好�\n", 0, 2, 0},
        // a UTF-8 line among GB18030
        {STR_INIT("\xB2\xEE\xB2\xEE\xB2\xEE\xB2\xEE\xB2\xEE\xB2\xEE\n\xE5\xBE\x88\xE5\xA5\xBD\n"),
         "差差差差差差\n很好\n", 1, 0, 0},
        {STR_INIT("很好\n\xBA\xDC\xBA\xC3\n不错\n"), "很好\n很好\n不错\n", 1, 0, 0},
        {STR_INIT("caf\xE9 \x93x\x94 \x81\n"), "café “x” �\n", 0, 1, 0},
        {STR_INIT("很\0好\n"), "很好\n", 0, 0, 1},
        {STR_INIT("很好的东西\xF0\x9F\x98\n"), "很好的东西�\n", 0, 1, 0},
        {STR_INIT("很好的东西\xC0\xAF\n"), "很好的东西�\n", 0, 1, 0},
    };
    static const size_t steps[] = {1, 2, 3, 7, 1 << 20};
    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        for (size_t s = 0; s < ARRAY_LEN(steps); s++) {
            struct decode_counts counts;
            struct text_buf buf = decode_all(cases[i].in, steps[s], &counts);
            assert_str(str_make(buf.ptr, buf.len), cases[i].out);
            assert_int_equal(counts.recoded, cases[i].recoded);
            assert_int_equal(counts.replaced, cases[i].replaced);
            assert_int_equal(counts.nuls, cases[i].nuls);
            free(buf.ptr);
        }
}

// A text much longer than a chunk, with and without line ends, comes through whole.
TEST(decoder_keeps_long_texts_whole) {
    static const char *const lines[] = {"很好的东西，\n", "很好的东西"};
    static const char *const gb[] = {"\xBA\xDC\xBA\xC3\xB5\xC4\n", "\xBA\xDC\xBA\xC3\xB5\xC4"};
    for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
        struct strbuf in = strbuf_init(8 * MIB), want = strbuf_init(8 * MIB);
        struct decode_counts counts;
        for (int n = 0; n < 100000; n++)
            strbuf_adds(&in, lines[i]);
        struct text_buf out = decode_all(strbuf_str(&in), 100003, &counts);
        assert_int_equal(out.len, in.len);
        assert_memory_equal(out.ptr, in.ptr, in.len);
        free(out.ptr);
        strbuf_reset(&in);
        for (int n = 0; n < 100000; n++) {
            strbuf_adds(&in, gb[i]);
            strbuf_adds(&want, i ? "很好的" : "很好的\n");
        }
        out = decode_all(strbuf_str(&in), 100003, &counts);
        assert_int_equal(counts.replaced, 0);
        assert_int_equal(out.len, want.len);
        assert_memory_equal(out.ptr, want.ptr, want.len);
        free(out.ptr);
        strbuf_done(&in);
        strbuf_done(&want);
    }
}
