// SPDX-License-Identifier: Apache-2.0
// Encodings: whatever goes in, valid UTF-8 without NUL comes out.
#include "collect/decode.h"
#include "tests/fuzz/table.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct input *in = input_memory(str_make((const char *)data, size));
    struct decoder *d;
    struct text_buf buf = {0};
    size_t n = 1;
    if (decoder_open(in, &d, NULL)) {
        while (n > 0)
            fuzz_check(decoder_read(d, &buf, &n, NULL));
        decoder_close(d);
    }
    fuzz_check(utf8_is_valid(str_make(buf.ptr, buf.len)));
    fuzz_check(!buf.len || !memchr(buf.ptr, 0, buf.len));
    free(buf.ptr);
    input_close(in);
    return 0;
}
