// SPDX-License-Identifier: Apache-2.0
#include "api/rate.h"

#include "api/idempotency.h"
#include "base/clock.h"
#include "tests/support/test.h"

TEST(rate_gives_a_burst_then_so_many_a_second_and_says_how_long_to_wait) {
    struct rate *r = rate_new();
    int64_t now = 1000 * US_PER_SECOND;
    int wait_s = 0;
    for (int i = 0; i < 5; i++)
        assert_true(rate_take(r, STR("a"), 2, 5, now, &wait_s));
    assert_false(rate_take(r, STR("a"), 2, 5, now, &wait_s));
    assert_int_equal(wait_s, 1);
    assert_true(rate_take(r, STR("b"), 2, 5, now, &wait_s)); // another key has its own
    now += US_PER_SECOND;                                    // two come back
    assert_true(rate_take(r, STR("a"), 2, 5, now, &wait_s));
    assert_true(rate_take(r, STR("a"), 2, 5, now, &wait_s));
    assert_false(rate_take(r, STR("a"), 2, 5, now, &wait_s));
    assert_true(rate_take(r, STR("a"), 2, 5, now + 100 * US_PER_SECOND, &wait_s));
    assert_false(rate_take(r, STR("c"), 0.1, 0.5, now, &wait_s)); // less than one is none
    assert_int_equal(wait_s, 5);
    rate_free(r);
}

TEST(in_flight_lets_a_key_in_once_until_it_leaves) {
    struct in_flight *f = in_flight_new();
    uint8_t a[VAULT_LOOKUP_BYTES] = {1}, b[VAULT_LOOKUP_BYTES] = {2};
    assert_true(in_flight_enter(f, a));
    assert_false(in_flight_enter(f, a));
    assert_true(in_flight_enter(f, b));
    in_flight_leave(f, a);
    assert_true(in_flight_enter(f, a));
    assert_false(in_flight_enter(f, b));
    in_flight_free(f);
}
