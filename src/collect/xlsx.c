// SPDX-License-Identifier: Apache-2.0
// A workbook as one table: the sheet that was asked for, else the visible one with most text.
#include "base/mem.h"
#include "base/utf8.h"
#include "collect/xlsx_sheet.h"

#define LOOK_ROWS 200 // of each sheet, to see which has most text

struct xlsx {
    struct zip *zip;
    struct workbook book;
    struct xlsx_sheet *sheet;
};

static bool open_sheet(struct xlsx *x, size_t i, struct xlsx_sheet **ret, struct error *err) {
    struct input *in;
    size_t member = zip_find(x->zip, x->book.sheets.items[i].part);
    if (!zip_input(x->zip, member, zip_part_limits, &in, err))
        return false;
    *ret = xlsx_sheet_new(&x->book, in);
    return true;
}

// Cells that people have written something into: six characters or more, the longer the better.
static size_t count_text(const struct row *row) {
    size_t n = 0;
    for (size_t i = 0; i < row->n; i++) {
        size_t chars = row->kinds[i] == CELL_TEXT ? utf8_count(row->cells[i]) : 0;
        n += chars >= 6 ? 2 + MIN(chars, (size_t)40) / 10 : chars > 0;
    }
    return n;
}

// A sheet that cannot be read has none: the error comes when it is the only one.
static size_t look_for_text(struct xlsx *x, size_t i) {
    struct xlsx_sheet *sheet;
    CLEANUP(arena_done) struct arena arena = {0};
    size_t text = 0;
    if (!open_sheet(x, i, &sheet, NULL))
        return 0;
    for (int n = 0; n < LOOK_ROWS; n++) {
        struct row row = {.end = false};
        if (!xlsx_sheet_next(sheet, &arena, &row, NULL) || row.end)
            break;
        text += row.bad ? 0 : count_text(&row);
        arena_reset(&arena);
    }
    xlsx_sheet_free(sheet);
    return text;
}

static size_t choose_sheet(struct xlsx *x) {
    size_t best = 0, best_text = 0, visible = 0;
    const struct workbook *w = &x->book;
    for (size_t i = w->sheets.len; i-- > 0;)
        if (!w->sheets.items[i].hidden) {
            visible++;
            best = i;
        }
    for (size_t i = 0; i < w->sheets.len && visible > 1; i++) {
        size_t text = w->sheets.items[i].hidden ? 0 : look_for_text(x, i);
        if (text > best_text) {
            best = i;
            best_text = text;
        }
    }
    return best;
}

static void list_names(const struct workbook *w, size_t except, struct strbuf *ret) {
    for (size_t i = 0; i < w->sheets.len; i++) {
        if (i == except)
            continue;
        strbuf_adds(ret, ret->len ? "、" : "");
        strbuf_add(ret, w->sheets.items[i].name);
    }
}

// By name, then by name without regard to case and spaces, then by number.
static bool find_sheet(const struct workbook *w, struct str wanted, size_t *ret,
                       struct error *err) {
    for (size_t i = 0; i < w->sheets.len; i++)
        if (str_eq(w->sheets.items[i].name, wanted)) {
            *ret = i;
            return true;
        }
    for (size_t i = 0; i < w->sheets.len; i++)
        if (str_eq_nocase(str_trim(w->sheets.items[i].name), str_trim(wanted))) {
            *ret = i;
            return true;
        }
    int64_t number;
    if (str_to_int64(wanted, &number) && number >= 1 && (uint64_t)number <= w->sheets.len) {
        *ret = (size_t)number - 1;
        return true;
    }
    struct strbuf names = strbuf_init(300);
    list_names(w, SIZE_MAX, &names);
    error_set(err, ERROR_NOT_FOUND, "没有工作表“%.*s”，有：%s",
              "there is no sheet “%.*s”; there are: %s", STR_ARG(utf8_cut(wanted, 40)),
              strbuf_cstr(&names));
    strbuf_done(&names);
    return error_field(err, "sheet");
}

static bool xlsx_next(void *ctx, struct arena *arena, struct row *ret, struct error *err) {
    return xlsx_sheet_next(((struct xlsx *)ctx)->sheet, arena, ret, err);
}

static double xlsx_progress(void *ctx) {
    return xlsx_sheet_progress(((struct xlsx *)ctx)->sheet);
}

static void xlsx_free(struct xlsx *x) {
    xlsx_sheet_free(x->sheet);
    workbook_done(&x->book);
    free(x);
}

static void xlsx_close(void *ctx) {
    struct xlsx *x = ctx;
    struct zip *zip = x->zip;
    xlsx_free(x);
    zip_close(zip);
}

static const struct reader_ops xlsx_ops = {xlsx_next, xlsx_progress, xlsx_close};

bool xlsx_open(struct reader *r, struct zip *zip, struct str sheet, struct error *err) {
    struct xlsx *x = NEW(struct xlsx);
    size_t chosen = 0;
    x->zip = zip;
    bool ok = workbook_open(zip, &x->book, err);
    if (ok && sheet.len > 0)
        ok = find_sheet(&x->book, sheet, &chosen, err);
    else if (ok)
        chosen = choose_sheet(x);
    if (!ok || !open_sheet(x, chosen, &x->sheet, err)) {
        xlsx_free(x);
        return false;
    }
    strbuf_addf(&r->kind, "XLSX “%.*s”", STR_ARG(x->book.sheets.items[chosen].name));
    list_names(&x->book, chosen, &r->other_sheets);
    r->ops = &xlsx_ops;
    r->ctx = x;
    return true;
}
