// SPDX-License-Identifier: Apache-2.0
#include "report/render.h"
#include "tests/support/report_fixture.h"
#include "tests/support/test.h"
TEST(page_writes) {
    struct arena a = {0};
    for (int i = 0; i < N_REPORT_FIXTURES; i++)
        for (int l = 0; l < 2; l++) {
            char path[200];
            snprintf(path, sizeof path, "/tmp/pages/%s-%s.html", report_fixture_names[i],
                     l ? "en" : "zh");
            struct output *o;
            struct error err = {0};
            assert_true(output_open(path, &o, &err));
            if (!report_page(report_fixture(i, l, &a), o, &err))
                fail_msg("%s %s", path, err.en);
            assert_true(output_commit(o, &err));
        }
    arena_done(&a);
}
