// SPDX-License-Identifier: Apache-2.0
#include "collect/intake_inner.h"

#include <pthread.h>

#include "collect/change.h"
#include "collect/feedback_store.h"
#include "collect/outbox.h"
#include "tests/support/world.h"

static struct record record_of(const char *source, const char *external_id, const char *text) {
    return (struct record){.source = str_from(source),
                           .external_id = str_from(external_id),
                           .text = str_from(text),
                           .occurred_us = WORLD_NOW};
}

// One request, written. `nth` 0: by the API.
static void put(struct world *w, struct record *r, uint32_t nth, int64_t import,
                struct intake_item *ret) {
    struct error e = {0};
    struct intake_request q = {.workspace = WORLD_WORKSPACE,
                               .actor = STR("test"),
                               .import = import,
                               .items = ret,
                               .n_items = 1};
    if (!intake_prepare(w->intake, &q, r, nth, &w->arena, ret, &e) ||
        !intake_write(w->intake, &q, &e))
        fail_msg("%s", e.en);
}

struct outbox_count {
    int64_t rows, ids;
};

static bool count_outbox(struct sql *s, void *ctx, struct error *err) {
    struct outbox_count *c = ctx;
    return sql_get_int(s, &c->rows, 0, err,
                       "SELECT count(*) FROM outbox WHERE event = 'feedback.received'") &&
           sql_get_int(s, &c->ids, 0, err,
                       "SELECT sum(length(ids)) / 8 FROM outbox WHERE event = 'feedback.received'");
}

static struct outbox_count outbox_of(struct world *w) {
    struct outbox_count c;
    assert_true(sql_read(w->store.db, count_outbox, &c, NULL));
    return c;
}

TEST_STORES(intake_knows_a_feedback_again_by_source_and_external_id) {
    struct world w;
    world_open(&w, t, 1);
    struct record first = record_of("jd", "7", "还行"), changed = record_of("jd", "7", "还行"),
                  other = record_of("tmall", "7", "还行"), nameless = record_of("jd", "", "还行");
    changed.follow_up = STR("用了两周坏了");
    struct intake_item a, b, c, d, e, f;
    put(&w, &first, 0, 0, &a);
    put(&w, &first, 0, 0, &b);
    put(&w, &changed, 0, 0, &c);
    put(&w, &other, 0, 0, &d);
    put(&w, &nameless, 0, 0, &e);
    put(&w, &nameless, 0, 0, &f);
    assert_int_equal(a.outcome, INTAKE_CREATED);
    assert_int_equal(b.outcome, INTAKE_UNCHANGED);
    assert_int_equal(c.outcome, INTAKE_UPDATED);
    assert_true(a.id == b.id && a.id == c.id && a.id != d.id);
    assert_true(e.outcome == INTAKE_CREATED && f.outcome == INTAKE_CREATED && e.id != f.id);
    struct feedback_batch batch = {0};
    world_load(&w, &a.id, 1, FEEDBACK_EVERYTHING, &batch);
    assert_int_equal(batch.items[0].version, 2);
    assert_str(batch.items[0].record.text, "还行");
    assert_str(batch.items[0].record.follow_up, "用了两周坏了");
    feedback_batch_done(&batch);
    assert_int_equal(outbox_of(&w).ids, 5); // the unchanged one has nothing to be done
    world_close(&w);
}

// Without external ids rows are known by what they say and how many-th of these they are: the same file again
// doubles nothing, and two honest short reviews in it stay two.
TEST_STORES(intake_of_the_same_file_again_changes_nothing) {
    struct world w;
    world_open(&w, t, 2);
    struct record rows[] = {record_of("tmall", "", "好"), record_of("tmall", "", "好"),
                            record_of("tmall", "", "不好")};
    static const uint32_t nth[] = {1, 2, 1};
    struct intake_item before[3], after[3];
    assert_true(intake_identity(&rows[0]) == intake_identity(&rows[1]) &&
                intake_identity(&rows[0]) != intake_identity(&rows[2]));
    for (size_t i = 0; i < 3; i++)
        put(&w, &rows[i], nth[i], 11, &before[i]);
    for (size_t i = 0; i < 3; i++)
        put(&w, &rows[i], nth[i], 12, &after[i]);
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(before[i].outcome, INTAKE_CREATED);
        assert_int_equal(after[i].outcome, INTAKE_UNCHANGED);
        assert_true(before[i].id == after[i].id);
    }
    assert_true(before[0].id != before[1].id);
    world_close(&w);
}

struct delete_one {
    int64_t id, changed;
};

static bool delete_it(struct sql *s, void *ctx, struct error *err) {
    struct delete_one *d = ctx;
    return feedback_set_deleted(s, WORLD_WORKSPACE, &d->id, 1, true, &d->changed, err);
}

TEST_STORES(intake_brings_back_what_was_deleted) {
    struct world w;
    world_open(&w, t, 3);
    struct record r = record_of("jd", "7", "还行");
    struct intake_item a, b;
    put(&w, &r, 0, 0, &a);
    struct delete_one d = {.id = a.id};
    assert_true(sql_write(w.store.db, delete_it, &d, NULL));
    assert_int_equal(d.changed, 1);
    put(&w, &r, 0, 0, &b);
    assert_int_equal(b.outcome, INTAKE_CREATED);
    assert_true(a.id == b.id);
    struct feedback_batch batch = {0};
    world_load(&w, &a.id, 1, 0, &batch);
    assert_true(batch.items[0].deleted_us == TIME_NONE);
    feedback_batch_done(&batch);
    world_close(&w);
}

static void one_word(UNUSED struct intake_request *r, int *ret_status, struct strbuf *ret) {
    *ret_status = 201;
    strbuf_adds(ret, "written");
}

TEST_STORES(intake_with_a_key_answers_as_the_first_time) {
    struct world w;
    world_open(&w, t, 4);
    struct record r = record_of("api", "", "一次");
    for (int i = 0; i < 3; i++) {
        struct intake_item item;
        struct error e;
        struct intake_request q = {.workspace = WORLD_WORKSPACE,
                                   .actor = STR("test"),
                                   .items = &item,
                                   .n_items = 1,
                                   .has_key = true,
                                   .format = one_word,
                                   .reply = strbuf_init(KIB)};
        memset(q.key, 5, sizeof q.key);
        memset(q.body_hash, i == 2 ? 7 : 6, sizeof q.body_hash);
        assert_true(intake_prepare(w.intake, &q, &r, 0, &w.arena, &item, &e));
        assert_true(intake_write(w.intake, &q, &e));
        assert_int_equal(q.replay, i == 0   ? INTAKE_FIRST
                                   : i == 1 ? INTAKE_REPLAYED
                                            : INTAKE_OTHER_BODY);
        assert_int_equal(q.status, 201);
        assert_str(strbuf_str(&q.reply), "written");
        strbuf_done(&q.reply);
    }
    assert_int_equal(outbox_of(&w).ids, 1);
    world_close(&w);
}

#define WRITERS 8
#define EACH    40

struct writer {
    struct world *w;
    int number;
};

static void *write_many(void *ctx) {
    struct writer *wr = ctx;
    CLEANUP(arena_done) struct arena a = {0};
    for (int i = 0; i < EACH; i++) {
        struct record r = record_of("many", "", "同时");
        r.external_id = arena_printf(&a, "%d", i); // everybody the same ones
        struct intake_item item;
        struct error e = {0};
        struct intake_request q = {
            .workspace = WORLD_WORKSPACE, .actor = STR("test"), .items = &item, .n_items = 1};
        if (!intake_prepare(wr->w->intake, &q, &r, 0, &a, &item, &e) ||
            !intake_write(wr->w->intake, &q, &e))
            return str_dup(str_from(e.en));
    }
    return NULL;
}

TEST_STORES(intake_of_many_at_once_writes_each_feedback_once) {
    struct world w;
    world_open(&w, t, 5);
    struct writer writers[WRITERS];
    pthread_t threads[WRITERS];
    for (int i = 0; i < WRITERS; i++) {
        writers[i] = (struct writer){&w, i};
        assert_int_equal(pthread_create(&threads[i], NULL, write_many, &writers[i]), 0);
    }
    for (int i = 0; i < WRITERS; i++) {
        void *problem;
        pthread_join(threads[i], &problem);
        if (problem)
            fail_msg("%s", (char *)problem);
    }
    assert_int_equal(outbox_of(&w).ids, EACH);
    assert_true(outbox_of(&w).rows <= EACH);
    world_close(&w);
}

struct changes {
    struct arena arena;
    struct change_page page;
    int64_t after, position;
    int64_t ids[4];
};

static bool add_changes(struct sql *s, void *ctx, struct error *err) {
    struct changes *c = ctx;
    return change_add(s, WORLD_WORKSPACE, c->ids, 3, err) &&
           change_add(s, WORLD_WORKSPACE, c->ids + 1, 3, err) &&
           change_add(s, WORLD_WORKSPACE + 1, c->ids, 1, err);
}

static bool read_changes(struct sql *s, void *ctx, struct error *err) {
    struct changes *c = ctx;
    return change_read(s, WORLD_WORKSPACE, c->after, 100, &c->arena, &c->page, err) &&
           change_position(s, &c->position, err);
}

TEST(intake_is_crowded_by_many_requests_not_by_a_large_one) {
    static const struct {
        size_t n, n_items;
        enum lane lane;
        bool crowd;
    } cases[] = {{1, 1, LANE_LIVE, false},   {1, 1000, LANE_LIVE, false}, {7, 1, LANE_LIVE, false},
                 {8, 1, LANE_LIVE, true},    {2, 99, LANE_LIVE, false},   {2, 100, LANE_LIVE, true},
                 {8, 1000, LANE_BULK, false}};
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct intake_request list[8] = {0};
        for (size_t k = 0; k < cases[i].n; k++)
            list[k] = (struct intake_request){.lane = cases[i].lane,
                                              .n_items = cases[i].n_items,
                                              .next = k + 1 < cases[i].n ? &list[k + 1] : NULL};
        assert_int_equal(intake_is_crowd(list), cases[i].crowd);
    }
}

// Ids of a platform count up: the lookups of those that begin alike begin alike, and all are different.
TEST_STORES(intake_puts_ids_that_come_together_together) {
    struct world w;
    world_open(&w, t, 1);
    const struct workspace_keys *k = vault_keys(w.store.vault, WORLD_WORKSPACE, NULL);
    static const char *const ids[] = {"QH0000275", "QH0000276", "QH0000999", "QH0001000",
                                      "7",         "8",         ""};
    uint8_t lookups[ARRAY_LEN(ids)][VAULT_LOOKUP_BYTES], other[VAULT_LOOKUP_BYTES];
    for (size_t i = 0; i < ARRAY_LEN(ids); i++)
        feedback_lookup(k, STR("jd"), str_from(ids[i]), lookups[i]);
    for (size_t i = 0; i < ARRAY_LEN(ids); i++)
        for (size_t j = 0; j < i; j++)
            assert_memory_not_equal(lookups[i], lookups[j], VAULT_LOOKUP_BYTES);
    assert_memory_equal(lookups[0], lookups[1], 3);
    assert_memory_equal(lookups[0], lookups[2], 3);
    assert_memory_not_equal(lookups[0], lookups[3], 3);
    assert_memory_equal(lookups[4], lookups[5], 3);
    feedback_lookup(k, STR("tmall"), STR("QH0000275"), other);
    assert_memory_not_equal(lookups[0], other, 3);
    world_close(&w);
}

// More than one statement takes, with and without something to know them by.
TEST_STORES(intake_writes_a_request_of_any_length) {
    struct world w;
    world_open(&w, t, 1);
    for (size_t n = 1; n <= 20; n++) {
        struct record records[20];
        struct intake_item items[20];
        struct error e = {0};
        struct intake_request q = {
            .workspace = WORLD_WORKSPACE, .actor = STR("test"), .items = items, .n_items = n};
        for (size_t i = 0; i < n; i++) {
            records[i] = record_of("jd", "", "还行");
            if (i % 5 != 3)
                records[i].external_id = arena_printf(&w.arena, "%zu-%zu", n, i);
            assert_true(intake_prepare(w.intake, &q, &records[i], 0, &w.arena, &items[i], &e));
        }
        assert_true(intake_write(w.intake, &q, &e));
        for (size_t i = 0; i < n; i++)
            assert_int_equal(items[i].outcome, INTAKE_CREATED);
    }
    assert_int_equal(outbox_of(&w).ids, 20 * 21 / 2);
    world_close(&w);
}

TEST_STORES(change_log_gives_each_id_once_and_goes_on_where_it_ended) {
    struct world w;
    world_open(&w, t, 6);
    struct changes c = {.ids = {1, 2, 3, 4}};
    assert_true(sql_write(w.store.db, add_changes, &c, NULL));
    assert_true(sql_read(w.store.db, read_changes, &c, NULL));
    assert_int_equal(c.page.n, 4);
    assert_false(c.page.more);
    assert_true(c.page.position > 0 && c.page.position <= c.position);
    c.after = c.page.position;
    assert_true(sql_read(w.store.db, read_changes, &c, NULL));
    assert_int_equal(c.page.n, 0);
    assert_true(c.page.position == c.after);
    arena_done(&c.arena);
    world_close(&w);
}
