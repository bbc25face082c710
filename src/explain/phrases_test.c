// SPDX-License-Identifier: Apache-2.0
#include "explain/phrases.h"

#include "tests/support/test.h"

TEST(phrases_go_with_the_sentiment_that_is_over_represented) {
    static const struct {
        int64_t neg, neu, pos;
        uint8_t polarity;
    } cases[] = {
        {10, 0, 0, SENTIMENT_NEG}, {6, 0, 4, SENTIMENT_NEG},
        {5, 0, 5, SENTIMENT_NEG}, // 10 % of all are negative
        {2, 0, 8, SENTIMENT_POS},  {0, 8, 2, SENTIMENT_NEU},
        {4, 3, 3, SENTIMENT_NEU}, // none has half
        {0, 0, 0, SENTIMENT_NEU},
    };
    struct phrase_counts totals = {.sentiment = {100, 100, 800}};
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct phrase_counts one = {.sentiment = {cases[i].neg, cases[i].neu, cases[i].pos}};
        struct phrase_judged j;
        phrases_judge(&totals, &one, 1, &j);
        assert_int_equal(j.polarity, cases[i].polarity);
        assert_true(isnan(j.ratio) && !j.change.has); // nothing is compared
    }
}

TEST(phrases_that_became_frequent_are_found) {
    struct phrase_counts totals = {.sentiment = {100, 100, 800}, .now = 500, .before = 500};
    struct phrase_counts phrases[] = {
        {.now = 40, .before = 5},
        {.now = 20, .before = 18},
        {.now = 12, .before = 0},
        {.now = 6, .before = 1}, // too few
    };
    struct phrase_judged j[4];
    phrases_judge(&totals, phrases, 4, j);
    assert_float_equal(j[0].ratio, 8, 1e-12);
    assert_true(j[0].change.significant && j[0].change.q >= j[0].change.p);
    assert_false(j[1].change.significant);
    assert_true(isinf(j[2].ratio) && j[2].change.significant);
    assert_true(isnan(j[3].ratio) && !j[3].change.has);
    totals.before = 29;
    phrases_judge(&totals, phrases, 4, j);
    assert_false(j[0].change.has);
    phrases_judge(&totals, NULL, 0, NULL);
}
