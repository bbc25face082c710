// SPDX-License-Identifier: Apache-2.0
#include "work/webhook.h"

#include "base/clock.h"
#include "base/strbuf.h"
#include "tests/support/world.h"

TEST(webhook_signature_is_that_of_the_standard) {
    static const struct {
        const char *key, *signature;
    } cases[] = {
        // the example of the specification
        {"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
         "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="},
        {"MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        CLEANUP(strbuf_done) struct strbuf sb = strbuf_init(KIB);
        webhook_sign(str_from(cases[i].key), STR("msg_p5jXN8AQM9LWM0D4loKWxJek"), 1614265330,
                     STR("{\"test\": 2432232314}"), &sb);
        assert_str(strbuf_str(&sb), cases[i].signature);
    }
    // A key that is no base64 signs too, and differently.
    CLEANUP(strbuf_done) struct strbuf sb = strbuf_init(KIB);
    webhook_sign(STR("my own key!"), STR("id"), 1, STR("{}"), &sb);
    assert_int_equal(sb.len, 3 + 44);
}

TEST(webhook_keys_are_made_new) {
    CLEANUP(strbuf_done) struct strbuf a = strbuf_init(KIB);
    CLEANUP(strbuf_done) struct strbuf b = strbuf_init(KIB);
    webhook_make_key(&a);
    webhook_make_key(&b);
    assert_true(str_starts(strbuf_str(&a), STR("whsec_")) && a.len == 6 + 32);
    assert_false(str_eq(strbuf_str(&a), strbuf_str(&b)));
}

struct hooks {
    struct world w;
    struct webhook hook;
    enum webhook_event event;
    struct str tenant;
    struct webhook_delivery delivery;
    bool found;
    int64_t next_us, now_us, count;
};

static bool insert(struct sql *s, void *ctx, struct error *err) {
    struct hooks *h = ctx;
    return webhook_insert(s, &h->w.store, WORLD_WORKSPACE, &h->hook, err);
}

static bool publish(struct sql *s, void *ctx, struct error *err) {
    struct hooks *h = ctx;
    const struct workspace_keys *k = vault_keys(h->w.store.vault, WORLD_WORKSPACE, err);
    struct hub_hash tenant = hub_hash(k, HUB_WORD_TENANT, h->tenant);
    return webhook_publish(s, &h->w.store, WORLD_WORKSPACE, &tenant, h->event, h->tenant,
                           STR("{\"id\":1}"), "[\"a\"]", err);
}

static bool take(struct sql *s, void *ctx, struct error *err) {
    struct hooks *h = ctx;
    return webhook_delivery_take(s, &h->w.store, h->now_us, &h->w.arena, &h->delivery, &h->found,
                                 &h->next_us, err);
}

static bool end(struct sql *s, void *ctx, struct error *err) {
    return webhook_delivery_end(s, &((struct hooks *)ctx)->delivery, err);
}

static bool later(struct sql *s, void *ctx, struct error *err) {
    struct hooks *h = ctx;
    return webhook_delivery_later(s, &h->delivery, h->now_us + US_PER_HOUR, err);
}

static bool resume(struct sql *s, void *ctx, struct error *err) {
    return webhook_delivery_resume(s, ((struct hooks *)ctx)->now_us, err);
}

static bool switch_off(struct sql *s, void *ctx, struct error *err) {
    return webhook_switch_off(s, &((struct hooks *)ctx)->delivery, STR("gone"), err);
}

static bool load(struct sql *s, void *ctx, struct error *err) {
    struct hooks *h = ctx;
    return webhook_load(s, &h->w.store, WORLD_WORKSPACE, h->hook.id, &h->w.arena, &h->hook, err);
}

static bool count_events(struct sql *s, void *ctx, struct error *err) {
    return sql_get_int(s, &((struct hooks *)ctx)->count, 0, err,
                       "SELECT count(*) FROM webhook_event");
}

static void must(struct hooks *h, sql_fn *fn) {
    struct error err;
    if (!sql_write(h->w.store.db, fn, h, &err))
        fail_msg("%s", err.en);
}

static void add(struct hooks *h, const char *tenant, bool enabled, uint32_t events) {
    h->hook = (struct webhook){.id = id_next(&h->w.ids),
                               .tenant_id = str_from(tenant),
                               .url = STR("https://example.com/x"),
                               .key = STR("whsec_AAAA"),
                               .enabled = enabled,
                               .events = events,
                               .created_us = WORLD_NOW,
                               .disabled_us = TIME_NONE};
    must(h, insert);
}

static void tell(struct hooks *h, const char *tenant, enum webhook_event event) {
    h->tenant = str_from(tenant);
    h->event = event;
    must(h, publish);
}

static int64_t events_kept(struct hooks *h) {
    must(h, count_events);
    return h->count;
}

TEST_STORES(webhook_events_go_to_who_wants_them) {
    struct hooks h = {0};
    world_open(&h.w, t, 3);
    add(&h, "一", true, 0);
    add(&h, "一", true, 1u << WEBHOOK_RECORD_DELETED);
    add(&h, "一", false, 0);
    add(&h, "二", true, 0);
    tell(&h, "三", WEBHOOK_RECORD_CREATED);
    assert_int_equal(events_kept(&h), 0); // nobody listens
    tell(&h, "一", WEBHOOK_RECORD_CREATED);
    tell(&h, "一", WEBHOOK_RECORD_DELETED);
    assert_int_equal(events_kept(&h), 2);
    h.now_us = clock_now_us() + US_PER_SECOND;
    int deliveries = 0;
    for (must(&h, take); h.found; must(&h, take), deliveries++) {
        assert_str(h.delivery.url, "https://example.com/x");
        assert_str(h.delivery.key, "whsec_AAAA");
        struct json *j;
        struct error err;
        assert_true(json_parse(h.delivery.body, &j, &err));
        assert_str(json_str(json_get(j, "tenant_id")), "一");
        assert_int_equal(json_int(json_get(json_get(j, "data"), "id"), 0), 1);
        assert_int_equal(json_len(json_get(j, "changed_fields")), 1);
        json_free(j);
        must(&h, end);
    }
    assert_int_equal(deliveries, 3);
    assert_int_equal(events_kept(&h), 0);
    world_close(&h.w);
}

TEST_STORES(webhook_deliveries_wait_and_come_again) {
    struct hooks h = {0};
    world_open(&h.w, t, 4);
    add(&h, "一", true, 0);
    tell(&h, "一", WEBHOOK_RECORD_CREATED);
    h.now_us = clock_now_us() + US_PER_SECOND;
    must(&h, take);
    assert_true(h.found);
    assert_int_equal(h.delivery.attempts, 0);
    // Taken: for a minute nobody else gets it.
    must(&h, take);
    assert_false(h.found);
    assert_int_equal(h.next_us, h.now_us + US_PER_MINUTE);
    must(&h, resume);
    must(&h, take);
    assert_true(h.found);
    assert_int_equal(h.delivery.attempts, 1);
    must(&h, later);
    must(&h, resume); // what waits for its time is not touched
    must(&h, take);
    assert_false(h.found);
    h.now_us += US_PER_HOUR;
    must(&h, take);
    assert_true(h.found);
    must(&h, switch_off);
    assert_int_equal(events_kept(&h), 0);
    must(&h, load);
    assert_false(h.hook.enabled);
    assert_str(h.hook.disabled_reason, "gone");
    assert_true(h.hook.disabled_us != TIME_NONE);
    world_close(&h.w);
}

TEST_STORES(webhook_limit_of_a_tenant_is_told) {
    struct hooks h = {0};
    struct error err;
    world_open(&h.w, t, 5);
    for (int i = 0; i < WEBHOOK_MAX_TENANT; i++)
        add(&h, "一", true, 0);
    add(&h, "二", true, 0);
    h.hook.id = id_next(&h.w.ids);
    h.hook.tenant_id = STR("一");
    assert_false(sql_write(h.w.store.db, insert, &h, &err));
    assert_int_equal(err.code, ERROR_FORBIDDEN);
    world_close(&h.w);
}
