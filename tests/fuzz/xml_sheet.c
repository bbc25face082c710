// SPDX-License-Identifier: Apache-2.0
// The XML spreadsheets of Excel 2003.
#include "tests/fuzz/table.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct reader r;
    reader_init(&r);
    if (xml_sheet_open(&r, input_memory(str_make((const char *)data, size)), STR(""), NULL))
        fuzz_read_all(&r);
    reader_done(&r);
    return 0;
}
