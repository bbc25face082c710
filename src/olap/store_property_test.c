// SPDX-License-Identifier: Apache-2.0
// DuckDB against memory.c: random columns, rows, updates, deletions and queries. The facts in memory are made of the
// rows that are left, with the dictionaries of the view, so that codes, keys and order must be the same. Another seed
// each run; the one of a failure is printed and repeated with HUISHENG_TEST_SEED=….
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"
#include "num/random.h"
#include "olap/store_inner.h"
#include "tests/support/test.h"

#define MAX_DIMENSIONS 5
#define MAX_MEASURES   4
#define MAX_CLASSES    3
#define MAX_ASPECTS    4
#define MAX_PHRASES    3
#define FIRST_DAY      20300

struct row {
    bool exists;
    int32_t day;
    int64_t at_us;
    uint32_t flags;
    int dimensions[MAX_DIMENSIONS]; // number of the value, −1 unknown
    double measures[MAX_MEASURES];
    int classes[MAX_CLASSES];
    int n_aspects, n_phrases;
    struct fact_aspect aspects[MAX_ASPECTS];
    uint32_t phrases[MAX_PHRASES];
};

struct world {
    struct random random;
    int n_dimensions, n_measures, n_classes, n_columns;
    int dimensions[MAX_DIMENSIONS], measures[MAX_MEASURES], classes[MAX_CLASSES];
    int values[MAX_DIMENSIONS]; // how many a dimension has
    int class_sizes[MAX_CLASSES];
    bool whole[MAX_MEASURES]; // stars rather than fractions
    struct row *rows;         // by id
    size_t n_rows;
    struct fact_store *store;
    struct fact_view *view;
    struct facts *memory;
    int64_t *ids; // by row of `memory`
    char path[300];
};

static int below(struct world *w, int n) {
    return (int)random_below(&w->random, (uint64_t)n);
}

// Every ninth value of the last dimension is a telephone number and must count as unknown.
static bool is_secret(const struct world *w, int dimension, int value) {
    return dimension == w->n_dimensions - 1 && value % 9 == 8;
}

static struct str value_text(const struct world *w, int dimension, int value, char *buf,
                             size_t cap) {
    if (value < 0)
        return STR("");
    snprintf(buf, cap, is_secret(w, dimension, value) ? "138%08d" : "值%d", value);
    return str_from(buf);
}

static struct row random_row(struct world *w) {
    struct row r = {.exists = true, .flags = (uint32_t)below(w, 16)};
    r.day = below(w, 12) ? FIRST_DAY + below(w, 100) : FACTS_NO_DAY;
    r.at_us = (int64_t)(FIRST_DAY + below(w, 100)) * US_PER_DAY;
    for (int i = 0; i < w->n_dimensions; i++)
        r.dimensions[i] = below(w, 7) ? below(w, w->values[i]) : -1;
    for (int i = 0; i < w->n_measures; i++) {
        r.measures[i] = w->whole[i] ? below(w, 11) : random_normal(&w->random) * 1000;
        if (!below(w, 8))
            r.measures[i] = below(w, 2) ? (double)NAN : (double)INFINITY;
    }
    for (int i = 0; i < w->n_classes; i++)
        r.classes[i] = below(w, w->class_sizes[i] + 2) - 1; // one too low, one too high
    r.n_aspects = below(w, MAX_ASPECTS + 1);
    for (int i = 0; i < r.n_aspects; i++)
        r.aspects[i] =
            (struct fact_aspect){(uint8_t)(below(w, 30) ? below(w, 9) : 70), (uint8_t)below(w, 3)};
    r.n_phrases = below(w, MAX_PHRASES + 1);
    for (int i = 0; i < r.n_phrases; i++)
        r.phrases[i] = (uint32_t)below(w, 40);
    return r;
}

// ── both engines ──

static void must(bool ok, const struct error *err) {
    if (!ok)
        fail_msg("%s", err->en);
}

static void open_store(struct world *w) {
    struct error err;
    if (fact_store_open(&(struct fact_store_options){.path = w->path}, &w->store, &err))
        return;
    if (err.code == ERROR_UNAVAILABLE)
        skip_loudly(err.en);
    fail_msg("%s", err.en);
}

static void add_columns(struct world *w) {
    char name[16];
    struct error err;
    for (int i = 0; i < w->n_dimensions; i++) {
        snprintf(name, sizeof name, "d%d", i);
        w->dimensions[i] =
            fact_store_column(w->store, COLUMN_DIMENSION, str_from(name), STR(""), 0, &err);
        must(w->dimensions[i] >= 0, &err);
    }
    for (int i = 0; i < w->n_measures; i++) {
        snprintf(name, sizeof name, "m%d", i);
        w->measures[i] =
            fact_store_column(w->store, COLUMN_MEASURE, str_from(name), STR(""), 0, &err);
        must(w->measures[i] >= 0, &err);
    }
    for (int i = 0; i < w->n_classes; i++) {
        snprintf(name, sizeof name, "c%d", i);
        w->classes[i] = fact_store_column(w->store, COLUMN_CLASS, str_from(name), STR(""),
                                          w->class_sizes[i], &err);
        must(w->classes[i] >= 0, &err);
    }
    w->n_columns = FACTS_FIRST_COLUMN + w->n_dimensions + w->n_measures + w->n_classes;
}

static struct fact_change change_of(struct world *w, struct arena *a, int64_t id) {
    const struct row *r = &w->rows[id];
    struct fact_value *values = ARENA_ARRAY(a, struct fact_value, w->n_columns);
    size_t n = 0;
    for (int i = 0; i < w->n_dimensions; i++)
        values[n++] =
            (struct fact_value){.column = w->dimensions[i],
                                .text = value_text(w, i, r->dimensions[i], arena_alloc(a, 32), 32)};
    for (int i = 0; i < w->n_measures; i++)
        values[n++] = (struct fact_value){.column = w->measures[i], .number = r->measures[i]};
    for (int i = 0; i < w->n_classes; i++)
        values[n++] = (struct fact_value){.column = w->classes[i], .number = r->classes[i]};
    return (struct fact_change){.id = id + 1,
                                .gone = !r->exists,
                                .day = r->day,
                                .at_us = r->at_us,
                                .flags = r->flags,
                                .values = values,
                                .n_values = n,
                                .aspects = r->aspects,
                                .n_aspects = (size_t)r->n_aspects,
                                .phrases = r->phrases,
                                .n_phrases = (size_t)r->n_phrases};
}

// New rows, old ones put anew or taken out, some twice in one batch.
static void apply_some(struct world *w, size_t n, int64_t watermark) {
    CLEANUP(arena_done) struct arena a = {0};
    struct fact_change *changes = ARENA_ARRAY(&a, struct fact_change, n);
    struct error err;
    for (size_t i = 0; i < n; i++) {
        int64_t id = (int64_t)random_below(&w->random, w->n_rows);
        struct row *r = ARENA_NEW(&a, struct row);
        w->rows[id] = random_row(w);
        w->rows[id].exists = below(w, 10) > 0;
        *r = w->rows[id];
        changes[i] = change_of(w, &a, id);
        changes[i].aspects = r->aspects; // as they are now: the row may change once more
        changes[i].phrases = r->phrases;
    }
    must(fact_store_apply(w->store, changes, n, watermark, &err), &err);
    if (below(w, 3) == 0) // what was done already changes nothing
        must(fact_store_apply(w->store, changes, n, watermark, &err), &err);
    assert_int_equal(fact_store_watermark(w->store), watermark);
}

static void prime_dictionaries(struct world *w) {
    struct facts *f = w->memory;
    const struct store_state *s = w->view->state;
    for (int i = 0; i < w->n_dimensions; i++) {
        const struct dict *d = &s->dicts[w->dimensions[i]]->dict;
        for (uint32_t code = 0; code < d->count; code++)
            dict_add(&f->columns[w->dimensions[i]].dict, dict_str(d, code));
        if (d->count > 256) // facts_put widens at a new value only
            f->columns[w->dimensions[i]].width = 2;
    }
    f->columns[FACTS_ASPECT].n_classes = s->facts.columns[FACTS_ASPECT].n_classes;
    f->columns[FACTS_POLARITY].n_classes = s->facts.columns[FACTS_POLARITY].n_classes;
    f->n_phrase_codes = s->facts.n_phrase_codes;
}

static void put_in_memory(struct world *w, const struct row *r) {
    char buf[32];
    struct facts *f = w->memory;
    facts_begin(f);
    facts_put_day(f, r->day);
    facts_put_flags(f, r->flags);
    for (int i = 0; i < w->n_dimensions; i++)
        if (!is_secret(w, i, r->dimensions[i]))
            facts_put(f, w->dimensions[i], value_text(w, i, r->dimensions[i], buf, sizeof buf));
    for (int i = 0; i < w->n_measures; i++)
        facts_put_measure(f, w->measures[i], r->measures[i]);
    for (int i = 0; i < w->n_classes; i++)
        facts_put_class(f, w->classes[i], r->classes[i]);
    for (int i = 0; i < r->n_aspects; i++)
        facts_put_aspect(f, r->aspects[i].dimension, r->aspects[i].polarity);
    for (int i = 0; i < r->n_phrases; i++)
        facts_put_phrase(f, r->phrases[i]);
}

static void make_memory(struct world *w) {
    char name[16];
    w->memory = facts_new();
    for (int i = 0; i < w->n_dimensions; i++) {
        snprintf(name, sizeof name, "d%d", i);
        facts_add_dimension(w->memory, str_from(name), STR(""));
    }
    for (int i = 0; i < w->n_measures; i++) {
        snprintf(name, sizeof name, "m%d", i);
        facts_add_measure(w->memory, str_from(name), STR(""));
    }
    for (int i = 0; i < w->n_classes; i++) {
        snprintf(name, sizeof name, "c%d", i);
        facts_add_class(w->memory, str_from(name), w->class_sizes[i]);
    }
    prime_dictionaries(w);
    w->ids = NEW_ARRAY(int64_t, w->n_rows);
    for (size_t i = 0; i < w->n_rows; i++) {
        if (!w->rows[i].exists)
            continue;
        w->ids[facts_count(w->memory)] = (int64_t)i + 1;
        put_in_memory(w, &w->rows[i]);
    }
    facts_seal(w->memory);
}

static void world_init(struct world *w, uint64_t seed, int number) {
    static const int sizes[] = {2, 6, 30, 300};
    *w = (struct world){.random = random_init(seed + (uint64_t)number)};
    w->n_rows = number == 0 ? 150000 : 1 + (size_t)below(w, 3000);
    w->n_dimensions = 1 + below(w, MAX_DIMENSIONS);
    w->n_measures = 1 + below(w, MAX_MEASURES);
    w->n_classes = 1 + below(w, MAX_CLASSES);
    for (int i = 0; i < w->n_dimensions; i++)
        w->values[i] = sizes[below(w, 4)];
    for (int i = 0; i < w->n_measures; i++)
        w->whole[i] = below(w, 2);
    for (int i = 0; i < w->n_classes; i++)
        w->class_sizes[i] = 1 + below(w, 6);
    w->rows = NEW_ARRAY(struct row, w->n_rows);
    snprintf(w->path, sizeof w->path, "%s/property-%d.duckdb", test_tmp_dir(), number);
}

static void world_fill(struct world *w, int number) {
    open_store(w);
    add_columns(w);
    int batches = number == 0 ? 3 : 1 + below(w, 12);
    for (int i = 0; i < batches; i++) {
        apply_some(w, number == 0 ? 40000 : (size_t)below(w, 700), i + 1);
        if (below(w, 8) == 0) {
            fact_store_close(w->store);
            open_store(w);
        }
    }
    w->view = fact_store_view(w->store);
    make_memory(w);
    assert_int_equal(facts_count(fact_view_facts(w->view)), facts_count(w->memory));
    assert_int_equal(facts_count_aspects(fact_view_facts(w->view)), facts_count_aspects(w->memory));
    assert_int_equal(facts_count_phrases(fact_view_facts(w->view)), facts_count_phrases(w->memory));
}

static void world_done(struct world *w) {
    fact_view_free(w->view);
    fact_store_close(w->store);
    facts_free(w->memory);
    free(w->ids);
    free(w->rows);
}

// ── questions ──

// A column a question of this grain may use; now and then one that it may not.
static int any_column(struct world *w, enum grain grain) {
    if (!below(w, 100))
        return below(w, w->n_columns);
    switch (below(w, 4)) {
    case 0:
        return w->dimensions[below(w, w->n_dimensions)];
    case 1:
        return w->classes[below(w, w->n_classes)];
    case 2:
        return grain == GRAIN_PHRASE   ? FACTS_PHRASE
               : grain == GRAIN_ASPECT ? FACTS_ASPECT + below(w, 2)
                                       : w->dimensions[below(w, w->n_dimensions)];
    default:
        return FACTS_DAY;
    }
}

static double any_number(struct world *w, int measure) {
    return w->whole[measure] ? below(w, 12) : random_normal(&w->random) * 800;
}

static void add_cuts(struct world *w, struct query *q, int measure) {
    float cuts[QUERY_MAX_CUTS];
    int n = 1 + below(w, QUERY_MAX_CUTS);
    double x = w->whole[measure] ? -1 : -1500;
    for (int i = 0; i < n; i++)
        cuts[i] = (float)(x += random_unit(&w->random) * (w->whole[measure] ? 2 : 400));
    query_cuts(q, w->measures[measure], cuts, n);
}

static void add_filter(struct world *w, struct query *q, struct arena *a) {
    if (!below(w, 3)) {
        int m = below(w, w->n_measures);
        double low = any_number(w, m);
        query_range(q, w->measures[m], low,
                    below(w, 5) ? low + fabs(any_number(w, m))
                                : (double)(below(w, 2) ? NAN : INFINITY));
        return;
    }
    int column = any_column(w, q->grain);
    if (column == FACTS_DAY)
        return;
    size_t n = (size_t)below(w, 40);
    uint32_t *codes = ARENA_ARRAY(a, uint32_t, n + 1);
    for (size_t i = 0; i <= n; i++)
        codes[i] = below(w, 8) ? (uint32_t)below(w, 20) : (uint32_t)FACTS_NO_CLASS;
    if (n < 8)
        query_only(q, column, codes[0]);
    else if (below(w, 2))
        query_in(q, column, codes, n);
    else
        query_not_in(q, column, codes, n / 4);
}

static struct query any_query(struct world *w, struct arena *a) {
    struct query q = query_init((enum grain)below(w, 3));
    for (int i = below(w, 4); i > 0; i--)
        query_by(&q, any_column(w, q.grain));
    q.bucket = (enum time_bucket)below(w, 3);
    for (int i = below(w, 4); i > 0; i--)
        query_measure(&q, w->measures[below(w, w->n_measures)]);
    for (int i = below(w, 3); i > 0; i--) {
        if (below(w, 2))
            add_cuts(w, &q, below(w, w->n_measures));
        else
            query_classes(&q, w->classes[below(w, w->n_classes)]);
    }
    if (q.grain == GRAIN_ASPECT && !below(w, 4))
        query_classes(&q, FACTS_POLARITY);
    for (int i = below(w, 4); i > 0; i--)
        add_filter(w, &q, a);
    if (!below(w, 3))
        query_days(&q, below(w, 4) ? FIRST_DAY + below(w, 50) : INT32_MIN,
                   below(w, 4) ? FIRST_DAY + 40 + below(w, 60) : INT32_MAX);
    if (!below(w, 4))
        q.flags_all = (uint32_t)below(w, 4);
    if (!below(w, 4))
        q.flags_none = (uint32_t)below(w, 8);
    if (!below(w, 5))
        q.with_dimensions = (uint64_t)below(w, 64);
    if (!below(w, 5))
        q.with_polarities = (uint32_t)below(w, 8);
    q.order = below(w, 2) ? ORDER_COUNT_DESC : ORDER_KEYS;
    q.limit = below(w, 2) ? (size_t)below(w, 30) : 0;
    return q;
}

// Both sums are of the same doubles in another order.
static void assert_sums(double a, double b, struct moments of) {
    double size = sqrt((double)of.n * of.sum_sq);
    if (!(fabs(a - b) <= 1e-9 * size))
        fail_msg("sums differ: %.17g, %.17g", a, b);
}

static void assert_same_result(const struct result *a, const struct result *b) {
    assert_int_equal(a->n_groups, b->n_groups);
    assert_int_equal(a->n_groups_total, b->n_groups_total);
    assert_int_equal(a->n_counts, b->n_counts);
    if (a->n_by)
        assert_memory_equal(a->keys, b->keys, a->n_groups * (size_t)a->n_by * sizeof *a->keys);
    assert_memory_equal(a->n, b->n, a->n_groups * sizeof *a->n);
    if (a->n_counts)
        assert_memory_equal(a->counts, b->counts,
                            a->n_groups * (size_t)a->n_counts * sizeof *a->counts);
    for (size_t i = 0; i < a->n_groups * (size_t)a->n_measures; i++) {
        assert_int_equal(a->moments[i].n, b->moments[i].n);
        assert_sums(a->moments[i].sum, b->moments[i].sum, a->moments[i]);
        if (!(fabs(a->moments[i].sum_sq - b->moments[i].sum_sq) <= 1e-9 * a->moments[i].sum_sq))
            fail_msg("squares differ: %.17g, %.17g", a->moments[i].sum_sq, b->moments[i].sum_sq);
    }
}

static int by_value(const void *a, const void *b) {
    float x = *(const float *)a, y = *(const float *)b;
    return x < y ? -1 : x > y;
}

static void compare_values(struct world *w, const struct query *q) {
    int measure = w->measures[below(w, w->n_measures)];
    float *a = NULL, *b = NULL;
    size_t n_a = 0, n_b = 0;
    struct query feedback = *q;
    feedback.grain = GRAIN_FEEDBACK;
    struct error err_a = {0}, err_b = {0};
    bool ok_a = facts_values(w->memory, &feedback, measure, &a, &n_a, &err_a);
    bool ok_b = facts_values(fact_view_facts(w->view), &feedback, measure, &b, &n_b, &err_b);
    assert_int_equal(ok_a, ok_b);
    assert_int_equal(err_a.code, err_b.code);
    assert_int_equal(n_a, n_b);
    if (n_a) {
        qsort(a, n_a, sizeof *a, by_value);
        qsort(b, n_b, sizeof *b, by_value);
        assert_memory_equal(a, b, n_a * sizeof *a);
    }
    free(a);
    free(b);
}

struct listed {
    int64_t at_us, id;
};

static int newest_first(const void *a, const void *b) {
    const struct listed *x = a, *y = b;
    if (x->at_us != y->at_us)
        return x->at_us > y->at_us ? -1 : 1;
    return x->id > y->id ? -1 : x->id < y->id;
}

// The rows that pass by the selector of memory.c, each once.
static size_t plain_list(struct world *w, const struct query *q, struct listed *ret) {
    struct selector s;
    struct selection chunk;
    size_t n = 0, items = facts_grain_count(w->memory, q->grain);
    uint32_t last = UINT32_MAX;
    assert_true(selector_init(&s, w->memory, q, NULL));
    for (size_t from = 0; from < items; from += CHUNK) {
        selector_apply(&s, from, MIN(from + CHUNK, items), &chunk);
        for (size_t i = 0; i < chunk.n; i++) {
            int64_t id = w->ids[chunk.rows[i]];
            if (chunk.rows[i] != last)
                ret[n++] = (struct listed){w->rows[id - 1].at_us, id};
            last = chunk.rows[i];
        }
    }
    selector_done(&s);
    qsort(ret, n, sizeof *ret, newest_first);
    return n;
}

static void compare_lists(struct world *w, const struct query *q) {
    int64_t ids[50], at_us[50];
    size_t n = 0, seen = 0;
    struct fact_page page = {INT64_MAX, INT64_MAX, ARRAY_LEN(ids)};
    struct listed *plain = NEW_ARRAY(struct listed, w->n_rows);
    size_t n_plain = plain_list(w, q, plain);
    for (int pages = 0; pages < 4; pages++) {
        struct error err;
        must(fact_view_list(w->view, q, &page, ids, at_us, &n, &err), &err);
        assert_int_equal(n, MIN(n_plain - seen, ARRAY_LEN(ids)));
        for (size_t i = 0; i < n; i++, seen++) {
            assert_int_equal(ids[i], plain[seen].id);
            assert_int_equal(at_us[i], plain[seen].at_us);
        }
        if (n < ARRAY_LEN(ids))
            break;
        page.before_us = at_us[n - 1];
        page.before_id = ids[n - 1];
    }
    free(plain);
}

static void compare(struct world *w) {
    CLEANUP(arena_done) struct arena a = {0};
    CLEANUP(result_done) struct result memory = {0}, stored = {0};
    struct error err_memory = {0}, err_stored = {0};
    struct query q = any_query(w, &a);
    bool ok = facts_query(w->memory, &q, 2, &memory, &err_memory);
    bool same = facts_query(fact_view_facts(w->view), &q, 2, &stored, &err_stored);
    if (ok != same || err_memory.code != err_stored.code)
        fail_msg("memory: %d %s, store: %d %s", ok, err_memory.en, same, err_stored.en);
    if (!ok)
        return;
    assert_same_result(&memory, &stored);
    if (!below(w, 4))
        compare_values(w, &q);
    if (!below(w, 4))
        compare_lists(w, &q);
}

// A view that is narrowed answers as if every question had said so.
static void compare_narrowed(struct world *w) {
    CLEANUP(arena_done) struct arena a = {0};
    CLEANUP(result_done) struct result memory = {0}, stored = {0};
    struct error err_memory = {0}, err_stored = {0};
    struct query base = any_query(w, &a), q = any_query(w, &a), both = q;
    struct fact_view *v = fact_store_view(w->store);
    base.grain = GRAIN_FEEDBACK;
    query_narrow(&both, &base);
    fact_view_narrow(v, &base);
    bool ok = facts_query(w->memory, &both, 1, &memory, &err_memory);
    bool same = facts_query(fact_view_facts(v), &q, 1, &stored, &err_stored);
    assert_int_equal(ok, same);
    assert_int_equal(err_memory.code, err_stored.code);
    if (ok)
        assert_same_result(&memory, &stored);
    fact_view_free(v);
}

TEST(store_agrees_with_memory_on_random_data_and_queries) {
    const char *given = getenv("HUISHENG_TEST_SEED");
    int64_t seed = clock_now_us();
    if (given && !str_to_int64(str_from(given), &seed))
        fail_msg("HUISHENG_TEST_SEED is no number");
    print_message("seed %lld\n", (long long)seed);
    for (int number = 0; number < 12; number++) {
        struct world w;
        world_init(&w, (uint64_t)seed, number);
        world_fill(&w, number);
        for (int i = 0; i < 45; i++)
            compare(&w);
        for (int i = 0; i < 10; i++)
            compare_narrowed(&w);
        world_done(&w);
    }
}
