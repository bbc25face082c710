// SPDX-License-Identifier: Apache-2.0
#include "search/units.h"

#include "base/strbuf.h"
#include "tests/support/test.h"

// "iphone|15|快+递": units; + joins.
static struct str show(struct units *u, const char *text, struct strbuf *ret) {
    strbuf_reset(ret);
    units_read(u, str_from(text));
    for (size_t i = 0; i < u->len; i++) {
        if (i)
            strbuf_addc(ret, u->items[i].joined ? '+' : '|');
        strbuf_add(ret, units_text(u, i));
    }
    return strbuf_str(ret);
}

TEST(units_are_ideographs_words_and_numbers) {
    static const struct {
        const char *text, *units;
    } cases[] = {
        {"", ""},
        {" ，。!\n", ""},
        {"快递，慢", "快+递|慢"},
        {"iPhone15手机", "iphone|15|手+机"},
        {"ＡＢＣ１２３　ｘ", "abc|123|x"},
        {"Straße CAFÉ cafe\xCC\x81", "strasse|café|café"},
        {"don't e-mail", "don|t|e|mail"},
        {"すごいカメラ、ﾊﾞｸﾞ", "す+ご+い+カ+メ+ラ|バ+グ"},
        {"日本語ー々", "日+本+語+ー+々"},
        {"ﬁne ① ㈱", "fine|1|株"},
        {"好👍👍bad", "好|👍|👍|bad"},
        {"한국어 배송", "한국어|배송"},
        {"Привет МИР", "привет|мир"},
        {"3.5元 100%", "3|5|元|100"},
        {"a\xFF\xFE"
         "b 中\xE4",
         "a|b|中"},
        {"零\xE2\x80\x8B宽", "零+宽"}, // a zero-width space is nothing
        {"𠮷野家", "𠮷+野+家"},
        {"x_y", "x|y"},
    };
    struct units u = {0};
    CLEANUP(strbuf_done) struct strbuf sb = strbuf_init(64 * KIB);
    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        assert_str(show(&u, cases[i].text, &sb), cases[i].units);
    units_done(&u);
}

TEST(units_give_one_term_a_position) {
    static const char *const terms[] = {"快递", "递员", "员", "ok", "慢", "7"};
    struct units u = {0};
    units_read(&u, STR("快递员OK慢7"));
    assert_int_equal(u.len, ARRAY_LEN(terms));
    for (size_t i = 0; i < u.len; i++)
        assert_str(units_term(&u, i), terms[i]);
    units_done(&u);
}

TEST(units_of_endless_words_go_on) {
    struct units u = {0};
    CLEANUP(strbuf_done) struct strbuf sb = strbuf_init(MIB);
    for (int i = 0; i < 2 * UNIT_MAX + 1; i++)
        strbuf_addc(&sb, 'x');
    units_read(&u, strbuf_str(&sb));
    assert_int_equal(u.len, 3);
    assert_int_equal(units_text(&u, 0).len, UNIT_MAX);
    assert_str(units_text(&u, 2), "x");
    units_done(&u);
}

// The quick way through common characters gives what Unicode's table gives.
TEST(units_fold_the_same_with_and_without_the_table) {
    struct units quick = {0}, full = {0};
    CLEANUP(strbuf_done) struct strbuf a = strbuf_init(64 * KIB);
    CLEANUP(strbuf_done) struct strbuf b = strbuf_init(64 * KIB);
    for (uint32_t c = 1; c < 0x10000; c += c < 0x3100 || c > 0xFE00 ? 1 : 97) {
        if (c >= 0xD800 && c < 0xE000)
            continue;
        strbuf_reset(&a);
        strbuf_reset(&b);
        strbuf_addc(&a, 'y');
        strbuf_add_utf8(&a, c);
        strbuf_add_utf8(&a, c);
        strbuf_add(&b, strbuf_str(&a));
        strbuf_adds(&b, " é"); // no simple character: all goes through the table
        units_read(&quick, strbuf_str(&a));
        units_read(&full, strbuf_str(&b));
        if (full.len != quick.len + 1)
            fail_msg("U+%04X", c);
        for (size_t i = 0; i < quick.len; i++)
            if (!str_eq(units_text(&quick, i), units_text(&full, i)) ||
                quick.items[i].joined != full.items[i].joined)
                fail_msg("U+%04X", c);
    }
    units_done(&quick);
    units_done(&full);
}
