// SPDX-License-Identifier: Apache-2.0
#include "nlp/neardup.h"

#include "base/strbuf.h"
#include "tests/support/test.h"

static struct neardup_sketch sketch_of(const char *text) {
    struct neardup_sketch s;
    neardup_sketch(str_from(text), &s);
    return s;
}

TEST(neardup_normalises_what_does_not_matter) {
    static const struct {
        const char *a, *b;
        bool same;
    } cases[] = {
        {"质量 很好！", "质量很好", true},
        {"ＡＢＣ１２３", "abc123", true},
        {"好好好好好好", "好好好", true},
        {"👍质量很好👍", "质量很好。。。", true},
        {"质量很好", "质量很差", false},
        {"好好", "好好好", false},
        {"", "。。。", true},
        {"质量很好", "", false},
        {"很好质量", "质量很好", false},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct neardup_sketch a = sketch_of(cases[i].a), b = sketch_of(cases[i].b);
        assert_int_equal(a.exact == b.exact, cases[i].same);
    }
    assert_int_equal(sketch_of("！！").exact, 0);
    assert_int_equal(sketch_of("很好 ok1").n_chars, 5);
}

TEST(neardup_finds_copies_and_passes_what_differs) {
    struct neardup *nd = neardup_new();
    static const struct {
        const char *text;
        uint32_t expected;
    } cases[] = {
        {"收到货以后马上就试了，尺码标准，面料摸着挺舒服的，会推荐给同事", NEARDUP_NONE},
        {"收到货以后马上就试了，尺码标准，面料摸着挺舒服的，会推荐给同事！！", 0},
        {"今天收到货以后马上就试了，尺码标准，面料摸着挺舒服的，会推荐给同事", 0},
        {"收到货就试了一下，尺码偏小，面料摸着很硬，打算退掉", NEARDUP_NONE},
        {"很好很好", NEARDUP_NONE}, // too short to have a near copy
        {"很好很好", NEARDUP_NONE},
        {"", NEARDUP_NONE},
    };
    for (uint32_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct neardup_sketch s = sketch_of(cases[i].text);
        assert_int_equal(neardup_add(nd, &s, i), cases[i].expected);
    }
    assert_true(neardup_bytes(nd) > 0);
    neardup_free(nd);
    neardup_free(NULL);
}

// A text of `n` three-character words drawn from numbers, as UTF-8 ideographs.
static struct str made_text(uint64_t seed, int n, struct strbuf *sb) {
    strbuf_reset(sb);
    for (int i = 0; i < n; i++)
        strbuf_add_utf8(sb, 0x4E00 + (uint32_t)(hash_u64(seed * 1000 + (uint64_t)i) % 5000));
    return strbuf_str(sb);
}

TEST(neardup_finds_the_same_among_thousands) {
    enum {
        N = 5000
    };
    struct neardup *nd = neardup_new();
    CLEANUP(strbuf_done) struct strbuf sb = strbuf_init(4 * KIB);
    struct neardup_sketch s;
    for (uint32_t i = 0; i < N; i++) {
        neardup_sketch(made_text(i, 40, &sb), &s);
        assert_int_equal(neardup_add(nd, &s, i), NEARDUP_NONE);
    }
    int found = 0;
    for (uint32_t i = 0; i < N; i++) { // one character more at the end: 38 of 39 grams in common
        made_text(i, 40, &sb);
        strbuf_adds(&sb, "末");
        neardup_sketch(strbuf_str(&sb), &s);
        found += neardup_add(nd, &s, N + i) == i;
    }
    assert_true(found > N * 99 / 100);
    assert_true(neardup_bytes(nd) < 400 * 2 * N);
    neardup_free(nd);
}

TEST(neardup_estimates_similarity) {
    CLEANUP(strbuf_done) struct strbuf sb = strbuf_init(4 * KIB);
    struct neardup_sketch a, b;
    double error = 0;
    for (uint64_t seed = 0; seed < 100;
         seed++) { // the first 80 of 100 characters are common: J = 78 / 118
        made_text(seed, 100, &sb);
        neardup_sketch(strbuf_str(&sb), &a);
        strbuf_truncate(&sb, 240);
        for (int i = 0; i < 20; i++)
            strbuf_add_utf8(&sb, 0x7000 + (uint32_t)(hash_u64(seed * 77 + (uint64_t)i + 5) % 5000));
        neardup_sketch(strbuf_str(&sb), &b);
        error += neardup_similarity(&a, &b) - 78.0 / 118;
    }
    assert_true(fabs(error / 100) < 0.03);
}
