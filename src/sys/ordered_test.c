// SPDX-License-Identifier: Apache-2.0
#include "sys/ordered.h"

#include <stdatomic.h>
#include <unistd.h>

#include "base/mem.h"
#include "tests/support/test.h"

struct item {
    int number;
    long result;
};

struct run {
    int fail_at; // delivery that fails, -1: none
    int next;    // number expected next
    int dropped;
    long sum;
    atomic_int worked, alive, most_alive;
    long per_worker[64]; // each touched by one worker only: thread sanitiser would tell
    bool in_order;
};

static void work(void *ctx, int worker, void *arg) {
    struct run *r = ctx;
    struct item *it = arg;
    if (it->number % 7 == 0)
        usleep(200); // some take longer than those behind them
    it->result = (long)it->number * it->number;
    r->per_worker[worker]++;
    atomic_fetch_add(&r->worked, 1);
}

static void forget(struct run *r, struct item *it) {
    atomic_fetch_sub(&r->alive, 1);
    free(it);
}

static bool deliver(void *ctx, void *arg) {
    struct run *r = ctx;
    struct item *it = arg;
    r->in_order = r->in_order && it->number == r->next;
    r->next++;
    r->sum += it->result;
    bool ok = it->number != r->fail_at;
    forget(r, it);
    return ok;
}

static void drop(void *ctx, void *arg) {
    struct run *r = ctx;
    r->dropped++;
    forget(r, arg);
}

static struct item *new_item(struct run *r, int number) {
    struct item *it = NEW(struct item);
    it->number = number;
    int alive = atomic_fetch_add(&r->alive, 1) + 1;
    if (alive > atomic_load(&r->most_alive))
        atomic_store(&r->most_alive, alive);
    return it;
}

#define N_ITEMS 500

TEST(ordered_delivers_in_order_for_any_number_of_threads) {
    static const int threads[] = {0, 1, 2, 3, 8};
    for (size_t i = 0; i < ARRAY_LEN(threads); i++) {
        struct run r = {.fail_at = -1, .in_order = true};
        struct ordered *o = ordered_new(threads[i], work, deliver, drop, &r);
        for (int n = 0; n < N_ITEMS; n++)
            assert_true(ordered_submit(o, new_item(&r, n)));
        assert_true(ordered_finish(o));
        long expected = 0, worked = 0;
        for (long n = 0; n < N_ITEMS; n++)
            expected += n * n;
        for (size_t w = 0; w < ARRAY_LEN(r.per_worker); w++)
            worked += r.per_worker[w];
        assert_true(r.in_order);
        assert_int_equal(r.next, N_ITEMS);
        assert_int_equal(r.sum, expected);
        assert_int_equal(worked, N_ITEMS);
        assert_int_equal(r.dropped, 0);
        assert_true(r.most_alive <= 2 * MAX(threads[i], 1) + 3); // memory is bounded
    }
}

TEST(ordered_stops_after_a_failed_delivery_and_loses_no_item) {
    static const int fail_at[] = {0, 1, 100, N_ITEMS - 1};
    for (size_t i = 0; i < ARRAY_LEN(fail_at); i++) {
        struct run r = {.fail_at = fail_at[i], .in_order = true};
        struct ordered *o = ordered_new(3, work, deliver, drop, &r);
        int submitted = 0;
        while (submitted < N_ITEMS && ordered_submit(o, new_item(&r, submitted)))
            submitted++;
        assert_false(ordered_finish(o));
        assert_true(r.in_order);
        assert_int_equal(r.next, fail_at[i] + 1);
        assert_int_equal(r.alive, 0); // each was delivered or dropped
    }
}

TEST(ordered_cancel_drops_what_is_left) {
    struct run r = {.fail_at = -1, .in_order = true};
    struct ordered *o = ordered_new(2, work, deliver, drop, &r);
    for (int n = 0; n < 5; n++)
        assert_true(ordered_submit(o, new_item(&r, n)));
    ordered_cancel(o);
    assert_int_equal(r.alive, 0);
    assert_int_equal(r.next + r.dropped, 5);
}

TEST(ordered_without_items_ends) {
    struct run r = {.fail_at = -1, .in_order = true};
    assert_true(ordered_finish(ordered_new(4, work, deliver, drop, &r)));
    ordered_cancel(ordered_new(4, work, deliver, drop, &r));
    assert_int_equal(r.next, 0);
}

TEST(ordered_default_threads_is_what_the_process_may_use) {
    int n = ordered_default_threads();
    assert_true(n >= 1 && n <= 64);
}
