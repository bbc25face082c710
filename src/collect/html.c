// SPDX-License-Identifier: Apache-2.0
// Tables of an HTML page through libxml2's push parser. No tree is built: of the page only the text
// of one table is kept, the one with most cells (or the one asked for by number), and of the others
// none.
//
// A cell over several columns stands in the first of them, the others are empty, as Excel has it. A
// cell over several rows is repeated in each: a shop's name over its ten reviews belongs to all
// ten.
#include <libxml/HTMLparser.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "collect/window.h"

#define CHUNK       (64 * KIB)
#define MAX_NESTED  8
#define MAX_CELLS   (8 * MIB) // of a table: 65,536 rows of 128
#define MAX_ROWSPAN 65534     // HTML's own limit

struct html_cell {
    uint32_t column;
    uint32_t from, len; // in text
};

struct html_row {
    size_t first_cell, n_cells;
    bool bad;
    uint32_t bad_column;
};

struct span {
    uint32_t column, rows_left;
    uint32_t from, len;
};

struct html_table {
    struct strbuf text;
    struct {
        VEC(struct html_cell);
    } cells;
    struct {
        VEC(struct html_row);
    } rows;
    struct {
        VEC(struct span);
    } spans;                     // cells of earlier rows that reach into this one, by column
    size_t next_span, row_spans; // of these, looked at in this row; those it began with
    uint32_t column;             // of the next cell
    size_t number;               // 1-based, in the order of their beginnings
    bool in_row, in_cell, space; // space: white space waits to be written
    uint32_t cell_from, colspan, rowspan;
    struct strbuf exact; // x:num of the cell: what Excel had before it shortened it for display
};

struct html {
    struct reader *reader;
    struct input *in;
    htmlParserCtxtPtr parser;
    struct html_table open[MAX_NESTED];
    size_t depth;  // tables open, those deeper than MAX_NESTED are not kept
    size_t number; // tables seen
    size_t wanted; // 0: the largest
    struct html_table best;
    bool found;
    unsigned skipping; // depth inside <script>, <style>
    bool too_large;
    size_t next_row;
};

static void table_init(struct html_table *t) {
    *t = (struct html_table){.text = strbuf_init(TABLE_WHOLE_LIMIT), .exact = strbuf_init(64)};
}

static void table_done(struct html_table *t) {
    strbuf_done(&t->text);
    strbuf_done(&t->exact);
    vec_done(&t->cells);
    vec_done(&t->rows);
    vec_done(&t->spans);
}

// The innermost table, or NULL.
static struct html_table *current(struct html *h) {
    return h->depth > 0 && h->depth <= MAX_NESTED ? &h->open[h->depth - 1] : NULL;
}

// --- cells

static struct html_row *last_row(struct html_table *t) {
    return &t->rows.items[t->rows.len - 1];
}

static void put_cell(struct html_table *t, uint32_t column, uint32_t from, uint32_t len) {
    struct html_row *row = last_row(t);
    if (t->cells.len >= MAX_CELLS) { // spans of a hostile page multiply
        t->row_spans = t->spans.len = 0;
        return;
    }
    if (column >= TABLE_MAX_COLUMNS || len > TABLE_MAX_CELL_BYTES) {
        row->bad = true;
        row->bad_column = row->bad_column ? row->bad_column : column + 1;
        return;
    }
    vec_push(&t->cells, ((struct html_cell){column, from, len}));
    row->n_cells++;
}

// Puts the cells that reach down from earlier rows where the next cell would stand.
static void put_spans(struct html_table *t, bool all) {
    while (t->next_span < t->row_spans) {
        struct span *s = &t->spans.items[t->next_span];
        if (s->column > t->column && !all)
            break;
        put_cell(t, s->column, s->from, s->len);
        s->rows_left--;
        t->column = MAX(t->column, s->column + 1);
        t->next_span++;
    }
}

static bool looks_shortened(struct str s) {
    return str_has(s, STR("E+")) || str_has(s, STR("#"));
}

static void end_cell(struct html_table *t) {
    if (!t->in_cell)
        return;
    t->in_cell = false;
    struct str s =
        str_make(t->text.ptr ? t->text.ptr + t->cell_from : "", t->text.len - t->cell_from);
    if (t->exact.len > 0 && looks_shortened(s)) {
        strbuf_truncate(&t->text, t->cell_from);
        strbuf_add(&t->text, strbuf_str(&t->exact));
        s = str_make(t->text.ptr + t->cell_from, t->text.len - t->cell_from);
    }
    struct str trimmed = str_trim(s);
    uint32_t from = t->cell_from + (uint32_t)(trimmed.ptr - s.ptr), len = (uint32_t)trimmed.len;
    put_cell(t, t->column, from, len);
    if (t->rowspan > 1 && t->column < TABLE_MAX_COLUMNS)
        vec_push(&t->spans, ((struct span){t->column, t->rowspan - 1, from, len}));
    t->column = MIN(t->column + t->colspan, (uint32_t)TABLE_MAX_COLUMNS);
}

static int by_column(const void *a, const void *b) {
    const struct span *x = a, *y = b;
    return x->column < y->column ? -1 : x->column > y->column;
}

static void end_row(struct html_table *t) {
    end_cell(t);
    if (!t->in_row)
        return;
    put_spans(t, true);
    t->in_row = false;
    bool added = t->spans.len > t->row_spans;
    size_t kept = 0;
    for (size_t i = 0; i < t->spans.len; i++)
        if (t->spans.items[i].rows_left > 0)
            t->spans.items[kept++] = t->spans.items[i];
    t->spans.len = kept;
    if (added && kept > 1)
        qsort(t->spans.items, kept, sizeof *t->spans.items, by_column);
}

static void start_row(struct html_table *t) {
    end_row(t);
    vec_push(&t->rows, ((struct html_row){.first_cell = t->cells.len}));
    t->in_row = true;
    t->column = 0;
    t->next_span = 0;
    t->row_spans = t->spans.len;
}

static uint32_t span_attr(const xmlChar **attrs, const char *name, uint32_t limit) {
    for (; attrs && *attrs; attrs += 2) {
        int64_t v;
        if (strcmp((const char *)attrs[0], name) == 0 &&
            str_to_int64(str_from((const char *)attrs[1]), &v) && v >= 1)
            return (uint32_t)MIN(v, (int64_t)limit);
    }
    return 1;
}

static void start_cell(struct html_table *t, const xmlChar **attrs) {
    end_cell(t);
    if (!t->in_row)
        start_row(t);
    put_spans(t, false);
    t->in_cell = true;
    t->space = false;
    t->cell_from = (uint32_t)t->text.len;
    t->colspan = span_attr(attrs, "colspan", TABLE_MAX_COLUMNS);
    t->rowspan = span_attr(attrs, "rowspan", MAX_ROWSPAN);
    strbuf_reset(&t->exact);
    for (; attrs && *attrs; attrs += 2)
        if (strcmp((const char *)attrs[0], "x:num") == 0 && attrs[1])
            strbuf_adds(&t->exact, (const char *)attrs[1]);
}

static void break_line(struct html_table *t) {
    if (!t->in_cell)
        return;
    t->space = false;
    if (t->text.len > t->cell_from && t->text.ptr[t->text.len - 1] != '\n')
        strbuf_addc(&t->text, '\n');
}

static void add_text(struct html_table *t, struct str s) {
    while (s.len > 0) {
        size_t n = 0;
        while (n < s.len &&
               !(s.ptr[n] == ' ' || s.ptr[n] == '\n' || s.ptr[n] == '\r' || s.ptr[n] == '\t'))
            n++;
        if (n > 0) {
            bool at_start = t->text.len == t->cell_from || t->text.ptr[t->text.len - 1] == '\n';
            if (t->space && !at_start)
                strbuf_addc(&t->text, ' ');
            strbuf_add(&t->text, str_slice(s, 0, n));
            t->space = false;
        }
        t->space |= n < s.len;
        s = str_slice(s, n + 1, s.len);
    }
}

// --- tables

static void end_table(struct html *h) {
    struct html_table *t = current(h);
    h->depth -= h->depth > 0;
    if (!t)
        return;
    end_row(t);
    bool better =
        h->wanted ? t->number == h->wanted : !h->found || t->cells.len > h->best.cells.len;
    h->too_large |= t->text.overflow || t->cells.len >= MAX_CELLS;
    if (better) {
        table_done(&h->best);
        h->best = *t;
        h->found = true;
    } else {
        table_done(t);
    }
}

static void start_table(struct html *h) {
    h->depth++;
    h->number++;
    struct html_table *t = current(h);
    if (t) {
        table_init(t);
        t->number = h->number;
    }
}

static bool is(const xmlChar *name, const char *wanted) {
    return strcmp((const char *)name, wanted) == 0;
}

static void on_start(void *ctx, const xmlChar *name, const xmlChar **attrs) {
    struct html *h = ctx;
    struct html_table *t = current(h);
    if (is(name, "script") || is(name, "style"))
        h->skipping++;
    else if (is(name, "table"))
        start_table(h);
    else if (!t)
        return;
    else if (is(name, "tr"))
        start_row(t);
    else if (is(name, "td") || is(name, "th"))
        start_cell(t, attrs);
    else if (is(name, "br") || is(name, "p") || is(name, "div") || is(name, "li"))
        break_line(t);
}

static void on_end(void *ctx, const xmlChar *name) {
    struct html *h = ctx;
    struct html_table *t = current(h);
    if (is(name, "script") || is(name, "style"))
        h->skipping -= h->skipping > 0;
    else if (is(name, "table"))
        end_table(h);
    else if (!t)
        return;
    else if (is(name, "tr"))
        end_row(t);
    else if (is(name, "td") || is(name, "th"))
        end_cell(t);
    else if (is(name, "p") || is(name, "div") || is(name, "li"))
        break_line(t);
}

static void on_text(void *ctx, const xmlChar *p, int n) {
    struct html *h = ctx;
    struct html_table *t = current(h);
    if (t && t->in_cell && !h->skipping)
        add_text(t, str_make((const char *)p, (size_t)n));
}

// --- reading the page

static bool feed(struct html *h, struct error *err) {
    char *buf = mem_alloc(CHUNK);
    uint64_t total = 0;
    size_t n = 0;
    bool ok;
    while ((ok = input_read(h->in, buf, CHUNK, &n, err)) && n > 0) {
        total += n;
        struct html_table *t = current(h);
        h->too_large |= total > TABLE_WHOLE_LIMIT || (t && t->cells.len >= MAX_CELLS);
        if (h->too_large)
            break;
        htmlParseChunk(h->parser, buf, (int)n, 0);
    }
    free(buf);
    if (ok)
        htmlParseChunk(h->parser, "", 0, 1);
    while (h->depth > 0)
        end_table(h);
    if (ok && h->too_large)
        return error_set(err, ERROR_LIMIT, "网页超过 %zu MB，请另存为 .xlsx 或 .csv",
                         "the page is larger than %zu MB: save it as .xlsx or .csv",
                         TABLE_WHOLE_LIMIT / MIB);
    return ok;
}

static bool parse_page(struct html *h, struct error *err) {
    htmlSAXHandler sax = {
        .startElement = on_start,
        .endElement = on_end,
        .characters = on_text,
        .ignorableWhitespace = on_text,
    };
    h->parser = htmlCreatePushParserCtxt(&sax, h, NULL, 0, NULL, XML_CHAR_ENCODING_UTF8);
    if (!h->parser)
        abort(); // out of memory
    // The bytes are UTF-8 by now, whatever the page says of itself; nothing is fetched.
    htmlCtxtUseOptions(h->parser, HTML_PARSE_RECOVER | HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING |
                                      HTML_PARSE_NONET | HTML_PARSE_IGNORE_ENC);
    bool ok = feed(h, err);
    htmlFreeParserCtxt(h->parser);
    h->parser = NULL;
    return ok;
}

static bool html_next(void *ctx, struct arena *arena, struct row *ret, UNUSED struct error *err) {
    struct html *h = ctx;
    CLEANUP(row_maker_done) struct row_maker m;
    row_maker_init(&m);
    while (h->next_row < h->best.rows.len) {
        const struct html_row *row = &h->best.rows.items[h->next_row++];
        struct str text = strbuf_str(&h->best.text);
        row_maker_reset(&m);
        for (size_t i = 0; i < row->n_cells; i++) {
            const struct html_cell *c = &h->best.cells.items[row->first_cell + i];
            row_maker_add(&m, c->column, str_slice(text, c->from, (size_t)c->from + c->len),
                          CELL_TEXT);
        }
        ret->number = ret->line = h->next_row;
        if (row->bad) {
            ret->bad = true;
            ret->column = row->bad_column;
            ret->reason = row->bad_column > TABLE_MAX_COLUMNS ? reason_too_many_columns
                                                              : reason_cell_too_long;
        }
        if (row_maker_finish(&m, arena, ret) || row->bad)
            return true;
    }
    ret->end = true;
    return true;
}

static double html_progress(void *ctx) {
    const struct html *h = ctx;
    return h->best.rows.len ? (double)h->next_row / (double)h->best.rows.len : 1;
}

static void html_close(void *ctx) {
    struct html *h = ctx;
    table_done(&h->best);
    free(h);
}

static const struct reader_ops html_ops = {html_next, html_progress, html_close};

static bool no_such_table(const struct html *h, struct str sheet, struct error *err) {
    if (!sheet.len || h->number == 0)
        return error_set(err, ERROR_FORMAT, "网页里没有表格，请另存为 .xlsx 或 .csv",
                         "there is no table in the page: save it as .xlsx or .csv");
    error_set(err, ERROR_NOT_FOUND, "没有第 %.*s 个表格，共 %zu 个",
              "there is no table %.*s, there are %zu", STR_ARG(utf8_cut(sheet, 40)), h->number);
    return error_field(err, "sheet");
}

bool html_open(struct reader *r, struct input *in, struct str sheet, struct error *err) {
    enum encoding encoding;
    struct html *h = NEW(struct html);
    int64_t number = 0;
    h->reader = r;
    table_init(&h->best);
    if (sheet.len > 0)
        h->wanted = str_to_int64(sheet, &number) && number > 0 ? (size_t)number : SIZE_MAX;
    bool ok = window_input(in, r, &h->in, &encoding, err);
    if (ok) {
        ok = parse_page(h, err) && (h->found || no_such_table(h, sheet, err));
        input_close(h->in);
    }
    if (!ok) {
        html_close(h);
        return false;
    }
    strbuf_addf(&r->kind, "HTML %s", encoding_name(encoding));
    r->ops = &html_ops;
    r->ctx = h;
    return true;
}
