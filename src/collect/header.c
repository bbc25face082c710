// SPDX-License-Identifier: Apache-2.0
// A row is a header if nothing in it is a value (number, time, link) and its cells are short and different. Among
// such rows near the top the one with the most known names wins; without any known name the first row must
// contrast with the ones below it.
#include "collect/header.h"

#include "base/utf8.h"
#include "collect/cell.h"
#include "collect/timestamp.h"

#define LOOK_ROWS 15 // header rows are near the top

struct row_look {
    size_t filled, named, valueish, repeated;
    size_t max_chars;
};

static struct str cell_at(const struct row *r, size_t i) {
    return i < r->n ? cell_trim(r->cells[i]) : (struct str){"", 0};
}

static bool is_value(const struct row *r, size_t i) {
    struct number_cell number;
    struct timestamp t;
    struct time_format f = {0};
    struct str s = cell_at(r, i);
    if (r->kinds &&
        (r->kinds[i] == CELL_DATE || r->kinds[i] == CELL_NUMBER || r->kinds[i] == CELL_BOOL))
        return true;
    return number_cell_parse(s, &number) || timestamp_parse(&f, s, &t) || cell_is_link(s) ||
           cell_is_personal(s);
}

static struct row_look look_at(const struct names *names, const struct row *r) {
    struct row_look l = {0};
    CLEANUP(dict_done) struct dict seen = {0};
    struct name_match best[NAMES_MAX_MATCHES];
    for (size_t i = 0; i < r->n; i++) {
        struct str s = cell_at(r, i);
        if (s.len == 0)
            continue;
        l.filled++;
        l.max_chars = MAX(l.max_chars, utf8_count(s));
        uint32_t before = seen.count;
        l.repeated += dict_add(&seen, s) != before;
        if (s.len <= 200 && names_match(names, s, best) > 0 && (best[0].score > 100 || s.len <= 60))
            l.named += best[0].score > 100 ? 2 : 1;
        else
            l.valueish += is_value(r, i);
    }
    return l;
}

static size_t usual_width(const struct row *rows, size_t n) {
    size_t widths[2 * LOOK_ROWS], count = 0;
    for (size_t i = 0; i < n && count < ARRAY_LEN(widths); i++) {
        size_t filled = 0;
        for (size_t k = 0; k < rows[i].n; k++)
            filled += cell_at(&rows[i], k).len > 0;
        if (filled)
            widths[count++] = filled;
    }
    size_t best = 0; // the largest that two rows reach
    for (size_t i = 0; i < count; i++) {
        size_t reach = 0;
        for (size_t k = 0; k < count; k++)
            reach += widths[k] >= widths[i];
        if (widths[i] > best && (reach >= 2 || count == 1))
            best = widths[i];
    }
    return best;
}

static bool may_be_header(const struct row_look *l, size_t width) {
    return l->filled > 0 && l->valueish == 0 && l->max_chars <= 120 && l->filled * 2 >= width &&
           l->repeated * 2 <= l->filled;
}

// Does the first row differ from what stands below it?
static bool contrasts(const struct row *rows, size_t n) {
    const struct row *first = &rows[0];
    size_t below = MIN(n, (size_t)100);
    if (below < 3)
        return false;
    for (size_t i = 0; i < first->n; i++) {
        size_t filled = 0, values = 0, same = 0, chars = 0;
        struct str name = cell_at(first, i);
        if (name.len == 0)
            continue;
        for (size_t k = 1; k < below; k++) {
            struct str s = cell_at(&rows[k], i);
            if (s.len == 0)
                continue;
            filled++;
            values += is_value(&rows[k], i);
            same += str_eq(s, name);
            chars += utf8_count(s);
        }
        if (same > 0 || filled * 2 < below)
            continue;
        size_t own = utf8_count(name);
        if (values * 10 >= filled * 8 || (own <= 12 && chars > filled * own * 2 && first->n > 1))
            return true;
    }
    return false;
}

// Upper row with groups, lower row with names under them: every column is named by one of the two at least, and the
// lower one is empty where the upper is no group.
static bool is_two_line(const struct names *names, const struct row *upper, const struct row *lower,
                        size_t width) {
    struct row_look l = look_at(names, lower);
    if (l.filled == 0 || l.valueish > 0 || l.max_chars > 40)
        return false;
    size_t n = MAX(upper->n, lower->n), gaps = 0, covered = 0, groups = 0;
    for (size_t i = 0; i < n; i++) {
        struct str a = cell_at(upper, i), b = cell_at(lower, i);
        bool gap = i > 0 && (a.len == 0 || str_eq(a, cell_at(upper, i - 1)));
        bool next_gap = i + 1 < n &&
                        (cell_at(upper, i + 1).len == 0 || str_eq(cell_at(upper, i + 1), a)) &&
                        cell_at(lower, i + 1).len > 0;
        covered += a.len > 0 || b.len > 0;
        groups += a.len > 0 && !gap;
        if (gap && b.len == 0 && a.len == 0)
            continue;
        if (gap && b.len == 0)
            return false;
        if (!gap && b.len > 0 && !next_gap && !str_eq(a, b))
            return false;
        gaps += gap;
    }
    return gaps > 0 && groups >= 2 && covered * 2 >= width; // one group alone is a title
}

static bool is_import_row(const struct row *r) {
    for (size_t i = 0; i < r->n; i++)
        if (str_has(r->cells[i], STR("ImportId")))
            return true;
    return false;
}

static bool is_question_code(struct str s) { // Q1, Q12_3, QID7_TEXT
    if (s.len < 2 || (s.ptr[0] != 'Q' && s.ptr[0] != 'q'))
        return false;
    size_t i = str_starts(s, STR("QID")) ? 3 : 1;
    return i < s.len && s.ptr[i] >= '0' && s.ptr[i] <= '9';
}

static void write_names(struct header *h, const struct row *upper, const struct row *lower,
                        bool qualtrics, struct arena *arena) {
    struct str group = {"", 0};
    for (size_t i = 0; i < h->n; i++) {
        struct str a = upper ? cell_at(upper, i) : (struct str){"", 0}, b = cell_at(lower, i);
        if (qualtrics) { // codes above, question texts below
            h->written[i] = is_question_code(a) && b.len ? b : a.len ? a : b;
            continue;
        }
        if (a.len)
            group = a;
        if (!upper || a.len + group.len == 0)
            h->written[i] = b;
        else if (b.len == 0 || str_eq(a, b))
            h->written[i] = a;
        else
            h->written[i] = arena_printf(arena, "%.*s/%.*s", STR_ARG(group), STR_ARG(b));
    }
}

// Unique and never empty; line breaks would spoil every table they are shown in.
static void show_names(struct header *h, struct arena *arena) {
    CLEANUP(dict_done) struct dict seen = {0};
    for (size_t i = 0; i < h->n; i++) {
        struct str s = utf8_cut(h->written[i], 80);
        struct str copy = arena_str(arena, s);
        for (size_t k = 0; k < copy.len; k++)
            if ((unsigned char)copy.ptr[k] < ' ')
                ((char *)copy.ptr)[k] = ' ';
        if (copy.len == 0)
            copy = arena_printf(arena, "列%zu", i + 1);
        struct str name = copy;
        for (size_t again = 2; dict_find(&seen, name) != DICT_NONE; again++)
            name = arena_printf(arena, "%.*s (%zu)", STR_ARG(copy), again);
        dict_add(&seen, name);
        h->names[i] = name;
    }
}

static struct header no_header(size_t width, struct arena *arena) {
    struct header h = {.n = width};
    h.names = ARENA_ARRAY(arena, struct str, width);
    h.written = ARENA_ARRAY(arena, struct str, width);
    show_names(&h, arena);
    return h;
}

static size_t widest(const struct row *rows, size_t n) {
    size_t width = 0;
    for (size_t i = 0; i < n; i++)
        width = MAX(width, rows[i].n);
    return width;
}

// Index of the best header row, or n.
static size_t best_row(const struct names *names, const struct row *rows, size_t n) {
    size_t width = usual_width(rows, n), best = n, best_named = 0;
    for (size_t i = 0; i < MIN(n, (size_t)LOOK_ROWS); i++) {
        if (rows[i].bad || rows[i].n > 4096)
            continue;
        struct row_look l = look_at(names, &rows[i]);
        // A name alone among many cells is chance: a review may read “一般”, a product “商品”.
        if (may_be_header(&l, width) && l.named > best_named && l.named * 5 >= l.filled) {
            best = i;
            best_named = l.named;
        }
    }
    if (best == n && n > 0 && !rows[0].bad) {
        struct row_look l = look_at(names, &rows[0]);
        if (may_be_header(&l, width) && contrasts(rows, n))
            return 0;
    }
    return best;
}

struct header header_find(const struct exports *e, const struct row *rows, size_t n, bool keyed,
                          bool plain, struct arena *arena) {
    const struct names *names = exports_names(e);
    size_t width = widest(rows, n);
    if (n == 0 || plain)
        return no_header(plain ? 1 : width, arena);
    size_t import_row = 2; // Qualtrics: codes, question texts, ImportId
    while (import_row < MIN(n, (size_t)6) && !is_import_row(&rows[import_row]))
        import_row++;
    bool qualtrics = !keyed && import_row < MIN(n, (size_t)6);
    size_t at = keyed ? 0 : qualtrics ? import_row - 2 : best_row(names, rows, n);
    if (at == n && rows[0].n > 4096) // too wide to look at closely: the first row it is
        at = 0;
    if (at == n)
        return no_header(width, arena);
    size_t first = at, last = at, usual = usual_width(rows, n);
    if (qualtrics) {
        last = at + 1;
    } else if (!keyed && at > 0 && is_two_line(names, &rows[at - 1], &rows[at], usual)) {
        first = at - 1;
    } else if (!keyed && at + 1 < n && is_two_line(names, &rows[at], &rows[at + 1], usual)) {
        last = at + 1;
    }
    struct header h = {.found = true, .n = width, .data_from = last + 1, .title_rows = first};
    h.names = ARENA_ARRAY(arena, struct str, width);
    h.written = ARENA_ARRAY(arena, struct str, width);
    write_names(&h, first < last ? &rows[first] : NULL, &rows[last], qualtrics, arena);
    h.data_from += qualtrics;
    h.row = rows[h.data_from - 1].number;
    show_names(&h, arena);
    return h;
}
