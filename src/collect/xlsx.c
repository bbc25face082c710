// SPDX-License-Identifier: Apache-2.0
// A workbook as one table: the sheet that was asked for, else the visible one with most text.
#include "base/mem.h"
#include "collect/sheet_choice.h"
#include "collect/xlsx_sheet.h"

struct xlsx {
    struct zip *zip;
    struct workbook book;
    struct xlsx_sheet *sheet;
};

static bool open_sheet(struct xlsx *x, size_t i, bool with_merges, struct xlsx_sheet **ret,
                       struct error *err) {
    struct input *in, *again = NULL;
    size_t member = zip_find(x->zip, x->book.sheets.items[i].part);
    if (!zip_input(x->zip, member, zip_part_limits, &in, err))
        return false;
    if (with_merges && !zip_input(x->zip, member, zip_part_limits, &again, err)) {
        input_close(in);
        return false;
    }
    *ret = xlsx_sheet_new(&x->book, in, again);
    return true;
}

// A sheet that cannot be read has none: the error comes when it is the only one.
static size_t look_for_text(struct xlsx *x, size_t i) {
    struct xlsx_sheet *sheet;
    CLEANUP(arena_done) struct arena arena = {0};
    size_t text = 0;
    if (!open_sheet(x, i, false, &sheet, NULL))
        return 0;
    for (int n = 0; n < SHEET_LOOK_ROWS; n++) {
        struct row row = {.end = false};
        if (!xlsx_sheet_next(sheet, &arena, &row, NULL) || row.end)
            break;
        text += sheet_choice_text(&row);
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

// Names of all sheets, for sheet_choice.h.
static const struct str *sheet_names(struct workbook *w) {
    struct str *names = ARENA_ARRAY(&w->arena, struct str, w->sheets.len);
    for (size_t i = 0; i < w->sheets.len; i++)
        names[i] = w->sheets.items[i].name;
    return names;
}

static bool xlsx_next(void *ctx, struct arena *arena, struct row *ret, struct error *err) {
    return xlsx_sheet_next(((struct xlsx *)ctx)->sheet, arena, ret, err);
}

static double xlsx_progress(void *ctx) {
    return xlsx_sheet_progress(((struct xlsx *)ctx)->sheet);
}

static void xlsx_close(void *ctx) {
    struct xlsx *x = ctx;
    xlsx_sheet_free(x->sheet);
    workbook_done(&x->book);
    zip_close(x->zip);
    free(x);
}

static const struct reader_ops xlsx_ops = {xlsx_next, xlsx_progress, xlsx_close};

bool xlsx_open(struct reader *r, struct zip *zip, struct str sheet, struct error *err) {
    struct xlsx *x = NEW(struct xlsx);
    size_t chosen = 0;
    x->zip = zip;
    bool ok = workbook_open(zip, &x->book, err);
    if (ok && sheet.len > 0)
        ok = sheet_find(sheet_names(&x->book), x->book.sheets.len, sheet, &chosen, err);
    else if (ok)
        chosen = choose_sheet(x);
    if (!ok || !open_sheet(x, chosen, true, &x->sheet, err)) {
        xlsx_close(x);
        return false;
    }
    strbuf_addf(&r->kind, "XLSX “%.*s”", STR_ARG(x->book.sheets.items[chosen].name));
    sheet_list(sheet_names(&x->book), x->book.sheets.len, chosen, &r->other_sheets);
    r->ops = &xlsx_ops;
    r->ctx = x;
    return true;
}
