// SPDX-License-Identifier: Apache-2.0
#include "collect/hub_store.h"

#include "base/clock.h"
#include "base/mem.h"
#include "tests/support/world.h"

#define N 120

static const char *const users[] = {"u0", "u1", "u2", ""};
static const char *const sources[] = {"form", "app,ios"};

struct hub_world {
    struct world w;
    const struct workspace_keys *keys;
    struct hub_record records[N];
    struct hub_row rows[N];
    struct json *trees[N];
    int64_t ids[N];
    // of the call under test
    const struct hub_filter *filter;
    struct feedback_position after;
    bool has_after;
    size_t limit, n;
    int64_t found[N], at[N], count;
    int one; // record concerned
};

static void make_record(struct hub_world *h, int i) {
    struct hub_record *r = &h->records[i];
    char submission[20];
    snprintf(submission, sizeof submission, "s%d", i);
    *r = (struct hub_record){
        .tenant_id = str_from(i % 3 ? "一" : "two"),
        .submission_id = arena_str(&h->w.arena, str_from(submission)),
        .field_id = STR("f"),
        .field_type = str_from(hub_type_codes[i % N_HUB_TYPES]),
        .source_type = STR("survey"),
        .source_id = str_from(sources[i % 2]),
        .user_id = str_from(users[i % 4]),
        .value_text = STR("文字"),
        .value_date_us = TIME_NONE,
        .collected_us = WORLD_NOW + (i * 37 % N) / 2 * US_PER_SECOND, // some at the same moment
    };
}

static bool add_rows(struct sql *s, struct intake_request *r, struct error *err) {
    struct hub_world *h = r->ctx;
    for (int i = 0; i < N; i++)
        if (!hub_store_add(s, WORLD_WORKSPACE, &h->rows[i], err))
            return false;
    return true;
}

struct done {
    struct hub_world *h;
};

static void fill(struct hub_world *h, struct test_store *t) {
    struct error err;
    struct intake_item items[N];
    static struct record records[N];
    world_open(&h->w, t, 5);
    h->keys = vault_keys(h->w.store.vault, WORLD_WORKSPACE, &err);
    assert_non_null(h->keys);
    struct intake_request r = {
        .workspace = WORLD_WORKSPACE, .actor = STR("test"), .items = items, .n_items = N, .ctx = h};
    for (int i = 0; i < N; i++) {
        make_record(h, i);
        hub_record_store(&h->records[i], &h->w.arena, &records[i], &h->trees[i]);
        assert_true(intake_prepare(h->w.intake, &r, &records[i], 0, &h->w.arena, &items[i], &err));
        h->ids[i] = items[i].new_id;
        hub_row_make(h->keys, &h->records[i], h->ids[i], items[i].occurred_us, &h->rows[i]);
    }
    // intake_write takes ctx for itself; the rows go in a transaction of their own.
    assert_true(intake_write(h->w.intake, &r, &err));
    r.ctx = h;
}

static bool add_all(struct sql *s, void *ctx, struct error *err) {
    return add_rows(s, &(struct intake_request){.ctx = ctx}, err);
}

static void empty(struct hub_world *h) {
    for (int i = 0; i < N; i++)
        json_free(h->trees[i]);
    world_close(&h->w);
}

static bool list(struct sql *s, void *ctx, struct error *err) {
    struct hub_world *h = ctx;
    return hub_store_list(s, WORLD_WORKSPACE, h->filter, h->has_after ? &h->after : NULL, h->limit,
                          h->found, h->at, &h->n, err) &&
           hub_store_count(s, WORLD_WORKSPACE, h->filter, &h->count, err);
}

static bool is_meant(const struct hub_world *h, const struct hub_filter *f, int i) {
    const struct hub_row *r = &h->rows[i];
    bool ok = memcmp(&r->words[HUB_WORD_TENANT], &f->tenant, sizeof f->tenant) == 0 &&
              r->collected_us >= f->collected_from && r->collected_us <= f->collected_to &&
              (!f->types || f->types >> r->type & 1);
    for (int w = HUB_WORD_SUBMISSION; ok && w < N_HUB_WORDS; w++) {
        bool found = f->in[w].n == 0;
        for (size_t k = 0; k < f->in[w].n; k++)
            found = found || (r->has[w] && memcmp(&r->words[w], &f->in[w].values[k],
                                                  sizeof(struct hub_hash)) == 0);
        ok = found;
    }
    return ok;
}

// All pages of 7 against a plain look at every record.
static void check_filter(struct hub_world *h, const struct hub_filter *f) {
    struct error err;
    int64_t expected = 0, seen = 0, last_at = 0, last_id = 0;
    for (int i = 0; i < N; i++)
        expected += is_meant(h, f, i);
    h->filter = f;
    h->limit = 7;
    h->has_after = false;
    do {
        if (!sql_read(h->w.store.db, list, h, &err))
            fail_msg("%s", err.en);
        assert_int_equal(h->count, expected);
        for (size_t k = 0; k < h->n; k++) {
            int i = 0;
            while (i < N && h->ids[i] != h->found[k])
                i++;
            assert_true(i < N && is_meant(h, f, i));
            bool later = f->ascending ? h->at[k] > last_at : h->at[k] < last_at;
            assert_true(seen == 0 || later || (h->at[k] == last_at && h->found[k] > last_id));
            last_at = h->at[k];
            last_id = h->found[k];
            seen++;
        }
        h->after = (struct feedback_position){last_at, last_id};
        h->has_after = true;
    } while (h->n == h->limit);
    assert_int_equal(seen, expected);
}

TEST_STORES(hub_store_lists_what_a_plain_look_finds) {
    static struct hub_world h;
    struct error err;
    h = (struct hub_world){.one = 0};
    fill(&h, t);
    assert_true(sql_write(h.w.store.db, add_all, &h, &err));
    for (int i = 0; i < 60; i++) {
        struct hub_filter f = {
            .tenant = hub_hash(h.keys, HUB_WORD_TENANT, i % 5 ? STR("一") : STR("two")),
            .collected_from = i % 4 == 1 ? WORLD_NOW + 10 * US_PER_SECOND : INT64_MIN,
            .collected_to = i % 4 == 2 ? WORLD_NOW + 30 * US_PER_SECOND : INT64_MAX,
            .created_from = INT64_MIN,
            .created_to = INT64_MAX,
            .number_low = NAN,
            .number_high = NAN,
            .types = i % 3 == 1 ? 1u << (i % N_HUB_TYPES) | 1u : 0,
            .by_created = i % 2,
            .ascending = i / 2 % 2,
        };
        if (i % 6 >= 3)
            for (f.in[HUB_WORD_PERSON].n = 0; f.in[HUB_WORD_PERSON].n < (size_t)i % 3;
                 f.in[HUB_WORD_PERSON].n++)
                f.in[HUB_WORD_PERSON].values[f.in[HUB_WORD_PERSON].n] =
                    hub_hash(h.keys, HUB_WORD_PERSON, str_from(users[f.in[HUB_WORD_PERSON].n]));
        if (i % 7 == 0) {
            f.in[HUB_WORD_SOURCE_ID].n = 1;
            f.in[HUB_WORD_SOURCE_ID].values[0] =
                hub_hash(h.keys, HUB_WORD_SOURCE_ID, str_from(sources[1]));
        }
        check_filter(&h, &f);
    }
    empty(&h);
}

static bool add_twin(struct sql *s, void *ctx, struct error *err) {
    struct hub_world *h = ctx;
    struct hub_row twin = h->rows[h->one];
    twin.feedback = h->ids[h->one + 1];
    return hub_store_add(s, WORLD_WORKSPACE, &twin, err);
}

static bool find_one(struct sql *s, void *ctx, struct error *err) {
    struct hub_world *h = ctx;
    return hub_store_find(s, WORLD_WORKSPACE, &h->rows[h->one].words[HUB_WORD_IDENTITY], &h->count,
                          err);
}

static bool remove_one(struct sql *s, void *ctx, struct error *err) {
    struct hub_world *h = ctx;
    return hub_store_remove(s, WORLD_WORKSPACE, &h->ids[h->one], 1, &h->count, err);
}

static bool purge_one(struct sql *s, void *ctx, struct error *err) {
    struct hub_world *h = ctx;
    return feedback_purge(s, WORLD_WORKSPACE, &h->ids[h->one], 1, err);
}

TEST_STORES(hub_store_keeps_one_record_for_a_field_of_a_submission) {
    static struct hub_world h;
    struct error err;
    h = (struct hub_world){.one = 4};
    fill(&h, t);
    assert_true(sql_write(h.w.store.db, add_all, &h, &err));
    assert_false(sql_write(h.w.store.db, add_twin, &h, &err));
    assert_int_equal(err.code, ERROR_CONFLICT);
    assert_true(sql_read(h.w.store.db, find_one, &h, &err));
    assert_int_equal(h.count, h.ids[4]);
    // Free again once it was removed, by whichever way.
    assert_true(sql_write(h.w.store.db, remove_one, &h, &err));
    assert_int_equal(h.count, 1);
    assert_true(sql_write(h.w.store.db, remove_one, &h, &err));
    assert_int_equal(h.count, 0);
    h.one = 6;
    assert_true(sql_write(h.w.store.db, purge_one, &h, &err));
    assert_true(sql_read(h.w.store.db, find_one, &h, &err));
    assert_int_equal(h.count, 0);
    empty(&h);
}

static bool change_one(struct sql *s, void *ctx, struct error *err) {
    struct hub_world *h = ctx;
    struct record r;
    CLEANUP(json_freep) struct json *tree = NULL;
    h->records[h->one].value_text = STR("新的文字");
    h->records[h->one].user_id = STR("u9");
    hub_record_store(&h->records[h->one], &h->w.arena, &r, &tree);
    hub_row_make(h->keys, &h->records[h->one], h->ids[h->one], WORLD_NOW, &h->rows[h->one]);
    return hub_store_update(s, &h->w.store, WORLD_WORKSPACE, &h->rows[h->one], &r, STR("tester"),
                            err);
}

static bool person_ids(struct sql *s, void *ctx, struct error *err) {
    struct hub_world *h = ctx;
    struct hub_hash p = hub_hash(h->keys, HUB_WORD_PERSON, STR("u9"));
    return hub_store_of(s, WORLD_WORKSPACE, NULL, &p, 0, N, h->found, &h->n, err);
}

struct history {
    struct hub_world *h;
    struct feedback_batch batch;
    struct feedback_version *versions;
    size_t n;
};

static bool read_history(struct sql *s, void *ctx, struct error *err) {
    struct history *y = ctx;
    return feedback_load(s, &y->h->w.store, WORLD_WORKSPACE, &y->h->ids[y->h->one], 1, 0, &y->batch,
                         err) &&
           feedback_history(s, &y->h->w.store, WORLD_WORKSPACE, y->h->ids[y->h->one], &y->batch,
                            &y->versions, &y->n, err);
}

TEST_STORES(hub_store_update_keeps_what_there_was) {
    static struct hub_world h;
    struct error err;
    h = (struct hub_world){.one = 9};
    fill(&h, t);
    assert_true(sql_write(h.w.store.db, add_all, &h, &err));
    assert_true(sql_write(h.w.store.db, change_one, &h, &err));
    assert_true(sql_read(h.w.store.db, person_ids, &h, &err));
    assert_int_equal(h.n, 1);
    assert_int_equal(h.found[0], h.ids[9]);
    struct history y = {.h = &h};
    assert_true(sql_read(h.w.store.db, read_history, &y, &err));
    assert_str(y.batch.items[0].record.text, "新的文字");
    assert_int_equal(y.batch.items[0].version, 2);
    assert_int_equal(y.n, 1);
    assert_str(y.versions[0].record.text, "文字");
    assert_str(y.versions[0].actor, "tester");
    feedback_batch_done(&y.batch);
    empty(&h);
}

struct settings {
    struct hub_world *h;
    struct strbuf text;
};

static bool store_setting(struct sql *s, void *ctx, struct error *err) {
    struct settings *x = ctx;
    struct hub_hash tenant = hub_hash(x->h->keys, HUB_WORD_TENANT, STR("一"));
    return hub_setting_store(s, &x->h->w.store, WORLD_WORKSPACE, &tenant, STR("{\"a\":1}"), err) &&
           hub_setting_store(s, &x->h->w.store, WORLD_WORKSPACE, &tenant, STR("{\"a\":2}"), err);
}

static bool load_setting(struct sql *s, void *ctx, struct error *err) {
    struct settings *x = ctx;
    struct hub_hash tenant = hub_hash(x->h->keys, HUB_WORD_TENANT, STR("一"));
    return hub_setting_load(s, &x->h->w.store, WORLD_WORKSPACE, &tenant, &x->text, err);
}

TEST_STORES(hub_store_keeps_settings_of_a_tenant) {
    static struct hub_world h;
    struct error err;
    h = (struct hub_world){.one = 0};
    fill(&h, t);
    struct settings x = {&h, strbuf_init(KIB)};
    assert_true(sql_read(h.w.store.db, load_setting, &x, &err));
    assert_int_equal(x.text.len, 0);
    assert_true(sql_write(h.w.store.db, store_setting, &x, &err));
    assert_true(sql_read(h.w.store.db, load_setting, &x, &err));
    assert_str(strbuf_str(&x.text), "{\"a\":2}");
    strbuf_done(&x.text);
    empty(&h);
}
