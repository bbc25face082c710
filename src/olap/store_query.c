// SPDX-License-Identifier: Apache-2.0
// Asks DuckDB what a plan wants and adds its rows up as memory.c adds chunks: what differs between the engines is
// only who reads the rows.
#include <assert.h>
#include <stdlib.h>

#include "base/mem.h"
#include "olap/result.h"
#include "olap/store_inner.h"
#include "olap/store_sql.h"

static struct fact_view *view_of(const struct facts *f) {
    return (struct fact_view *)((char *)f - offsetof(struct fact_view, facts));
}

static bool ask(struct fact_view *v, const struct sql_query *q, duckdb_rows_fn *each, void *ctx,
                struct error *err) {
    struct duckdb_parameters p = {q->floats, q->n_floats, q->doubles, q->n_doubles};
    if (q->sql.overflow)
        return error_set(err, ERROR_LIMIT, "查询条件太长", "the filters of a query are too long");
    if (!v->con)
        return error_set(err, ERROR_UNAVAILABLE, "分析库没有应答",
                         "the fact store does not answer");
    pthread_mutex_lock(&v->asking);
    bool ok = duckdb_ask(&v->store->lib, v->con, strbuf_cstr(&q->sql), &p, each, ctx, err);
    pthread_mutex_unlock(&v->asking);
    return ok;
}

static bool is_damaged(struct error *err) {
    return error_set(err, ERROR_CORRUPT, "分析库的内容与它的目录不符，请运行 huisheng rebuild 重建",
                     "the fact store does not agree with its own dictionary: run huisheng rebuild");
}

// ── groups ──

struct reader {
    const struct plan *plan;
    const struct sql_query *sql;
    struct sums *sums;
};

// The rows of a chunk as parts of groups.
struct parts {
    size_t n;
    size_t groups[DUCKDB_VECTOR_ROWS];
    const int64_t *rows; // of each part
    struct {
        const uint8_t *numbers;
        const uint64_t *known;
    } keyed[QUERY_MAX_MEASURES + QUERY_MAX_CLASSES];
};

// Digit of the first day of a bucket; the plan's keys ascend from digit 1.
static bool day_digit(const struct plan *p, int32_t day, uint64_t *ret) {
    uint32_t low = 1, high = p->days.n;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (p->days.key[middle] < day)
            low = middle + 1;
        else
            high = middle;
    }
    *ret = low;
    return low < p->days.n && p->days.key[low] == day;
}

// Adds digit k of the group numbers of a chunk's rows. `ret_numbers` is multiplied by the digit's radix first.
static bool add_digits(const struct plan *p, int k, const void *values, const uint64_t *known,
                       size_t n, uint64_t *ret_numbers) {
    const struct column *c = &p->facts->columns[p->query->by[k]];
    bool sound = true;
    for (size_t i = 0; i < n; i++) {
        uint64_t digit = 0;
        switch (c->kind) {
        case COLUMN_DAY:
            if (duckdb_known(known, i))
                sound = day_digit(p, ((const int32_t *)values)[i], &digit) && sound;
            break;
        case COLUMN_DIMENSION:
            digit = ((const uint16_t *)values)[i];
            break;
        case COLUMN_CLASS:
            digit = duckdb_known(known, i) ? MIN(((const uint8_t *)values)[i], c->n_classes)
                                           : c->n_classes;
            break;
        case COLUMN_PHRASE:
            digit = (uint32_t)((const int32_t *)values)[i];
            break;
        case COLUMN_MEASURE:
            sound = false;
            break;
        }
        sound = sound && digit < p->radix[k];
        ret_numbers[i] = ret_numbers[i] * p->radix[k] + digit;
    }
    return sound;
}

static void add_class(const struct plan *p, int which, const uint8_t *classes,
                      const uint64_t *known, const struct parts *parts, struct sums *s) {
    int64_t *counts = s->counts + p->class_at[which];
    for (size_t i = 0; i < parts->n; i++)
        if (duckdb_known(known, i) && classes[i] < p->class_size[which])
            counts[parts->groups[i] * (size_t)p->n_counts + classes[i]] += parts->rows[i];
}

static void add_keyed_class(const struct plan *p, int which, int keyed, const struct parts *parts,
                            struct sums *s) {
    const struct query_class *c = &p->query->classes[which];
    uint8_t classes[UINT8_MAX + 1], of_rows[DUCKDB_VECTOR_ROWS];
    assert(parts->keyed[keyed].numbers);
    for (int x = 0; x <= UINT8_MAX; x++) {
        classes[x] = 0;
        while (classes[x] < c->n_cuts && c->cuts[classes[x]] <= (float)x)
            classes[x]++;
    }
    for (size_t i = 0; i < parts->n; i++)
        of_rows[i] = classes[parts->keyed[keyed].numbers[i]];
    add_class(p, which, of_rows, parts->keyed[keyed].known, parts, s);
}

static void add_moments(const struct duckdb *lib, struct duckdb_chunk *chunk, size_t at,
                        const struct parts *parts, struct moments *moments, size_t stride) {
    const int64_t *counts = duckdb_column(lib, chunk, at, NULL);
    const double *sums = duckdb_column(lib, chunk, at + 1, NULL);
    const double *squares = duckdb_column(lib, chunk, at + 2, NULL);
    for (size_t i = 0; i < parts->n; i++) {
        struct moments *m = &moments[parts->groups[i] * stride];
        if (counts[i] > 0)
            *m = moments_plus(*m, (struct moments){counts[i], sums[i], squares[i]});
    }
}

static void add_keyed_moments(const struct parts *parts, int keyed, struct moments *moments,
                              size_t stride) {
    assert(parts->keyed[keyed].numbers);
    for (size_t i = 0; i < parts->n; i++) {
        struct moments *m = &moments[parts->groups[i] * stride];
        if (!duckdb_known(parts->keyed[keyed].known, i))
            continue;
        double n = (double)parts->rows[i], x = parts->keyed[keyed].numbers[i];
        *m = moments_plus(*m, (struct moments){parts->rows[i], n * x, n * x * x});
    }
}

static bool find_groups(const struct reader *r, const struct duckdb *lib,
                        struct duckdb_chunk *chunk, struct parts *ret, size_t *ret_at) {
    const struct plan *p = r->plan;
    uint64_t numbers[DUCKDB_VECTOR_ROWS] = {0};
    for (int k = 0; k < p->query->n_by; k++) {
        const uint64_t *known;
        if (p->facts->columns[p->query->by[k]].state != COLUMN_OPEN)
            continue; // one digit, 0
        const void *values = duckdb_column(lib, chunk, (*ret_at)++, &known);
        if (!add_digits(p, k, values, known, ret->n, numbers))
            return false;
    }
    for (size_t i = 0; i < ret->n; i++)
        ret->groups[i] = sums_group(r->sums, p, numbers[i]);
    return true;
}

static bool read_groups(void *ctx, const struct duckdb *lib, struct duckdb_chunk *chunk, size_t n,
                        struct error *err) {
    const struct reader *r = ctx;
    const struct query *q = r->plan->query;
    struct sums *s = r->sums;
    struct parts parts = {.n = n};
    size_t at = 0;
    if (!find_groups(r, lib, chunk, &parts, &at))
        return is_damaged(err);
    size_t classes_at = at;
    for (int k = 0; k < q->n_classes; k++)
        at += sql_keyed(r->sql, q->classes[k].column) < 0;
    for (int k = 0; k < r->sql->n_keyed; k++)
        parts.keyed[k].numbers = duckdb_column(lib, chunk, at++, &parts.keyed[k].known);
    parts.rows = duckdb_column(lib, chunk, at++, NULL);
    for (size_t i = 0; i < n; i++)
        s->n[parts.groups[i]] += parts.rows[i];
    for (int k = 0; k < q->n_classes; k++) {
        int keyed = sql_keyed(r->sql, q->classes[k].column);
        const uint64_t *known;
        if (keyed >= 0) {
            add_keyed_class(r->plan, k, keyed, &parts, s);
        } else {
            const uint8_t *classes = duckdb_column(lib, chunk, classes_at++, &known);
            add_class(r->plan, k, classes, known, &parts, s);
        }
    }
    for (int k = 0; k < q->n_measures; k++) {
        int keyed = sql_keyed(r->sql, q->measures[k]);
        if (keyed >= 0) {
            add_keyed_moments(&parts, keyed, s->moments + k, (size_t)q->n_measures);
        } else {
            add_moments(lib, chunk, at, &parts, s->moments + k, (size_t)q->n_measures);
            at += 3;
        }
    }
    return true;
}

// The question with what the view is narrowed to.
static struct query narrowed(const struct facts *f, const struct query *q) {
    struct query n = *q;
    if (view_of(f)->narrowed)
        query_narrow(&n, &view_of(f)->narrow);
    return n;
}

static bool ask_groups(const struct facts *f, const struct query *q, struct result *ret,
                       struct error *err) {
    struct plan plan;
    struct sums sums;
    if (!plan_init(&plan, f, q, err))
        return false;
    struct sql_query sql;
    const struct store_state *state = view_of(f)->state;
    sql_groups(&sql, &plan, &(struct sql_measures){state->whole, state->largest});
    sums_init(&sums, &plan);
    struct reader reader = {&plan, &sql, &sums};
    bool ok = sql.nothing || ask(view_of(f), &sql, read_groups, &reader, err);
    if (ok)
        plan_result(&plan, &sums, ret);
    sums_done(&sums);
    sql_query_done(&sql);
    plan_done(&plan);
    return ok;
}

// ── what has been asked before ──

#define KEY_MAX_BYTES (64 * KIB) // of a question that is remembered

// A question and the state of the rows it looks at.
static void add_key(struct strbuf *ret, const struct fact_view *v, char kind,
                    const struct query *q) {
    int64_t changed = state_changed(v->state, q);
    strbuf_addc(ret, kind);
    strbuf_add(ret, str_make((const char *)&changed, sizeof changed));
    query_key(q, ret);
}

// Questions whose key is too long are never found and not kept.
static void *recall(const struct fact_view *v, const struct strbuf *key, size_t *ret_size) {
    return key->overflow || v->store->options.forgets
               ? NULL
               : answers_find(&v->store->answers, strbuf_str(key), ret_size);
}

static void remember(const struct fact_view *v, const struct strbuf *key, const void *bytes,
                     size_t size) {
    if (!key->overflow)
        answers_keep(&v->store->answers, strbuf_str(key), bytes, size);
}

static bool recall_or_ask(const struct facts *f, const struct query *q, struct result *ret,
                          struct error *err) {
    CLEANUP(strbuf_done) struct strbuf key = strbuf_init(KEY_MAX_BYTES);
    const struct fact_view *v = view_of(f);
    size_t size;
    add_key(&key, v, 'g', q);
    void *packed = recall(v, &key, &size);
    if (packed) {
        result_unpack(packed, ret);
    } else {
        if (!ask_groups(f, q, ret, err))
            return false;
        packed = result_pack(ret, &size);
        remember(v, &key, packed, size);
    }
    free(packed);
    return true;
}

#define RECENT_DAYS 4

// Feedback comes in for the last days. A period that reaches into them is asked in two parts, so that the older
// one is remembered when something is new.
static bool split_days(const struct facts *f, const struct query *q, struct query *ret_old,
                       struct query *ret_recent) {
    if (!f->has_day || f->last_day < INT32_MIN + RECENT_DAYS)
        return false;
    if (view_of(f)->store->options.forgets)
        return false;
    int32_t recent = f->last_day - RECENT_DAYS + 1;
    if (q->from_day >= recent || q->to_day <= recent)
        return false;
    *ret_old = *ret_recent = *q;
    ret_old->to_day = ret_recent->from_day = recent;
    ret_old->undated = q->undated || (q->from_day == INT32_MIN && q->to_day == INT32_MAX);
    ret_recent->undated = false;
    return true;
}

static bool engine_query(const struct facts *f, const struct query *q, struct result *ret,
                         struct error *err) {
    CLEANUP(result_done) struct result older = {0}, newer = {0};
    struct query asked = narrowed(f, q), old, recent;
    if (!split_days(f, &asked, &old, &recent))
        return recall_or_ask(f, &asked, ret, err);
    old.order = recent.order = ORDER_KEYS;
    old.limit = recent.limit = 0;
    if (!recall_or_ask(f, &old, &older, err) || !recall_or_ask(f, &recent, &newer, err))
        return false;
    result_merge(&older, &newer, ret);
    result_order(ret, asked.order, asked.limit);
    return true;
}

// ── values ──

struct values {
    float *items;
    size_t n, cap;
};

static bool read_values(void *ctx, const struct duckdb *lib, struct duckdb_chunk *chunk, size_t n,
                        UNUSED struct error *err) {
    struct values *v = ctx;
    if (v->n + n > v->cap) {
        v->cap = MAX(v->n + n, v->cap + v->cap / 2);
        v->items = mem_resize(v->items, v->cap, sizeof *v->items);
    }
    memcpy(v->items + v->n, duckdb_column(lib, chunk, 0, NULL), n * sizeof *v->items);
    v->n += n;
    return true;
}

static bool engine_values(const struct facts *f, const struct query *q, int measure, float **ret,
                          size_t *ret_n, struct error *err) {
    struct plan plan;
    struct values values = {.items = mem_alloc(sizeof(float))};
    struct query asked = narrowed(f, q);
    bool ok = plan_init(&plan, f, &asked, err);
    if (ok) {
        struct sql_query sql;
        sql_values(&sql, &plan, measure);
        ok = sql.nothing || ask(view_of(f), &sql, read_values, &values, err);
        sql_query_done(&sql);
        plan_done(&plan);
    }
    if (!ok) {
        free(values.items);
        return false;
    }
    *ret = values.items;
    *ret_n = values.n;
    return true;
}

const struct facts_engine store_engine = {engine_query, engine_values};

// ── rows behind a figure ──

struct listed {
    int64_t *ids, *at_us;
    size_t n;
};

static bool read_list(void *ctx, const struct duckdb *lib, struct duckdb_chunk *chunk, size_t n,
                      UNUSED struct error *err) {
    struct listed *l = ctx;
    memcpy(l->ids + l->n, duckdb_column(lib, chunk, 0, NULL), n * sizeof *l->ids);
    memcpy(l->at_us + l->n, duckdb_column(lib, chunk, 1, NULL), n * sizeof *l->at_us);
    l->n += n;
    return true;
}

static bool ask_list(const struct fact_view *v, const struct query *q, const struct fact_page *page,
                     struct listed *ret, struct error *err) {
    struct plan plan;
    if (!plan_init(&plan, &v->facts, q, err))
        return false;
    struct sql_query sql;
    sql_list(&sql, &plan, page);
    bool ok = sql.nothing || ask(view_of(&v->facts), &sql, read_list, ret, err);
    sql_query_done(&sql);
    plan_done(&plan);
    return ok;
}

static void remember_list(const struct fact_view *v, const struct strbuf *key,
                          const struct listed *l) {
    size_t size = l->n * sizeof *l->ids;
    char *both = mem_alloc(2 * size);
    if (size) {
        memcpy(both, l->ids, size);
        memcpy(both + size, l->at_us, size);
    }
    remember(v, key, both, 2 * size);
    free(both);
}

static bool recall_list(const struct fact_view *v, const struct strbuf *key, struct listed *ret) {
    size_t size;
    char *both = recall(v, key, &size);
    if (!both)
        return false;
    ret->n = size / 2 / sizeof *ret->ids;
    if (size) {
        memcpy(ret->ids, both, size / 2);
        memcpy(ret->at_us, both + size / 2, size / 2);
    }
    free(both);
    return true;
}

static bool recall_or_list(const struct fact_view *v, const struct query *q,
                           const struct fact_page *page, struct listed *ret, struct error *err) {
    CLEANUP(strbuf_done) struct strbuf key = strbuf_init(KEY_MAX_BYTES);
    const int64_t numbers[] = {page->before_us, page->before_id, (int64_t)page->limit};
    add_key(&key, v, 'l', q);
    strbuf_add(&key, str_make((const char *)numbers, sizeof numbers));
    if (recall_list(v, &key, ret))
        return true;
    if (!ask_list(v, q, page, ret, err))
        return false;
    remember_list(v, &key, ret);
    return true;
}

static bool is_newer(const struct listed *a, size_t i, const struct listed *b, size_t j) {
    return a->at_us[i] != b->at_us[j] ? a->at_us[i] > b->at_us[j] : a->ids[i] > b->ids[j];
}

static void merge_lists(const struct listed *a, const struct listed *b, size_t limit,
                        struct listed *ret) {
    size_t i = 0, j = 0;
    while (ret->n < limit && (i < a->n || j < b->n)) {
        bool from_a = j == b->n || (i < a->n && is_newer(a, i, b, j));
        ret->ids[ret->n] = from_a ? a->ids[i] : b->ids[j];
        ret->at_us[ret->n++] = from_a ? a->at_us[i++] : b->at_us[j++];
    }
}

static bool list_parts(const struct fact_view *v, const struct query *old,
                       const struct query *recent, const struct fact_page *page, struct listed *ret,
                       struct error *err) {
    int64_t *numbers = NEW_ARRAY(int64_t, 4 * page->limit);
    struct listed older = {numbers, numbers + page->limit, 0};
    struct listed newer = {numbers + 2 * page->limit, numbers + 3 * page->limit, 0};
    bool ok =
        recall_or_list(v, old, page, &older, err) && recall_or_list(v, recent, page, &newer, err);
    if (ok)
        merge_lists(&newer, &older, page->limit, ret);
    free(numbers);
    return ok;
}

bool fact_view_list(const struct fact_view *v, const struct query *q, const struct fact_page *page,
                    int64_t *ret_ids, int64_t *ret_at_us, size_t *ret_n, struct error *err) {
    struct query filters = narrowed(&v->facts, q), old, recent;
    struct listed listed = {ret_ids, ret_at_us, 0};
    filters.n_by = filters.n_measures = filters.n_classes = 0;
    if (page->limit > FACT_PAGE_MAX)
        return error_set(err, ERROR_LIMIT, "一页最多 %d 条", "at most %d records a page",
                         FACT_PAGE_MAX);
    if (split_days(&v->facts, &filters, &old, &recent)
            ? !list_parts(v, &old, &recent, page, &listed, err)
            : !recall_or_list(v, &filters, page, &listed, err))
        return false;
    *ret_n = listed.n;
    return true;
}

void fact_view_narrow(struct fact_view *v, const struct query *base) {
    if (!v->narrowed)
        v->narrow = query_init(GRAIN_FEEDBACK);
    v->narrowed = true;
    query_narrow(&v->narrow, base);
}
