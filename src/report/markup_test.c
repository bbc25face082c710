// SPDX-License-Identifier: Apache-2.0
#include "report/markup.h"

#include "tests/support/test.h"

TEST(markup_text_lets_nothing_through) {
    static const struct {
        struct str in;
        const char *out;
    } cases[] = {
        {STR_INIT("<b a=\"1\" c='2'>&amp;"), "&lt;b a=&quot;1&quot; c=&#39;2&#39;&gt;&amp;amp;"},
        {STR_INIT("a\x01\x1b[31mb\tc\nd\x7f"), "a[31mb\tc\nd"},
        {STR_INIT("x\xE2\x80\xAEy\xE2\x81\xA6z\xE2\x81\xA9"), "xyz"},
        {STR_INIT("\xFF\xC3好"), "\uFFFD\uFFFD好"},
        {STR_INIT("a\0b"), "ab"},
        {STR_INIT("\xEF\xBF\xBE"), "\uFFFD"},
        {STR_INIT("שלום 👩‍👩‍👧"), "שלום 👩‍👩‍👧"},
        {STR_INIT(""), ""},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        CLEANUP(strbuf_done) struct strbuf sb = strbuf_init(KIB);
        markup_text(&sb, cases[i].in);
        assert_str(strbuf_str(&sb), cases[i].out);
    }
}

TEST(clip_counts_characters_and_says_that_it_cut) {
    struct arena a = {0};
    assert_str(clip(&a, STR("很长的名字"), 5), "很长的名字");
    assert_str(clip(&a, STR("很长的名字呢"), 5), "很长的名…");
    assert_str(clip(&a, STR("  x "), 5), "x");
    arena_done(&a);
}
