// SPDX-License-Identifier: Apache-2.0
#include "olap/facts.h"

#include <assert.h>

#include "base/mem.h"
#include "olap/columns.h"

#define SPARED_VALUES 20 // a column with no more values is never closed as nearly unique

static struct column *add_column(struct facts *f, struct str name, struct str role,
                                 enum column_kind kind, int width) {
    struct column *c = &f->columns[f->n_columns++];
    *c = (struct column){.kind = kind, .width = width, .grain = GRAIN_FEEDBACK};
    c->name = arena_str(&f->names, name);
    c->role = arena_str(&f->names, role);
    return c;
}

struct facts *facts_new(void) {
    struct facts *f = NEW(struct facts);
    add_column(f, STR("day"), STR("time"), COLUMN_DAY, 4);
    add_column(f, STR("aspect"), STR(""), COLUMN_CLASS, 1)->grain = GRAIN_ASPECT;
    add_column(f, STR("polarity"), STR(""), COLUMN_CLASS, 1)->grain = GRAIN_ASPECT;
    add_column(f, STR("phrase"), STR(""), COLUMN_PHRASE, 4)->grain = GRAIN_PHRASE;
    assert(f->n_columns == FACTS_FIRST_COLUMN);
    return f;
}

void facts_free(struct facts *f) {
    if (!f)
        return;
    for (int i = 0; i < f->n_columns; i++) {
        free(f->columns[i].data);
        dict_done(&f->columns[i].dict);
    }
    free(f->flags);
    free(f->aspects.parents);
    free(f->phrases.parents);
    arena_done(&f->names);
    free(f);
}

// Writes “unknown” into rows [from, to) of a column of the feedback grain.
static void fill_unknown(struct column *c, uint32_t from, uint32_t to) {
    for (uint32_t i = from; c->data && i < to; i++) {
        switch (c->kind) {
        case COLUMN_DAY:
            ((int32_t *)c->data)[i] = FACTS_NO_DAY;
            break;
        case COLUMN_MEASURE:
            ((float *)c->data)[i] = NAN;
            break;
        case COLUMN_CLASS:
            ((uint8_t *)c->data)[i] = FACTS_NO_CLASS;
            break;
        case COLUMN_DIMENSION:
            memset((char *)c->data + (size_t)i * (size_t)c->width, 0, (size_t)c->width);
            break;
        case COLUMN_PHRASE:
            break;
        }
    }
}

static int add_late(struct facts *f, struct str name, struct str role, enum column_kind kind,
                    int width) {
    assert(!f->sealed);
    if (f->n_columns == FACTS_MAX_COLUMNS)
        return -1;
    struct column *c = add_column(f, name, role, kind, width);
    if (f->cap)
        c->data = mem_resize(NULL, f->cap, (size_t)width);
    fill_unknown(c, 0, f->n);
    return f->n_columns - 1;
}

int facts_add_dimension(struct facts *f, struct str name, struct str role) {
    int column = add_late(f, name, role, COLUMN_DIMENSION, 1);
    if (column >= 0)
        dict_add(&f->columns[column].dict, STR(""));
    return column;
}

int facts_add_measure(struct facts *f, struct str name, struct str role) {
    return add_late(f, name, role, COLUMN_MEASURE, 4);
}

int facts_add_class(struct facts *f, struct str name, int n_classes) {
    assert(n_classes >= 1 && n_classes < FACTS_NO_CLASS);
    int column = add_late(f, name, STR(""), COLUMN_CLASS, 1);
    if (column >= 0)
        f->columns[column].n_classes = (uint32_t)n_classes;
    return column;
}

static void resize_rows(struct facts *f, uint32_t cap) {
    for (int i = 0; i < f->n_columns; i++) {
        struct column *c = &f->columns[i];
        if (c->grain == GRAIN_FEEDBACK && c->state == COLUMN_OPEN)
            c->data = mem_resize(c->data, cap, (size_t)c->width);
    }
    f->flags = mem_resize(f->flags, cap, sizeof *f->flags);
    f->cap = cap;
}

// Half as much again: large blocks are moved by the kernel, and what is not written takes no
// memory.
static size_t grown(size_t cap) {
    return MAX(cap + cap / 2, (size_t)256);
}

uint32_t facts_begin(struct facts *f) {
    assert(!f->sealed && f->n < FACTS_MAX_ROWS);
    if (f->n == f->cap)
        resize_rows(f, (uint32_t)MIN(grown(f->cap), (size_t)FACTS_MAX_ROWS));
    uint32_t row = f->n++;
    for (int i = 0; i < f->n_columns; i++)
        if (f->columns[i].grain == GRAIN_FEEDBACK)
            fill_unknown(&f->columns[i], row, row + 1);
    f->flags[row] = 0;
    return row;
}

// The column if the last row can take a value of that kind there, else NULL.
static struct column *writable(struct facts *f, int column, enum column_kind kind) {
    if (column < 0 || column >= f->n_columns || !f->n || f->sealed)
        return NULL;
    struct column *c = &f->columns[column];
    return c->kind == kind && c->state == COLUMN_OPEN && c->grain == GRAIN_FEEDBACK ? c : NULL;
}

static void forget(struct column *c, enum column_state why) {
    free(c->data);
    dict_done(&c->dict);
    c->data = NULL;
    c->state = why;
}

static void widen(struct column *c, uint32_t n, uint32_t cap) {
    const uint8_t *narrow = c->data;
    uint16_t *wide = mem_resize(NULL, cap, sizeof *wide);
    for (uint32_t i = 0; i < n; i++)
        wide[i] = narrow[i];
    free(c->data);
    c->data = wide;
    c->width = 2;
}

void facts_put(struct facts *f, int dimension, struct str value) {
    struct column *c = writable(f, dimension, COLUMN_DIMENSION);
    if (!c)
        return;
    uint32_t code = dict_add(&c->dict, value);
    if (code > FACTS_MAX_VALUES) {
        forget(c, COLUMN_TOO_MANY);
        return;
    }
    if (code > UINT8_MAX && c->width == 1)
        widen(c, f->n, f->cap);
    if (c->width == 1)
        ((uint8_t *)c->data)[f->n - 1] = (uint8_t)code;
    else
        ((uint16_t *)c->data)[f->n - 1] = (uint16_t)code;
}

void facts_put_measure(struct facts *f, int measure, double value) {
    struct column *c = writable(f, measure, COLUMN_MEASURE);
    float x = (float)value;
    if (c)
        ((float *)c->data)[f->n - 1] = isfinite(x) ? x : NAN;
}

void facts_put_class(struct facts *f, int column, int value) {
    struct column *c = writable(f, column, COLUMN_CLASS);
    if (c)
        ((uint8_t *)c->data)[f->n - 1] =
            value >= 0 && (uint32_t)value < c->n_classes ? (uint8_t)value : FACTS_NO_CLASS;
}

void facts_put_day(struct facts *f, int64_t local_day) {
    struct column *c = writable(f, FACTS_DAY, COLUMN_DAY);
    if (!c || local_day < FACTS_MIN_DAY || local_day > FACTS_MAX_DAY)
        return;
    int32_t day = (int32_t)local_day;
    ((int32_t *)c->data)[f->n - 1] = day;
    f->first_day = f->has_day ? MIN(f->first_day, day) : day;
    f->last_day = f->has_day ? MAX(f->last_day, day) : day;
    f->has_day = true;
}

void facts_put_flags(struct facts *f, uint32_t flags) {
    if (f->n && !f->sealed)
        f->flags[f->n - 1] = flags;
}

// False when the list is full: its rows are numbered in 32 bits.
static bool list_reserve(struct list *l) {
    if (l->n == UINT32_MAX)
        return false;
    if (l->n == l->cap) {
        l->cap = grown(l->cap);
        l->parents = mem_resize(l->parents, l->cap, sizeof *l->parents);
    }
    return true;
}

void facts_put_aspect(struct facts *f, int dimension, int polarity) {
    if (!f->n || f->sealed || dimension < 0 || dimension > 253 || polarity < 0 || polarity > 253)
        return;
    struct column *d = &f->columns[FACTS_ASPECT], *p = &f->columns[FACTS_POLARITY];
    struct list *l = &f->aspects;
    for (size_t i = l->n; i > 0 && l->parents[i - 1] == f->n - 1; i--)
        if (((uint8_t *)d->data)[i - 1] == dimension)
            return;
    size_t cap = l->cap;
    if (!list_reserve(l))
        return;
    if (l->cap != cap) {
        d->data = mem_resize(d->data, l->cap, 1);
        p->data = mem_resize(p->data, l->cap, 1);
    }
    l->parents[l->n] = f->n - 1;
    ((uint8_t *)d->data)[l->n] = (uint8_t)dimension;
    ((uint8_t *)p->data)[l->n] = (uint8_t)polarity;
    d->n_classes = MAX(d->n_classes, (uint32_t)dimension + 1);
    p->n_classes = MAX(p->n_classes, (uint32_t)polarity + 1);
    l->n++;
}

void facts_put_phrase(struct facts *f, uint32_t code) {
    if (!f->n || f->sealed || code >= INT32_MAX)
        return;
    struct column *c = &f->columns[FACTS_PHRASE];
    struct list *l = &f->phrases;
    for (size_t i = l->n; i > 0 && l->parents[i - 1] == f->n - 1; i--)
        if (((uint32_t *)c->data)[i - 1] == code)
            return;
    size_t cap = l->cap;
    if (!list_reserve(l))
        return;
    if (l->cap != cap)
        c->data = mem_resize(c->data, l->cap, sizeof(uint32_t));
    l->parents[l->n] = f->n - 1;
    ((uint32_t *)c->data)[l->n] = code;
    f->n_phrase_codes = MAX(f->n_phrase_codes, code + 1);
    l->n++;
}

static uint32_t known_rows(const struct facts *f, const struct column *c) {
    uint32_t known = 0;
    for (uint32_t i = 0; i < f->n; i++)
        known += (c->width == 1 ? ((uint8_t *)c->data)[i] : ((uint16_t *)c->data)[i]) != 0;
    return known;
}

void facts_seal(struct facts *f) {
    if (f->sealed)
        return;
    for (int i = 0; i < f->n_columns; i++) {
        struct column *c = &f->columns[i];
        if (c->kind != COLUMN_DIMENSION || c->state != COLUMN_OPEN)
            continue;
        uint32_t values = c->dict.count - 1;
        if (values > SPARED_VALUES && (uint64_t)values * 2 > known_rows(f, c))
            forget(c, COLUMN_TOO_MANY);
    }
    if (f->n)
        resize_rows(f, f->n);
    for (int i = FACTS_ASPECT; i <= FACTS_PHRASE; i++) {
        struct column *c = &f->columns[i];
        struct list *l = c->grain == GRAIN_ASPECT ? &f->aspects : &f->phrases;
        if (!l->n)
            continue;
        c->data = mem_resize(c->data, l->n, (size_t)c->width);
        l->parents = mem_resize(l->parents, l->n, sizeof *l->parents);
    }
    f->aspects.cap = f->aspects.n;
    f->phrases.cap = f->phrases.n;
    f->sealed = true;
}

void facts_close_column(struct facts *f, int column) {
    if (column >= FACTS_FIRST_COLUMN && column < f->n_columns &&
        f->columns[column].state == COLUMN_OPEN)
        forget(&f->columns[column], COLUMN_CLOSED);
}

uint32_t facts_count(const struct facts *f) {
    return f->n;
}

uint64_t facts_count_aspects(const struct facts *f) {
    return f->aspects.n;
}

uint64_t facts_count_phrases(const struct facts *f) {
    return f->phrases.n;
}

size_t facts_bytes(const struct facts *f) {
    size_t bytes = sizeof *f + f->names.total_bytes + f->cap * sizeof *f->flags;
    bytes += f->aspects.cap * (sizeof(uint32_t) + 2) + f->phrases.cap * 2 * sizeof(uint32_t);
    for (int i = 0; i < f->n_columns; i++) {
        const struct column *c = &f->columns[i];
        if (c->grain == GRAIN_FEEDBACK && c->data)
            bytes += (size_t)f->cap * (size_t)c->width;
        bytes += c->dict.arena.total_bytes + c->dict.n_slots * sizeof *c->dict.slots +
                 c->dict.cap * sizeof *c->dict.keys;
    }
    return bytes;
}

int facts_columns(const struct facts *f) {
    return f->n_columns;
}

static bool exists(const struct facts *f, int column) {
    return column >= 0 && column < f->n_columns;
}

struct str facts_name(const struct facts *f, int column) {
    return exists(f, column) ? f->columns[column].name : STR("");
}

struct str facts_role(const struct facts *f, int column) {
    return exists(f, column) ? f->columns[column].role : STR("");
}

enum column_kind facts_kind(const struct facts *f, int column) {
    assert(exists(f, column));
    return f->columns[column].kind;
}

enum column_state facts_state(const struct facts *f, int column) {
    return exists(f, column) ? f->columns[column].state : COLUMN_CLOSED;
}

int facts_find_role(const struct facts *f, struct str role) {
    for (int i = FACTS_FIRST_COLUMN; i < f->n_columns; i++)
        if (f->columns[i].state == COLUMN_OPEN && str_eq(f->columns[i].role, role))
            return i;
    return -1;
}

uint32_t facts_cardinality(const struct facts *f, int column) {
    if (!exists(f, column))
        return 0;
    const struct column *c = &f->columns[column];
    switch (c->kind) {
    case COLUMN_DIMENSION:
        return c->state == COLUMN_OPEN ? c->dict.count : 1;
    case COLUMN_CLASS:
        return c->n_classes;
    case COLUMN_PHRASE:
        return f->n_phrase_codes;
    case COLUMN_DAY:
    case COLUMN_MEASURE:
        break;
    }
    return 0;
}

struct str facts_value(const struct facts *f, int dimension, uint32_t code) {
    if (!exists(f, dimension) || code >= f->columns[dimension].dict.count)
        return STR("");
    return dict_str(&f->columns[dimension].dict, code);
}

uint32_t facts_code(const struct facts *f, int dimension, struct str value) {
    return exists(f, dimension) ? dict_find(&f->columns[dimension].dict, value) : UINT32_MAX;
}

bool facts_days(const struct facts *f, int32_t *ret_first, int32_t *ret_last) {
    if (!f->has_day)
        return false;
    *ret_first = f->first_day;
    *ret_last = f->last_day;
    return true;
}

uint32_t facts_code_at(const struct facts *f, int column, uint32_t row) {
    assert(!f->engine && exists(f, column) && row < f->n);
    const struct column *c = &f->columns[column];
    if (!c->data)
        return FACTS_UNKNOWN_CODE;
    return c->width == 1 ? ((uint8_t *)c->data)[row] : ((uint16_t *)c->data)[row];
}

double facts_measure_at(const struct facts *f, int column, uint32_t row) {
    assert(!f->engine && exists(f, column) && row < f->n &&
           f->columns[column].kind == COLUMN_MEASURE);
    const float *data = f->columns[column].data;
    return data ? (double)data[row] : NAN;
}

int32_t facts_day_at(const struct facts *f, uint32_t row) {
    assert(!f->engine && row < f->n);
    return ((int32_t *)f->columns[FACTS_DAY].data)[row];
}

uint32_t facts_flags_at(const struct facts *f, uint32_t row) {
    assert(!f->engine && row < f->n);
    return f->flags[row];
}
