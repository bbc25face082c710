// SPDX-License-Identifier: Apache-2.0
// JSON records of any layout.
#include "tests/fuzz/table.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct reader r;
    reader_init(&r);
    if (json_rows_open(&r, input_memory(str_make((const char *)data, size)), NULL))
        fuzz_read_all(&r);
    reader_done(&r);
    return 0;
}
