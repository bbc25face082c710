// SPDX-License-Identifier: Apache-2.0
#include "olap/query.h"

#include "tests/support/test.h"

// Two questions have one key only if they ask the same: whatever is changed changes the key.
TEST(a_question_is_known_by_all_it_asks) {
    const uint32_t codes[] = {3, 4};
    const float cuts[] = {2, 4};
    struct query variants[25];
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
    variants[n++].undated = true;
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
