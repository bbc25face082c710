// SPDX-License-Identifier: Apache-2.0
#include "olap/answers.h"

#include "tests/support/test.h"

static bool holds(struct answers *a, const char *key, const char *want) {
    size_t size;
    char *found = answers_find(a, str_from(key), &size);
    bool ok = found && want && size == strlen(want) && memcmp(found, want, size) == 0;
    bool none = !found;
    free(found);
    return want ? ok : none;
}

static void keep(struct answers *a, const char *key, const char *answer) {
    answers_keep(a, str_from(key), answer, strlen(answer));
}

TEST(answers_are_those_that_were_kept) {
    struct answers a;
    answers_init(&a);
    assert_true(holds(&a, "how many", NULL));
    keep(&a, "how many", "12");
    keep(&a, "how many", "12"); // a second one that was under way
    keep(&a, "of whom", "");
    assert_true(holds(&a, "how many", "12") && holds(&a, "of whom", ""));
    assert_int_equal(a.len, 2);
    answers_forget(&a);
    assert_true(holds(&a, "how many", NULL));
    assert_int_equal(a.n_bytes, 0);
    answers_done(&a);
}

TEST(answers_stay_within_their_memory) {
    struct answers a;
    answers_init(&a);
    size_t n = 0;
    char *large = mem_zero(1, ANSWER_MAX_BYTES + 1);
    answers_keep(&a, STR("too large"), large, ANSWER_MAX_BYTES + 1);
    assert_true(holds(&a, "too large", NULL));
    for (char key[16]; n < 100; n++) {
        snprintf(key, sizeof key, "%zu", n);
        answers_keep(&a, str_from(key), large, ANSWER_MAX_BYTES);
        assert_true(a.n_bytes <= ANSWERS_MAX_BYTES);
    }
    size_t size;
    void *last = answers_find(&a, STR("99"), &size);
    assert_non_null(last);
    assert_int_equal(size, ANSWER_MAX_BYTES);
    assert_true(holds(&a, "0", NULL));
    free(last);
    free(large);
    answers_done(&a);
}
