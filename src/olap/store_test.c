// SPDX-License-Identifier: Apache-2.0
#include "olap/store.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "tests/support/test.h"

static void store_closep(struct fact_store **fs) {
    fact_store_close(*fs);
}

static void view_freep(struct fact_view **v) {
    fact_view_free(*v);
}

static const char *fresh_path(const char *name) {
    static char path[256];
    static unsigned turn;
    snprintf(path, sizeof path, "%s/%s-%u.duckdb", test_tmp_dir(), name, turn++);
    return path;
}

// Without the library there is nothing to test.
static struct fact_store *open_or_skip(const char *path) {
    struct fact_store *fs = NULL;
    struct error err;
    if (fact_store_open(&(struct fact_store_options){.path = path}, &fs, &err))
        return fs;
    if (err.code == ERROR_UNAVAILABLE)
        skip_loudly(err.en);
    fail_msg("%s", err.en);
    return NULL;
}

static void must(bool ok, const struct error *err) {
    if (!ok)
        fail_msg("%s", err->en);
}

static int column(struct fact_store *fs, enum column_kind kind, const char *name,
                  const char *role) {
    struct error err;
    int c = fact_store_column(fs, kind, str_from(name), str_from(role), 3, &err);
    must(c >= 0, &err);
    return c;
}

struct shop { // three columns and a few rows
    int region, score, sentiment;
};

static struct shop shop_columns(struct fact_store *fs) {
    return (struct shop){column(fs, COLUMN_DIMENSION, "省份", "region"),
                         column(fs, COLUMN_MEASURE, "评分", "score"),
                         column(fs, COLUMN_CLASS, "sentiment", "")};
}

static void put(struct fact_store *fs, const struct shop *s, int64_t id, const char *region,
                double score, int sentiment) {
    struct error err;
    struct fact_value values[] = {{.column = s->region, .text = str_from(region)},
                                  {.column = s->score, .number = score},
                                  {.column = s->sentiment, .number = sentiment}};
    struct fact_aspect aspects[] = {{2, (uint8_t)sentiment}, {4, 1}, {2, 0}};
    uint32_t phrases[] = {7, 7, (uint32_t)id % 3};
    struct fact_change c = {
        .id = id,
        .day = 20000 + (int32_t)(id % 10),
        .at_us = id * 1000,
        .flags = (uint32_t)id % 4,
        .values = values,
        .n_values = 3,
        .aspects = aspects,
        .n_aspects = 3,
        .phrases = phrases,
        .n_phrases = 3,
    };
    must(fact_store_apply(fs, &c, 1, id, &err), &err);
}

static int64_t count(const struct fact_view *v, const struct query *q) {
    CLEANUP(result_done) struct result r = {0};
    struct error err;
    int64_t n = 0;
    must(facts_query(fact_view_facts(v), q, 1, &r, &err), &err);
    for (size_t g = 0; g < r.n_groups; g++)
        n += r.n[g];
    return n;
}

static int64_t count_grain(const struct fact_view *v, enum grain grain) {
    struct query q = query_init(grain);
    return count(v, &q);
}

TEST(store_answers_what_was_put) {
    CLEANUP(store_closep) struct fact_store *fs = open_or_skip(NULL);
    struct shop s = shop_columns(fs);
    put(fs, &s, 1, "西藏", 2, 0);
    put(fs, &s, 2, "上海", 5, 2);
    put(fs, &s, 3, "西藏", 1, 0);
    put(fs, &s, 4, "", 4, 1);
    CLEANUP(view_freep) struct fact_view *v = fact_store_view(fs);
    const struct facts *f = fact_view_facts(v);
    assert_int_equal(facts_count(f), 4);
    assert_int_equal(facts_count_aspects(f), 8);
    assert_int_equal(facts_count_phrases(f), 8);
    assert_str(facts_name(f, s.region), "省份");
    assert_int_equal(facts_find_role(f, STR("region")), s.region);
    assert_int_equal(facts_cardinality(f, s.region), 3);
    int32_t first, last;
    assert_true(facts_days(f, &first, &last));
    assert_int_equal(first, 20001);
    assert_int_equal(last, 20004);
    struct query q = query_init(GRAIN_FEEDBACK);
    query_by(&q, s.region);
    query_measure(&q, s.score);
    query_classes(&q, s.sentiment);
    CLEANUP(result_done) struct result r = {0};
    struct error err;
    must(facts_query(f, &q, 2, &r, &err), &err);
    assert_int_equal(r.n_groups, 3);
    assert_str(facts_value(f, s.region, (uint32_t)result_key(&r, 1, 0)), "西藏");
    assert_int_equal(r.n[1], 2);
    assert_float_equal(result_moments(&r, 1, 0).sum, 3, 0);
    assert_float_equal(result_moments(&r, 1, 0).sum_sq, 5, 0);
    assert_int_equal(result_classes(&r, 1, 0)[0], 2);
    assert_int_equal(result_key(&r, 0, 0), FACTS_UNKNOWN_CODE);
    float *values;
    size_t n;
    must(facts_values(f, &q, s.score, &values, &n, &err), &err);
    assert_int_equal(n, 4);
    free(values);
}

TEST(store_replaces_a_feedback_whole_and_takes_it_out) {
    CLEANUP(store_closep) struct fact_store *fs = open_or_skip(NULL);
    struct shop s = shop_columns(fs);
    struct error err;
    for (int64_t id = 1; id <= 9; id++)
        put(fs, &s, id, "西藏", 2, 0);
    put(fs, &s, 5, "上海", 5, 2);
    struct fact_change gone[] = {{.id = 9, .gone = true}, {.id = 77, .gone = true}};
    must(fact_store_apply(fs, gone, 2, 12, &err), &err);
    CLEANUP(view_freep) struct fact_view *v = fact_store_view(fs);
    assert_int_equal(fact_store_watermark(fs), 12);
    assert_int_equal(facts_count(fact_view_facts(v)), 8);
    assert_int_equal(count_grain(v, GRAIN_FEEDBACK), 8);
    assert_int_equal(count_grain(v, GRAIN_ASPECT), 16);
    assert_int_equal(count_grain(v, GRAIN_PHRASE), 16);
    int32_t first, last;
    assert_true(facts_days(fact_view_facts(v), &first, &last));
    assert_int_equal(last, 20008);
    struct query q = query_init(GRAIN_ASPECT);
    query_only(&q, s.region, facts_code(fact_view_facts(v), s.region, STR("上海")));
    assert_int_equal(count(v, &q), 2);
}

TEST(store_counts_the_last_change_of_an_id) {
    CLEANUP(store_closep) struct fact_store *fs = open_or_skip(NULL);
    struct error err;
    struct fact_change changes[] = {{.id = 1, .day = 20000, .flags = 1},
                                    {.id = 2, .day = 20001, .flags = 1},
                                    {.id = 1, .day = 20002, .flags = 2},
                                    {.id = 2, .gone = true}};
    must(fact_store_apply(fs, changes, 4, 4, &err), &err);
    CLEANUP(view_freep) struct fact_view *v = fact_store_view(fs);
    struct query q = query_init(GRAIN_FEEDBACK);
    assert_int_equal(count(v, &q), 1);
    q.flags_all = 2;
    assert_int_equal(count(v, &q), 1);
}

TEST(store_is_there_again_after_it_was_closed) {
    const char *path = fresh_path("again");
    struct shop s;
    {
        CLEANUP(store_closep) struct fact_store *fs = open_or_skip(path);
        s = shop_columns(fs);
        for (int64_t id = 1; id <= 20; id++)
            put(fs, &s, id, id % 2 ? "西藏" : "上海", (double)(id % 5) + 1, (int)(id % 3));
    }
    CLEANUP(store_closep) struct fact_store *fs = open_or_skip(path);
    assert_int_equal(fact_store_watermark(fs), 20);
    assert_int_equal(column(fs, COLUMN_DIMENSION, "省份", "region"), s.region);
    assert_int_equal(column(fs, COLUMN_CLASS, "sentiment", ""), s.sentiment);
    put(fs, &s, 21, "上海", 1, 0);
    CLEANUP(view_freep) struct fact_view *v = fact_store_view(fs);
    const struct facts *f = fact_view_facts(v);
    assert_int_equal(facts_count(f), 21);
    assert_int_equal(facts_count_aspects(f), 42);
    assert_str(facts_value(f, s.region, 1), "西藏");
    assert_str(facts_role(f, s.region), "region");
    assert_int_equal(facts_code(f, s.region, STR("上海")), 2);
    assert_int_equal(facts_cardinality(f, FACTS_ASPECT), 5);
    struct query q = query_init(GRAIN_FEEDBACK);
    query_only(&q, s.region, 2);
    assert_int_equal(count(v, &q), 11);
}

// Applies n rows whose value of one dimension is told by `value`.
static void fill(struct fact_store *fs, int dimension, int64_t first, int64_t n, int64_t modulus) {
    struct fact_change *changes = calloc((size_t)n, sizeof *changes);
    struct fact_value *values = calloc((size_t)n, sizeof *values);
    char(*text)[24] = calloc((size_t)n, sizeof *text);
    struct error err;
    for (int64_t i = 0; i < n; i++) {
        snprintf(text[i], sizeof text[i], "v%lld", (long long)((first + i) % modulus));
        values[i] = (struct fact_value){.column = dimension, .text = str_from(text[i])};
        changes[i] = (struct fact_change){
            .id = first + i, .day = FACTS_NO_DAY, .values = &values[i], .n_values = 1};
    }
    must(fact_store_apply(fs, changes, (size_t)n, first + n, &err), &err);
    free(changes);
    free(values);
    free(text);
}

// An answer that is remembered is that of the view's moment, and of the question that was asked.
TEST(store_answers_again_until_the_facts_change) {
    CLEANUP(store_closep) struct fact_store *fs = open_or_skip(NULL);
    struct shop s = shop_columns(fs);
    struct fact_page page = {INT64_MAX, INT64_MAX, 4};
    int64_t ids[4], at_us[4];
    size_t n;
    struct error err;
    put(fs, &s, 1, "西藏", 2, 0);
    CLEANUP(view_freep) struct fact_view *before = fact_store_view(fs);
    struct query q = query_init(GRAIN_FEEDBACK), narrow = query_init(GRAIN_FEEDBACK);
    query_only(&q, s.region, 1);
    for (int again = 0; again < 2; again++) {
        assert_int_equal(count(before, &q), 1);
        must(fact_view_list(before, &q, &page, ids, at_us, &n, &err), &err);
        assert_int_equal(n, 1);
        assert_int_equal(ids[0], 1);
    }
    put(fs, &s, 2, "西藏", 5, 2);
    CLEANUP(view_freep) struct fact_view *after = fact_store_view(fs);
    CLEANUP(view_freep) struct fact_view *good = fact_store_view(fs);
    query_only(&narrow, s.sentiment, 2);
    fact_view_narrow(good, &narrow);
    for (int again = 0; again < 2; again++) {
        assert_int_equal(count(after, &q), 2);
        assert_int_equal(count(before, &q), 1);
        assert_int_equal(count(good, &q), 1);
        must(fact_view_list(after, &q, &page, ids, at_us, &n, &err), &err);
        assert_int_equal(n, 2);
        must(fact_view_list(good, &q, &page, ids, at_us, &n, &err), &err);
        assert_int_equal(n, 1);
        assert_int_equal(ids[0], 2);
    }
}

static void put_on_day(struct fact_store *fs, int64_t id, int32_t day, bool gone) {
    struct error err;
    struct fact_change c = {.id = id, .day = day, .at_us = day, .gone = gone};
    must(fact_store_apply(fs, &c, 1, 1, &err), &err);
}

static void assert_counts(struct fact_store *fs, int64_t early, int64_t all, int64_t undated) {
    CLEANUP(view_freep) struct fact_view *v = fact_store_view(fs);
    struct query q = query_init(GRAIN_FEEDBACK);
    assert_int_equal(count(v, &q), all + undated);
    query_days(&q, 20000, 20400); // reaches into the last weeks: asked in two parts
    assert_int_equal(count(v, &q), all);
    q.to_day = 20100;
    assert_int_equal(count(v, &q), early);
    q.from_day = 19000; // more weeks than are told apart
    assert_int_equal(count(v, &q), early);
}

// Each change is in the answers that look at its days, whichever days those are, and where it was before.
TEST(store_forgets_what_a_change_makes_wrong) {
    CLEANUP(store_closep) struct fact_store *fs = open_or_skip(NULL);
    for (int64_t id = 1; id <= 30; id++)
        put_on_day(fs, id, 20000 + 10 * (int32_t)id, false);
    assert_counts(fs, 9, 30, 0);
    put_on_day(fs, 31, 20299, false);
    assert_counts(fs, 9, 31, 0);
    put_on_day(fs, 32, 20020, false);
    assert_counts(fs, 10, 32, 0);
    put_on_day(fs, 3, 20300, false); // from an old day to a new one
    assert_counts(fs, 9, 32, 0);
    put_on_day(fs, 30, 20001, false); // and back
    assert_counts(fs, 10, 32, 0);
    put_on_day(fs, 4, 0, true);
    assert_counts(fs, 9, 31, 0);
    put_on_day(fs, 32, FACTS_NO_DAY, false);
    assert_counts(fs, 8, 30, 1);
    put_on_day(fs, 33, FACTS_NO_DAY, false);
    assert_counts(fs, 8, 30, 2);
    put_on_day(fs, 32, 0, true);
    assert_counts(fs, 8, 30, 1);
    struct error err;
    must(fact_store_clear(fs, &err), &err);
    assert_counts(fs, 0, 0, 0);
}

TEST(store_views_stay_what_they_were) {
    CLEANUP(store_closep) struct fact_store *fs = open_or_skip(NULL);
    struct shop s = shop_columns(fs);
    put(fs, &s, 1, "西藏", 2, 0);
    CLEANUP(view_freep) struct fact_view *before = fact_store_view(fs);
    put(fs, &s, 1, "上海", 5, 2);
    put(fs, &s, 2, "北京", 5, 2);
    int late = column(fs, COLUMN_DIMENSION, "late", "");
    CLEANUP(view_freep) struct fact_view *after = fact_store_view(fs);
    struct query q = query_init(GRAIN_FEEDBACK);
    assert_int_equal(count(before, &q), 1);
    assert_int_equal(count(after, &q), 2);
    query_only(&q, s.region, 1);
    assert_int_equal(count(before, &q), 1);
    assert_int_equal(count(after, &q), 0);
    assert_int_equal(facts_columns(fact_view_facts(before)), late);
    assert_int_equal(facts_columns(fact_view_facts(after)), late + 1);
    assert_int_equal(facts_cardinality(fact_view_facts(before), s.region), 2);
    struct error err;
    must(fact_store_clear(fs, &err), &err);
    assert_int_equal(count_grain(before, GRAIN_FEEDBACK), 1);
    assert_str(facts_name(fact_view_facts(before), s.region), "省份");
    CLEANUP(view_freep) struct fact_view *cleared = fact_store_view(fs);
    assert_int_equal(count_grain(cleared, GRAIN_FEEDBACK), 0);
    assert_int_equal(facts_columns(fact_view_facts(cleared)), FACTS_FIRST_COLUMN);
    assert_int_equal(fact_store_watermark(fs), 0);
}

TEST(store_views_keep_columns_that_change_their_shape) {
    CLEANUP(store_closep) struct fact_store *fs = open_or_skip(NULL);
    struct shop s = shop_columns(fs);
    int order = column(fs, COLUMN_DIMENSION, "order", "");
    for (int64_t id = 1; id <= 30; id++)
        put(fs, &s, id, "西藏", 250, 0);
    fill(fs, order, 31, 100, 10);
    CLEANUP(view_freep) struct fact_view *before = fact_store_view(fs);
    put(fs, &s, 200, "西藏", 0.5, 0);     // no whole number any more
    fill(fs, order, 1000, 3000, 1000000); // an identity after all
    put(fs, &s, 4001, "西藏", 251, 0);
    put(fs, &s, 4002, "西藏", -1, 0);
    CLEANUP(view_freep) struct fact_view *after = fact_store_view(fs);
    const struct fact_view *views[] = {before, after};
    for (int i = 0; i < 2; i++) {
        const struct facts *f = fact_view_facts(views[i]);
        static const float cuts[] = {0.75f, 250.5f};
        struct query q = query_init(GRAIN_FEEDBACK);
        query_by(&q, order);
        query_only(&q, s.region, 1);
        query_measure(&q, s.score);
        query_cuts(&q, s.score, cuts, 2);
        CLEANUP(result_done) struct result r = {0};
        struct error err;
        must(facts_query(f, &q, 1, &r, &err), &err);
        assert_int_equal(facts_state(f, order), i ? COLUMN_TOO_MANY : COLUMN_OPEN);
        assert_int_equal(r.n_groups, 1);
        assert_int_equal(r.n[0], i ? 33 : 30);
        assert_float_equal(result_moments(&r, 0, 0).sum, i ? 7750.5 : 7500, 0);
        assert_int_equal(result_classes(&r, 0, 0)[0], i ? 2 : 0);
        assert_int_equal(result_classes(&r, 0, 0)[1], 30);
        assert_int_equal(result_classes(&r, 0, 0)[2], i ? 1 : 0);
    }
}

TEST(store_lists_the_feedback_behind_a_figure_newest_first) {
    CLEANUP(store_closep) struct fact_store *fs = open_or_skip(NULL);
    struct shop s = shop_columns(fs);
    for (int64_t id = 1; id <= 30; id++)
        put(fs, &s, id, id % 3 ? "西藏" : "上海", 3, 0);
    CLEANUP(view_freep) struct fact_view *v = fact_store_view(fs);
    struct query q = query_init(GRAIN_FEEDBACK);
    query_only(&q, s.region, facts_code(fact_view_facts(v), s.region, STR("上海")));
    struct fact_page page = {INT64_MAX, INT64_MAX, 4};
    int64_t ids[4], at_us[4], next = 30;
    size_t n = 4;
    struct error err;
    while (n == 4) {
        must(fact_view_list(v, &q, &page, ids, at_us, &n, &err), &err);
        for (size_t i = 0; i < n; i++, next -= 3) {
            assert_int_equal(ids[i], next);
            assert_int_equal(at_us[i], next * 1000);
        }
        page.before_us = at_us[n - 1];
        page.before_id = ids[n - 1];
    }
    assert_int_equal(next, 0);
    q.grain = GRAIN_ASPECT; // two aspects each, listed once
    page = (struct fact_page){INT64_MAX, INT64_MAX, 4};
    must(fact_view_list(v, &q, &page, ids, at_us, &n, &err), &err);
    assert_int_equal(n, 4);
    assert_int_equal(ids[1], 27);
    page.limit = FACT_PAGE_MAX + 1;
    assert_false(fact_view_list(v, &q, &page, ids, at_us, &n, &err));
    assert_int_equal(err.code, ERROR_LIMIT);
}

TEST(store_keeps_personal_data_and_texts_out) {
    const char *path = fresh_path("private");
    static const char *const secrets[] = {"13800138000", "zhang.san@example.com",
                                          "110105194912310021", "客户 139-0013-9000"};
    {
        CLEANUP(store_closep) struct fact_store *fs = open_or_skip(path);
        struct shop s = shop_columns(fs);
        for (size_t i = 0; i < ARRAY_LEN(secrets); i++)
            put(fs, &s, (int64_t)i + 1, secrets[i], 3, 0);
        assert_int_equal(fact_store_refused(fs), ARRAY_LEN(secrets));
        CLEANUP(view_freep) struct fact_view *v = fact_store_view(fs);
        assert_int_equal(facts_cardinality(fact_view_facts(v), s.region), 1);
        assert_int_equal(count_grain(v, GRAIN_FEEDBACK), ARRAY_LEN(secrets));
    }
    const char *const suffixes[] = {"", ".wal"};
    for (size_t k = 0; k < ARRAY_LEN(suffixes); k++) {
        char command[512];
        for (size_t i = 0; i < ARRAY_LEN(secrets); i++) {
            snprintf(command, sizeof command, "grep -q '%s' '%s%s' 2>/dev/null", secrets[i], path,
                     suffixes[k]);
            assert_int_not_equal(system(command), 0);
        }
    }
}

TEST(store_closes_a_dimension_with_too_many_values) {
    const char *path = fresh_path("many");
    int a, b;
    {
        CLEANUP(store_closep) struct fact_store *fs = open_or_skip(path);
        a = column(fs, COLUMN_DIMENSION, "a", "");
        b = column(fs, COLUMN_DIMENSION, "b", "");
        for (int64_t first = 1; first < 32000; first += 8000) // 10,001 values
            fill(fs, a, first, 8000, FACTS_MAX_VALUES + 1);
        fill(fs, b, 40000, 3000, 7);
        CLEANUP(view_freep) struct fact_view *v = fact_store_view(fs);
        assert_int_equal(facts_state(fact_view_facts(v), a), COLUMN_TOO_MANY);
        assert_int_equal(facts_cardinality(fact_view_facts(v), a), 1);
        assert_int_equal(facts_state(fact_view_facts(v), b), COLUMN_OPEN);
        struct query q = query_init(GRAIN_FEEDBACK);
        query_by(&q, a);
        query_by(&q, b);
        CLEANUP(result_done) struct result r = {0};
        struct error err;
        must(facts_query(fact_view_facts(v), &q, 1, &r, &err), &err);
        assert_int_equal(r.n_groups, 8);
        assert_int_equal(r.n[0], 32000);
    }
    CLEANUP(store_closep) struct fact_store *fs = open_or_skip(path);
    CLEANUP(view_freep) struct fact_view *v = fact_store_view(fs);
    assert_int_equal(facts_state(fact_view_facts(v), a), COLUMN_TOO_MANY);
    assert_int_equal(facts_cardinality(fact_view_facts(v), b), 8);
    assert_int_equal(column(fs, COLUMN_DIMENSION, "a", ""), a);
    fill(fs, a, 50000, 10, 10); // ignored
}

TEST(store_hides_what_may_be_an_identity_and_drops_what_is_one) {
    CLEANUP(store_closep) struct fact_store *fs = open_or_skip(NULL);
    int order = column(fs, COLUMN_DIMENSION, "order", "");
    fill(fs, order, 1, 30, 1000000);
    {
        CLEANUP(view_freep) struct fact_view *v = fact_store_view(fs);
        assert_int_equal(facts_state(fact_view_facts(v), order), COLUMN_TOO_MANY);
    }
    fill(fs, order, 100, 100, 25); // 30 values in 130 rows: no identity after all
    {
        CLEANUP(view_freep) struct fact_view *v = fact_store_view(fs);
        assert_int_equal(facts_state(fact_view_facts(v), order), COLUMN_OPEN);
    }
    fill(fs, order, 1000, 3000, 1000000);
    fill(fs, order, 5000, 9000, 5); // too late: it is forgotten
    CLEANUP(view_freep) struct fact_view *v = fact_store_view(fs);
    assert_int_equal(facts_state(fact_view_facts(v), order), COLUMN_TOO_MANY);
}

TEST(store_columns_grow_and_do_not_change_their_kind) {
    CLEANUP(store_closep) struct fact_store *fs = open_or_skip(NULL);
    struct error err;
    int c = fact_store_column(fs, COLUMN_CLASS, STR("urgency"), STR(""), 2, &err);
    assert_int_equal(fact_store_column(fs, COLUMN_CLASS, STR("urgency"), STR("x"), 4, &err), c);
    assert_int_equal(fact_store_column(fs, COLUMN_CLASS, STR("urgency"), STR("x"), 3, &err), c);
    CLEANUP(view_freep) struct fact_view *v = fact_store_view(fs);
    assert_int_equal(facts_cardinality(fact_view_facts(v), c), 4);
    assert_str(facts_role(fact_view_facts(v), c), "x");
    assert_int_equal(fact_store_column(fs, COLUMN_MEASURE, STR("urgency"), STR("x"), 0, &err), -1);
    assert_int_equal(err.code, ERROR_CONFLICT);
    char name[16];
    for (int i = facts_columns(fact_view_facts(v)); i < FACTS_MAX_COLUMNS; i++) {
        snprintf(name, sizeof name, "m%d", i);
        column(fs, COLUMN_MEASURE, name, "");
    }
    assert_int_equal(fact_store_column(fs, COLUMN_MEASURE, STR("one more"), STR(""), 0, &err), -1);
    assert_int_equal(err.code, ERROR_LIMIT);
}

TEST(store_says_what_is_wrong_with_its_file) {
    struct fact_store *fs = NULL;
    struct error err;
    fact_store_close(open_or_skip(NULL));
    const char *garbage = test_tmp_file("garbage.duckdb", STR("this is not a database, and long "
                                                              "enough to be read as a header"));
    assert_false(fact_store_open(&(struct fact_store_options){.path = garbage}, &fs, &err));
    assert_int_equal(err.code, ERROR_CORRUPT);
    char nowhere[300];
    snprintf(nowhere, sizeof nowhere, "%s/no/such/folder/f.duckdb", test_tmp_dir());
    assert_false(fact_store_open(&(struct fact_store_options){.path = nowhere}, &fs, &err));
    assert_int_equal(err.code, ERROR_IO);
}

TEST(store_without_its_library_says_how_to_get_it) {
    struct fact_store *fs = NULL;
    struct error err;
    const char *other = test_tmp_file("libduckdb.so", STR("\x7f"
                                                          "ELF"));
    const char *const paths[] = {"/nowhere/libduckdb.so", other};
    for (size_t i = 0; i < ARRAY_LEN(paths); i++) {
        assert_false(fact_store_open(&(struct fact_store_options){.library = paths[i]}, &fs, &err));
        assert_int_equal(err.code, ERROR_UNAVAILABLE);
        assert_true(str_has(str_from(err.en), STR("tools/setup")));
        assert_true(str_has(str_from(err.zh), STR("tools/setup")));
    }
}
