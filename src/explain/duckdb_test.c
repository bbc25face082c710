// SPDX-License-Identifier: Apache-2.0
// Everything this folder finds in facts in memory it finds in durable facts: the same planted data in both
// engines, and every finding written out as text and compared.
#include <math.h>

#include "base/strbuf.h"
#include "explain/driver.h"
#include "explain/issues.h"
#include "explain/numbers.h"
#include "explain/overview.h"
#include "explain/planted.h"
#include "explain/segments.h"
#include "explain/trend.h"
#include "olap/columns.h"
#include "olap/store.h"
#include "tests/support/test.h"

static void must(bool ok, const struct error *err) {
    if (!ok)
        fail_msg("%s", err->en);
}

// ── the same facts in a store ──

static void copy_columns(const struct facts *f, struct fact_store *fs) {
    struct error err;
    for (int i = FACTS_FIRST_COLUMN; i < facts_columns(f); i++)
        assert_int_equal(fact_store_column(fs, facts_kind(f, i), facts_name(f, i), facts_role(f, i),
                                           (int)facts_cardinality(f, i), &err),
                         i);
}

static size_t values_of(const struct facts *f, uint32_t row, struct fact_value *ret) {
    size_t n = 0;
    for (int i = FACTS_FIRST_COLUMN; i < facts_columns(f); i++) {
        ret[n] = (struct fact_value){.column = i};
        if (facts_state(f, i) != COLUMN_OPEN)
            continue;
        if (facts_kind(f, i) == COLUMN_DIMENSION)
            ret[n].text = facts_value(f, i, facts_code_at(f, i, row));
        else if (facts_kind(f, i) == COLUMN_CLASS)
            ret[n].number = facts_code_at(f, i, row);
        else
            ret[n].number = facts_measure_at(f, i, row);
        n++;
    }
    return n;
}

static void copy_rows(const struct facts *f, struct fact_store *fs) {
    CLEANUP(arena_done) struct arena a = {0};
    uint32_t n = facts_count(f);
    size_t aspect = 0, n_columns = (size_t)facts_columns(f);
    struct fact_change *changes = ARENA_ARRAY(&a, struct fact_change, n);
    struct fact_aspect *aspects = ARENA_ARRAY(&a, struct fact_aspect, f->aspects.n);
    struct error err;
    for (size_t i = 0; i < f->aspects.n; i++)
        aspects[i] = (struct fact_aspect){((const uint8_t *)f->columns[FACTS_ASPECT].data)[i],
                                          ((const uint8_t *)f->columns[FACTS_POLARITY].data)[i]};
    for (uint32_t row = 0; row < n; row++) {
        struct fact_value *values = ARENA_ARRAY(&a, struct fact_value, n_columns);
        struct fact_change *c = &changes[row];
        *c = (struct fact_change){.id = row + 1,
                                  .day = facts_day_at(f, row),
                                  .at_us = row,
                                  .flags = facts_flags_at(f, row),
                                  .values = values,
                                  .aspects = aspects + aspect};
        c->n_values = values_of(f, row, values);
        while (aspect < f->aspects.n && f->aspects.parents[aspect] == row) {
            c->n_aspects++;
            aspect++;
        }
    }
    for (size_t at = 0; at < n; at += 1000)
        must(fact_store_apply(fs, changes + at, MIN(n - at, (size_t)1000), (int64_t)at, &err),
             &err);
}

// ── findings as text ──

static void add_estimate(struct strbuf *sb, const char *what, struct estimate e) {
    strbuf_addf(sb, "%s %d n %lld", what, e.has, (long long)e.n);
    if (e.has)
        strbuf_addf(sb, " %.7g [%.7g, %.7g]", e.value, e.low, e.high);
    strbuf_addc(sb, '\n');
}

static void add_change(struct strbuf *sb, const char *what, struct change c) {
    strbuf_addf(sb, "%s %d", what, c.has);
    if (c.has)
        strbuf_addf(sb, " %.7g [%.7g, %.7g] p %.7g q %.7g %d", c.diff, c.low, c.high, c.p, c.q,
                    c.significant);
    strbuf_addc(sb, '\n');
}

static void add_counts(struct strbuf *sb, const char *what, const int64_t *counts, size_t n) {
    strbuf_adds(sb, what);
    for (size_t i = 0; i < n; i++)
        strbuf_addf(sb, " %lld", (long long)counts[i]);
    strbuf_addc(sb, '\n');
}

static void describe_overview(const struct layout *l, struct period p, struct strbuf *sb) {
    struct overview o;
    struct dimension_figures d[N_DIMENSIONS];
    struct error err;
    must(overview_measure(l, p, &o, &err), &err);
    must(dimensions_measure(l, p, d, &err), &err);
    add_estimate(sb, "score", o.score);
    add_estimate(sb, "score_all", o.score_all);
    add_estimate(sb, "nps", o.nps);
    add_estimate(sb, "good", o.good_share);
    add_estimate(sb, "bad", o.bad_share);
    const int64_t counts[] = {o.n, o.n_texts, o.n_system_given, o.n_replied, o.n_unreplied_bad};
    add_counts(sb, "counts", counts, ARRAY_LEN(counts));
    add_counts(sb, "sentiment", o.sentiment, N_SENTIMENTS);
    for (int i = 0; i < N_DIMENSIONS; i++) {
        add_estimate(sb, "dimension", d[i].score);
        add_counts(sb, "polarity", d[i].polarity, N_SENTIMENTS);
    }
}

static void describe_comparison(const struct layout *l, struct strbuf *sb) {
    CLEANUP(arena_done) struct arena a = {0};
    struct comparison c;
    struct overview_changes changes;
    struct driver driver;
    struct error err;
    must(compare_choose(l, &(struct compare_request){0}, NULL, &c, &err), &err);
    strbuf_addf(sb, "compare %d %d: %d %d, %d %d, %lld %lld\n", c.has, c.kind, c.now.from, c.now.to,
                c.before.from, c.before.to, (long long)c.n_now, (long long)c.n_before);
    must(overview_compare(l, &c, &changes, &err), &err);
    add_change(sb, "score", changes.score);
    add_change(sb, "nps", changes.nps);
    add_change(sb, "bad", changes.bad);
    for (int i = 0; i < N_DIMENSIONS; i++)
        add_change(sb, "issue", changes.issue[i]);
    must(driver_find(l, &c, &a, &driver, &err), &err);
    strbuf_addf(sb, "driver %d %.7g column %d values %d issue %d %d %.7g\n", driver.has,
                driver.change, driver.has ? driver.column : -1, driver.n_values, driver.has_issue,
                driver.has_issue ? driver.issue : 0, driver.share);
}

static void describe_issues(const struct layout *l, struct period p, struct strbuf *sb) {
    CLEANUP(arena_done) struct arena a = {0};
    struct issues issues;
    struct error err;
    must(issues_find(l, p, SIZE_MAX, &a, &issues, &err), &err);
    strbuf_addf(sb, "issues %zu tested %lld\n", issues.n, (long long)issues.n_tested);
    for (size_t i = 0; i < issues.n; i++) {
        const struct issue_found *f = &issues.items[i];
        strbuf_addf(sb, "issue %d n %lld of bad %.7g\n", f->dimension, (long long)f->n,
                    f->share_of_bad);
        add_estimate(sb, "share", f->share);
        add_change(sb, "effect", f->score_effect);
        for (int k = 0; k < f->n_where; k++) {
            const struct issue_where *w = &f->where[k];
            strbuf_addf(sb, "where %.*s=%.*s %lld of %lld excess %.7g lift %.7g p %.7g q %.7g\n",
                        STR_ARG(facts_name(l->facts, w->column)),
                        STR_ARG(facts_value(l->facts, w->column, w->value)), (long long)w->n,
                        (long long)w->n_texts, w->excess, w->lift, w->p, w->q);
        }
    }
}

static void describe_segments(const struct layout *l, struct period p, struct strbuf *sb) {
    CLEANUP(arena_done) struct arena a = {0};
    struct segments segments;
    struct error err;
    must(segments_find(l, p, &a, &segments, &err), &err);
    strbuf_addf(sb, "segments %zu tested %lld skipped %d\n", segments.n,
                (long long)segments.n_tested, segments.n_skipped);
    for (size_t i = 0; i < segments.n; i++) {
        const struct segment_found *s = &segments.items[i];
        strbuf_addf(sb, "segment %.*s=%.*s %lld bad %lld of %lld shrunk %.7g %d %d %d\n",
                    STR_ARG(facts_name(l->facts, s->column)),
                    STR_ARG(facts_value(l->facts, s->column, s->value)), (long long)s->n,
                    (long long)s->n_bad, (long long)s->n_texts, s->shrunk, s->significant, s->small,
                    s->echo_of);
        add_estimate(sb, "score", s->score);
        add_change(sb, "diff", s->diff);
        add_change(sb, "bad", s->bad);
    }
}

static void describe_trend(const struct layout *l, struct period p, struct strbuf *sb) {
    CLEANUP(arena_done) struct arena a = {0};
    struct trend t;
    struct error err;
    must(trend_measure(l, p, &a, &t, &err), &err);
    strbuf_addf(sb, "trend %d of %zu, without day %lld\n", t.bucket, t.n,
                (long long)t.n_without_day);
    for (size_t i = 0; i < t.n; i++) {
        const struct trend_bucket *b = &t.items[i];
        strbuf_addf(sb, "bucket %d %d n %lld texts %lld partial %d\n", b->from, b->to,
                    (long long)b->n, (long long)b->n_texts, b->partial);
        add_estimate(sb, "score", b->score);
        add_counts(sb, "sentiment", b->sentiment, N_SENTIMENTS);
        add_counts(sb, "issue", b->issue, N_DIMENSIONS);
    }
}

static void describe_numbers(const struct layout *l, struct period p, struct strbuf *sb) {
    CLEANUP(arena_done) struct arena a = {0};
    struct numbers numbers;
    struct error err;
    must(numbers_compare(l, p, &a, &numbers, &err), &err);
    for (size_t i = 0; i < numbers.n; i++) {
        const struct number_found *f = &numbers.items[i];
        strbuf_addf(sb, "number %.*s above %.7g\n", STR_ARG(facts_name(l->facts, f->column)),
                    f->above);
        add_estimate(sb, "bad", f->bad);
        add_estimate(sb, "good", f->good);
        add_change(sb, "diff", f->diff);
    }
}

typedef void describe_fn(const struct layout *l, struct period p, struct strbuf *sb);

static void assert_same_text(struct str a, struct str b) {
    struct str line_a, line_b;
    while (str_cut(&a, '\n', &line_a) && str_cut(&b, '\n', &line_b))
        if (!str_eq(line_a, line_b))
            fail_msg("memory: %.*s\n store: %.*s", STR_ARG(line_a), STR_ARG(line_b));
    assert_int_equal(a.len, 0);
    assert_int_equal(b.len, 0);
}

static void compare(const struct layout *memory, const struct layout *stored) {
    static describe_fn *const all[] = {describe_overview, describe_issues, describe_segments,
                                       describe_trend, describe_numbers};
    const struct period periods[] = {PERIOD_ALL, {PLANTED_FIRST_DAY + 5, PLANTED_FIRST_DAY + 16}};
    CLEANUP(strbuf_done) struct strbuf a = strbuf_init(4 * MIB), b = strbuf_init(4 * MIB);
    for (size_t i = 0; i < ARRAY_LEN(all); i++)
        for (size_t k = 0; k < ARRAY_LEN(periods); k++) {
            all[i](memory, periods[k], &a);
            all[i](stored, periods[k], &b);
        }
    describe_comparison(memory, &a);
    describe_comparison(stored, &b);
    assert_true(a.len > 10000); // there is something to compare
    assert_same_text(strbuf_str(&a), strbuf_str(&b));
}

TEST(explain_finds_the_same_in_durable_facts) {
    for (uint64_t seed = 1; seed <= 3; seed++) {
        struct planted p;
        struct fact_store *fs = NULL;
        struct error err;
        if (!fact_store_open(&(struct fact_store_options){0}, &fs, &err)) {
            if (err.code == ERROR_UNAVAILABLE)
                skip_loudly(err.en);
            fail_msg("%s", err.en);
        }
        planted_slow_delivery(&p, seed, 6000);
        copy_columns(p.layout.facts, fs);
        copy_rows(p.layout.facts, fs);
        struct fact_view *v = fact_store_view(fs);
        struct layout stored = p.layout;
        stored.facts = (struct facts *)fact_view_facts(v);
        assert_int_equal(layout_texts(&stored), layout_texts(&p.layout));
        compare(&p.layout, &stored);
        fact_view_free(v);
        fact_store_close(fs);
        planted_done(&p);
    }
}
