// SPDX-License-Identifier: Apache-2.0
// “XML spreadsheet 2003”, which many back offices write and call .xls: one document with all
// sheets. It is read once from front to back: the sheet asked for, else the first that has a row.
#include "base/mem.h"
#include "base/utf8.h"
#include "collect/serial.h"
#include "collect/window.h"
#include "collect/xml.h"

struct xml_sheet {
    struct xml xml;
    char *wanted; // name or number of a sheet; "" the first with rows
    int64_t wanted_number;
    int64_t sheet;              // 1-based number of the one being read
    bool is_wanted;             // its rows are given
    bool taken;                 // a sheet has given rows: no other does
    struct strbuf name, others; // of the sheet being read; of those before it
    struct strbuf value;        // of the cell being read
    struct row_maker row;
    uint64_t number;              // of the row being read
    uint32_t column, next_column; // 0-based
    enum cell_kind kind;
    bool in_row, in_data, in_comment;
    const struct words *bad; // why the row being read is bad
    uint32_t bad_column;
    // The first row is read when opening, to know which sheet it is.
    struct arena first_arena;
    struct row first;
    bool has_first;
};

static int64_t index_attr(const char **attrs, const char *name) {
    int64_t v = 0;
    return str_to_int64(str_from(xml_attr(attrs, name)), &v) && v > 0 ? MIN(v, (int64_t)UINT32_MAX)
                                                                      : 0;
}

static void start_sheet(struct xml_sheet *s, const char **attrs) {
    struct str name = str_from(xml_attr(attrs, "Name")), wanted = str_from(s->wanted);
    if (s->sheet > 0 && !s->taken) {
        strbuf_adds(&s->others, s->others.len ? "、" : "");
        strbuf_add(&s->others, strbuf_str(&s->name));
    }
    s->sheet++;
    s->number = 0;
    s->is_wanted = !s->taken && (!wanted.len || str_eq_nocase(str_trim(name), str_trim(wanted)) ||
                                 s->sheet == s->wanted_number);
    if (!s->taken) {
        strbuf_reset(&s->name);
        strbuf_add(&s->name, name);
    }
}

static enum cell_kind kind_of(struct str type) {
    static const struct {
        struct str type;
        enum cell_kind kind;
    } kinds[] = {
        {STR_INIT("Number"), CELL_NUMBER},
        {STR_INIT("DateTime"), CELL_DATE},
        {STR_INIT("Boolean"), CELL_BOOL},
        {STR_INIT("Error"), CELL_ERROR},
    };
    for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
        if (str_eq(kinds[i].type, type))
            return kinds[i].kind;
    return CELL_TEXT;
}

static void start_row(struct xml_sheet *s, const char **attrs) {
    int64_t at = index_attr(attrs, "Index");
    s->number = at ? (uint64_t)at : s->number + 1;
    s->next_column = 0;
    s->in_row = true;
    s->in_data = s->in_comment = false;
    s->bad = NULL;
    row_maker_reset(&s->row);
}

static void start_cell(struct xml_sheet *s, const char **attrs) {
    int64_t at = index_attr(attrs, "Index");
    s->column = at ? (uint32_t)(at - 1) : s->next_column;
    s->next_column = (uint32_t)MIN((int64_t)s->column + 1 + index_attr(attrs, "MergeAcross"),
                                   (int64_t)UINT32_MAX - 1);
    s->kind = CELL_TEXT;
    strbuf_reset(&s->value);
}

static void mark_bad(struct xml_sheet *s, const struct words *why) {
    if (!s->bad) {
        s->bad = why;
        s->bad_column = s->column + 1;
    }
}

static void end_cell(struct xml_sheet *s) {
    char buf[SERIAL_BYTES];
    struct str value = strbuf_str(&s->value), text = value;
    enum cell_kind kind = s->kind;
    if (value.len == 0)
        return;
    if (kind == CELL_NUMBER)
        kind = serial_format(str_trim(value), FORMAT_NUMBER, false, buf, &text);
    else if (kind == CELL_DATE)
        kind = serial_format_iso(str_trim(value), buf, &text);
    else if (kind == CELL_BOOL)
        text = str_eq(str_trim(value), STR("1")) ? STR("TRUE") : STR("FALSE");
    // A date without a time of day is written with midnight.
    if (kind == CELL_DATE && str_ends(text, STR(" 00:00:00")))
        text.len -= 9;
    if (s->column >= TABLE_MAX_COLUMNS)
        mark_bad(s, &reason_too_many_columns);
    else if (s->value.overflow)
        mark_bad(s, &reason_cell_too_long);
    else
        row_maker_add(&s->row, s->column, text, kind);
}

static void end_row(struct xml_sheet *s) {
    s->in_row = false;
    if (s->row.cells.len > 0 || s->bad)
        xml_pause(&s->xml);
}

static void on_start(void *ctx, const char *name, const char **attrs) {
    struct xml_sheet *s = ctx;
    const char *local = xml_local(name);
    if (strcmp(local, "Worksheet") == 0)
        start_sheet(s, attrs);
    else if (!s->is_wanted)
        return;
    else if (strcmp(local, "Row") == 0)
        start_row(s, attrs);
    else if (!s->in_row)
        return;
    else if (strcmp(local, "Cell") == 0)
        start_cell(s, attrs);
    else if (strcmp(local, "Comment") == 0)
        s->in_comment = true;
    else if (strcmp(local, "Data") == 0 && !s->in_comment) {
        s->in_data = true;
        s->kind = kind_of(str_from(xml_attr(attrs, "Type")));
    }
}

static void on_end(void *ctx, const char *name) {
    struct xml_sheet *s = ctx;
    const char *local = xml_local(name);
    if (!s->in_row)
        return;
    if (strcmp(local, "Row") == 0)
        end_row(s);
    else if (strcmp(local, "Cell") == 0)
        end_cell(s);
    else if (strcmp(local, "Comment") == 0)
        s->in_comment = false;
    else if (strcmp(local, "Data") == 0)
        s->in_data = false;
}

static void on_text(void *ctx, const char *p, int n) {
    struct xml_sheet *s = ctx;
    if (s->in_data)
        strbuf_add(&s->value, str_make(p, (size_t)n));
}

static bool read_row(struct xml_sheet *s, struct arena *arena, struct row *ret, struct error *err) {
    for (;;) {
        bool paused;
        if (!xml_run(&s->xml, &paused, err))
            return false;
        if (!paused) {
            ret->end = true;
            return true;
        }
        ret->number = ret->line = s->number;
        if (s->bad) {
            ret->bad = true;
            ret->reason = *s->bad;
            ret->column = s->bad_column;
        }
        s->taken = row_maker_finish(&s->row, arena, ret) || s->bad;
        if (s->taken)
            return true;
    }
}

static bool xml_sheet_next(void *ctx, struct arena *arena, struct row *ret, struct error *err) {
    struct xml_sheet *s = ctx;
    if (!s->has_first)
        return read_row(s, arena, ret, err);
    s->has_first = false;
    struct row first = s->first;
    *ret = first;
    row_maker_reset(&s->row);
    for (size_t i = 0; i < first.n; i++)
        row_maker_add(&s->row, i, first.cells[i], first.kinds[i]);
    row_maker_finish(&s->row, arena, ret);
    arena_done(&s->first_arena);
    return true;
}

static double xml_sheet_progress(void *ctx) {
    return input_progress(((struct xml_sheet *)ctx)->xml.in);
}

static void xml_sheet_close(void *ctx) {
    struct xml_sheet *s = ctx;
    xml_done(&s->xml);
    row_maker_done(&s->row);
    strbuf_done(&s->name);
    strbuf_done(&s->others);
    strbuf_done(&s->value);
    arena_done(&s->first_arena);
    free(s->wanted);
    free(s);
}

static const struct reader_ops xml_sheet_ops = {xml_sheet_next, xml_sheet_progress,
                                                xml_sheet_close};

static bool read_first(struct xml_sheet *s, struct error *err) {
    if (!read_row(s, &s->first_arena, &s->first, err))
        return false;
    s->has_first = true;
    if (!s->first.end || !*s->wanted || s->is_wanted)
        return true;
    error_set(err, ERROR_NOT_FOUND, "没有工作表“%.*s”，有：%.200s、%.100s",
              "there is no sheet “%.*s”; there are: %.200s、%.100s",
              STR_ARG(utf8_cut(str_from(s->wanted), 40)), strbuf_cstr(&s->others),
              strbuf_cstr(&s->name));
    return error_field(err, "sheet");
}

bool xml_sheet_open(struct reader *r, struct input *in, struct str sheet, struct error *err) {
    struct input *utf8;
    if (!window_input(in, r, &utf8, NULL, err))
        return false;
    struct xml_sheet *s = NEW(struct xml_sheet);
    s->wanted = str_dup(sheet);
    if (!str_to_int64(sheet, &s->wanted_number))
        s->wanted_number = 0;
    s->name = strbuf_init(1 * KIB);
    s->others = strbuf_init(4 * KIB);
    s->value = strbuf_init(TABLE_MAX_CELL_BYTES);
    row_maker_init(&s->row);
    xml_init(&s->xml, utf8, "UTF-8");
    XML_SetElementHandler(s->xml.parser, on_start, on_end);
    XML_SetCharacterDataHandler(s->xml.parser, on_text);
    if (!read_first(s, err)) {
        xml_sheet_close(s);
        return false;
    }
    strbuf_addf(&r->kind, "XML “%.*s”", STR_ARG(strbuf_str(&s->name)));
    strbuf_add(&r->other_sheets, strbuf_str(&s->others));
    r->ops = &xml_sheet_ops;
    r->ctx = s;
    return true;
}
