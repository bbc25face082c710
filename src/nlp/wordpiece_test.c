// SPDX-License-Identifier: Apache-2.0
#include "nlp/wordpiece.h"

#include "base/strbuf.h"
#include "base/utf8.h"
#include "tests/support/test.h"

static const char vocabulary[] =
    "[PAD]\n[unused1]\n[unused2]\n[UNK]\n[CLS]\n[SEP]\n"
    "不\n好\n用\n!\nwi\nfi\n-\n##fi\ndel\n##ay\n##ed\nп\n##р\n2\n##4\n😀\n/\n:\n";

static struct wordpiece *open_small(void) {
    struct wordpiece *w = NULL;
    struct error err;
    if (!wordpiece_parse(str_from(vocabulary), "vocab.txt", &w, &err))
        fail_msg("%s", err.en);
    return w;
}

// "piece@start-end …" with offsets in code points; also checks that bytes and code points say the same.
static const char *pieces_of(const struct wordpiece *w, const char *text) {
    static const char *const names[] = {
        "[PAD]", "[unused1]", "[unused2]", "[UNK]", "[CLS]", "[SEP]", "不",  "好",
        "用",    "!",         "wi",        "fi",    "-",     "##fi",  "del", "##ay",
        "##ed",  "п",         "##р",       "2",     "##4",   "😀",     "/",   ":"};
    static char line[1000];
    struct piece pieces[100];
    size_t n = wordpiece_read(w, str_from(text), pieces, ARRAY_LEN(pieces)), at = 0;
    line[0] = '\0';
    for (size_t i = 0; i < n; i++) {
        const struct piece *p = &pieces[i];
        assert_int_equal(p->from, utf8_offset(str_from(text), p->start));
        assert_int_equal(p->to, utf8_offset(str_from(text), p->end));
        at += (size_t)snprintf(line + at, sizeof line - at, "%s%s@%u-%u", i ? " " : "",
                               names[p->id], p->start, p->end);
    }
    return line;
}

TEST(wordpiece_cuts_a_text) {
    struct wordpiece *w = open_small();
    assert_int_equal(wordpiece_count(w), 24);
    assert_int_equal(wordpiece_cls(w), 4);
    assert_int_equal(wordpiece_sep(w), 5);
    static const struct {
        const char *text, *want;
    } cases[] = {
        {"", ""},
        {" \t\xE2\x80\x8B　\n", ""},
        {"不好用!", "不@0-1 好@1-2 用@2-3 !@3-4"},
        {"不 好\xEF\xBC\x81", "不@0-1 好@2-3 !@3-4"}, // the sign is folded to ASCII
        {"Wi-Fi", "wi@0-2 -@2-3 fi@3-5"},
        {"ＷＩｆｉ", "wi@0-2 ##fi@2-4"},
        {"delayed DELAY", "del@0-3 ##ay@3-5 ##ed@5-7 del@8-11 ##ay@11-13"},
        {"delta", "[UNK]@0-5"}, // no piece goes on after "del"
        {"ПР", "п@0-1 ##р@1-2"},
        {"好😀😃", "好@0-1 😀@1-2 [UNK]@2-3"},
        {"24 244", "2@0-1 ##4@1-2 2@3-4 ##4@4-5 ##4@5-6"},
        {"13800138000好", "[unused2]@0-11 好@11-12"},
        {"用https://a.cn/x?y=1不", "用@0-1 [unused1]@1-19 不@19-20"},
        {"www.a.cn www", "[unused1]@0-8 [UNK]@9-12"},
        {"wi:/", "wi@0-2 :@2-3 /@3-4"},
        {"不\xFF好", "不@0-1 [UNK]@1-2 好@2-3"}, // an invalid byte is a character nobody knows
        {"\xF3\xA0\x80\x81用", "用@1-2"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        assert_string_equal(pieces_of(w, cases[i].text), cases[i].want);
    wordpiece_close(w);
}

TEST(wordpiece_takes_any_length) {
    struct wordpiece *w = open_small();
    CLEANUP(strbuf_done) struct strbuf text = strbuf_init(MIB);
    struct piece pieces[8];
    for (int i = 0; i < 64; i++)
        strbuf_addc(&text, i ? 'x' : 'd');
    assert_int_equal(wordpiece_read(w, strbuf_str(&text), pieces, 8), 1);
    assert_int_equal(pieces[0].end, 64);
    for (int i = 0; i < 100000; i++)
        strbuf_addc(&text, 'y');
    strbuf_adds(&text, " 2");
    assert_int_equal(wordpiece_read(w, strbuf_str(&text), pieces, 8), 2);
    assert_int_equal(pieces[0].end, 100064);
    assert_int_equal(pieces[1].start, 100065);
    strbuf_reset(&text);
    for (int i = 0; i < 100; i++)
        strbuf_addc(&text, '7');
    assert_int_equal(wordpiece_read(w, strbuf_str(&text), pieces, 8), 1);
    assert_int_equal(pieces[0].id, 2);
    assert_int_equal(wordpiece_read(w, STR("不好用不好用不好用"), pieces, 8), 8);
    assert_int_equal(wordpiece_read(w, STR("不好用"), pieces, 0), 0);
    wordpiece_close(w);
}

TEST(wordpiece_refuses_what_is_no_vocabulary) {
    struct wordpiece *w = NULL;
    struct error err;
    assert_false(wordpiece_parse(STR(""), "v", &w, &err));
    assert_int_equal(err.code, ERROR_FORMAT);
    assert_non_null(strstr(err.en, "[UNK]"));
    assert_false(wordpiece_parse(STR("[UNK]\n不\n不\n"), "v", &w, &err));
    assert_non_null(strstr(err.en, "line 3"));
    assert_false(wordpiece_parse(STR("[UNK]\n\xFF\n"), "v", &w, &err));
    assert_non_null(strstr(err.en, "line 2"));
    assert_false(wordpiece_open("/nonexistent/vocab.txt", &w, &err));
}
