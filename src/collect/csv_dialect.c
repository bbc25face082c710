// SPDX-License-Identifier: Apache-2.0
#include "collect/csv_dialect.h"

#include "base/map.h"

#define MAX_RECORDS 300

static const char delimiters[] = {',', '\t', ';', '|'};

struct trial {
    struct csv_dialect dialect;
    size_t records;        // not blank
    size_t mode;           // most frequent number of cells
    size_t agree;          // records that have it
    size_t quoted, filled; // cells in quotes, not empty
    size_t spaced;         // delimiters that a space follows, outside quotes
    double score;
};

static void count_cells(struct trial *t, struct str text, const struct csv_record *r) {
    for (size_t i = 0; i < r->len; i++) {
        const struct csv_cell *c = &r->items[i];
        struct str cell = str_slice(text, c->from, c->from + c->len);
        t->filled += cell.len > 0;
        t->quoted += c->how != CSV_PLAIN;
        t->spaced += i > 0 && cell.len > 0 && cell.ptr[0] == ' ';
    }
}

static void find_mode(struct trial *t, size_t *counts, size_t n) {
    for (size_t i = 0; i < n; i++) {
        size_t same = 0;
        for (size_t j = 0; j < n; j++)
            same += counts[j] == counts[i];
        if (same > t->agree || (same == t->agree && counts[i] > t->mode)) {
            t->agree = same;
            t->mode = counts[i];
        }
    }
}

// Reads the text with one dialect. Records that a quote leaves open at the end of a part do not
// count.
static void try_dialect(struct trial *t, struct str text, bool complete) {
    size_t counts[MAX_RECORDS];
    struct csv_record r = {0};
    t->records = t->mode = t->agree = t->quoted = t->filled = t->spaced = 0;
    enum csv_reach reach = complete ? CSV_TEXT_ENDS : CSV_MORE_MAY_COME;
    while (text.len > 0 && t->records < MAX_RECORDS &&
           csv_scan(&t->dialect, text, reach, &r) == CSV_FOUND_RECORD) {
        if (r.n_cells > 1 || r.items[0].len > 0) {
            counts[t->records++] = r.n_cells;
            count_cells(t, text, &r);
        }
        text = str_slice(text, r.bytes, text.len);
    }
    vec_done(&r);
    find_mode(t, counts, t->records);
    double share = t->records ? (double)t->agree / (double)t->records : 0;
    t->score = share * share * share * (1 + 0.1 * (double)MIN(t->mode, (size_t)11));
}

static bool is_believable(const struct trial *t, bool named_csv) {
    if (t->mode < 2 || t->agree == 0)
        return false;
    size_t cuts = t->agree * (t->mode - 1);
    if (named_csv)
        return t->agree * 2 >= t->records;
    // A comma, semicolon or bar may be punctuation of reviews: then it is followed by spaces, or
    // not equally often.
    bool punctuation = t->dialect.delimiter != '\t' && t->quoted == 0 && t->spaced * 2 > cuts;
    return !punctuation && t->records >= 2 && t->agree * 10 >= t->records * 8;
}

// “sep=;” in the first line, as Excel understands it.
static size_t sep_line(struct str text, char *ret_delimiter) {
    struct str line = str_slice(text, 0, csv_find(text.ptr, text.ptr + text.len, '\n') - text.ptr);
    struct str s = str_trim(line);
    bool tab = line.len >= 5 && line.ptr[4] == '\t';
    if (s.len >= 2 && s.ptr[0] == '"' && s.ptr[s.len - 1] == '"')
        s = str_slice(s, 1, s.len - 1);
    if (tab ? s.len != 4 : s.len != 5)
        return 0;
    if (!str_eq_nocase(str_slice(s, 0, 4), STR("sep=")))
        return 0;
    *ret_delimiter = tab ? '\t' : s.ptr[4];
    size_t n = line.len;
    n += n < text.len && text.ptr[n] == '\r';
    n += n < text.len && text.ptr[n] == '\n';
    return n;
}

// CR without LF ends records if there is no LF at all.
static bool only_cr(struct str text) {
    return str_find_char(text, '\n') == STR_NONE && str_find_char(text, '\r') != STR_NONE;
}

// Quotes inside quoted cells: doubled, or behind a backslash as MySQL writes them.
static char detect_escape(struct str text) {
    size_t doubled = 0, escaped = 0;
    for (size_t at, i = 0; (at = str_find_char(str_slice(text, i, text.len), '"')) != STR_NONE;) {
        i += at;
        char before = i > 0 ? text.ptr[i - 1] : '\n',
             after = i + 1 < text.len ? text.ptr[i + 1] : '\n';
        bool border = after == '\n' || after == '\r' || after == ',' || after == '\t' ||
                      after == ';' || after == '|';
        escaped += before == '\\' && !border;
        doubled += before != ',' && before != '\n' && before != '\t' && before != ';' &&
                   before != '|' && after == '"';
        i++;
    }
    return escaped > 0 && doubled == 0 ? '\\' : 0;
}

static struct trial try_delimiters(struct csv_dialect base, struct str text, bool complete,
                                   bool named_csv) {
    struct trial best = {.dialect = base};
    best.dialect.delimiter = 0;
    for (size_t i = 0; i < ARRAY_LEN(delimiters); i++) {
        struct trial t = {.dialect = base};
        t.dialect.delimiter = delimiters[i];
        try_dialect(&t, text, complete);
        if (is_believable(&t, named_csv) && t.score > best.score)
            best = t;
    }
    return best;
}

struct csv_dialect csv_dialect_detect(struct str text, bool complete, bool named_csv,
                                      size_t *ret_skip, bool *ret_plain) {
    char delimiter = 0;
    *ret_skip = text.len ? sep_line(text, &delimiter) : 0;
    text = str_slice(text, *ret_skip, text.len);
    struct csv_dialect base = {
        .quote = '"', .cr_ends = only_cr(text), .escape = detect_escape(text)};
    struct trial best;
    if (delimiter) {
        best = (struct trial){.dialect = base};
        best.dialect.delimiter = delimiter;
        try_dialect(&best, text, complete);
    } else {
        best = try_delimiters(base, text, complete, named_csv);
    }
    if (!delimiter && best.quoted == 0) {
        base.quote = '\'';
        struct trial single = try_delimiters(base, text, complete, named_csv);
        base.quote = '"';
        // Apostrophes are letters too: they must stand around half of the cells.
        if (single.quoted >= 2 && single.quoted * 2 >= single.filled && single.score >= best.score)
            best = single;
    }
    *ret_plain = false;
    if (!best.dialect.delimiter) {
        best.dialect = base;
        try_dialect(&best, text, complete);
        // Quoted lines are a table of one column; anything else that does not call itself a table
        // is plain text.
        *ret_plain = !named_csv && best.quoted * 2 < best.filled;
        if (*ret_plain)
            best.dialect = (struct csv_dialect){.cr_ends = base.cr_ends};
        best.mode = 1;
    }
    best.dialect.columns = best.mode;
    return best.dialect;
}
