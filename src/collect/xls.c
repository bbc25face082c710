// SPDX-License-Identifier: Apache-2.0
// Workbooks of Excel 97 … 2003 through libfreexl, which holds a whole workbook in memory
// (TABLE_WHOLE_LIMIT).
#include <freexl.h>
#include <unistd.h>

#include "base/mem.h"
#include "collect/decode.h"
#include "collect/ole.h"
#include "collect/reader.h"
#include "collect/serial.h"
#include "collect/sheet_choice.h"

#define MAX_SHEETS 1024

struct xls {
    int fd;
    const void *handle;
    struct arena arena;
    struct str *names;
    size_t n_sheets;
    unsigned rows, next_row;
    unsigned short columns;
    struct row_maker row;
    struct text_buf text; // of a cell whose bytes are no UTF-8
};

static bool refuse(enum ole_content content, struct error *err) {
    switch (content) {
    case OLE_ENCRYPTED:
        return error_set(err, ERROR_UNSUPPORTED, "工作簿有密码，请打开后另存为不加密的 .xlsx",
                         "the workbook has a password: open it and save it without one");
    case OLE_DOCUMENT:
        return error_set(err, ERROR_FORMAT, "不是表格，是 Word 文档，请另存为 .xlsx 或 .csv",
                         "not a table: it is a Word document; save its table as .xlsx or .csv");
    case OLE_SLIDES:
        return error_set(err, ERROR_FORMAT,
                         "不是表格，是 PowerPoint 演示文稿，请选择导出的表格文件",
                         "not a table: it is a PowerPoint presentation; choose the exported table");
    case OLE_OTHER:
        return error_set(err, ERROR_FORMAT, "不是 Excel 工作簿，请另存为 .xlsx 或 .csv",
                         "not an Excel workbook: save it as .xlsx or .csv");
    case OLE_WORKBOOK:
    case OLE_DAMAGED:
        break;
    }
    return error_set(err, ERROR_FORMAT, "工作簿不完整或已损坏，请重新导出或另存为 .xlsx",
                     "the workbook is incomplete or damaged: export it again or save it as .xlsx");
}

// freexl opens by name only; this is the name of what is open.
static bool open_handle(struct xls *x, struct error *err) {
    char path[64];
    unsigned password = 0;
    snprintf(path, sizeof path, "/proc/self/fd/%d", x->fd);
    if (freexl_open(path, &x->handle) != FREEXL_OK)
        return refuse(OLE_DAMAGED, err);
    if (freexl_get_info(x->handle, FREEXL_BIFF_PASSWORD, &password) == FREEXL_OK &&
        password == FREEXL_BIFF_OBFUSCATED)
        return refuse(OLE_ENCRYPTED, err);
    return true;
}

static bool list_sheets(struct xls *x, struct error *err) {
    unsigned n = 0;
    if (freexl_get_info(x->handle, FREEXL_BIFF_SHEET_COUNT, &n) != FREEXL_OK || n == 0 ||
        n > MAX_SHEETS)
        return refuse(OLE_DAMAGED, err);
    x->names = ARENA_ARRAY(&x->arena, struct str, n);
    x->n_sheets = n;
    for (unsigned i = 0; i < n; i++) {
        const char *name = NULL;
        struct text_buf clean = {0};
        if (freexl_get_worksheet_name(x->handle, (unsigned short)i, &name) != FREEXL_OK || !name)
            name = "";
        decode_name(str_from(name), &clean);
        x->names[i] = arena_str(&x->arena, str_make(clean.ptr, clean.len));
        free(clean.ptr);
    }
    return true;
}

static bool select_sheet(struct xls *x, size_t i, struct error *err) {
    x->next_row = x->rows = x->columns = 0;
    if (freexl_select_active_worksheet(x->handle, (unsigned short)i) != FREEXL_OK ||
        freexl_worksheet_dimensions(x->handle, &x->rows, &x->columns) != FREEXL_OK)
        return refuse(OLE_DAMAGED, err);
    return true;
}

static struct str clean_text(struct xls *x, const char *p) {
    struct str s = str_from(p);
    if (decode_valid_prefix(s) == s.len)
        return s;
    x->text.len = 0;
    decode_name(s, &x->text);
    return str_make(x->text.ptr, x->text.len);
}

static void add_cell(struct xls *x, unsigned short column, struct row *row) {
    FreeXL_CellValue v;
    char buf[SERIAL_BYTES];
    struct str s = STR("");
    enum cell_kind kind = CELL_NUMBER;
    if (freexl_get_cell_value(x->handle, x->next_row, column, &v) != FREEXL_OK)
        return;
    switch (v.type) {
    case FREEXL_CELL_INT:
        s = str_make(buf, (size_t)snprintf(buf, sizeof buf, "%d", v.value.int_value));
        break;
    case FREEXL_CELL_DOUBLE:
        serial_format_double(v.value.double_value, FORMAT_NUMBER, false, buf, &s);
        break;
    case FREEXL_CELL_TEXT:
    case FREEXL_CELL_SST_TEXT:
        s = clean_text(x, v.value.text_value);
        kind = CELL_TEXT;
        break;
    case FREEXL_CELL_DATE:
    case FREEXL_CELL_DATETIME:
    case FREEXL_CELL_TIME:
        s = str_from(v.value.text_value);
        kind = CELL_DATE;
        break;
    default:
        return;
    }
    if (s.len > TABLE_MAX_CELL_BYTES) {
        row->bad = true;
        row->reason = reason_cell_too_long;
        row->column = column + 1u;
    } else if (s.len > 0) {
        row_maker_add(&x->row, column, s, kind);
    }
}

static bool xls_next(void *ctx, struct arena *arena, struct row *ret, UNUSED struct error *err) {
    struct xls *x = ctx;
    while (x->next_row < x->rows) {
        row_maker_reset(&x->row);
        for (unsigned short c = 0; c < x->columns; c++)
            add_cell(x, c, ret);
        ret->number = ret->line = ++x->next_row;
        if (row_maker_finish(&x->row, arena, ret) || ret->bad)
            return true;
    }
    ret->end = true;
    return true;
}

static bool choose_sheet(struct xls *x, size_t *ret, struct error *err) {
    size_t best_text = 0;
    *ret = 0;
    for (size_t i = 0; i < x->n_sheets && x->n_sheets > 1; i++) {
        CLEANUP(arena_done) struct arena arena = {0};
        size_t text = 0;
        if (!select_sheet(x, i, err))
            return false;
        x->rows = MIN(x->rows, (unsigned)SHEET_LOOK_ROWS);
        for (;;) {
            struct row row = {.end = false};
            if (!xls_next(x, &arena, &row, err) || row.end)
                break;
            text += sheet_choice_text(&row);
        }
        if (text > best_text) {
            *ret = i;
            best_text = text;
        }
    }
    return true;
}

static double xls_progress(void *ctx) {
    struct xls *x = ctx;
    return x->rows ? (double)x->next_row / (double)x->rows : 1;
}

static void xls_close(void *ctx) {
    struct xls *x = ctx;
    if (x->handle)
        freexl_close(x->handle);
    close(x->fd);
    row_maker_done(&x->row);
    arena_done(&x->arena);
    free(x->text.ptr);
    free(x);
}

static const struct reader_ops xls_ops = {xls_next, xls_progress, xls_close};

bool xls_open(struct reader *r, int fd, struct str sheet, struct error *err) {
    enum ole_content content = ole_content(fd);
    if (content != OLE_WORKBOOK) {
        close(fd);
        return refuse(content, err);
    }
    struct xls *x = NEW(struct xls);
    size_t chosen = 0;
    x->fd = fd;
    row_maker_init(&x->row);
    bool ok = open_handle(x, err) && list_sheets(x, err);
    if (ok)
        ok = sheet.len ? sheet_find(x->names, x->n_sheets, sheet, &chosen, err)
                       : choose_sheet(x, &chosen, err);
    if (!ok || !select_sheet(x, chosen, err)) {
        xls_close(x);
        return false;
    }
    strbuf_addf(&r->kind, "XLS “%.*s”", STR_ARG(x->names[chosen]));
    sheet_list(x->names, x->n_sheets, chosen, &r->other_sheets);
    r->ops = &xls_ops;
    r->ctx = x;
    return true;
}
