// SPDX-License-Identifier: Apache-2.0
// The XML of one sheet of a workbook that has two shared strings and a date style.
#include "collect/xlsx_sheet.h"
#include "collect/serial.h"
#include "tests/fuzz/table.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool sheet_next(void *ctx, struct arena *arena, struct row *ret, struct error *err) {
    return xlsx_sheet_next(ctx, arena, ret, err);
}

static double sheet_progress(void *ctx) {
    return xlsx_sheet_progress(ctx);
}

static void sheet_close(void *ctx) {
    xlsx_sheet_free(ctx);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const struct reader_ops ops = {sheet_next, sheet_progress, sheet_close};
    struct workbook w = {.zip = NULL};
    w.strings.text = strbuf_init(KIB);
    strbuf_adds(&w.strings.text, "评价内容");
    vec_push(&w.strings.ends, 6);
    vec_push(&w.strings.ends, 12);
    vec_push(&w.formats, FORMAT_NUMBER);
    vec_push(&w.formats, FORMAT_DATETIME);
    struct reader r;
    reader_init(&r);
    r.ops = &ops;
    r.ctx = xlsx_sheet_new(&w, input_memory(str_make((const char *)data, size)));
    fuzz_read_all(&r);
    reader_done(&r);
    workbook_done(&w);
    return 0;
}
