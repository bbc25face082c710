// SPDX-License-Identifier: Apache-2.0
#include "collect/exports.h"

#include "tests/support/test.h"

static struct exports *load(void) {
    char dir[512];
    struct exports *e;
    struct error err = {0};
    snprintf(dir, sizeof dir, "%s/templates", test_source_dir());
    if (!exports_load(dir, &e, &err))
        fail_msg("%s", err.en);
    return e;
}

TEST(exports_recognise_the_most_exacting_platform) {
    static const struct {
        struct str headers[6];
        size_t n;
        const char *code; // NULL = none
    } cases[] = {
        {{STR_INIT("旺旺号"), STR_INIT("初评"), STR_INIT("初评时间")}, 3, "taobao_reviews"},
        {{STR_INIT("评价内容"), STR_INIT("描述相符"), STR_INIT("物流服务"), STR_INIT("服务态度"),
          STR_INIT("商品编号")},
         5,
         "pinduoduo_reviews"},
        {{STR_INIT("评价内容"), STR_INIT("评价星级")}, 2, "jd_reviews"},
        {{STR_INIT("点评内容"), STR_INIT("酒店名称"), STR_INIT("卫生")}, 3, "ctrip_reviews"},
        {{STR_INIT("text"), STR_INIT("label")}, 2, NULL},
    };
    struct exports *e = load();
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        const struct platform *p = exports_recognise(e, cases[i].headers, cases[i].n);
        assert_str(p ? p->code : STR("none"), cases[i].code ? cases[i].code : "none");
    }
    exports_free(e);
}

TEST(exports_all_speak_of_known_roles_and_channels) {
    struct exports *e = load();
    const struct names *names = exports_names(e);
    const struct platform *p;
    size_t n = exports_platforms(e, &p);
    assert_true(n >= 16);
    for (size_t i = 0; i < n; i++) {
        assert_true(p[i].channel.len == 0 || names_channel_by_code(names, p[i].channel));
        for (size_t k = 0; k < p[i].n_columns; k++) {
            const struct platform_column *c = &p[i].columns[k];
            bool known = names_role(names, c->role) || str_eq(c->role, STR("ignore")) ||
                         str_eq(c->role, STR("issue_category_2"));
            if (!known)
                fail_msg("%.*s: role %.*s", STR_ARG(p[i].code), STR_ARG(c->role));
            if (c->dimension.len && !names_dimension_label(names, c->dimension).zh)
                fail_msg("%.*s: dimension %.*s", STR_ARG(p[i].code), STR_ARG(c->dimension));
        }
    }
    exports_free(e);
}

TEST(exports_say_where_the_names_should_be) {
    struct exports *e;
    struct error err = {0};
    assert_false(exports_load("/nonexistent", &e, &err));
    assert_int_equal(err.code, ERROR_NOT_FOUND);
    assert_true(str_has(str_from(err.en), STR("/nonexistent")));
}
