// SPDX-License-Identifier: Apache-2.0
#include "olap/personal.h"

#include "tests/support/test.h"

TEST(personal_values_are_refused_and_ordinary_ones_are_not) {
    static const struct {
        const char *value;
        bool refused;
    } cases[] = {
        {"", false},
        {"西藏", false},
        {"华为 Mate 60 Pro 12GB+512GB", false},
        {"2025-11-24 13:05", false},
        {"2025.11.24", false},
        {"100012043978", false},  // article number, 12 digits
        {"6901028075831", false}, // bar code, 13 digits
        {"3456789012345678901", false},
        {"1-3天", false},
        {"13000-15000", false},
        {"400-820-8820", false}, // a company's
        {"v1.5.6", false},
        {"@官方旗舰店", false},
        {"4.5", false},
        {"13800138000", true},
        {"+86 138 0013 8000", true},
        {"86-13800138000", true},
        {"008613800138000", true},
        {"客户13800138000", true},
        {"138-0013-8000", true},
        {"１３８００１３８０００", true},
        {"12345678901", false}, // no such prefix
        {"010-62781234", true},
        {"0755 86013388", true},
        {"11010519491231002X", true},
        {"110105194912310021", true},
        {"110105194999310021", false}, // no such month
        {"110105491231002", true},
        {"6222021234567890128", true},
        {"6222021234567890127", false}, // fails the check
        {"4111 1111 1111 1111", true},
        {"zhang.san@example.com", true},
        {"mail: z_1@qq.com", true},
        {"a@b", false},
        {"两行\n文字", true},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        if (personal_refuses(str_from(cases[i].value)) != cases[i].refused)
            fail_msg("\"%s\" should%s be refused", cases[i].value, cases[i].refused ? "" : " not");
}

TEST(personal_refuses_what_is_as_long_as_a_text) {
    char text[FACT_VALUE_MAX_BYTES + 1];
    memset(text, 'a', sizeof text);
    assert_true(personal_refuses(str_make(text, sizeof text)));
    assert_false(personal_refuses(str_make(text, sizeof text - 1)));
}
