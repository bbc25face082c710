// SPDX-License-Identifier: Apache-2.0
#include "account/password.h"

#include "tests/support/test.h"

TEST(password_that_is_guessed_first_is_refused_with_the_reason) {
    static const struct {
        const char *password, *email, *reason; // NULL: accepted
    } cases[] = {
        {"korrekt pferd batterie", "a@b.example", NULL},
        {"春江花月夜连海平海上明月", "a@b.example", NULL},
        {"vK3-9xLmq-77", "a@b.example", NULL},
        {"eleven char", "a@b.example", "12 characters"},
        {"", "a@b.example", "12 characters"},
        {"春江花月夜连海平海上明", "a@b.example", "12 characters"}, // 11 characters, 33 bytes
        {"password2024!!", "a@b.example", "guessed"},
        {"Passw0rd1234", "a@b.example", "guessed"},
        {"1Q2w3e4r5t6y", "a@b.example", "guessed"},
        {"847362910475", "a@b.example", "guessed"},
        {"huisheng@2026", "a@b.example", "guessed"},
        {"aaaaaaaaaaaa", "a@b.example", "repetition"},
        {"abcabcabcabc", "a@b.example", "repetition"},
        {"abcdefghijklmn", "a@b.example", "sequence"},
        {"987654321098", "a@b.example", "guessed"},
        {"Wang.Fang2024", "wang.fang@shop.example", "e-mail"},
        {"wang.fang@shop.example!", "wang.fang@shop.example", "e-mail"},
        {"wang.fang rides a blue horse", "wang.fang@shop.example", NULL},
        {"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", "a@b.example", "UTF-8"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct error err = {0};
        bool ok = password_check(str_from(cases[i].password), str_from(cases[i].email), &err);
        if (ok != !cases[i].reason || (!ok && !strstr(err.en, cases[i].reason)))
            fail_msg("%s: %s", cases[i].password, ok ? "accepted" : err.en);
        if (!ok)
            assert_string_equal(err.field, "password");
    }
    char long_one[PASSWORD_MAX_BYTES + 2] = {0};
    for (size_t i = 0; i <= PASSWORD_MAX_BYTES; i++)
        long_one[i] = (char)('a' + i * i % 23);
    struct error err;
    assert_false(password_check(str_from(long_one), STR("a@b"), &err));
    assert_true(password_check(str_make(long_one, PASSWORD_MAX_BYTES), STR("a@b"), &err));
}
