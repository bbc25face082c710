// SPDX-License-Identifier: Apache-2.0
// Changes become rows: coded by column, what they replace deleted, written, committed with the watermark.
#include <math.h>
#include <stdlib.h>

#include "base/log.h"
#include "base/mem.h"
#include "olap/personal.h"
#include "olap/store_inner.h"
#include "olap/store_sql.h"

// Rows to be written, by column; all in one arena.
struct batch {
    struct arena arena;
    size_t n;
    int64_t *ids, *at_us;
    int32_t *days;
    uint32_t *flags;
    void *columns[FACTS_MAX_COLUMNS]; // uint16_t, uint8_t or float; NULL: none of that column
    size_t n_aspects, n_phrases;
    uint32_t *aspect_rows, *phrase_rows; // row of the feedback
    uint8_t *aspects, *polarities;
    uint32_t *phrases;
    int64_t *replaced; // ids that rows may have already
    size_t n_replaced;
    uint64_t overfull; // dimensions that have too many values, by bit
    uint64_t fraction; // measures that are whole no more, by bit
};

static void *array(struct batch *b, size_t n, size_t bytes) {
    return arena_zero(&b->arena, MAX(n, (size_t)1), bytes);
}

// Everything unknown.
static void *unknown_column(struct batch *b, enum column_kind kind, size_t n) {
    if (kind == COLUMN_DIMENSION)
        return array(b, n, sizeof(uint16_t));
    if (kind == COLUMN_CLASS)
        return memset(array(b, n, 1), FACTS_NO_CLASS, n);
    float *values = array(b, n, sizeof *values);
    for (size_t i = 0; i < n; i++)
        values[i] = NAN;
    return values;
}

static void batch_init(struct batch *b, const struct store_state *s,
                       const struct fact_change *changes, const uint32_t *kept, size_t n_kept) {
    size_t n_aspects = 0, n_phrases = 0;
    *b = (struct batch){0};
    for (size_t i = 0; i < n_kept; i++) {
        n_aspects += changes[kept[i]].gone ? 0 : changes[kept[i]].n_aspects;
        n_phrases += changes[kept[i]].gone ? 0 : changes[kept[i]].n_phrases;
    }
    b->ids = array(b, n_kept, sizeof *b->ids);
    b->at_us = array(b, n_kept, sizeof *b->at_us);
    b->days = array(b, n_kept, sizeof *b->days);
    b->flags = array(b, n_kept, sizeof *b->flags);
    b->replaced = array(b, n_kept, sizeof *b->replaced);
    for (int i = FACTS_FIRST_COLUMN; i < s->facts.n_columns; i++)
        if (!s->dropped[i])
            b->columns[i] = unknown_column(b, s->facts.columns[i].kind, n_kept);
    b->aspect_rows = array(b, n_aspects, sizeof *b->aspect_rows);
    b->aspects = array(b, n_aspects, 1);
    b->polarities = array(b, n_aspects, 1);
    b->phrase_rows = array(b, n_phrases, sizeof *b->phrase_rows);
    b->phrases = array(b, n_phrases, sizeof *b->phrases);
}

static uint16_t code_of(struct fact_store *fs, struct batch *b, struct store_state *s, int column,
                        struct str value) {
    if (str_is_empty(value) || b->overfull >> column & 1)
        return FACTS_UNKNOWN_CODE;
    if (dict_find(&s->dicts[column]->dict, value) == DICT_NONE && personal_refuses(value)) {
        atomic_fetch_add(&fs->refused, 1);
        return FACTS_UNKNOWN_CODE;
    }
    uint32_t code = state_encode(s, column, value);
    if (code > FACTS_MAX_VALUES) {
        b->overfull |= UINT64_C(1) << column;
        return FACTS_UNKNOWN_CODE;
    }
    return (uint16_t)code;
}

static void put_value(struct fact_store *fs, struct batch *b, struct store_state *s, size_t row,
                      const struct fact_value *v) {
    if (v->column < FACTS_FIRST_COLUMN || v->column >= s->facts.n_columns || !b->columns[v->column])
        return;
    const struct column *c = &s->facts.columns[v->column];
    if (c->kind == COLUMN_DIMENSION) {
        ((uint16_t *)b->columns[v->column])[row] = code_of(fs, b, s, v->column, v->text);
    } else if (c->kind == COLUMN_CLASS) {
        bool sound = v->number >= 0 && v->number < c->n_classes;
        ((uint8_t *)b->columns[v->column])[row] = sound ? (uint8_t)v->number : FACTS_NO_CLASS;
    } else {
        float x = (float)v->number;
        bool known = isfinite(x), whole = x >= 0 && x <= STORE_WHOLE_MAX && x == floorf(x);
        ((float *)b->columns[v->column])[row] = known ? x : NAN;
        if (known && whole)
            s->largest[v->column] = MAX(s->largest[v->column], (uint8_t)x);
        else if (known && s->whole[v->column])
            b->fraction |= UINT64_C(1) << v->column;
    }
}

static void put_aspects(struct batch *b, struct store_state *s, size_t row,
                        const struct fact_change *c) {
    uint32_t *n_aspects = &s->facts.columns[FACTS_ASPECT].n_classes;
    uint32_t *n_polarities = &s->facts.columns[FACTS_POLARITY].n_classes;
    size_t first = b->n_aspects;
    for (size_t i = 0; i < c->n_aspects; i++) {
        const struct fact_aspect *a = &c->aspects[i];
        bool seen = a->dimension > 253 || a->polarity > 253;
        for (size_t k = first; k < b->n_aspects && !seen; k++)
            seen = b->aspects[k] == a->dimension;
        if (seen)
            continue;
        b->aspect_rows[b->n_aspects] = (uint32_t)row;
        b->aspects[b->n_aspects] = a->dimension;
        b->polarities[b->n_aspects++] = a->polarity;
        *n_aspects = MAX(*n_aspects, a->dimension + 1u);
        *n_polarities = MAX(*n_polarities, a->polarity + 1u);
    }
}

static void put_phrases(struct batch *b, struct store_state *s, size_t row,
                        const struct fact_change *c) {
    size_t first = b->n_phrases;
    for (size_t i = 0; i < c->n_phrases; i++) {
        uint32_t code = c->phrases[i];
        bool seen = code >= INT32_MAX;
        for (size_t k = first; k < b->n_phrases && !seen; k++)
            seen = b->phrases[k] == code;
        if (seen)
            continue;
        b->phrase_rows[b->n_phrases] = (uint32_t)row;
        b->phrases[b->n_phrases++] = code;
        s->facts.n_phrase_codes = MAX(s->facts.n_phrase_codes, code + 1);
    }
}

static int32_t sound_day(int32_t day) {
    return day < FACTS_MIN_DAY || day > FACTS_MAX_DAY ? FACTS_NO_DAY : day;
}

static void put_change(struct fact_store *fs, struct batch *b, struct store_state *s,
                       const struct fact_change *c) {
    if (c->id <= fs->current->max_id)
        b->replaced[b->n_replaced++] = c->id;
    if (c->gone)
        return;
    size_t row = b->n++;
    b->ids[row] = c->id;
    b->days[row] = sound_day(c->day);
    b->at_us[row] = c->at_us;
    b->flags[row] = c->flags;
    s->max_id = MAX(s->max_id, c->id);
    for (size_t i = 0; i < c->n_values; i++)
        put_value(fs, b, s, row, &c->values[i]);
    put_aspects(b, s, row, c);
    put_phrases(b, s, row, c);
}

// Indices of the changes that count, in their order: of one id the last.
static size_t keep_last(const struct fact_change *changes, size_t n, uint32_t *ret) {
    struct map_u64 last = {0};
    size_t kept = 0;
    for (size_t i = 0; i < n; i++)
        map_u64_put(&last, (uint64_t)changes[i].id, i);
    for (size_t i = 0; i < n; i++) {
        uint64_t at = 0;
        if (map_u64_get(&last, (uint64_t)changes[i].id, &at) && at == i)
            ret[kept++] = (uint32_t)i;
    }
    map_u64_done(&last);
    return kept;
}

// ── what is replaced ──

struct replaced {
    const struct store_state *state; // before
    int64_t n, known[FACTS_MAX_COLUMNS];
    bool has_day;
    int32_t first_day, last_day;
};

static bool read_replaced(void *ctx, const struct duckdb *lib, struct duckdb_chunk *chunk, size_t n,
                          UNUSED struct error *err) {
    struct replaced *r = ctx;
    const uint64_t *known;
    if (n == 0)
        return true;
    r->n += *(const int64_t *)duckdb_column(lib, chunk, 0, NULL);
    int32_t first = *(const int32_t *)duckdb_column(lib, chunk, 1, &known);
    int32_t last = *(const int32_t *)duckdb_column(lib, chunk, 2, NULL);
    if (duckdb_known(known, 0)) {
        r->first_day = r->has_day ? MIN(r->first_day, first) : first;
        r->last_day = r->has_day ? MAX(r->last_day, last) : last;
        r->has_day = true;
    }
    size_t at = 3;
    for (int i = FACTS_FIRST_COLUMN; i < r->state->facts.n_columns; i++)
        if (r->state->dicts[i])
            r->known[i] += *(const int64_t *)duckdb_column(lib, chunk, at++, NULL);
    return true;
}

static bool delete_from(struct fact_store *fs, const char *table, const struct sql_ids *ids,
                        size_t *count, struct error *err) {
    CLEANUP(strbuf_done) struct strbuf sql = strbuf_init(SQL_MAX_BYTES);
    uint64_t changed = 0;
    sql_delete(&sql, table, ids);
    if (!duckdb_run(&fs->lib, fs->con, strbuf_cstr(&sql), &changed, err))
        return false;
    *count -= MIN((size_t)changed, *count);
    return true;
}

static bool touch(struct fact_store *fs, const struct batch *b, struct sql_ids *ret,
                  struct error *err) {
    const struct write_column column = {.type = DUCKDB_BIGINT, .data = b->replaced};
    *ret = (struct sql_ids){INT64_MAX, INT64_MIN};
    for (size_t i = 0; i < b->n_replaced; i++) {
        ret->low = MIN(ret->low, b->replaced[i]);
        ret->high = MAX(ret->high, b->replaced[i]);
    }
    return duckdb_run(&fs->lib, fs->con, sql_touch, NULL, err) &&
           store_write(fs, "touched", &column, 1, b->n_replaced, err);
}

static bool delete_replaced(struct fact_store *fs, struct store_state *next, const struct batch *b,
                            struct replaced *r, struct error *err) {
    static const bool none[FACTS_MAX_COLUMNS]; // largest numbers are not asked for
    CLEANUP(strbuf_done) struct strbuf sql = strbuf_init(SQL_MAX_BYTES);
    struct sql_ids ids;
    size_t rows = next->facts.n;
    if (b->n_replaced == 0)
        return true;
    if (!touch(fs, b, &ids, err))
        return false;
    sql_count(&sql, &fs->current->facts, fs->current->dropped, none, &ids);
    if (!duckdb_ask(&fs->lib, fs->con, strbuf_cstr(&sql), NULL, read_replaced, r, err))
        return false;
    if (r->n == 0)
        return true;
    if (!delete_from(fs, "feedback", &ids, &rows, err) ||
        !delete_from(fs, "aspect", &ids, &next->facts.aspects.n, err) ||
        !delete_from(fs, "phrase", &ids, &next->facts.phrases.n, err))
        return false;
    next->facts.n = (uint32_t)rows;
    for (int i = FACTS_FIRST_COLUMN; i < next->facts.n_columns; i++)
        next->known[i] -= r->known[i];
    return true;
}

// ── what is written ──

#define FIXED_COLUMNS 6 // at most, before c4

// A measure as the table has it.
static struct write_column measure_column(struct batch *b, const struct store_state *s, int column,
                                          const uint32_t *rows) {
    const float *numbers = b->columns[column];
    if (!s->whole[column])
        return (struct write_column){DUCKDB_FLOAT, numbers, rows, true};
    uint8_t *bytes = array(b, b->n, 1);
    for (size_t i = 0; i < b->n; i++)
        bytes[i] = isnan(numbers[i]) ? FACTS_NO_CLASS : (uint8_t)numbers[i];
    return (struct write_column){DUCKDB_UTINYINT, bytes, rows, true};
}

static size_t table_columns(struct batch *b, const struct store_state *s, bool aspects,
                            struct write_column *ret) {
    const uint32_t *rows = aspects ? b->aspect_rows : NULL;
    size_t n = 0;
    ret[n++] = (struct write_column){DUCKDB_BIGINT, b->ids, rows, false};
    ret[n++] = (struct write_column){DUCKDB_INTEGER, b->days, rows, true};
    ret[n++] = (struct write_column){DUCKDB_BIGINT, b->at_us, rows, false};
    ret[n++] = (struct write_column){DUCKDB_UINTEGER, b->flags, rows, false};
    if (aspects) {
        ret[n++] = (struct write_column){DUCKDB_UTINYINT, b->aspects, NULL, false};
        ret[n++] = (struct write_column){DUCKDB_UTINYINT, b->polarities, NULL, false};
    }
    for (int i = FACTS_FIRST_COLUMN; i < s->facts.n_columns; i++) {
        enum column_kind kind = s->facts.columns[i].kind;
        if (s->dropped[i])
            continue;
        if (kind == COLUMN_MEASURE)
            ret[n++] = measure_column(b, s, i, rows);
        else if (kind == COLUMN_CLASS)
            ret[n++] = (struct write_column){DUCKDB_UTINYINT, b->columns[i], rows, true};
        else
            ret[n++] = (struct write_column){DUCKDB_USMALLINT, b->columns[i], rows, false};
    }
    return n;
}

static bool write_dictionary(struct fact_store *fs, const struct store_state *next,
                             struct error *err) {
    CLEANUP(arena_done) struct arena arena = {0};
    for (int i = FACTS_FIRST_COLUMN; i < next->facts.n_columns; i++) {
        if (!next->dicts[i])
            continue;
        const struct dict *d = &next->dicts[i]->dict;
        uint32_t from = fs->current->dicts[i]->dict.count, n = d->count - from;
        if (n == 0)
            continue;
        int32_t *numbers = ARENA_ARRAY(&arena, int32_t, n),
                *codes = ARENA_ARRAY(&arena, int32_t, n);
        for (uint32_t k = 0; k < n; k++) {
            numbers[k] = i;
            codes[k] = (int32_t)(from + k);
        }
        const struct write_column columns[] = {{.type = DUCKDB_INTEGER, .data = numbers},
                                               {.type = DUCKDB_INTEGER, .data = codes},
                                               {.type = DUCKDB_VARCHAR, .data = d->keys + from}};
        if (!store_write(fs, "dictionary", columns, ARRAY_LEN(columns), n, err))
            return false;
    }
    return true;
}

static bool write_batch(struct fact_store *fs, const struct store_state *next, struct batch *b,
                        struct error *err) {
    struct write_column columns[FACTS_MAX_COLUMNS + FIXED_COLUMNS];
    size_t n = table_columns(b, next, false, columns);
    if (!store_write(fs, "feedback", columns, n, b->n, err))
        return false;
    n = table_columns(b, next, true, columns);
    if (!store_write(fs, "aspect", columns, n, b->n_aspects, err))
        return false;
    const struct write_column phrases[] = {{DUCKDB_BIGINT, b->ids, b->phrase_rows, false},
                                           {DUCKDB_INTEGER, b->phrases, NULL, false}};
    return store_write(fs, "phrase", phrases, ARRAY_LEN(phrases), b->n_phrases, err) &&
           write_dictionary(fs, next, err);
}

// ── counts ──

static void count_batch(struct store_state *next, const struct batch *b, int64_t generation) {
    struct facts *f = &next->facts;
    f->n += (uint32_t)b->n;
    f->aspects.n += b->n_aspects;
    f->phrases.n += b->n_phrases;
    for (size_t row = 0; row < b->n; row++) {
        int32_t day = b->days[row];
        state_touch(next, day, day, generation);
        if (day == FACTS_NO_DAY)
            continue;
        f->first_day = f->has_day ? MIN(f->first_day, day) : day;
        f->last_day = f->has_day ? MAX(f->last_day, day) : day;
        f->has_day = true;
    }
    for (int i = FACTS_FIRST_COLUMN; i < f->n_columns; i++) {
        const uint16_t *codes = next->dicts[i] ? b->columns[i] : NULL;
        for (size_t row = 0; codes && row < b->n; row++)
            next->known[i] += codes[row] != FACTS_UNKNOWN_CODE;
    }
}

static bool read_days(void *ctx, const struct duckdb *lib, struct duckdb_chunk *chunk, size_t n,
                      UNUSED struct error *err) {
    struct facts *f = ctx;
    const uint64_t *known;
    if (n == 0)
        return true;
    f->first_day = *(const int32_t *)duckdb_column(lib, chunk, 0, &known);
    f->last_day = *(const int32_t *)duckdb_column(lib, chunk, 1, NULL);
    f->has_day = duckdb_known(known, 0);
    return true;
}

// A first or last day that was taken out may not be the first or last any more.
static bool settle_days(struct fact_store *fs, struct store_state *next, const struct replaced *r,
                        struct error *err) {
    const struct facts *f = &fs->current->facts;
    if (!r->has_day || (r->first_day > f->first_day && r->last_day < f->last_day))
        return true;
    return duckdb_ask(&fs->lib, fs->con, sql_read_days, NULL, read_days, &next->facts, err);
}

// ── all of it ──

static bool apply_batch(struct fact_store *fs, struct store_state *next, struct batch *b,
                        struct error *err) {
    struct replaced replaced = {.state = fs->current};
    if (!store_begin(fs, err)) {
        state_release(next);
        return false;
    }
    if (!delete_replaced(fs, next, b, &replaced, err) || !write_batch(fs, next, b, err))
        return store_roll_back(fs, next);
    int64_t generation = fs->current->generation + 1;
    count_batch(next, b, generation);
    if (replaced.has_day)
        state_touch(next, replaced.first_day, replaced.last_day, generation);
    if (replaced.n)
        state_touch(next, FACTS_NO_DAY, FACTS_NO_DAY, generation); // one may have been among them
    if (!settle_days(fs, next, &replaced, err))
        return store_roll_back(fs, next);
    return store_commit(fs, next, err);
}

// One try. *ret_again: columns were changed first, and nothing is applied yet.
static bool try_apply(struct fact_store *fs, const struct fact_change *changes,
                      const uint32_t *kept, size_t n_kept, int64_t watermark, bool *ret_again,
                      struct error *err) {
    struct batch b;
    struct store_state *next = state_copy(fs->current);
    next->watermark = watermark;
    batch_init(&b, next, changes, kept, n_kept);
    for (size_t i = 0; i < n_kept; i++)
        put_change(fs, &b, next, &changes[kept[i]]);
    bool ok = true;
    *ret_again = b.overfull || b.fraction;
    if (*ret_again)
        state_release(next);
    else
        ok = apply_batch(fs, next, &b, err);
    arena_done(&b.arena);
    if (b.overfull)
        ok = store_drop_columns(fs, b.overfull, err);
    if (ok && b.fraction)
        ok = store_widen_columns(fs, b.fraction, err);
    return ok;
}

static bool apply_kept(struct fact_store *fs, const struct fact_change *changes,
                       const uint32_t *kept, size_t n_kept, int64_t watermark, struct error *err) {
    bool again = true, ok = true;
    while (ok && again)
        ok = try_apply(fs, changes, kept, n_kept, watermark, &again, err);
    return ok;
}

// What turns out to be an identity does not stay.
static bool drop_identities(struct fact_store *fs, struct error *err) {
    uint64_t columns = 0;
    for (int i = FACTS_FIRST_COLUMN; i < fs->current->facts.n_columns; i++)
        if (fs->current->dicts[i] && state_is_identity(fs->current, i))
            columns |= UINT64_C(1) << i;
    return !columns || store_drop_columns(fs, columns, err);
}

bool fact_store_apply(struct fact_store *fs, const struct fact_change *changes, size_t n,
                      int64_t watermark, struct error *err) {
    if (n > FACT_CHANGES_MAX)
        return error_set(err, ERROR_LIMIT, "一次最多 %d 条变更", "at most %d changes at once",
                         FACT_CHANGES_MAX);
    uint32_t *kept = mem_alloc(MAX(n, (size_t)1) * sizeof *kept);
    store_lock(fs);
    size_t n_kept = keep_last(changes, n, kept);
    bool ok = apply_kept(fs, changes, kept, n_kept, watermark, err);
    struct error dropping;
    if (ok && !drop_identities(fs, &dropping)) // the next change tries again
        log_warn("fact store: %s", dropping.en);
    store_unlock(fs);
    free(kept);
    return ok;
}
