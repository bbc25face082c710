// SPDX-License-Identifier: Apache-2.0
#include "collect/customer_erase.h"

#include <stdio.h>

#include "sys/file.h"
#include "tests/support/world.h"

struct erasing {
    struct world *w;
    int64_t customer;
    bool keep_counts;
    struct customer_erasure ret;
};

static bool erase(struct sql *s, void *ctx, struct error *err) {
    struct erasing *x = ctx;
    return customer_erase(s, &x->w->store, WORLD_WORKSPACE, x->customer, x->keep_counts, &x->ret,
                          err);
}

// Bytes that nobody else has: sealed bodies, keyed hashes.
struct traces {
    struct arena *arena; // outlives the world
    int64_t customer;
    struct str list[64];
    size_t n;
};

static bool collect(struct sql *s, struct traces *t, const char *text, struct error *err) {
    struct sql_rows *rows;
    if (!sql_select(s, &rows, err, text, SQL_INT(t->customer)))
        return false;
    while (sql_next(rows) && t->n < ARRAY_LEN(t->list))
        t->list[t->n++] = arena_str(t->arena, sql_bytes(rows, 0));
    return sql_rows_close(rows, err);
}

static bool read_traces(struct sql *s, void *ctx, struct error *err) {
    struct traces *t = ctx;
    t->n = 0;
    return collect(s, t, "SELECT body FROM feedback WHERE customer = $1", err) &&
           collect(s, t, "SELECT lookup FROM feedback WHERE customer = $1 AND lookup IS NOT NULL",
                   err) &&
           collect(
               s, t,
               "SELECT h.body FROM feedback_history h JOIN feedback f ON f.id = h.feedback WHERE f.customer = $1",
               err) &&
           collect(s, t, "SELECT body FROM event WHERE customer = $1", err) &&
           collect(
               s, t,
               "SELECT order_lookup FROM event WHERE customer = $1 AND order_lookup IS NOT NULL",
               err) &&
           collect(s, t, "SELECT lookup FROM customer_key WHERE customer = $1", err) &&
           collect(s, t, "SELECT value FROM customer_key WHERE customer = $1", err) &&
           collect(s, t, "SELECT lookup FROM customer_hint WHERE customer = $1", err) &&
           collect(s, t, "SELECT profile FROM customer WHERE root = $1", err) &&
           collect(s, t, "SELECT body FROM customer_merge WHERE kept = $1", err);
}

static size_t found_in_files(const struct test_store *store, const struct traces *t) {
    static const char *const ends[] = {"", "-wal", "-shm", "-journal"};
    size_t found = 0;
    for (size_t e = 0; e < ARRAY_LEN(ends); e++) {
        char path[600];
        CLEANUP(strbuf_done) struct strbuf sb = strbuf_init(64 * MIB);
        snprintf(path, sizeof path, "%s%s", store->where, ends[e]);
        if (!file_read(path, 64 * MIB, &sb, NULL))
            continue;
        for (size_t i = 0; i < t->n; i++)
            found += str_has(strbuf_str(&sb), t->list[i]);
    }
    return found;
}

static void fill(struct world *w, int64_t ids[4]) {
    static const struct record_attr attributes[] = {
        {STR_INIT("省份"), STR_INIT("青海"), RECORD_ATTR_TEXT, {0}},
        {STR_INIT("备注"), STR_INIT("请打 13612340077"), RECORD_ATTR_TEXT, {0}}};
    struct record r[4] = {
        {.source = STR("crm"),
         .external_id = STR("E1"),
         .text = STR("锅底翘起来了，找客服三天没人理"),
         .occurred_us = WORLD_NOW,
         .attributes = attributes,
         .n_attributes = 2,
         .customer = {.phone = STR("13612340077"), .name = STR("欧阳慕白")}},
        {.source = STR("crm"),
         .external_id = STR("E2"),
         .text = STR("第二次来说"),
         .occurred_us = WORLD_NOW,
         .customer = {.email = STR("mubai@qq.com")}},
        {.source = STR("crm"),
         .external_id = STR("E3"),
         .text = STR("两个都是我"),
         .occurred_us = WORLD_NOW,
         .customer = {.phone = STR("13612340077"), .email = STR("mubai@qq.com")}},
        {.source = STR("crm"),
         .external_id = STR("E4"),
         .text = STR("我是别人"),
         .occurred_us = WORLD_NOW,
         .customer = {.phone = STR("13612340088"), .name = STR("别人")}},
    };
    world_receive(w, r, 4, ids);
    world_place(w, ids, 2);
    world_place(w, ids + 2, 2);
    r[0].text = STR("锅底翘起来了，今天有人来修了");
    int64_t again;
    world_receive(w, r, 1, &again);
    assert_int_equal(again, ids[0]);
    struct event e = {.type = STR(EVENT_ORDER),
                      .source = STR("shop"),
                      .external_id = STR("O1"),
                      .order = STR("O1"),
                      .at_us = WORLD_NOW - US_PER_DAY,
                      .customer = {.phone = STR("13612340077")}};
    world_events(w, &e, 1);
}

TEST_STORES(customer_erase_leaves_nothing_of_him_and_everything_of_others) {
    struct world w;
    struct error err;
    int64_t ids[4];
    world_open(&w, t, 1);
    fill(&w, ids);
    struct erasing x = {.w = &w, .customer = world_customer(&w, ids[0])};
    CLEANUP(arena_done) struct arena kept = {0};
    struct traces his = {.arena = &kept, .customer = x.customer},
                  others = {.arena = &kept, .customer = world_customer(&w, ids[3])};
    assert_true(sql_read(w.store.db, read_traces, &his, &err) &&
                sql_read(w.store.db, read_traces, &others, &err));
    assert_true(his.n >= 12 && others.n >= 4);
    if (!sql_write(w.store.db, erase, &x, &err))
        fail_msg("%s", err.en);
    assert_int_equal(x.ret.feedback, 3);
    assert_int_equal(x.ret.versions, 1);
    assert_int_equal(x.ret.events, 1);
    assert_int_equal(x.ret.keys, 2);
    assert_int_equal(x.ret.merges, 1);
    assert_int_equal(x.ret.customers, 2);
    struct feedback_batch b;
    world_load(&w, ids, 4, 0, &b);
    for (int i = 0; i < 4; i++)
        assert_int_equal(b.items[i].found, i == 3);
    feedback_batch_done(&b);
    assert_false(sql_write(w.store.db, erase, &x, &err));
    assert_int_equal(err.code, ERROR_NOT_FOUND);
    struct test_store store = *t;
    world_close(&w);
    if (store.engine == SQL_ENGINE_SQLITE) {
        assert_int_equal(found_in_files(&store, &his), 0);
        assert_int_equal(found_in_files(&store, &others), others.n);
    }
}

TEST_STORES(customer_erase_may_leave_counts_without_a_word) {
    struct world w;
    struct error err;
    int64_t ids[4];
    world_open(&w, t, 1);
    fill(&w, ids);
    struct erasing x = {.w = &w, .customer = world_customer(&w, ids[0]), .keep_counts = true};
    CLEANUP(arena_done) struct arena kept = {0};
    struct traces his = {.arena = &kept, .customer = x.customer};
    assert_true(sql_read(w.store.db, read_traces, &his, &err));
    assert_true(sql_write(w.store.db, erase, &x, &err));
    assert_int_equal(x.ret.feedback, 0);
    assert_int_equal(x.ret.kept_as_counts, 3);
    struct feedback_batch b;
    world_load(&w, ids, 4, 0, &b);
    const struct record *r = &b.items[0].record;
    assert_true(b.items[0].found);
    assert_int_equal(b.items[0].customer, 0);
    assert_str(r->text, "");
    assert_str(r->external_id, "");
    assert_str(r->customer.phone, "");
    assert_int_equal(r->n_attributes, 1); // what has a number in it is gone
    assert_str(r->attributes[0].value, "青海");
    feedback_batch_done(&b);
    struct test_store store = *t;
    world_close(&w);
    if (store.engine == SQL_ENGINE_SQLITE)
        assert_int_equal(found_in_files(&store, &his), 0);
}

TEST(customer_certificate_names_nobody_and_proves_itself) {
    struct customer_erasure e = {
        .customer = 5, .feedback = 3, .keys = 2, .imports = {77}, .n_imports = 1};
    CLEANUP(strbuf_done) struct strbuf one = strbuf_init(64 * KIB), hex = strbuf_init(KIB);
    CLEANUP(json_freep) struct json *j = NULL;
    customer_certificate(&e, 9, WORLD_NOW, 1, 0, &one);
    assert_true(json_parse(strbuf_str(&one), &j, NULL));
    assert_int_equal(json_int(json_get(json_get(j, "removed"), "feedback"), 0), 3);
    // The hash is that of the text without its last member.
    struct str text = strbuf_str(&one);
    size_t at = str_find(text, STR(",\"hash\":"));
    assert_true(at != STR_NONE);
    CLEANUP(arena_done) struct arena a = {0};
    struct str plain = arena_printf(&a, "%.*s}", STR_ARG(str_slice(text, 0, at)));
    uint8_t hash[CRYPTO_HASH_BYTES];
    crypto_sha256(plain, hash);
    crypto_hex(str_make((const char *)hash, sizeof hash), &hex);
    assert_true(str_eq(json_str(json_get(j, "hash")), strbuf_str(&hex)));
}
