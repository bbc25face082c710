// SPDX-License-Identifier: Apache-2.0
#include "report/excerpt.h"

#include "tests/support/test.h"

TEST(markup_quote_marks_the_proof_in_code_points) {
    static const struct {
        const char *text;
        uint32_t start, end;
        size_t most;
        const char *out;
    } cases[] = {
        {"面里有铁丝<b>", 3, 5, 99, "面里有<mark>铁丝</mark>&lt;b&gt;"},
        {"好吃", 0, 0, 99, "好吃"},
        {"好吃", 1, 900, 99, "好<mark>吃</mark>"},
        {"好吃", 900, 2, 99, "好吃"},
        {"  好吃 ", 2, 4, 99, "<mark>好吃</mark>"},
        {"一二三四五六七八九十", 6, 8, 6, "…五六<mark>七八</mark>九十"},
        {"一二三四五六七八九十", 0, 9, 4, "<mark>一二三四</mark>…"},
        {"", 3, 4, 4, ""},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        CLEANUP(strbuf_done) struct strbuf sb = strbuf_init(KIB);
        struct quote q = {
            .text = str_from(cases[i].text), .start = cases[i].start, .end = cases[i].end};
        markup_quote(&sb, &q, cases[i].most);
        assert_str(strbuf_str(&sb), cases[i].out);
    }
}
