// SPDX-License-Identifier: Apache-2.0
#include "api/shape.h"

#include "tests/support/test.h"

TEST(a_body_is_held_against_its_shape) {
    static const struct {
        const char *shape, *body, *wrong; // NULL: nothing
    } cases[] = {
        {"KeyIn", "{\"name\":\"a\",\"scopes\":[\"feedback:read\"]}", NULL},
        {"KeyIn", "{\"name\":\"a\",\"scopes\":[\"x\"],\"expires_at\":null,\"more\":1}", NULL},
        {"KeyIn", "[]", "body"},
        {"KeyIn", "5", "body"},
        {"KeyIn", "{\"name\":\"a\"}", "scopes"},
        {"KeyIn", "{\"name\":\"a\",\"scopes\":[]}", "scopes"},
        {"KeyIn", "{\"name\":\"a\",\"scopes\":[\"x\",5]}", "scopes[1]"},
        {"KeyIn", "{\"name\":5,\"scopes\":[\"x\"]}", "name"},
        {"SessionChange", "{}", NULL},
        {"SessionChange", "{\"lang\":\"fr\"}", "lang"},
        {"SetupIn", "{\"token\":\"t\",\"email\":\"e\",\"password\":\"short\"}", "password"},
        {"SetupIn",
         "{\"token\":\"t\",\"email\":\"e\",\"password\":\"long enough 12\",\"workspace\":5}",
         "workspace"},
        {"Bulk", "{\"ids\":[\"x\"],\"action\":\"delete\",\"nonsense\":1}", "nonsense"},
        {"Record", "{\"text\":\"a\",\"scores\":[{\"value\":5}]}", NULL},
        {"Record", "{\"text\":\"a\",\"scores\":[{\"value\":5},{\"metric\":\"nps\"}]}",
         "scores[1].value"},
        {"Record", "{\"attributes\":{\"a\":{}}}", "attributes.a"},
        {"FeedbackIn", "{\"text\":\"a\"}", NULL},
        {"FeedbackIn", "[{\"text\":\"a\"}]", NULL},
        {"ImportSettings", "{\"map\":{\"a\":\"b\"},\"sheet\":\"x\"}", NULL},
        {"ImportSettings", "{\"map\":{\"a\":5}}", "map.a"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        CLEANUP(json_freep) struct json *body = NULL;
        struct shape_problem p = {.name = ""};
        assert_true(json_parse(str_from(cases[i].body), &body, NULL));
        bool ok = shape_check(cases[i].shape, body, &p);
        if (ok != !cases[i].wrong || (!ok && strcmp(p.name, cases[i].wrong) != 0))
            fail_msg("case %zu: %s: %d %s %s", i, cases[i].body, ok, p.name, ok ? "" : p.reason.en);
        if (!ok)
            assert_true(p.reason.zh[0] && p.reason.en[0]);
    }
}
