// SPDX-License-Identifier: Apache-2.0
// Delimited text and plain lines as rows. The buffer holds what is decoded and not yet given out:
// one chunk and the record that began before it. A record is copied once, into the arena; its cells
// point into the copy.
#include "base/mem.h"
#include "collect/csv_dialect.h"
#include "collect/decode.h"
#include "collect/reader.h"

#define SAMPLE_BYTES     (128 * KIB)
#define MAX_RECORD_BYTES (16 * MIB)

struct csv {
    struct reader *reader;
    struct input *in;
    struct decoder *decoder;
    struct csv_dialect dialect;
    struct csv_record record;
    struct text_buf buf;
    size_t at; // start of the next record in buf
    bool ended;
    uint64_t number, line; // of the next record
};

// More text behind what is there; what has been given out is dropped.
static bool fill(struct csv *c, struct error *err) {
    if (c->at > 0) {
        memmove(c->buf.ptr, c->buf.ptr + c->at, c->buf.len - c->at);
        c->buf.len -= c->at;
        c->at = 0;
    }
    size_t n = 0;
    if (!decoder_read(c->decoder, &c->buf, &n, err))
        return false;
    c->ended = n == 0;
    const struct decode_counts *counts = decoder_counts(c->decoder);
    c->reader->counts.recoded = counts->recoded;
    c->reader->counts.replaced = counts->replaced;
    c->reader->counts.nuls = counts->nuls;
    return true;
}

static struct str rest_of(const struct csv *c) {
    return str_make(c->buf.ptr + c->at, c->buf.len - c->at);
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
    memcpy(copy, c->buf.ptr + c->at, r->body);
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
    return any || (r->n_cells == 1 && r->items[0].how != CSV_PLAIN);
}

static void note_mending(struct csv *c, struct row *row) {
    struct str body = str_make(c->buf.ptr + c->at, c->record.body);
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
    struct str text = rest_of(c);
    c->line += c->record.line_breaks + (c->record.bytes > c->record.body);
    c->at += MIN(c->record.bytes, text.len);
    c->number++;
}

// Behind a quoted cell's closing quote, or NULL if more text is needed to know; *ret_closed: it was
// one.
static const char *skip_quote(const struct csv *c, const char *q, const char *end,
                              bool *ret_closed) {
    *ret_closed = false;
    if (q + 1 == end)
        return c->ended ? end : NULL;
    if (q[1] == c->dialect.quote)
        return q + 2;
    *ret_closed = q[1] == c->dialect.delimiter || q[1] == '\n' || q[1] == '\r';
    return q + 1;
}

// Passes over what is left of a record that is too long to be held, from inside a cell.
static bool skip_record(struct csv *c, struct error *err) {
    bool quoted = c->record.open_quote;
    c->at += c->record.open_cell;
    const struct csv_dialect *d = &c->dialect;
    char delimiter = d->delimiter ? d->delimiter : '\n';
    if (quoted) {
        const char *q = memchr(c->buf.ptr + c->at, d->quote, c->buf.len - c->at);
        c->at = q ? (size_t)(q - c->buf.ptr) + 1 : c->buf.len;
    }
    for (;;) {
        const char *p = c->buf.ptr + c->at, *end = c->buf.ptr + c->buf.len;
        while (p && p < end) {
            const char *from = p;
            if (quoted) {
                const char *q = memchr(p, d->quote, (size_t)(end - p));
                bool closed = false;
                p = q ? skip_quote(c, q, end, &closed) : end;
                quoted = !closed;
                c->at = (size_t)((p ? p : q) - c->buf.ptr);
                for (const char *nl = from;
                     nl < (p ? p : q) && (nl = memchr(nl, '\n', (size_t)((p ? p : q) - nl))); nl++)
                    c->line++;
                continue;
            }
            p = csv_find(p, end, delimiter);
            c->at = (size_t)(p - c->buf.ptr);
            if (p < end && (*p == '\n' || (*p == '\r' && d->cr_ends))) {
                c->at++;
                c->line++;
                c->number++;
                return true;
            }
            if (p == end)
                break;
            if (p + 1 == end && !c->ended)
                break; // what follows the delimiter decides
            quoted = *p == d->delimiter && p + 1 < end && p[1] == d->quote;
            p += 1 + quoted;
            c->at = (size_t)(p - c->buf.ptr);
        }
        if (c->ended) {
            c->at = c->buf.len;
            c->number++;
            return true;
        }
        if (!fill(c, err))
            return false;
    }
}

// The record at c->at, fetching what is missing. *ret_found is CSV_FOUND_PART at the end of the
// text.
static bool find_record(struct csv *c, enum csv_found *ret_found, struct error *err) {
    for (;;) {
        struct str text = rest_of(c);
        if (text.len == 0 && c->ended) {
            *ret_found = CSV_FOUND_PART;
            return true;
        }
        if (text.len > 0) {
            enum csv_reach reach = c->ended ? CSV_TEXT_ENDS : CSV_MORE_MAY_COME;
            *ret_found = csv_scan(&c->dialect, text, reach, &c->record);
            if (*ret_found == CSV_FOUND_RECORD)
                return true;
            if (text.len > MAX_RECORD_BYTES ||
                text.len - c->record.open_cell > TABLE_MAX_CELL_BYTES + 64 * KIB) {
                *ret_found = csv_scan(&c->dialect, text, CSV_TEXT_FORCED, &c->record);
                return true;
            }
        }
        if (!fill(c, err))
            return false;
    }
}

static bool is_blank(const struct csv *c) {
    const struct csv_record *r = &c->record;
    struct str body = str_make(c->buf.ptr + c->at, r->body);
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
    return input_progress(((struct csv *)ctx)->in);
}

static void csv_free(struct csv *c) {
    decoder_close(c->decoder);
    vec_done(&c->record);
    free(c->buf.ptr);
    free(c);
}

static void csv_close(void *ctx) {
    struct csv *c = ctx;
    input_close(c->in);
    csv_free(c);
}

static const struct reader_ops csv_ops = {csv_next, csv_progress, csv_close};

static void describe(struct csv *c, struct strbuf *kind) {
    const char *encoding = encoding_name(decoder_encoding(c->decoder));
    const char *bom =
        decoder_has_bom(c->decoder) && decoder_encoding(c->decoder) == ENCODING_UTF8 ? " BOM" : "";
    char delimiter = c->dialect.delimiter;
    if (c->reader->is_plain)
        strbuf_addf(kind, "TXT %s%s", encoding, bom);
    else if (delimiter == '\t')
        strbuf_addf(kind, "TSV %s%s", encoding, bom);
    else if (delimiter)
        strbuf_addf(kind, "CSV %s%s %c", encoding, bom, delimiter);
    else
        strbuf_addf(kind, "CSV %s%s", encoding, bom);
}

bool csv_open(struct reader *r, struct input *in, bool named_csv, struct error *err) {
    struct csv *c = NEW(struct csv);
    *c = (struct csv){.reader = r, .in = in, .number = 1, .line = 1};
    bool ok = decoder_open(in, &c->decoder, err);
    while (ok && !c->ended && c->buf.len < SAMPLE_BYTES)
        ok = fill(c, err);
    if (!ok) {
        csv_free(c);
        return false;
    }
    size_t skip = 0;
    struct str sample = str_make(c->buf.ptr ? c->buf.ptr : "", MIN(c->buf.len, SAMPLE_BYTES));
    c->dialect = csv_dialect_detect(sample, c->ended && sample.len == c->buf.len, named_csv, &skip,
                                    &r->is_plain);
    c->at = skip;
    c->line += skip > 0;
    r->ops = &csv_ops;
    r->ctx = c;
    describe(c, &r->kind);
    return true;
}
