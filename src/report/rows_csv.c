// SPDX-License-Identifier: Apache-2.0
#include "base/mem.h"
#include "report/rows.h"
#include "report/rows_cells.h"

#define FLUSH_BYTES (64 * KIB)

struct rows_csv {
    struct output *out;
    enum lang lang;
    const struct zone *zone;
    size_t n_headers;
    struct strbuf line; // written out when large
    struct arena arena; // cells of the row at hand
};

static bool needs_quotes(struct str s) {
    if (s.len && (s.ptr[0] == ' ' || s.ptr[s.len - 1] == ' '))
        return true;
    for (size_t i = 0; i < s.len; i++)
        if (s.ptr[i] == ',' || s.ptr[i] == '"' || s.ptr[i] == '\r' || s.ptr[i] == '\n')
            return true;
    return false;
}

static void add_bytes(struct strbuf *out, struct str s, bool quoted) {
    size_t from = 0;
    for (size_t i = 0; i < s.len; i++) {
        bool is_quote = quoted && s.ptr[i] == '"';
        if (!is_quote && s.ptr[i] != '\0')
            continue;
        // A quote is doubled; a NUL byte would end the file for many readers and is dropped.
        strbuf_add(out, str_slice(s, from, is_quote ? i + 1 : i));
        if (is_quote)
            strbuf_addc(out, '"');
        from = i + 1;
    }
    strbuf_add(out, str_slice(s, from, s.len));
}

static const char *mark_of(struct str s) {
    if (cell_is_long_id(s))
        return "\t";
    // As the marketplaces export them; the TAB is already there.
    if (s.len > 1 && s.ptr[0] == '\t' && cell_is_number(str_slice(s, 1, s.len)))
        return "";
    return cell_is_dangerous(s) ? "'" : "";
}

static void add_cell(struct rows_csv *c, struct str s, bool is_first) {
    struct strbuf *out = &c->line;
    const char *mark = mark_of(s);
    bool quoted = needs_quotes(s);
    if (!is_first)
        strbuf_addc(out, ',');
    if (quoted)
        strbuf_addc(out, '"');
    strbuf_adds(out, mark);
    add_bytes(out, s, quoted);
    if (quoted)
        strbuf_addc(out, '"');
}

static void end_row(struct rows_csv *c, size_t most) {
    strbuf_adds(&c->line, "\r\n");
    arena_reset(&c->arena);
    if (c->line.len < most)
        return;
    output_write(c->out, strbuf_str(&c->line));
    strbuf_reset(&c->line);
}

struct rows_csv *rows_csv_new(struct output *out, enum lang lang, const struct zone *zone,
                              const struct str *headers, size_t n_headers) {
    struct rows_csv *c = NEW(struct rows_csv);
    c->out = out;
    c->lang = lang;
    c->zone = zone;
    c->n_headers = n_headers;
    c->line = strbuf_init(GIB);
    strbuf_adds(&c->line, "\xEF\xBB\xBF");
    for (size_t i = 0; i < n_headers; i++)
        add_cell(c, headers[i], i == 0);
    for (int k = 0; k < N_ROWS_COLUMNS; k++)
        add_cell(c, rows_header_beside((enum rows_column)k, lang, headers, n_headers, &c->arena),
                 n_headers == 0 && k == 0);
    end_row(c, FLUSH_BYTES);
    return c;
}

void rows_csv_add(struct rows_csv *c, const struct detail_row *row) {
    for (size_t i = 0; i < c->n_headers; i++)
        add_cell(c, i < row->n_cells ? row->cells[i] : STR(""), i == 0);
    for (int k = 0; k < N_ROWS_COLUMNS; k++)
        add_cell(c, rows_cell(row, (enum rows_column)k, c->lang, c->zone, &c->arena),
                 c->n_headers == 0 && k == 0);
    end_row(c, FLUSH_BYTES);
}

void rows_csv_free(struct rows_csv *c) {
    if (!c)
        return;
    output_write(c->out, strbuf_str(&c->line));
    strbuf_done(&c->line);
    arena_done(&c->arena);
    free(c);
}
