// SPDX-License-Identifier: Apache-2.0
#include "account/password.h"

#include <ctype.h>

#include "base/strbuf.h"
#include "base/utf8.h"

// Words that guessing begins with. A password that is one of them and a few digits or signs around it is no password.
static const char *const common[] = {
    "password",
    "passw0rd",
    "passwort",
    "qwertyuiop",
    "qwertyuiopas",
    "qwerty",
    "qwertyqwerty",
    "asdfghjkl",
    "asdfghjkl;'",
    "zxcvbnm",
    "1qaz2wsx3edc",
    "1qaz2wsx3edc4rfv",
    "1q2w3e4r5t6y",
    "q1w2e3r4t5y6",
    "qazwsxedcrfv",
    "zaq12wsxcde3",
    "abcdefghijkl",
    "abcdefghijklm",
    "administrator",
    "admin",
    "root",
    "administrador",
    "letmein",
    "welcome",
    "changeme",
    "iloveyou",
    "woaini",
    "woaiwojia",
    "nihao",
    "huisheng",
    "feedback",
    "customer",
    "company",
    "superman",
    "dragon",
    "monkey",
    "sunshine",
    "princess",
    "football",
    "baseball",
    "master",
    "trustno1",
    "correcthorsebatterystaple",
    "default",
    "secret",
    "test",
    "demo",
    "user",
    "guest",
    "login",
    "mima",
    "taobao",
    "zhongguo",
    "beijing",
    "shanghai",
    "asdf",
    "zxcv",
    "a1b2c3d4e5f6",
    "aa",
};

static bool refuse(struct error *err, const char *zh, const char *en) {
    error_set(err, ERROR_INVALID, "密码%s%.0s", "the password%.0s %s", zh, en);
    return error_field(err, "password");
}

static bool is_common(struct str lower) {
    // Digits and signs around it do not make a word another word.
    struct str core = lower;
    while (core.len && !isalpha((unsigned char)core.ptr[core.len - 1]))
        core.len--;
    while (core.len && !isalpha((unsigned char)core.ptr[0]))
        core = str_slice(core, 1, core.len);
    for (size_t i = 0; i < ARRAY_LEN(common); i++)
        if (str_eq(lower, str_from(common[i])) || str_eq(core, str_from(common[i])))
            return true;
    return core.len == 0 && utf8_count(lower) == lower.len &&
           strspn(lower.ptr, "0123456789") == lower.len; // a number, whatever it is
}

// "abcabcabcabc", "aaaaaaaaaaaa": less than 6 bytes again and again.
static bool is_repeated(struct str s) {
    for (size_t period = 1; period < 6; period++) {
        size_t i = period;
        while (i < s.len && s.ptr[i] == s.ptr[i - period])
            i++;
        if (i == s.len)
            return true;
    }
    return false;
}

// "abcdefghijkl", "lkjihgfedcba": each byte the next.
static bool is_sequence(struct str s) {
    for (int step = -1; step <= 1; step += 2) {
        size_t i = 1;
        while (i < s.len && s.ptr[i] - s.ptr[i - 1] == step)
            i++;
        if (i == s.len)
            return true;
    }
    return false;
}

// The e-mail, or its part before the @, with little else.
static bool is_of_email(struct str lower, struct str email) {
    CLEANUP(strbuf_done) struct strbuf sb = strbuf_init(KIB);
    for (size_t i = 0; i < email.len; i++)
        strbuf_addc(&sb, (char)tolower((unsigned char)email.ptr[i]));
    struct str whole = strbuf_str(&sb), name = str_slice(whole, 0, str_find_char(whole, '@'));
    if (whole.len && str_has(lower, whole))
        return true;
    return name.len >= 4 && str_has(lower, name) && lower.len - name.len < 8;
}

bool password_check(struct str password, struct str email, struct error *err) {
    if (!utf8_is_valid(password))
        return refuse(err, "不是 UTF-8 文本", "is not UTF-8 text");
    if (password.len > PASSWORD_MAX_BYTES)
        return refuse(err, "过长，最多 1024 字节", "is too long: at most 1024 bytes");
    if (utf8_count(password) < PASSWORD_MIN_CHARACTERS)
        return refuse(err, "至少要 12 个字符", "needs at least 12 characters");
    CLEANUP(strbuf_done) struct strbuf sb = strbuf_init(PASSWORD_MAX_BYTES);
    for (size_t i = 0; i < password.len; i++)
        strbuf_addc(&sb, (char)tolower((unsigned char)password.ptr[i]));
    struct str lower = strbuf_str(&sb);
    if (is_of_email(lower, email))
        return refuse(err, "与邮箱太像", "is too much like the e-mail");
    if (is_repeated(lower) || is_sequence(lower))
        return refuse(err, "只是重复或连续的字符", "is a repetition or a sequence");
    if (is_common(lower))
        return refuse(err, "太常见，容易被猜到", "is among the first that are guessed");
    return true;
}
