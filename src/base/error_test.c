// SPDX-License-Identifier: Apache-2.0
#include "base/error.h"

#include <errno.h>

#include "base/utf8.h"
#include "tests/support/test.h"

TEST(error_set_fills_both_languages_and_returns_false) {
    struct error err = {0};
    assert_false(error_set(&err, ERROR_LIMIT, "%s 太大：%d", "%s is too large: %d", "x", 7));
    assert_int_equal(err.code, ERROR_LIMIT);
    assert_string_equal(error_text(&err, LANG_ZH), "x 太大：7");
    assert_string_equal(error_text(&err, LANG_EN), "x is too large: 7");
    assert_string_equal(err.field, "");
    assert_false(error_field(&err, "score"));
    assert_string_equal(err.field, "score");
    // A message may wrap the one before.
    error_set(&err, ERROR_FORMAT, "文件：%s", "file: %s", err.en);
    assert_string_equal(err.en, "file: x is too large: 7");
    assert_false(error_set(NULL, ERROR_LIMIT, "x", "x")); // nobody wants to know
    assert_false(error_field(NULL, "x"));
}

TEST(error_messages_cut_at_a_character) {
    char zh[1000];
    for (size_t shift = 0; shift < 4; shift++) {
        size_t n = 0;
        for (; n < shift; n++)
            zh[n] = 'x';
        for (; n + 3 < sizeof zh; n += 3)
            memcpy(zh + n, "回", 3);
        zh[n] = '\0';
        struct error err;
        error_set(&err, ERROR_IO, "%s", "%s", zh);
        assert_true(utf8_is_valid(str_from(err.zh)));
        assert_true(strlen(err.zh) > sizeof err.zh - 8);
    }
}

TEST(error_errno_chooses_the_code_and_says_the_reason) {
    static const struct {
        int errnum;
        enum error_code code;
        const char *zh;
        int exit_status;
    } cases[] = {
        {ENOSPC, ERROR_NO_SPACE, "无法写入 f：磁盘空间不足，请清理后重试", 74},
        {EDQUOT, ERROR_NO_SPACE, "无法写入 f：磁盘空间不足，请清理后重试", 74},
        {EACCES, ERROR_FORBIDDEN, "无法写入 f：没有权限", 77},
        {EROFS, ERROR_FORBIDDEN, "无法写入 f：文件系统只读", 77},
        {ENOENT, ERROR_NOT_FOUND, "无法写入 f：文件不存在", 66},
        {EPIPE, ERROR_IO, "无法写入 f：接收方已关闭", 74},
        {EISDIR, ERROR_IO, "无法写入 f：这是一个目录，不是文件", 74},
        {EEXIST, ERROR_CONFLICT, "无法写入 f：File exists", 73},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct error err;
        assert_false(error_errno(&err, cases[i].errnum, "无法写入", "cannot write", "f"));
        assert_int_equal(err.code, cases[i].code);
        assert_string_equal(err.zh, cases[i].zh);
        assert_int_equal(error_exit_status(err.code), cases[i].exit_status);
    }
}

TEST(error_code_names_are_unique_words) {
    for (int a = ERROR_NONE; a <= ERROR_INTERNAL; a++) {
        const char *name = error_code_name((enum error_code)a);
        assert_true(name && *name);
        for (int b = ERROR_NONE; b < a; b++)
            assert_string_not_equal(name, error_code_name((enum error_code)b));
    }
}
