// SPDX-License-Identifier: Apache-2.0
#include <stdlib.h>

#include "base/mem.h"
#include "olap/store_inner.h"

#define SPARED_VALUES     20   // as in facts.h: so few values are never an identity
#define IDENTITY_MIN_ROWS 2000 // before a column is closed for good

static struct shared_dict *dict_copy(const struct shared_dict *from) {
    struct shared_dict *d = NEW(struct shared_dict);
    atomic_init(&d->refs, 1);
    for (uint32_t i = 0; i < from->dict.count; i++)
        dict_add(&d->dict, dict_str(&from->dict, i));
    return d;
}

static void dict_release(struct shared_dict *d) {
    if (!d || atomic_fetch_sub(&d->refs, 1) > 1)
        return;
    dict_done(&d->dict);
    free(d);
}

struct column store_make_column(enum column_kind kind, struct str name, struct str role,
                                int n_classes) {
    static const int widths[] = {[COLUMN_DIMENSION] = 2, [COLUMN_CLASS] = 1, [COLUMN_MEASURE] = 4};
    return (struct column){.name = name,
                           .role = role,
                           .kind = kind,
                           .grain = GRAIN_FEEDBACK,
                           .width = widths[kind],
                           .n_classes = kind == COLUMN_CLASS ? (uint32_t)n_classes : 0};
}

bool store_keeps(int64_t kind) {
    return kind == COLUMN_DIMENSION || kind == COLUMN_CLASS || kind == COLUMN_MEASURE;
}

struct store_state *state_new(const struct facts *empty) {
    struct store_state *s = NEW(struct store_state);
    atomic_init(&s->refs, 1);
    s->facts = *empty;
    s->facts.names = (struct arena){0};
    s->facts.sealed = true;
    s->max_id = INT64_MIN;
    return s;
}

struct store_state *state_copy(const struct store_state *s) {
    struct store_state *copy = mem_alloc(sizeof *copy);
    *copy = *s;
    atomic_init(&copy->refs, 1);
    for (int i = 0; i < copy->facts.n_columns; i++)
        if (copy->dicts[i])
            atomic_fetch_add(&copy->dicts[i]->refs, 1);
    return copy;
}

struct store_state *state_keep(struct store_state *s) {
    atomic_fetch_add(&s->refs, 1);
    return s;
}

void state_release(struct store_state *s) {
    if (!s || atomic_fetch_sub(&s->refs, 1) > 1)
        return;
    for (int i = 0; i < s->facts.n_columns; i++)
        dict_release(s->dicts[i]);
    free(s);
}

void state_add_column(struct store_state *s, const struct column *column) {
    int i = s->facts.n_columns++;
    s->facts.columns[i] = *column;
    s->known[i] = 0;
    s->dropped[i] = false;
    s->dicts[i] = NULL;
    s->whole[i] = column->kind == COLUMN_MEASURE;
    s->largest[i] = 0;
    if (column->kind != COLUMN_DIMENSION)
        return;
    s->dicts[i] = NEW(struct shared_dict);
    atomic_init(&s->dicts[i]->refs, 1);
    dict_add(&s->dicts[i]->dict, STR(""));
}

uint32_t state_encode(struct store_state *s, int column, struct str value) {
    struct shared_dict *d = s->dicts[column];
    uint32_t code = dict_find(&d->dict, value);
    if (code != DICT_NONE)
        return code;
    if (atomic_load(&d->refs) > 1) {
        s->dicts[column] = dict_copy(d);
        dict_release(d);
    }
    return dict_add(&s->dicts[column]->dict, value);
}

void state_drop_column(struct store_state *s, int column) {
    s->dropped[column] = true;
    s->known[column] = 0;
    dict_release(s->dicts[column]);
    s->dicts[column] = NULL;
}

static bool is_crowded(const struct store_state *s, int column) {
    int64_t values = s->dicts[column] ? (int64_t)s->dicts[column]->dict.count - 1 : 0;
    return values > SPARED_VALUES && 2 * values > s->known[column];
}

bool state_is_identity(const struct store_state *s, int column) {
    return is_crowded(s, column) && s->known[column] >= IDENTITY_MIN_ROWS;
}

// ── what has changed when ──

static void touch_day(struct store_state *s, int32_t day, int64_t generation) {
    size_t slot = (size_t)((((int64_t)day % STORE_DAYS) + STORE_DAYS) % STORE_DAYS);
    if (s->days[slot].day != day)
        s->changed_elsewhere = MAX(s->changed_elsewhere, s->days[slot].generation);
    s->days[slot].day = day;
    s->days[slot].generation = generation;
}

void state_touch_all(struct store_state *s, int64_t generation) {
    s->changed_elsewhere = s->changed_undated = generation;
}

void state_touch(struct store_state *s, int32_t first, int32_t last, int64_t generation) {
    if (first == FACTS_NO_DAY)
        s->changed_undated = generation;
    else if ((int64_t)last - first >= STORE_DAYS)
        s->changed_elsewhere = generation;
    else
        for (int64_t day = first; day <= last; day++)
            touch_day(s, (int32_t)day, generation);
}

int64_t state_changed(const struct store_state *s, const struct query *q) {
    int64_t last = s->changed_elsewhere;
    if (q->undated || (q->from_day == INT32_MIN && q->to_day == INT32_MAX))
        last = MAX(last, s->changed_undated);
    for (size_t i = 0; i < STORE_DAYS; i++)
        if (s->days[i].day >= q->from_day && s->days[i].day < q->to_day)
            last = MAX(last, s->days[i].generation);
    return last;
}

bool state_is_like(const struct store_state *a, const struct store_state *b) {
    bool like = a->facts.n_columns == b->facts.n_columns;
    for (int i = 0; like && i < a->facts.n_columns; i++) {
        const struct column *x = &a->facts.columns[i], *y = &b->facts.columns[i];
        like = x->kind == y->kind && x->state == y->state && x->n_classes == y->n_classes;
    }
    return like;
}

void state_settle(struct store_state *s) {
    for (int i = FACTS_FIRST_COLUMN; i < s->facts.n_columns; i++) {
        struct column *c = &s->facts.columns[i];
        if (c->kind != COLUMN_DIMENSION)
            continue;
        bool closed = s->dropped[i] || is_crowded(s, i);
        c->state = closed ? COLUMN_TOO_MANY : COLUMN_OPEN;
        c->dict = closed ? (struct dict){0} : s->dicts[i]->dict;
    }
}
