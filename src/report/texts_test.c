// SPDX-License-Identifier: Apache-2.0
#include "report/texts.h"

#include "tests/support/test.h"

TEST(texts_keep_copies_of_everything) {
    struct texts t;
    texts_init(&t);
    for (int i = 0; i < 1000; i++) {
        char body[32];
        snprintf(body, sizeof body, "text %d", i);
        struct text_aspect aspects[2] = {{.dimension = DIM_TASTE, .end = (uint32_t)i},
                                         {.dimension = DIM_PRICE}};
        uint32_t keywords[] = {dict_add(&t.keywords, str_from(body))};
        struct text in = {.ptr = body,
                          .len = (uint32_t)strlen(body),
                          .row = (uint64_t)i + 2,
                          .aspects = aspects,
                          .n_aspects = (uint8_t)(i % 3),
                          .keywords = keywords,
                          .n_keywords = 1,
                          .channel = dict_add(&t.names, STR("jd"))};
        assert_int_equal(texts_add(&t, &in), i);
        memset(body, 'x', sizeof body); // what was handed in may go
        memset(aspects, 0xFF, sizeof aspects);
    }
    assert_int_equal(t.len, 1000);
    assert_str(text_str(&t.items[7]), "text 7");
    assert_int_equal(t.items[998].n_aspects, 2);
    assert_int_equal(t.items[998].aspects[0].end, 998);
    assert_int_equal(t.items[998].aspects[1].dimension, DIM_PRICE);
    assert_null(t.items[999].aspects);
    assert_str(dict_str(&t.keywords, t.items[7].keywords[0]), "text 7");
    assert_str(dict_str(&t.names, t.items[7].channel), "jd");
    assert_str(dict_str(&t.names, 0), "");
    texts_done(&t);
}
