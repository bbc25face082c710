// SPDX-License-Identifier: Apache-2.0
#include "account/cache.h"

#include "tests/support/test.h"

static void hash_of(int n, uint8_t ret[CRYPTO_HASH_BYTES]) {
    crypto_sha256(str_make((const char *)&n, sizeof n), ret);
}

static enum auth look(struct auth_cache *c, int n, int64_t now_us) {
    CLEANUP(arena_done) struct arena a = {0};
    uint8_t hash[CRYPTO_HASH_BYTES];
    struct principal who;
    struct auth_entry entry;
    bool touch;
    hash_of(n, hash);
    enum auth answer = auth_cache_find(c, hash, now_us, &a, &who, &entry, &touch);
    if (answer == AUTH_KNOWN)
        assert_int_equal(who.user, n);
    return answer;
}

static void keep(struct auth_cache *c, int n, int64_t now_us, bool is_known, int64_t ends_us) {
    uint8_t hash[CRYPTO_HASH_BYTES];
    struct principal who = {.user = n, .name = STR("x")};
    hash_of(n, hash);
    auth_cache_put(c, hash, now_us, auth_cache_epoch(c),
                   &(struct auth_entry){is_known ? &who : NULL, n, ends_us, now_us});
}

TEST(cache_believes_an_entry_for_five_seconds_and_not_past_its_end) {
    struct auth_cache *c = auth_cache_new();
    const int64_t s = 1000000, now = 1000 * s;
    keep(c, 1, now, true, INT64_MAX);
    keep(c, 2, now, false, INT64_MAX);
    keep(c, 3, now, true, now + 2 * s);
    static const struct {
        int n;
        int64_t after_s;
        enum auth answer;
    } cases[] = {
        {1, 0, AUTH_KNOWN}, {1, 4, AUTH_KNOWN},   {1, 5, AUTH_ASK},
        {1, -1, AUTH_ASK},  {2, 4, AUTH_REFUSED}, {2, 5, AUTH_ASK},
        {3, 1, AUTH_KNOWN}, {3, 2, AUTH_ASK},     {4, 0, AUTH_ASK},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        if (look(c, cases[i].n, now + cases[i].after_s * s) != cases[i].answer)
            fail_msg("case %zu", i);
    auth_cache_clear(c);
    assert_int_equal(look(c, 1, now), AUTH_ASK);
    auth_cache_free(c);
    auth_cache_free(NULL);
}

TEST(cache_does_not_keep_what_was_read_before_a_change) {
    struct auth_cache *c = auth_cache_new();
    uint8_t hash[CRYPTO_HASH_BYTES];
    struct principal who = {.user = 1};
    hash_of(1, hash);
    unsigned before = auth_cache_epoch(c);
    auth_cache_clear(c); // revoked while the store was being read
    (void)auth_cache_put(c, hash, 5, before, &(struct auth_entry){&who, 1, INT64_MAX, 5});
    assert_int_equal(look(c, 1, 5), AUTH_ASK);
    auth_cache_free(c);
}

TEST(cache_of_many_tokens_keeps_those_that_are_let_in) {
    struct auth_cache *c = auth_cache_new();
    keep(c, 0, 0, true, INT64_MAX);
    for (int n = 1; n < 20000; n++) // somebody guesses
        keep(c, n, 1, false, INT64_MAX);
    assert_int_equal(look(c, 0, 1), AUTH_KNOWN);
    int kept = 0;
    for (int n = 20000; n < 30000; n++)
        keep(c, n, 2, true, INT64_MAX);
    for (int n = 0; n < 30000; n++)
        kept += look(c, n, 2) == AUTH_KNOWN;
    assert_in_range(kept, 1000, 1024);
    auth_cache_free(c);
}

TEST(cache_asks_one_caller_a_minute_to_write_the_use) {
    struct auth_cache *c = auth_cache_new();
    CLEANUP(arena_done) struct arena a = {0};
    uint8_t hash[CRYPTO_HASH_BYTES];
    struct principal who = {.user = 1};
    hash_of(1, hash);
    int writes = 0;
    const int64_t s = 1000000;
    for (int64_t now = 100 * s; now < 400 * s; now += s) {
        struct auth_entry entry;
        struct principal found;
        bool touch;
        // Read again and again, from a store that never hears of a use.
        if (now % (4 * s) == 0)
            writes += auth_cache_put(c, hash, now, auth_cache_epoch(c),
                                     &(struct auth_entry){&who, 1, INT64_MAX, 0});
        assert_int_equal(auth_cache_find(c, hash, now, &a, &found, &entry, &touch), AUTH_KNOWN);
        writes += touch;
    }
    assert_int_equal(writes, 5);
    assert_false(auth_cache_put(c, hash, 401 * s, auth_cache_epoch(c),
                                &(struct auth_entry){NULL, 1, INT64_MAX, 0}));
    auth_cache_free(c);
}
