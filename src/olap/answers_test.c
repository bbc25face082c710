// SPDX-License-Identifier: Apache-2.0
#include "olap/answers.h"

#include "tests/support/test.h"

static bool holds(struct answers *a, int64_t generation, const char *key, const char *want) {
    size_t size;
    char *found = answers_find(a, generation, str_from(key), &size);
    bool ok = found && want && size == strlen(want) && memcmp(found, want, size) == 0;
    bool none = !found;
    free(found);
    return want ? ok : none;
}

static void keep(struct answers *a, int64_t generation, const char *key, const char *answer) {
    answers_keep(a, generation, str_from(key), answer, strlen(answer));
}

TEST(answers_are_of_one_generation) {
    struct answers a;
    answers_init(&a);
    assert_true(holds(&a, 1, "how many", NULL));
    keep(&a, 1, "how many", "12");
    keep(&a, 1, "how many", "13"); // a second one that was under way: the first stays
    keep(&a, 1, "of whom", "");
    assert_true(holds(&a, 1, "how many", "12") && holds(&a, 1, "of whom", ""));
    assert_true(holds(&a, 2, "how many", NULL));
    keep(&a, 2, "how many", "14");
    assert_true(holds(&a, 2, "how many", "14") && holds(&a, 2, "of whom", NULL));
    keep(&a, 1, "of whom", "late"); // from a view that is still open
    assert_true(holds(&a, 1, "of whom", NULL) && holds(&a, 2, "how many", "14"));
    answers_forget(&a);
    assert_true(holds(&a, 2, "how many", NULL));
    answers_done(&a);
}

TEST(answers_stay_within_their_memory) {
    struct answers a;
    answers_init(&a);
    size_t n = 0;
    char *large = mem_zero(1, ANSWER_MAX_BYTES + 1);
    answers_keep(&a, 1, STR("too large"), large, ANSWER_MAX_BYTES + 1);
    assert_true(holds(&a, 1, "too large", NULL));
    for (char key[16]; n < 100; n++) {
        snprintf(key, sizeof key, "%zu", n);
        answers_keep(&a, 1, str_from(key), large, ANSWER_MAX_BYTES);
        assert_true(a.n_bytes <= ANSWERS_MAX_BYTES);
    }
    size_t size;
    void *last = answers_find(&a, 1, STR("99"), &size);
    assert_non_null(last);
    assert_int_equal(size, ANSWER_MAX_BYTES);
    assert_true(holds(&a, 1, "0", NULL));
    free(last);
    free(large);
    answers_done(&a);
}

TEST(a_result_survives_packing) {
    int32_t keys[] = {1, 2, 3, 4};
    int64_t n[] = {5, 6}, counts[] = {1, 2, 3, 4, 5, 6};
    struct moments moments[] = {{5, 1.5, 2.5}, {6, -1, 9}};
    const struct result r = {.n_groups = 2,
                             .n_by = 2,
                             .n_measures = 1,
                             .n_counts = 3,
                             .class_size = {3},
                             .n_groups_total = 7,
                             .keys = keys,
                             .n = n,
                             .moments = moments,
                             .counts = counts};
    CLEANUP(result_done) struct result back = {0};
    size_t size;
    void *packed = result_pack(&r, &size);
    result_unpack(packed, &back);
    free(packed);
    assert_int_equal(back.n_groups_total, 7);
    assert_memory_equal(back.keys, keys, sizeof keys);
    assert_memory_equal(back.n, n, sizeof n);
    assert_memory_equal(back.counts, counts, sizeof counts);
    assert_true(result_moments(&back, 1, 0).sum == -1 && result_classes(&back, 1, 0)[2] == 6);
}

// Two questions have one key only if they ask the same: whatever is changed changes the key.
TEST(a_question_is_known_by_all_it_asks) {
    const uint32_t codes[] = {3, 4};
    const float cuts[] = {2, 4};
    struct query variants[24];
    size_t n = 0;
    for (size_t i = 0; i < ARRAY_LEN(variants); i++)
        variants[i] = query_init(GRAIN_FEEDBACK);
    n++;
    variants[n++].grain = GRAIN_ASPECT;
    query_by(&variants[n++], 7);
    query_by(&variants[n++], 8);
    query_measure(&variants[n++], 7);
    query_classes(&variants[n++], 7);
    query_cuts(&variants[n++], 7, cuts, 1);
    query_cuts(&variants[n++], 7, cuts, 2);
    query_cuts(&variants[n++], 7, cuts + 1, 1);
    query_only(&variants[n++], 7, 3);
    query_only(&variants[n++], 7, 4);
    query_in(&variants[n++], 7, codes, 1);
    query_in(&variants[n++], 7, codes, 2);
    query_not_in(&variants[n++], 7, codes, 2);
    query_range(&variants[n++], 7, 1, 2);
    query_range(&variants[n++], 7, 1, 3);
    query_days(&variants[n++], 1, 2);
    variants[n++].flags_all = 1;
    variants[n++].flags_none = 1;
    variants[n++].with_dimensions = 1;
    variants[n++].with_polarities = 1;
    variants[n++].order = ORDER_COUNT_DESC;
    variants[n++].limit = 1;
    query_by_day(&variants[n++], TIME_WEEK);
    assert_int_equal(n, ARRAY_LEN(variants));
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++) {
            CLEANUP(strbuf_done) struct strbuf a = strbuf_init(KIB), b = strbuf_init(KIB);
            query_key(&variants[i], &a);
            query_key(&variants[j], &b);
            assert_int_equal(str_eq(strbuf_str(&a), strbuf_str(&b)), i == j);
        }
}
