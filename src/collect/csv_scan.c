// SPDX-License-Identifier: Apache-2.0
#include "collect/csv_scan.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "collect/table.h"

#define MAX_LITERALS  8
#define PROBE_RECORDS 20

// Opening quotes of one record that are read as characters, as offsets from its start.
struct literals {
    size_t at[MAX_LITERALS];
    size_t n;
    bool all; // too many: none of its quotes is one
};

struct scan {
    const struct csv_dialect *d;
    const char *start, *end;
    enum csv_reach reach;
    const struct literals *literals;
    bool lenient; // no more doubts about quotes
    struct csv_record *r;
};

enum outcome {
    DONE,
    PART,
    DOUBT, // the quote at r->open_cell … is probably never closed
};

const char *csv_find(const char *p, const char *end, char delimiter) {
#ifdef __SSE2__
    const __m128i d = _mm_set1_epi8(delimiter), lf = _mm_set1_epi8('\n'), cr = _mm_set1_epi8('\r');
    for (; end - p >= 16; p += 16) {
        __m128i v = _mm_loadu_si128((const __m128i *)(const void *)p);
        __m128i hit = _mm_or_si128(_mm_cmpeq_epi8(v, d),
                                   _mm_or_si128(_mm_cmpeq_epi8(v, lf), _mm_cmpeq_epi8(v, cr)));
        unsigned mask = (unsigned)_mm_movemask_epi8(hit);
        if (mask)
            return p + __builtin_ctz(mask);
    }
#endif
    while (p < end && *p != delimiter && *p != '\n' && *p != '\r')
        p++;
    return p;
}

static bool is_literal(const struct scan *s, const char *quote) {
    if (s->literals->all)
        return true;
    for (size_t i = 0; i < s->literals->n; i++)
        if (s->literals->at[i] == (size_t)(quote - s->start))
            return true;
    return false;
}

static void add_cell(struct scan *s, const char *from, const char *to, enum csv_how how) {
    struct csv_record *r = s->r;
    r->n_cells++;
    if (r->len < TABLE_MAX_COLUMNS)
        vec_push(r, ((struct csv_cell){(uint32_t)(from - s->start), (uint32_t)(to - from), how}));
}

// The opening quote of the cell at p, or NULL: "…", ="…", spaces and "…".
static const char *opening_quote(const struct scan *s, const char *p) {
    if (!s->d->quote || p == s->end)
        return NULL;
    const char *q = p;
    while (q < s->end && *q == ' ')
        q++;
    if (q == p && *q == '=' && s->end - q > 1)
        q++;
    return q < s->end && *q == s->d->quote && !is_literal(s, q) ? q : NULL;
}

static bool ends_cell(const struct scan *s, const char *p) {
    return p == s->end || *p == s->d->delimiter || *p == '\n' || *p == '\r';
}

// Behind a closing quote and the spaces that may follow it: the border of the cell, or NULL if
// there is none.
static const char *border_after(const struct scan *s, const char *p) {
    while (p < s->end && (*p == ' ' || *p == '\t') && *p != s->d->delimiter)
        p++;
    return ends_cell(s, p) ? p : NULL;
}

static bool looks_like_opening(const struct scan *s, const char *quote) {
    return quote[-1] == s->d->delimiter || quote[-1] == '\n' || quote[-1] == '\r';
}

static uint32_t count_breaks(const char *p, const char *end) {
    uint32_t n = 0;
    for (; (p = csv_find(p, end, '\n')) < end; p++)
        n += !(*p == '\r' && p + 1 < end && (p[1] == '\n' || p[1] == '\r'));
    return n;
}

// The quoted cell whose opening quote is at `open`; *ret_p becomes the border behind it.
static enum outcome scan_quoted(struct scan *s, const char *open, const char **ret_p) {
    const struct csv_dialect *d = s->d;
    enum csv_how how = CSV_QUOTED;
    const char *p = open + 1, *border;
    for (;; p++) {
        const char *q = memchr(p, d->quote, (size_t)(s->end - p));
        const char *e = d->escape ? memchr(p, d->escape, (size_t)((q ? q : s->end) - p)) : NULL;
        if (e && e + 1 < s->end) {
            how = CSV_ESCAPED;
            p = e + 1;
            continue;
        }
        if (!q || (q + 1 == s->end && s->reach != CSV_TEXT_ENDS)) {
            // Unfinished: more may come, else it is open for good.
            if (s->reach == CSV_MORE_MAY_COME || s->lenient)
                break;
            return DOUBT;
        }
        if (q + 1 < s->end && q[1] == d->quote) {
            how = CSV_ESCAPED;
            p = q + 1;
            continue;
        }
        border = border_after(s, q + 1);
        if (border == s->end && s->reach != CSV_TEXT_ENDS)
            break;
        if (border) {
            s->r->line_breaks += count_breaks(open, q);
            add_cell(s, open + 1, q, how);
            *ret_p = border;
            return DONE;
        }
        if (!s->lenient && looks_like_opening(s, q) && count_breaks(open, q) > 0)
            return DOUBT;
        p = q;
    }
    if (s->reach != CSV_TEXT_ENDS)
        return PART;
    s->r->line_breaks += count_breaks(open, s->end);
    add_cell(s, open + 1, s->end, how);
    s->r->mended = true;
    s->r->mended_column = (uint32_t)MIN(s->r->n_cells, (size_t)TABLE_MAX_COLUMNS);
    *ret_p = s->end;
    return DONE;
}

// An unquoted cell from `from`; *ret_p becomes the border behind it.
static enum outcome scan_plain(struct scan *s, const char *from, const char **ret_p) {
    const struct csv_dialect *d = s->d;
    char delimiter = d->delimiter ? d->delimiter : '\n';
    const char *p = from;
    for (;; p++) {
        p = csv_find(p, s->end, delimiter);
        if (p == s->end && s->reach != CSV_TEXT_ENDS)
            return PART;
        if (p == s->end || *p != '\r' || d->cr_ends)
            break;
        // A lone CR: the end of a record that is complete, else a character.
        const char *q = p;
        while (q < s->end && *q == '\r')
            q++;
        if (q == s->end && s->reach != CSV_TEXT_ENDS)
            return PART;
        if (q == s->end || *q == '\n' || d->columns == 0 || s->r->n_cells + 1 == d->columns)
            break;
    }
    add_cell(s, from, p, CSV_PLAIN);
    *ret_p = p;
    return DONE;
}

// The line end at p belongs to the record.
static enum outcome finish(struct scan *s, const char *p) {
    s->r->body = (size_t)(p - s->start);
    const char *q = p;
    while (q < s->end && *q == '\r')
        q++;
    if (q == s->end && q > p && s->reach == CSV_MORE_MAY_COME)
        return PART; // an LF may follow
    if (q < s->end && *q == '\n')
        p = q + 1;
    else if (q > p)
        p++;
    s->r->bytes = (size_t)(p - s->start);
    return DONE;
}

static enum outcome scan_once(struct scan *s) {
    struct csv_record *r = s->r;
    r->len = r->n_cells = 0;
    r->line_breaks = 0;
    r->mended = s->literals->n > 0;
    const char *p = s->start;
    for (;;) {
        r->open_cell = (size_t)(p - s->start);
        const char *open = opening_quote(s, p);
        r->open_quote = open != NULL;
        enum outcome o = open ? scan_quoted(s, open, &p) : scan_plain(s, p, &p);
        if (o == DOUBT)
            r->open_cell = (size_t)(open - s->start);
        if (o != DONE)
            return o;
        if (p == s->end || *p != s->d->delimiter || !s->d->delimiter)
            return finish(s, p);
        p++;
        if (p == s->end && s->reach != CSV_TEXT_ENDS)
            return PART;
    }
}

// Reading a quote as a character is right if the record then has as many cells as the others, and so have at
// least half of the records behind it: else the quote opens a text of several lines that is cut or too long.
static bool is_believable(const struct scan *s) {
    const struct csv_dialect *d = s->d;
    if (d->columns == 0)
        return true;
    if (s->r->n_cells != d->columns)
        return false;
    struct csv_record probe = {0};
    struct literals none = {.n = 0};
    struct scan next = {d, s->start + s->r->bytes, s->end, s->reach, &none, true, &probe};
    int records = 0, agree = 0;
    for (int i = 0; i < PROBE_RECORDS && next.start < next.end && scan_once(&next) == DONE; i++) {
        bool blank = probe.n_cells == 1 && probe.body == 0;
        records += !blank;
        agree += !blank && probe.n_cells == d->columns;
        next.start += probe.bytes;
    }
    vec_done(&probe);
    return agree * 2 >= records;
}

enum csv_found csv_scan(const struct csv_dialect *d, struct str text, enum csv_reach reach,
                        struct csv_record *r) {
    struct literals literals = {.n = 0};
    struct scan s = {d, text.ptr, text.ptr + text.len, reach, &literals, false, r};
    enum outcome o;
    while ((o = scan_once(&s)) == DOUBT) {
        size_t quote = r->open_cell;
        uint32_t column = (uint32_t)(r->n_cells + 1);
        if (literals.n == MAX_LITERALS) {
            literals.all = true;
            continue;
        }
        literals.at[literals.n++] = quote;
        o = scan_once(&s);
        if (literals.n == 1)
            r->mended_column = column;
        if (o == DOUBT)
            continue;
        if (o == DONE && is_believable(&s))
            break;
        literals.n = 0;
        s.lenient = true;
    }
    if (o == DONE)
        return CSV_FOUND_RECORD;
    return reach == CSV_TEXT_FORCED ? CSV_FOUND_TOO_LONG : CSV_FOUND_PART;
}

size_t csv_unescape(const struct csv_dialect *d, char *p, size_t n) {
    char *to = p, *end = p + n;
    for (char *from = p; from < end; from++) {
        bool pair =
            from + 1 < end &&
            ((*from == d->quote && from[1] == d->quote) ||
             (d->escape && *from == d->escape && (from[1] == d->quote || from[1] == d->escape)));
        from += pair;
        *to++ = *from;
    }
    return (size_t)(to - p);
}
