// SPDX-License-Identifier: Apache-2.0
#include "work/demo.h"

#include "base/clock.h"
#include "base/map.h"
#include "base/strbuf.h"
#include "base/utf8.h"
#include "base/vec.h"
#include "nlp/neardup.h"
#include "tests/support/test.h"
#include "work/demo_text.h"

TEST(demo_expand_chooses_alternatives_within_alternatives) {
    struct random r = random_init(1);
    bool seen[4] = {false};
    static const char *const all[] = {"ab", "acd", "ace", "a"};
    for (int i = 0; i < 200; i++) {
        CLEANUP(strbuf_done) struct strbuf sb = strbuf_init(KIB);
        demo_expand(STR("a{b|c{d|e}|}"), &r, &sb);
        size_t k = 0;
        while (k < 4 && !str_eq(strbuf_str(&sb), str_from(all[k])))
            k++;
        if (k == 4)
            fail_msg("%s", strbuf_cstr(&sb));
        seen[k] = true;
    }
    for (int k = 0; k < 4; k++)
        assert_true(seen[k]);
}

struct tally {
    size_t n_events, n_feedback, n_low, n_late, n_late_low, n_order, n_repeat, n_valid;
    int64_t last_us, now_us;
    uint64_t hash;
    struct neardup *nd;
    struct dict orders;
};

static bool take_events(void *ctx, const struct event *events, size_t n, UNUSED struct error *err) {
    struct tally *t = ctx;
    for (size_t i = 0; i < n; i++) {
        assert_true(events[i].at_us < t->now_us && events[i].external_id.len &&
                    events[i].order.len);
        t->hash = hash_u64(t->hash ^ str_hash(events[i].external_id) ^ (uint64_t)events[i].at_us);
        dict_add(&t->orders, events[i].order);
    }
    t->n_events += n;
    return n <= 1000;
}

static bool take_feedback(void *ctx, const struct record *records, size_t n,
                          UNUSED struct error *err) {
    struct tally *t = ctx;
    for (size_t i = 0; i < n; i++) {
        const struct record *r = &records[i];
        struct neardup_sketch s;
        int64_t stars = 0;
        assert_true(utf8_is_valid(r->text) && utf8_is_valid(r->follow_up) &&
                    utf8_is_valid(r->reply));
        if (str_find_char(r->text, '{') != STR_NONE || str_find_char(r->text, '}') != STR_NONE ||
            str_find_char(r->text, '|') != STR_NONE)
            fail_msg("%.*s", STR_ARG(r->text));
        assert_true(r->occurred_us < t->now_us && r->n_scores >= 1);
        assert_true(str_to_int64(r->scores[0].value, &stars) && stars >= 1 && stars <= 5);
        t->n_low += stars <= 2;
        t->n_order += r->order.len > 0;
        if (r->order.len)
            assert_true(dict_find(&t->orders, r->order) != DICT_NONE);
        neardup_sketch(r->text, &s);
        if (s.n_chars >= 15) {
            t->n_valid++;
            t->n_repeat += neardup_add(t->nd, &s, (uint32_t)(t->n_feedback + i)) != NEARDUP_NONE;
        }
        t->hash = hash_u64(t->hash ^ str_hash(r->text));
    }
    t->n_feedback += n;
    return true;
}

static struct tally tally_of(uint64_t seed, size_t n) {
    struct error err;
    struct tally t = {.now_us = 1764000000 * US_PER_SECOND, .nd = neardup_new()};
    struct demo_sink sink = {&t, take_events, take_feedback};
    struct demo_options o = {.seed = seed, .n_feedback = n, .now_us = t.now_us};
    if (!demo_generate(&o, &sink, &err))
        fail_msg("%s", err.en);
    neardup_free(t.nd);
    dict_done(&t.orders);
    return t;
}

TEST(demo_is_the_same_for_a_seed_and_believable) {
    struct tally a = tally_of(1, 3000), b = tally_of(1, 3000), c = tally_of(2, 3000);
    assert_true(a.hash == b.hash && a.hash != c.hash);
    assert_int_equal(a.n_feedback, 3000);
    assert_true(a.n_events > 3000);
    double low = 100.0 * (double)a.n_low / (double)a.n_feedback,
           repeats = 100.0 * (double)a.n_repeat / (double)a.n_valid;
    print_message(
        "one or two stars: %.1f %%, with an order number: %.1f %%, long texts that repeat another: %.2f %%\n",
        low, 100.0 * (double)a.n_order / (double)a.n_feedback, repeats);
    assert_true(low > 5 && low < 25);
    assert_true(repeats < 3);
}
