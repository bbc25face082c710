// SPDX-License-Identifier: Apache-2.0
// What stands in a sheet: <row r="3"><c r="B3" s="4" t="s"><v>17</v></c></row>. References may be
// missing: then a row follows the one before it, a cell the one to its left. Declared dimensions
// are not looked at.
#include "collect/xlsx_sheet.h"

#include "base/mem.h"
#include "collect/merges.h"
#include "collect/serial.h"
#include "collect/xml.h"

enum cell_type {
    TYPE_NUMBER,
    TYPE_SHARED, // index of a shared string
    TYPE_STRING, // inline, or the result of a formula
    TYPE_BOOL,
    TYPE_ERROR,
    TYPE_DATE, // ISO 8601
};

struct xlsx_sheet {
    struct xml xml;
    const struct workbook *book;
    struct row_maker row;
    struct merges merges;
    struct strbuf value; // of the cell being read
    uint64_t number;     // of the row being read
    size_t column;       // of the cell being read, 0-based
    size_t next_column;
    enum cell_type type;
    enum number_format format;
    unsigned phonetic;
    bool in_row, in_cell, in_value;
    const struct words *bad; // why the row being read is bad
    size_t bad_column;
    bool complete; // a row waits to be given
};

static void start_row(struct xlsx_sheet *s, const char **attrs) {
    uint64_t number = 0;
    const char *r = xml_attr(attrs, "r");
    for (; r && *r >= '0' && *r <= '9' && number < UINT32_MAX; r++)
        number = number * 10 + (uint64_t)(*r - '0');
    s->number = number ? number : s->number + 1;
    s->next_column = 0;
    s->in_row = true;
    s->in_cell = s->in_value = false;
    s->bad = NULL;
    row_maker_reset(&s->row);
}

static enum cell_type type_of(const char *t) {
    if (!t || strcmp(t, "n") == 0)
        return TYPE_NUMBER;
    if (strcmp(t, "s") == 0)
        return TYPE_SHARED;
    if (strcmp(t, "b") == 0)
        return TYPE_BOOL;
    if (strcmp(t, "e") == 0)
        return TYPE_ERROR;
    return strcmp(t, "d") == 0 ? TYPE_DATE : TYPE_STRING;
}

static void start_cell(struct xlsx_sheet *s, const char **attrs) {
    const char *type = NULL, *reference = NULL;
    size_t style = 0;
    for (; *attrs; attrs += 2) {
        const char *name = attrs[0];
        if (name[0] == 'r' && !name[1])
            reference = attrs[1];
        else if (name[0] == 't' && !name[1])
            type = attrs[1];
        else if (name[0] == 's' && !name[1])
            for (const char *p = attrs[1]; *p >= '0' && *p <= '9' && style < UINT32_MAX; p++)
                style = style * 10 + (size_t)(*p - '0');
    }
    uint32_t column, row;
    s->column = reference && cell_reference(reference, &column, &row) ? column : s->next_column;
    s->next_column = s->column + 1;
    s->type = type_of(type);
    s->format = style < s->book->formats.len ? (enum number_format)s->book->formats.items[style]
                                             : FORMAT_NUMBER;
    s->in_cell = true;
    s->phonetic = 0;
    strbuf_reset(&s->value);
}

static void mark_bad(struct xlsx_sheet *s, const struct words *why) {
    if (!s->bad) {
        s->bad = why;
        s->bad_column = s->column + 1;
    }
}

static void add_string(struct xlsx_sheet *s, struct str text, enum cell_kind kind) {
    if (text.len > TABLE_MAX_CELL_BYTES)
        mark_bad(s, &reason_cell_too_long);
    else
        row_maker_add(&s->row, s->column, text, kind);
}

static void end_cell(struct xlsx_sheet *s) {
    static const struct words no_string = {"引用的文字不存在",
                                           "its text is missing from the workbook"};
    struct str value = strbuf_str(&s->value), text = STR("");
    char buf[SERIAL_BYTES];
    s->in_cell = s->in_value = false;
    if (s->column >= TABLE_MAX_COLUMNS) {
        if (value.len > 0)
            mark_bad(s, &reason_too_many_columns);
        return;
    }
    if (value.len == 0 && !s->value.overflow)
        return;
    enum cell_kind kind = CELL_TEXT;
    switch (s->type) {
    case TYPE_NUMBER:
        kind = serial_format(str_trim(value), s->format, s->book->is_1904, buf, &text);
        break;
    case TYPE_SHARED: {
        int64_t i;
        if (!str_to_int64(str_trim(value), &i) || i < 0 ||
            !shared_string(&s->book->strings, (size_t)i, &text))
            mark_bad(s, &no_string);
        break;
    }
    case TYPE_STRING:
        s->value.len = workbook_unescape(s->value.ptr, s->value.len);
        text = strbuf_str(&s->value);
        break;
    case TYPE_BOOL:
        text = str_eq(str_trim(value), STR("1")) || str_eq_nocase(value, STR("true"))
                   ? STR("TRUE")
                   : STR("FALSE");
        kind = CELL_BOOL;
        break;
    case TYPE_ERROR:
        text = value;
        kind = CELL_ERROR;
        break;
    case TYPE_DATE:
        kind = serial_format_iso(value, buf, &text);
        break;
    }
    if (s->value.overflow)
        mark_bad(s, &reason_cell_too_long);
    else
        add_string(s, text, kind);
}

static void on_start(void *ctx, const char *name, const char **attrs) {
    struct xlsx_sheet *s = ctx;
    const char *local = xml_local(name);
    if (local[0] == 'c' && !local[1]) {
        if (s->in_row)
            start_cell(s, attrs);
    } else if ((local[0] == 'v' || local[0] == 't') && !local[1]) {
        s->in_value = s->in_cell && s->phonetic == 0;
    } else if (strcmp(local, "row") == 0) {
        start_row(s, attrs);
    } else if (strcmp(local, "rPh") == 0) {
        s->phonetic++;
    }
}

static void on_end(void *ctx, const char *name) {
    struct xlsx_sheet *s = ctx;
    const char *local = xml_local(name);
    if (local[0] == 'c' && !local[1]) {
        if (s->in_cell)
            end_cell(s);
    } else if ((local[0] == 'v' || local[0] == 't') && !local[1]) {
        s->in_value = false;
    } else if (strcmp(local, "row") == 0) {
        s->in_row = false;
        s->complete = s->row.cells.len > 0 || s->bad;
        if (s->complete)
            xml_pause(&s->xml);
    } else if (strcmp(local, "rPh") == 0) {
        s->phonetic -= s->phonetic > 0;
    }
}

static void on_text(void *ctx, const char *p, int n) {
    struct xlsx_sheet *s = ctx;
    if (s->in_value)
        strbuf_add(&s->value, str_make(p, (size_t)n));
}

struct xlsx_sheet *xlsx_sheet_new(const struct workbook *w, struct input *in,
                                  struct input *merges) {
    struct xlsx_sheet *s = NEW(struct xlsx_sheet);
    s->book = w;
    if (merges)
        merges_find(&s->merges, merges);
    s->value = strbuf_init(TABLE_MAX_CELL_BYTES);
    row_maker_init(&s->row);
    xml_init(&s->xml, in, NULL);
    XML_SetElementHandler(s->xml.parser, on_start, on_end);
    XML_SetCharacterDataHandler(s->xml.parser, on_text);
    return s;
}

void xlsx_sheet_free(struct xlsx_sheet *s) {
    if (!s)
        return;
    xml_done(&s->xml);
    row_maker_done(&s->row);
    merges_done(&s->merges);
    strbuf_done(&s->value);
    free(s);
}

bool xlsx_sheet_next(struct xlsx_sheet *s, struct arena *arena, struct row *ret,
                     struct error *err) {
    for (;;) {
        bool paused;
        s->complete = false;
        if (!xml_run(&s->xml, &paused, err))
            return false;
        if (!paused) {
            ret->end = true;
            return true;
        }
        ret->number = ret->line = s->number;
        merges_apply(&s->merges, s->number, &s->row);
        if (s->bad) {
            ret->bad = true;
            ret->reason = *s->bad;
            ret->column = (uint32_t)MIN(s->bad_column, (size_t)UINT32_MAX);
        }
        if (row_maker_finish(&s->row, arena, ret) || s->bad)
            return true;
    }
}

double xlsx_sheet_progress(const struct xlsx_sheet *s) {
    return input_progress(s->xml.in);
}
