// SPDX-License-Identifier: Apache-2.0
#include "nlp/segment.h"

#include "base/strbuf.h"
#include "sys/file.h"
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

TEST(lexicon_finds_words_with_their_flags) {
    struct lexicon *lx = open_lexicon();
    static const struct {
        const char *word;
        uint32_t flags;
        enum word_tag tag;
    } cases[] = {
        {"物流", WORD_ASPECT, TAG_NOUN},        {"闪退", WORD_BAD | WORD_ALONE, TAG_ADJECTIVE},
        {"不错", WORD_GOOD, TAG_ADJECTIVE},     {"没有", WORD_NEGATION, TAG_ADVERB},
        {"很", WORD_DEGREE, TAG_ADVERB},        {"高", WORD_NEUTRAL, TAG_ADJECTIVE},
        {"delivery", WORD_ASPECT, TAG_ENGLISH},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        uint32_t id = lexicon_find(lx, str_from(cases[i].word));
        assert_int_not_equal(id, LEXICON_NONE);
        assert_str(lexicon_word(lx, id), cases[i].word);
        assert_int_equal(lexicon_flags(lx, id) & cases[i].flags, cases[i].flags);
        assert_int_equal(lexicon_tag(lx, id), cases[i].tag);
    }
    static const char *const absent[] = {"", "物", "很漂亮", "挺不错", "qzxv", "的的的的的"};
    for (size_t i = 2; i < ARRAY_LEN(absent); i++)
        assert_int_equal(lexicon_find(lx, str_from(absent[i])), LEXICON_NONE);
    assert_int_equal(lexicon_find(lx, str_from(absent[0])), LEXICON_NONE);
    lexicon_close(lx);
}

TEST(lexicon_gives_every_word_that_begins_a_text) {
    struct lexicon *lx = open_lexicon();
    struct lexicon_match m[8];
    struct str text = STR("好中国人民银行");
    int n = lexicon_prefixes(lx, text, 3, m, 8);
    static const char *const expected[] = {"中", "中国", "中国人", "中国人民", "中国人民银行"};
    int seen = 0;
    for (int i = 0; i < n; i++) {
        struct str w = lexicon_word(lx, m[i].word);
        assert_true(str_starts(str_slice(text, 3, text.len), w));
        assert_int_equal(w.len, m[i].len);
        assert_true(i == 0 || m[i].len > m[i - 1].len);
        for (size_t k = 0; k < ARRAY_LEN(expected); k++)
            seen += str_eq(w, str_from(expected[k]));
    }
    assert_true(seen >= 3);
    assert_int_equal(lexicon_prefixes(lx, text, 3, m, 1), 1);
    assert_int_equal(lexicon_prefixes(lx, text, text.len, m, 8), 0);
    lexicon_close(lx);
}

// What lexicon_prefixes says, every word one by one must say too.
TEST(lexicon_prefixes_agree_with_single_look_ups) {
    struct lexicon *lx = open_lexicon();
    struct str text = STR("客服态度恶劣，一而再再而三地推卸责任，T恤起球严重，不好用，打不开门");
    for (size_t pos = 0; pos < text.len; pos++) {
        struct lexicon_match m[32];
        int n = lexicon_prefixes(lx, text, pos, m, 32), k = 0;
        for (size_t len = 1; len <= LEXICON_MAX_WORD_BYTES && pos + len <= text.len; len++) {
            uint32_t id = lexicon_find(lx, str_slice(text, pos, pos + len));
            if (id == LEXICON_NONE)
                continue;
            assert_true(k < n);
            assert_int_equal(m[k].word, id);
            k++;
        }
        assert_int_equal(k, n);
    }
    lexicon_close(lx);
}

static void copy_bigrams(void) {
    char path[512];
    snprintf(path, sizeof path, "%s/models/lexicon/bigrams.dat", test_source_dir());
    CLEANUP(strbuf_done) struct strbuf sb = strbuf_init(4 * MIB);
    if (!file_read(path, 4 * MIB, &sb, NULL))
        fail_msg("cannot read %s", path);
    test_tmp_file("bigrams.dat", strbuf_str(&sb));
}

TEST(lexicon_refuses_wrong_files_and_names_the_line) {
    copy_bigrams();
    static const struct {
        const char *content;
        bool ok;
    } cases[] = {
        {"", true},
        {"# only a remark\n", true},
        {"好\t10\ta\n", true},
        {"好\t10\ta\t+1", true},          // no newline at the end
        {"好\t10\n", false},              // no tag
        {"好\tten\ta\n", false},          // no number
        {"\t10\ta\n", false},             // no word
        {"好\t10\ta\tZ\n", false},        // unknown flag
        {"好\t10\ta\nab\t1\tn\n", false}, // not sorted
        {"好\t10\ta\n好\t1\tn\n", false}, // twice
        {"好\t1234567890\ta\n", false},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        test_tmp_file("words.txt", str_from(cases[i].content));
        struct lexicon *lx = NULL;
        struct error err = {0};
        bool ok = lexicon_open(test_tmp_dir(), &lx, &err);
        assert_int_equal(ok, cases[i].ok);
        if (!ok) {
            assert_int_equal(err.code, ERROR_FORMAT);
            assert_non_null(strstr(err.en, "line"));
        }
        lexicon_close(lx);
    }
    struct lexicon *lx = NULL;
    struct error err = {0};
    assert_false(lexicon_open("/nonexistent", &lx, &err));
    assert_int_equal(err.code, ERROR_NOT_FOUND);
}

static void expect_cut(struct segmenter *sg, const char *text, const char *expected) {
    const struct token *t;
    struct str s = str_from(text);
    size_t n = segment(sg, s, &t);
    CLEANUP(strbuf_done) struct strbuf sb = strbuf_init(4096);
    size_t end = 0;
    for (size_t i = 0; i < n; i++) {
        assert_int_equal(t[i].start, end); // no gap
        end += t[i].len;
        if (i)
            strbuf_addc(&sb, '/');
        strbuf_add(&sb, str_slice(s, t[i].start, end));
    }
    assert_int_equal(end, s.len);
    assert_str(strbuf_str(&sb), expected);
}

TEST(segment_cuts_reviews_into_words) {
    struct lexicon *lx = open_lexicon();
    struct segmenter *sg = segmenter_new(lx);
    static const char *const cases[][2] = {
        {"", ""},
        {"物流太慢了", "物流/太/慢/了"},
        {"客服态度非常恶劣", "客服态度/非常/恶劣"},
        {"质量不错，性价比高！", "质量/不错/，/性价比/高/！"},
        {"屏幕有划痕", "屏幕/有/划痕"},
        {"用了三天就闪退", "用/了/三天/就/闪退"},
        {"很漂亮", "很/漂亮"},
        {"iPhone15 Pro卡顿", "iPhone15/ /Pro/卡顿"},
        {"T恤起球", "T恤/起球"},
        {"花了3,299.5元", "花/了/3,299.5/元"},
        {"don't buy it", "don't/ /buy/ /it"},
        {"好评👍👍。。", "好评/👍👍/。/。"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        expect_cut(sg, cases[i][0], cases[i][1]);
    segmenter_free(sg);
    lexicon_close(lx);
}

TEST(segment_accepts_any_bytes) {
    struct lexicon *lx = open_lexicon();
    struct segmenter *sg = segmenter_new(lx);
    char buf[9000];
    uint64_t seed = 1;
    for (int round = 0; round < 50; round++) {
        size_t len = 0;
        while (len < sizeof buf - 4) {
            seed = hash_u64(seed + 1);
            if (round % 2)
                buf[len++] = (char)seed;
            else { // ideographs without end: longer than one run
                memcpy(buf + len, seed % 3 ? "好" : "的", 3);
                len += 3;
            }
        }
        const struct token *t;
        size_t n = segment(sg, str_make(buf, len), &t), end = 0;
        for (size_t i = 0; i < n; i++) {
            assert_int_equal(t[i].start, end);
            assert_true(t[i].len > 0);
            end += t[i].len;
        }
        assert_int_equal(end, len);
    }
    segmenter_free(sg);
    lexicon_close(lx);
}
