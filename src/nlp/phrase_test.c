// SPDX-License-Identifier: Apache-2.0
#include "nlp/phrase.h"

#include "base/strbuf.h"
#include "tests/support/test.h"

static struct lexicon *open_lexicon(void) {
    char dir[512];
    snprintf(dir, sizeof dir, "%s/models/lexicon", test_source_dir());
    struct lexicon *lx = NULL;
    struct error err;
    if (!lexicon_open(dir, &lx, &err))
        fail_msg("%s", err.en);
    return lx;
}

static void expect_phrases(struct phraser *p, struct arena *a, const char *text,
                           const char *expected) {
    struct str ret[8];
    int n = phrase_extract(p, str_from(text), a, ret, 8);
    CLEANUP(strbuf_done) struct strbuf sb = strbuf_init(KIB);
    for (int i = 0; i < n; i++)
        strbuf_addf(&sb, "%s%.*s", i ? " " : "", STR_ARG(ret[i]));
    if (!str_eq(strbuf_str(&sb), str_from(expected)))
        fail_msg("“%s” → “%.*s”, expected “%s”", text, STR_ARG(strbuf_str(&sb)), expected);
}

TEST(phrases_say_what_of_which_thing) {
    static const char *const cases[][2] = {
        {"", ""},
        {"物流太慢了", "物流慢"},
        {"物流非常非常慢！", "物流慢"},
        {"物流实在是太慢了", "物流慢"},
        {"质量不错", "质量不错"},
        {"质量还不错", "质量不错"},
        {"质量不太好", "质量不好"},
        {"质量不是很好", "质量不好"},
        {"一点都不好用", "不好用"},
        {"很好用", "好用"},
        {"没有异味", "没有异味"},
        {"没什么异味", "没有异味"},
        {"客服不回复", "客服不回复"},
        {"漂亮的包装", "包装漂亮"},
        {"等了一个多小时", "等待久"},
        {"等了好久才上菜", "等待久"},
        {"排队太久", "排队久"},
        {"软件老是闪退", "软件闪退"},
        {"用了两天就闪退", "闪退"},
        {"太贵了", "太贵"},
        {"很甜，很脆", "很甜 很脆"},
        {"屏幕碎了", "屏幕碎"},
        {"性价比高", "性价比高"},
        {"再也不会来了", "不会再来"},
        {"以后不会再买了", "不会再买"},
        {"包装精美，就是物流太慢", "物流慢 包装精美"},
        {"好不好用不知道", ""},
        {"谢谢", ""},
        {"delivery was really slow", "slow delivery"},
        {"The slow delivery and rude staff!", "slow delivery rude staff"},
        {"The staff was not friendly at all", "not friendly staff"},
        {"App crashes", "crashes app"},
    };
    struct lexicon *lx = open_lexicon();
    struct phraser *p = phraser_new(lx);
    CLEANUP(arena_done) struct arena a = {0};
    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        expect_phrases(p, &a, cases[i][0], cases[i][1]);
    struct str one[1];
    assert_int_equal(phrase_extract(p, STR("物流慢，包装破，客服差"), &a, one, 1), 1);
    phraser_free(p);
    lexicon_close(lx);
}

static void add(struct phrase_tally *t, const char *phrase, int times, int class) {
    struct str s = str_from(phrase);
    for (int i = 0; i < times; i++)
        phrase_tally_add(t, &s, 1, class);
}

TEST(phrase_tally_merges_wordings_and_drops_parts) {
    struct lexicon *lx = open_lexicon();
    struct phrase_tally *t = phrase_tally_new(lx);
    add(t, "物流慢", 5, 0);
    add(t, "快递慢", 3, 1);
    add(t, "质量好", 4, 2);
    add(t, "质量不错", 9, 2);
    add(t, "质量不好", 2, 0);
    add(t, "不好用", 6, 0);
    add(t, "好用", 6, 2);
    add(t, "价格高", 2, 0);
    add(t, "价格贵", 1, 0);
    add(t, "性价比高", 3, 2);
    CLEANUP(arena_done) struct arena a = {0};
    struct phrase_count *top;
    size_t n = phrase_tally_top(t, &a, 10, &top);
    static const struct {
        const char *text;
        uint64_t n, by_class[3];
    } expected[] = {
        {"质量不错", 13, {0, 0, 13}}, {"物流慢", 8, {5, 3, 0}},   {"不好用", 6, {6, 0, 0}},
        {"好用", 6, {0, 0, 6}},       {"性价比高", 3, {0, 0, 3}}, {"价格高", 3, {3, 0, 0}},
        {"质量不好", 2, {2, 0, 0}},
    };
    assert_int_equal(n, ARRAY_LEN(expected));
    for (size_t i = 0; i < n; i++) {
        size_t k = 0;
        while (k < ARRAY_LEN(expected) && !str_eq(top[i].text, str_from(expected[k].text)))
            k++;
        assert_true(k < ARRAY_LEN(expected));
        assert_int_equal(top[i].n, expected[k].n);
        for (int c = 0; c < 3; c++)
            assert_int_equal(top[i].by_class[c], expected[k].by_class[c]);
        assert_true(i == 0 || top[i].n <= top[i - 1].n);
    }
    phrase_tally_free(t);
    lexicon_close(lx);
}

TEST(phrase_tally_stays_bounded) {
    struct lexicon *lx = open_lexicon();
    struct phrase_tally *t = phrase_tally_new(lx);
    CLEANUP(arena_done) struct arena a = {0};
    for (int i = 0; i < 450000; i++) {
        char buf[32];
        int len = snprintf(buf, sizeof buf, "x%d", i);
        struct str phrases[2] = {str_make(buf, (size_t)len), STR("物流慢")};
        phrase_tally_add(t, phrases, 2, 0);
    }
    struct phrase_count *top;
    assert_int_equal(phrase_tally_top(t, &a, 1, &top), 1);
    assert_str(top[0].text, "物流慢");
    assert_int_equal(top[0].n, 450000);
    phrase_tally_free(t);
    lexicon_close(lx);
}

TEST(phrase_miner_finds_what_the_dictionary_lacks) {
    struct lexicon *lx = open_lexicon();
    struct phrase_miner *m = phrase_miner_new(lx);
    static const char *const around[] = {"我买的", "这个",     "今天收到", "店里的",
                                         "朋友说", "昨天退了", "全新的",   "一直想要"};
    static const char *const after[] = {"很好",   "坏了", "不能用", "到了",
                                        "，谢谢", "太贵", "还行",   "真香"};
    for (int i = 0; i < 64; i++) {
        char buf[128];
        int len = snprintf(buf, sizeof buf, "%s飚辎镪%s", around[i % 8], after[(i / 8 + i) % 8]);
        phrase_miner_add(m, str_make(buf, (size_t)len));
    }
    CLEANUP(strbuf_done) struct strbuf other = strbuf_init(KIB);
    for (uint64_t i = 0; i < 2000; i++) { // a background in which nothing holds together
        strbuf_reset(&other);
        for (uint64_t k = 0; k < 20; k++)
            strbuf_add_utf8(&other, 0x4E00 + (uint32_t)(hash_u64(i * 20 + k) % 3000));
        phrase_miner_add(m, strbuf_str(&other));
    }
    CLEANUP(arena_done) struct arena a = {0};
    struct new_phrase *found;
    size_t n = phrase_miner_top(m, 5, &a, 5, &found);
    assert_true(n >= 1);
    assert_str(found[0].text, "飚辎镪");
    assert_int_equal(found[0].n, 64);
    size_t again = phrase_miner_top(m, 5, &a, 5, &found); // can be asked twice
    assert_int_equal(again, n);
    phrase_miner_free(m);
    lexicon_close(lx);
}
