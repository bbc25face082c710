// SPDX-License-Identifier: Apache-2.0
// Delimited text of any encoding: the first byte says whether it calls itself a table.
#include "tests/fuzz/table.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct reader r;
    if (size == 0)
        return 0;
    reader_init(&r);
    struct input *in = input_memory(str_make((const char *)data + 1, size - 1));
    if (csv_open(&r, in, data[0] % 2 == 0, NULL))
        fuzz_read_all(&r);
    reader_done(&r);
    return 0;
}
