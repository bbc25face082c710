// SPDX-License-Identifier: Apache-2.0
#include "unify/identity.h"

#include "tests/support/test.h"

TEST(identity_phone_is_one_number_however_it_is_written) {
    static const struct {
        const char *raw, *expected; // NULL: proves nothing
    } cases[] = {
        {"13612345678", "+8613612345678"},
        {"136 1234 5678", "+8613612345678"},
        {"136-1234-5678", "+8613612345678"},
        {"+86 136 1234 5678", "+8613612345678"},
        {"+86-136-1234-5678", "+8613612345678"},
        {"008613612345678", "+8613612345678"},
        {"8613612345678", "+8613612345678"},
        {"(+86)13612345678", "+8613612345678"},
        {"（＋８６）１３６１２３４５６７８", "+8613612345678"},
        {"　136１２３４５６78 ", "+8613612345678"},
        {"136·1234·5678", "+8613612345678"},
        {"013612345678", "+8613612345678"},
        {"19912345678", "+8619912345678"},
        {"010-88886666", "+861088886666"},
        {"(010)8888 6666", "+861088886666"},
        {"+86 10 8888 6666", "+861088886666"},
        {"0086-10-88886666", "+861088886666"},
        {"021-62345678转801", "+862162345678x801"},
        {"021-62345678 ext. 801", "+862162345678x801"},
        {"021-62345678#801", "+862162345678x801"},
        {"0755-26001234", "+8675526001234"},
        {"0755-2600123", "+867552600123"},
        {"0571-8765432", "+865718765432"},
        {"+1 (415) 555-0123", "+14155550123"},
        {"001-415-555-0123", "+14155550123"},
        {"+44 (0)20 7946 0958", "+442079460958"},
        {"+852 2345 6789", "+85223456789"},
        {"+81-3-1234-5678", "+81312345678"},
        {"", NULL},
        {"-", NULL},
        {"0", NULL},
        {"00000000000", NULL},
        {"11111111111", NULL},
        {"13800138000", NULL},
        {"138****5678", NULL},
        {"1381234567", NULL},
        {"138123456789", NULL},
        {"12345678901", NULL},
        {"88886666", NULL},
        {"1088886666", NULL},
        {"4155550123", NULL},
        {"400-820-8820", NULL},
        {"800 820 8820", NULL},
        {"+86 400 820 8820", NULL},
        {"1.36E+10", NULL},
        {"电话13612345678", NULL},
        {"13612345678/13712345678", NULL},
        {"+1234567", NULL},
        {"+1234567890123456", NULL},
        {"010-18886666", NULL},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        CLEANUP(arena_done) struct arena a = {0};
        struct str got = {0};
        bool ok = identity_phone(str_from(cases[i].raw), &a, &got);
        if (ok != (cases[i].expected != NULL) || (ok && !str_eq(got, str_from(cases[i].expected))))
            fail_msg("\"%s\" gives \"%.*s\"", cases[i].raw, STR_ARG(got));
    }
}

TEST(identity_email_folds_case_and_width_only) {
    static const struct {
        const char *raw, *expected;
    } cases[] = {
        {"Li.Lei@QQ.com", "li.lei@qq.com"},
        {"ｌｉ＠ｑｑ．ｃｏｍ", "li@qq.com"},
        {"  a@b.cn ", "a@b.cn"},
        {"<a@b.cn>", "a@b.cn"},
        {"mailto:a@b.cn", "a@b.cn"},
        {"first.last@gmail.com", "first.last@gmail.com"},
        {"firstlast@gmail.com", "firstlast@gmail.com"},
        {"a+tag@b.cn", "a+tag@b.cn"},
        {"李雷@邮箱.中国", "李雷@邮箱.中国"},
        {"a@b", NULL},
        {"@b.cn", NULL},
        {"a@@b.cn", NULL},
        {"a b@b.cn", NULL},
        {"a@b..cn", NULL},
        {"a@b.cn.", NULL},
        {"a@1.2.3.4", NULL},
        {"a***@b.cn", NULL},
        {"noreply@shop.cn", NULL},
        {"a@example.com", NULL},
        {"a@b.cn;c@d.cn", NULL},
        {"", NULL},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        CLEANUP(arena_done) struct arena a = {0};
        struct str got = {0};
        bool ok = identity_email(str_from(cases[i].raw), &a, &got);
        if (ok != (cases[i].expected != NULL) || (ok && !str_eq(got, str_from(cases[i].expected))))
            fail_msg("\"%s\" gives \"%.*s\"", cases[i].raw, STR_ARG(got));
    }
}

TEST(identity_keys_prove_something_or_are_none) {
    CLEANUP(arena_done) struct arena a = {0};
    struct identity_key keys[IDENTITY_MAX_KEYS];
    struct record_customer c = {.external_id = STR("VIP-0009"),
                                .phone = STR("136 1234 5678"),
                                .email = STR("A@b.cn"),
                                .name = STR("李雷"),
                                .openid = STR("oAbC123"),
                                .unionid = STR("uXyZ")};
    assert_int_equal(identity_keys(&c, STR("crm"), &a, keys), 5);
    assert_int_equal(keys[0].kind, IDENTITY_EXTERNAL);
    assert_str(keys[0].value, "crm\x1f"
                              "VIP-0009");
    assert_str(keys[1].value, "uXyZ");
    assert_str(keys[3].value, "+8613612345678");
    // A name is no key, nor is what a platform has masked, nor a placeholder.
    static const char *const nobody[] = {"j***n", "张**",        "匿名用户", "-",        "0",
                                         "null",  "138****5678", "tb●●●1",   "ANONYMOUS"};
    for (size_t i = 0; i < ARRAY_LEN(nobody); i++) {
        c = (struct record_customer){.external_id = str_from(nobody[i]),
                                     .name = STR("韩梅梅"),
                                     .phone = str_from(nobody[i]),
                                     .email = str_from(nobody[i]),
                                     .openid = str_from(nobody[i])};
        if (identity_keys(&c, STR("tmall"), &a, keys) != 0)
            fail_msg("%s", nobody[i]);
    }
}

TEST(identity_shown_hides_the_middle) {
    CLEANUP(arena_done) struct arena a = {0};
    static const struct {
        enum identity_kind kind;
        const char *value, *expected;
    } cases[] = {
        {IDENTITY_PHONE, "+8613612345678", "136****5678"},
        {IDENTITY_PHONE, "+861088886666", "+861***666"},
        {IDENTITY_EMAIL, "zhang@qq.com", "z***@qq.com"},
        {IDENTITY_EMAIL, "z@qq.com", "***@qq.com"},
        {IDENTITY_EXTERNAL, "crm\x1fVIP0009", "VI***09"},
        {IDENTITY_EXTERNAL,
         "crm\x1f"
         "7",
         "***"},
        {IDENTITY_UNIONID, "会员甲乙丙丁", "会员***丙丁"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        assert_str(identity_shown(cases[i].kind, str_from(cases[i].value), &a), cases[i].expected);
}

// ── plans ──

// The same numbers on every machine.
static size_t below(uint64_t *state, size_t n) {
    return (size_t)(hash_u64((*state)++) % n);
}

static int64_t count_up(void *ctx) {
    int64_t *n = ctx;
    return (*n)++;
}

#define MAX_N 60

// Groups of records that are connected by common keys, by walking: the slow and obvious way.
static void naive_groups(const struct identity_record *r, size_t n, int *group) {
    for (size_t i = 0; i < n; i++)
        group[i] = (int)i;
    for (bool changed = true; changed;) {
        changed = false;
        for (size_t i = 0; i < n; i++)
            for (size_t k = 0; k < n; k++)
                for (size_t x = 0; x < r[i].n_keys; x++)
                    for (size_t y = 0; y < r[k].n_keys; y++)
                        if (r[i].keys[x] == r[k].keys[y] && group[i] < group[k]) {
                            group[k] = group[i];
                            changed = true;
                        }
    }
}

TEST(identity_plan_gives_the_groups_that_walking_gives) {
    uint64_t rnd = 20261124;
    for (int round = 0; round < 300; round++) {
        CLEANUP(arena_done) struct arena a = {0};
        size_t n = 1 + below(&rnd, MAX_N), n_keys = 1 + below(&rnd, 2 * n);
        struct identity_record records[MAX_N] = {0};
        int64_t *owners = ARENA_ARRAY(&a, int64_t, n_keys), next = 1000;
        int group[MAX_N];
        for (size_t i = 0; i < n; i++) {
            uint32_t *keys = ARENA_ARRAY(&a, uint32_t, 3);
            records[i] = (struct identity_record){keys, below(&rnd, 4), 0};
            for (size_t k = 0; k < records[i].n_keys; k++)
                keys[k] = (uint32_t)below(&rnd, n_keys);
        }
        struct identity_plan plan;
        identity_plan(&(struct identity_batch){.records = records,
                                               .n_records = n,
                                               .owners = owners,
                                               .n_keys = n_keys,
                                               .next_id = count_up,
                                               .ctx = &next},
                      &a, &plan);
        naive_groups(records, n, group);
        size_t n_with_keys = 0, n_groups = 0;
        for (size_t i = 0; i < n; i++) {
            assert_int_equal(plan.customers[i] != 0, records[i].n_keys > 0);
            for (size_t k = 0; k < i; k++)
                if (records[i].n_keys && records[k].n_keys &&
                    (plan.customers[i] == plan.customers[k]) != (group[i] == group[k]))
                    fail_msg("round %d: records %zu and %zu", round, i, k);
            n_with_keys += records[i].n_keys > 0;
            n_groups += records[i].n_keys > 0 && group[i] == (int)i;
            for (size_t k = 0; k < records[i].n_keys; k++)
                assert_int_equal(plan.key_customers[records[i].keys[k]], plan.customers[i]);
        }
        assert_int_equal(plan.n_fresh - plan.n_merges, n_groups);
        assert_true(n_with_keys >= n_groups);
        for (size_t i = 0; i < plan.n_merges; i++)
            assert_true(plan.merges[i].kept < plan.merges[i].gone);
    }
}

TEST(identity_plan_says_which_keys_proved_a_merge) {
    CLEANUP(arena_done) struct arena a = {0};
    const uint32_t both[] = {0, 1};
    const int64_t owners[] = {70, 50};
    int64_t next = 1000;
    struct identity_record r = {both, 2, 0};
    struct identity_batch in = {.records = &r,
                                .n_records = 1,
                                .owners = owners,
                                .n_keys = 2,
                                .next_id = count_up,
                                .ctx = &next};
    struct identity_plan plan;
    identity_plan(&in, &a, &plan);
    assert_int_equal(plan.n_merges, 1);
    assert_int_equal(plan.merges[0].kept, 50);
    assert_int_equal(plan.merges[0].gone, 70);
    assert_int_equal(plan.merges[0].key_kept, 1);
    assert_int_equal(plan.merges[0].key_gone, 0);
    // Those that a person took apart stay so: the first key decides.
    const struct identity_pair apart = {50, 70};
    in.apart = &apart;
    in.n_apart = 1;
    identity_plan(&in, &a, &plan);
    assert_int_equal(plan.n_merges, 0);
    assert_int_equal(plan.customers[0], 70);
    // Done again it stays where it is, as long as that is the same customer.
    const struct identity_pair root = {60, 70};
    in.roots = &root;
    in.n_roots = 1;
    r.home = 60;
    identity_plan(&in, &a, &plan);
    assert_int_equal(plan.homes[0], 60);
    assert_int_equal(plan.customers[0], 70);
}
