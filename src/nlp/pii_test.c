// SPDX-License-Identifier: Apache-2.0
#include "nlp/pii.h"

#include "base/strbuf.h"
#include "base/utf8.h"
#include "sys/file.h"
#include "tests/support/test.h"

#define MAX_SPANS 16

// Takes the marks [[type|text]] out of a line of the case file.
static size_t read_case(struct str line, struct strbuf *text, struct pii_span *ret) {
    size_t n = 0;
    strbuf_reset(text);
    for (size_t at; (at = str_find(line, STR("[["))) != STR_NONE;) {
        strbuf_add(text, str_slice(line, 0, at));
        line = str_slice(line, at + 2, line.len);
        size_t bar = str_find_char(line, '|'), end = str_find(line, STR("]]"));
        assert_true(bar < end && end != STR_NONE && n < MAX_SPANS);
        struct pii_span s = {.type = N_PII_TYPES, .byte_start = (uint32_t)text->len};
        for (uint8_t type = 0; type < N_PII_TYPES; type++)
            if (str_eq(str_slice(line, 0, bar), str_from(pii_labels[type].code)))
                s.type = type;
        assert_int_not_equal(s.type, N_PII_TYPES);
        strbuf_add(text, str_slice(line, bar + 1, end));
        s.byte_end = (uint32_t)text->len;
        ret[n++] = s;
        line = str_slice(line, end + 2, line.len);
    }
    strbuf_add(text, line);
    return n;
}

struct score {
    int expected, found, right;
};

static void check_case(struct str line, struct score *by_type, int *ret_wrong_lines) {
    CLEANUP(strbuf_done) struct strbuf text = strbuf_init(8 * KIB);
    struct pii_span expected[MAX_SPANS], found[MAX_SPANS];
    size_t n_expected = read_case(line, &text, expected),
           n_found = pii_find(strbuf_str(&text), found, MAX_SPANS);
    assert_true(n_found <= MAX_SPANS);
    bool all_right = n_expected == n_found;
    for (size_t i = 0; i < n_expected; i++)
        by_type[expected[i].type].expected++;
    for (size_t k = 0; k < n_found; k++) {
        struct pii_span f = found[k];
        by_type[f.type].found++;
        assert_int_equal(utf8_count(str_slice(strbuf_str(&text), 0, f.byte_start)), f.start);
        assert_int_equal(utf8_count(str_slice(strbuf_str(&text), 0, f.byte_end)), f.end);
        bool right = false;
        for (size_t i = 0; i < n_expected; i++)
            right =
                right || (expected[i].type == f.type && expected[i].byte_start == f.byte_start &&
                          expected[i].byte_end == f.byte_end);
        by_type[f.type].right += right;
        all_right = all_right && right;
    }
    if (all_right)
        return;
    ++*ret_wrong_lines;
    print_message("  %.*s\n", STR_ARG(line));
    for (size_t k = 0; k < n_found; k++)
        print_message(
            "    found %s %.*s\n", pii_labels[found[k].type].code,
            STR_ARG(str_slice(strbuf_str(&text), found[k].byte_start, found[k].byte_end)));
}

TEST(pii_finds_the_written_cases) {
    char path[512];
    snprintf(path, sizeof path, "%s/tests/golden/pii_cases.txt", test_source_dir());
    CLEANUP(strbuf_done) struct strbuf file = strbuf_init(MIB);
    if (!file_read(path, MIB, &file, NULL))
        fail_msg("cannot read %s", path);
    struct str rest = strbuf_str(&file), line;
    struct score by_type[N_PII_TYPES] = {0}, all = {0};
    int cases = 0, wrong = 0;
    while (str_cut(&rest, '\n', &line)) {
        if (line.len == 0 || str_starts(line, STR("# ")))
            continue;
        cases++;
        check_case(line, by_type, &wrong);
    }
    for (int i = 0; i < N_PII_TYPES; i++) {
        all.expected += by_type[i].expected;
        all.found += by_type[i].found;
        all.right += by_type[i].right;
        print_message("  %-10s %3d expected, %3d found, %3d right\n", pii_labels[i].code,
                      by_type[i].expected, by_type[i].found, by_type[i].right);
    }
    print_message("  %d cases, %d wrong; recall %.2f %%, precision %.2f %%\n", cases, wrong,
                  100.0 * all.right / all.expected, 100.0 * all.right / all.found);
    assert_true(cases >= 300);
    assert_true(all.right * 1000 >= all.expected * 990);
    assert_true(all.right * 1000 >= all.found * 970);
}

TEST(pii_masks_keep_length_and_shape) {
    static const char *const cases[][2] = {
        {"电话13812345678。", "电话138****5678。"},
        {"电话138 1234 5678", "电话138 **** 5678"},
        {"打+8613812345678", "打+86138****5678"},
        {"电话一三八一二三四五六七八", "电话一三八****五六七八"},
        {"座机0571-87654321", "座机0571-****4321"},
        {"身份证11010519491231002X", "身份证110***********002X"},
        {"卡号6222021234567890128", "卡号***************0128"},
        {"邮箱zhangsan@qq.com", "邮箱z*******@qq.com"},
        {"车牌浙A12345", "车牌浙A***45"},
        {"联系人：李四", "联系人：李*"},
        {"我叫欧阳娜娜，你好", "我叫欧***，你好"},
        {"住在杭州市西湖区文三路100号", "住在杭州市西湖区*******"},
        {"QQ：12345678", "QQ：1*****78"},
        {"什么也没有", "什么也没有"},
        {"", ""},
    };
    CLEANUP(arena_done) struct arena a = {0};
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct str text = str_from(cases[i][0]);
        struct pii_span *spans;
        size_t n = pii_find_all(text, &a, &spans);
        struct str masked = pii_mask(text, spans, n, &a);
        assert_str(masked, cases[i][1]);
        assert_int_equal(utf8_count(masked), utf8_count(text));
    }
}

TEST(pii_tells_how_many_there_are) {
    struct pii_span one[1];
    struct str text = STR("13812345678，13912345678，a@qq.com");
    assert_int_equal(pii_find(text, one, 1), 3);
    assert_int_equal(one[0].type, PII_MOBILE);
    assert_int_equal(pii_find(text, NULL, 0), 3);
}
