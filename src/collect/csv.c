// SPDX-License-Identifier: Apache-2.0
// Delimited text and plain lines as rows. The buffer holds what is decoded and not yet given out:
// one chunk and the record that began before it. A record is copied once, into the arena; its cells
// point into the copy.
#include "base/mem.h"
#include "collect/csv_dialect.h"
#include "collect/window.h"

#define SAMPLE_BYTES     (128 * KIB)
#define MAX_RECORD_BYTES (16 * MIB)

struct csv {
    struct reader *reader;
    struct window window;
    struct csv_dialect dialect;
    struct csv_record record;
    uint64_t number, line; // of the next record
};

static const char *record_start(const struct csv *c) {
    return window_str(&c->window).ptr;
}

// ="0012", how Excel is told to keep the zeros.
static struct str unwrap_formula(struct str s) {
    bool wrapped = s.len >= 3 && s.ptr[1] == '"' && s.ptr[s.len - 1] == '"' &&
                   str_find_char(str_slice(s, 2, s.len - 1), '"') == STR_NONE;
    return wrapped ? str_slice(s, 2, s.len - 1) : s;
}

static void set_bad(struct row *row, const struct words *reason, size_t column) {
    row->bad = true;
    row->reason = *reason;
    row->column = (uint32_t)MIN(column, (size_t)UINT32_MAX);
}

// The cells of the record; false if all of them are empty.
static bool lay_out(struct csv *c, struct arena *arena, struct row *row) {
    const struct csv_record *r = &c->record;
    char *copy = arena_alloc(arena, r->body + 1);
    memcpy(copy, record_start(c), r->body);
    row->n = r->len;
    row->cells = arena_alloc(arena, r->len * (sizeof *row->cells + 1));
    row->kinds = (uint8_t *)(row->cells + r->len);
    size_t any = 0;
    for (size_t i = 0; i < r->len; i++) {
        const struct csv_cell *cell = &r->items[i];
        struct str s = str_make(copy + cell->from, cell->len);
        if (cell->how == CSV_ESCAPED)
            s.len = csv_unescape(&c->dialect, copy + cell->from, cell->len);
        if (s.len && *s.ptr == '=')
            s = unwrap_formula(s);
        if (s.len > TABLE_MAX_CELL_BYTES) {
            set_bad(row, &reason_cell_too_long, i + 1);
            s = STR("");
        }
        row->cells[i] = s;
        row->kinds[i] = s.len ? CELL_TEXT : CELL_EMPTY;
        any |= s.len | row->bad;
    }
    if (r->n_cells > TABLE_MAX_COLUMNS)
        set_bad(row, &reason_too_many_columns, TABLE_MAX_COLUMNS + 1);
    // A single quoted cell is a record even if it is empty; a line of delimiters is none.
    return any || row->bad || (r->n_cells == 1 && r->items[0].how != CSV_PLAIN);
}

static void note_mending(struct csv *c, struct row *row) {
    struct str body = str_make(record_start(c), c->record.body);
    if (c->record.mended) {
        row->mended = true;
        row->reason = reason_open_quote;
        row->column = c->record.mended_column;
    } else if (c->reader->counts.replaced > 0 && str_has(body, STR("\xEF\xBF\xBD"))) {
        row->mended = true;
        row->reason = reason_broken_text;
        for (size_t i = 0; i < row->n && !row->column; i++)
            if (str_has(row->cells[i], STR("\xEF\xBF\xBD")))
                row->column = (uint32_t)(i + 1);
    }
}

static void step(struct csv *c) {
    c->line += c->record.line_breaks + (c->record.bytes > c->record.body);
    c->window.at += c->record.bytes;
    c->number++;
}

// --- passing over what is left of a record that is too long to be held

struct skip {
    const struct csv_dialect *d;
    bool quoted;    // inside quotes
    bool ended;     // no more text will come
    uint64_t lines; // line ends passed
    bool done;
};

static const char *skip_quoted(struct skip *s, const char *p, const char *end) {
    for (; p < end; p++) {
        s->lines += *p == '\n';
        if (*p != s->d->quote)
            continue;
        if (p + 1 == end)
            return s->ended ? end : p; // what follows decides
        if (p[1] == s->d->quote) {
            p++;
        } else if (p[1] == s->d->delimiter || p[1] == '\n' || p[1] == '\r') {
            s->quoted = false;
            return p + 1;
        }
    }
    return end;
}

static const char *skip_plain(struct skip *s, const char *p, const char *end) {
    char delimiter = s->d->delimiter ? s->d->delimiter : '\n';
    while ((p = csv_find(p, end, delimiter)) < end) {
        if (*p == '\n' || (*p == '\r' && s->d->cr_ends)) {
            s->done = true;
            s->lines++;
            return p + 1;
        }
        if (p + 1 == end)
            return s->ended ? end : p;
        s->quoted = *p == s->d->delimiter && s->d->quote && p[1] == s->d->quote;
        p += 1 + s->quoted;
        if (s->quoted)
            return p;
    }
    return end;
}

static bool skip_record(struct csv *c, struct error *err) {
    struct skip s = {.d = &c->dialect, .quoted = c->record.open_quote};
    struct window *w = &c->window;
    w->at += c->record.open_cell;
    if (s.quoted) { // past the quote that opens the cell
        struct str text = window_str(w);
        w->at += str_find_char(text, c->dialect.quote) + 1;
    }
    for (;;) {
        const char *p = record_start(c), *end = w->buf.ptr + w->buf.len;
        s.ended = w->ended;
        while (!s.done) {
            const char *q = s.quoted ? skip_quoted(&s, p, end) : skip_plain(&s, p, end);
            bool stuck = q == p || q == end;
            p = q;
            if (stuck)
                break;
        }
        w->at = (size_t)(p - w->buf.ptr);
        if (s.done || w->ended) {
            c->line += s.lines;
            c->number++;
            return true;
        }
        if (!window_fill(w, c->reader, err))
            return false;
    }
}

// The next record, fetching what is missing. *ret_found is CSV_FOUND_PART at the end of the
// text.
static bool find_record(struct csv *c, enum csv_found *ret_found, struct error *err) {
    for (;;) {
        struct str text = window_str(&c->window);
        if (text.len == 0 && c->window.ended) {
            *ret_found = CSV_FOUND_PART;
            return true;
        }
        if (text.len > 0) {
            enum csv_reach reach = c->window.ended ? CSV_TEXT_ENDS : CSV_MORE_MAY_COME;
            *ret_found = csv_scan(&c->dialect, text, reach, &c->record);
            if (*ret_found == CSV_FOUND_RECORD)
                return true;
            if (text.len > MAX_RECORD_BYTES ||
                text.len - c->record.open_cell > TABLE_MAX_CELL_BYTES + 64 * KIB) {
                *ret_found = csv_scan(&c->dialect, text, CSV_TEXT_FORCED, &c->record);
                return true;
            }
        }
        if (!window_fill(&c->window, c->reader, err))
            return false;
    }
}

static bool is_blank(const struct csv *c) {
    const struct csv_record *r = &c->record;
    struct str body = str_make(record_start(c), r->body);
    // 0x1A ends texts of very old programs.
    return r->n_cells == 1 && r->items[0].how == CSV_PLAIN &&
           (body.len == 0 || str_eq(body, STR("\x1A")));
}

static bool csv_next(void *ctx, struct arena *arena, struct row *row, struct error *err) {
    struct csv *c = ctx;
    for (;;) {
        enum csv_found found;
        if (!find_record(c, &found, err))
            return false;
        row->number = c->number;
        row->line = c->line;
        if (found == CSV_FOUND_PART) {
            row->end = true;
            return true;
        }
        if (found == CSV_FOUND_TOO_LONG) {
            set_bad(row, &reason_cell_too_long, c->record.n_cells + 1);
            return skip_record(c, err);
        }
        bool some = !is_blank(c) && lay_out(c, arena, row);
        if (some && !row->bad)
            note_mending(c, row);
        step(c);
        if (some)
            return true;
        *row = (struct row){.end = false};
    }
}

static double csv_progress(void *ctx) {
    return input_progress(((struct csv *)ctx)->window.in);
}

static void csv_close(void *ctx) {
    struct csv *c = ctx;
    window_done(&c->window);
    vec_done(&c->record);
    free(c);
}

static const struct reader_ops csv_ops = {csv_next, csv_progress, csv_close};

static void describe(const struct csv *c, struct strbuf *kind) {
    const struct decoder *d = c->window.decoder;
    bool is_tsv = c->dialect.delimiter == '\t';
    strbuf_adds(kind, c->reader->is_plain ? "TXT " : is_tsv ? "TSV " : "CSV ");
    strbuf_adds(kind, encoding_name(decoder_encoding(d)));
    if (decoder_has_bom(d) && decoder_encoding(d) == ENCODING_UTF8)
        strbuf_adds(kind, " BOM");
    if (c->dialect.delimiter && !is_tsv)
        strbuf_addf(kind, " %c", c->dialect.delimiter);
}

bool csv_open(struct reader *r, struct input *in, bool named_csv, struct error *err) {
    struct csv *c = NEW(struct csv);
    *c = (struct csv){.reader = r, .number = 1, .line = 1};
    if (!window_open(&c->window, in, SAMPLE_BYTES, r, err)) {
        free(c);
        return false;
    }
    size_t skip = 0;
    struct str text = window_str(&c->window), sample = str_slice(text, 0, SAMPLE_BYTES);
    bool complete = c->window.ended && sample.len == text.len;
    c->dialect = csv_dialect_detect(sample, complete, named_csv, &skip, &r->is_plain);
    c->window.at = skip;
    c->line += skip > 0;
    r->ops = &csv_ops;
    r->ctx = c;
    describe(c, &r->kind);
    return true;
}
