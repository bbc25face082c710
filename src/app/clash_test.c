// SPDX-License-Identifier: Apache-2.0
#include "app/clash.h"

#include <unistd.h>

#include "tests/support/test.h"

TEST(clash_check_sees_through_names) {
    char in[300], link_path[300], dotted[300], fresh[300], fresh_dotted[300];
    const char *dir = test_tmp_dir();
    snprintf(in, sizeof in, "%s", test_tmp_file("clash-in", STR("x")));
    snprintf(link_path, sizeof link_path, "%s/clash-link", dir);
    snprintf(dotted, sizeof dotted, "%s/./clash-in", dir);
    snprintf(fresh, sizeof fresh, "%s/clash-new", dir);
    snprintf(fresh_dotted, sizeof fresh_dotted, "%s/../%s/clash-new", dir, strrchr(dir, '/') + 1);
    assert_int_equal(symlink("clash-in", link_path), 0);
    const struct {
        const char *outputs[2], *input;
        bool ok;
    } cases[] = {
        {{fresh, NULL}, in, true},
        {{in, NULL}, in, false},
        {{fresh, link_path}, in, false},
        {{dotted, NULL}, in, false},
        {{NULL, in}, link_path, false},
        {{fresh, fresh}, in, false},
        {{fresh, fresh_dotted}, in, false},
        {{"-", "-"}, "-", true},
        {{"/dev/null", "/dev/null"}, "/dev/null", true},
        {{"clash-new", fresh}, in, true}, // in the working folder
        {{"clash-new", "./clash-new"}, in, false},
        {{"/nonexistent/x", "/nonexistent/x"}, in, true}, // opening it will tell
        {{NULL, NULL}, NULL, true},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct error err = {0};
        assert_int_equal(clash_check(cases[i].outputs, 2, &cases[i].input, 1, &err), cases[i].ok);
        assert_int_equal(err.code, cases[i].ok ? ERROR_NONE : ERROR_USAGE);
    }
}
