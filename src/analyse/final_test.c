// SPDX-License-Identifier: Apache-2.0
#include "analyse/final.h"

#include "tests/support/test.h"

TEST(final_quality_takes_rules_before_the_model) {
    static const struct {
        uint32_t flags;
        uint8_t validity;
        float sure;
        enum quality expected;
    } cases[] = {
        {0, VALIDITY_OK, 0.99f, QUALITY_USED},
        {UNIFY_PROFANITY, VALIDITY_OK, 0.99f, QUALITY_USED},
        {UNIFY_OUT_OF_RANGE, VALIDITY_OK, 0.99f, QUALITY_USED},
        {UNIFY_BLANK, VALIDITY_OK, 0.99f, QUALITY_BLANK},
        {UNIFY_AD, VALIDITY_OK, 0.99f, QUALITY_AD},
        {UNIFY_GIBBERISH, VALIDITY_AD, 0.99f, QUALITY_GIBBERISH},
        // Several reasons: the one a person would name.
        {UNIFY_DEFAULT_PRAISE | UNIFY_DUPLICATE, VALIDITY_OK, 0.9f, QUALITY_DEFAULT_PRAISE},
        // A suspicion is no reason.
        {UNIFY_NEAR_DUPLICATE, VALIDITY_OK, 0.9f, QUALITY_USED},
        {UNIFY_DUPLICATE | UNIFY_AD, VALIDITY_AD, 0.99f, QUALITY_DUPLICATE},
        // The model alone, only when it is sure.
        {0, VALIDITY_AD, 0.95f, QUALITY_AD},
        {0, VALIDITY_AD, 0.60f, QUALITY_USED},
        {0, VALIDITY_IRRELEVANT, 0.92f, QUALITY_IRRELEVANT},
        {0, VALIDITY_BLANK, 0.99f, QUALITY_USED},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct unified u = {.flags = cases[i].flags};
        struct enrichment e = {.validity = cases[i].validity, .validity_score = cases[i].sure};
        assert_int_equal(final_quality(&u, &e), cases[i].expected);
    }
}

TEST(final_kinds_have_all_words) {
    for (int q = 0; q < N_QUALITIES; q++) {
        const struct quality_kind *k = &quality_kinds[q];
        assert_true(k->code && *k->code && k->name.zh && k->name.en && k->treatment.zh &&
                    k->treatment.en);
    }
}
