// SPDX-License-Identifier: Apache-2.0
#include "collect/names.h"

#include "collect/detect.h"
#include "collect/exports.h"
#include "collect/mapping.h"
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

TEST(names_normalise_drops_what_does_not_matter) {
    static const struct {
        const char *in, *out;
    } cases[] = {
        {"评价内容", "评价内容"},
        {" 评价 内容：", "评价内容"},
        {"用户实付金额(元)", "用户实付金额"},
        {"评分（1-10）", "评分"},
        {"3、您的性别", "您的性别"},
        {"12. How likely", "howlikely"},
        {"Q7: Text", "text"},
        {"review_text", "reviewtext"},
        {"ReviewText", "reviewtext"},
        {"晒图/视频", "晒图视频"},
        {"（评价）", "评价"},
        {"ＳＫＵ", "sku"},
        {"2026年", "2026年"},
        {"", ""},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        char buf[256];
        assert_str(names_normalise(str_from(cases[i].in), buf, sizeof buf), cases[i].out);
    }
}

TEST(names_match_finds_roles_in_both_languages) {
    static const struct {
        const char *header, *role; // NULL = nothing
    } cases[] = {
        {"评价内容", "text"},
        {"商品评价内容", "text"},
        {"Review Text", "text"},
        {"customer_comment", "text"},
        {"备注", "remark"},
        {"订单备注", "remark"},
        {"追评", "follow_up"},
        {"追评时间", "follow_up_time"},
        {"商家回复", "reply"},
        {"商家回复时间", "reply_time"},
        {"回复状态", "reply_status"},
        {"评分", "score"},
        {"物流评分", "score"},
        {"overall_rating", "score"},
        {"服务满意度", "csat"},
        {"NPS评分", "nps"},
        {"您愿意推荐给朋友吗", "nps"},
        {"费力度", "ces"},
        {"评价时间", "time"},
        {"created_at", "other_time"},
        {"下单时间", "order_time"},
        {"确认收货时间", "receive_time"},
        {"用户昵称", "customer"},
        {"订单编号", "order"},
        {"Order ID", "order"},
        {"商品名称", "product"},
        {"商品编号", "product_id"},
        {"省份", "region"},
        {"收货省份", "region"},
        {"customer_city", "city"},
        {"门店名称", "store"},
        {"下单渠道", "channel"},
        {"处理客服", "agent"},
        {"快递公司", "courier"},
        {"会员等级", "member_level"},
        {"配送时长", "delivery_minutes"},
        {"排队时间", "waiting_minutes"},
        {"实付金额(元)", "amount"},
        {"晒图", "picture"},
        {"手机号", "phone"},
        {"快递单号", "tracking"},
        {"xyzzy", NULL},
        {"评价时间是什么", "time"},
        {"", NULL},
    };
    struct exports *e = load();
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct name_match best[NAMES_MAX_MATCHES];
        size_t n = names_match(exports_names(e), str_from(cases[i].header), best);
        if (!cases[i].role && n > 0)
            fail_msg("%s: %.*s", cases[i].header, STR_ARG(best[0].role->code));
        if (cases[i].role && (n == 0 || !str_eq(best[0].role->code, str_from(cases[i].role))))
            fail_msg("%s: %.*s, not %s", cases[i].header, n ? (int)best[0].role->code.len : 0,
                     n ? best[0].role->code.ptr : "", cases[i].role);
    }
    exports_free(e);
}

TEST(names_know_dimensions_channels_provinces_totals) {
    struct exports *e = load();
    const struct names *n = exports_names(e);
    static const struct {
        const char *header, *code;
    } dimensions[] = {
        {"描述相符", "description"},
        {"物流服务", "logistics"},
        {"服务态度", "service"},
        {"口味", "taste"},
        {"包装评分", "packaging"},
        {"环境", "environment"},
        {"卫生", "hygiene"},
        {"设施", "facility"},
        {"总体满意度", ""},
        {"综合评分", ""},
        {"Delivery rating", "logistics"},
        {"评分", ""},
        {"Overall service", ""},
        {"性价比", "price"},
    };
    for (size_t i = 0; i < ARRAY_LEN(dimensions); i++)
        assert_str(names_score_dimension(n, str_from(dimensions[i].header)), dimensions[i].code);
    static const struct {
        const char *file, *code;
    } files[] = {
        {"天猫-6月评价.xlsx", "tmall"},  {"jd_reviews.csv", "jd"},     {"jdoe.csv", ""},
        {"美团外卖评价.csv", "meituan"}, {"大众点评.csv", "dianping"}, {"reviews.csv", ""},
        {"PDD-2026.xls", "pinduoduo"},   {"酒店点评.csv", ""},
    };
    for (size_t i = 0; i < ARRAY_LEN(files); i++) {
        const struct channel *c = names_channel_in(n, str_from(files[i].file));
        assert_str(c ? c->code : STR(""), files[i].code);
    }
    assert_str(names_channel(n, STR("京东"))->code, "jd");
    assert_null(names_channel(n, STR("京东到家专送")));
    assert_str(names_province(n, STR("广东省 深圳市 南山区")), "广东");
    assert_str(names_province(n, STR("内蒙古自治区呼和浩特")), "内蒙古");
    assert_str(names_province(n, STR("中国 四川成都")), "四川");
    assert_str(names_province(n, STR("Ohio")), "");
    assert_true(names_is_total(n, STR("合计：")));
    assert_true(names_is_total(n, STR("Total")));
    assert_false(names_is_total(n, STR("总计划")));
    exports_free(e);
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

TEST(mapping_parses_entries) {
    static const struct {
        const char *in;
        int n; // −1 = refused
        const char *role, *column;
        double low, high;
    } cases[] = {
        {"", 0, NULL, NULL, 0, 0},
        {"text=评价内容", 1, "text", "评价内容", NAN, NAN},
        {" text = 评价 内容 , score=评分@1-10", 2, "text", "评价 内容", NAN, NAN},
        {"score=评分@1-10", 1, "score", "评分", 1, 10},
        {"score=评分@5-1", 1, "score", "评分", 1, 5},
        {"text=\"a,b=c@d\"", 1, "text", "a,b=c@d", NAN, NAN},
        {"score=\"a\"@0-100", 1, "score", "a", 0, 100},
        {"text=#3", 1, "text", "", NAN, NAN},
        {"text", -1, NULL, NULL, 0, 0},
        {"=x", -1, NULL, NULL, 0, 0},
        {"text=", -1, NULL, NULL, 0, 0},
        {"text=\"x", -1, NULL, NULL, 0, 0},
        {"score=x@3", -1, NULL, NULL, 0, 0},
        {"score=x@3-3", -1, NULL, NULL, 0, 0},
        {"text=#0", -1, NULL, NULL, 0, 0},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct mapping m = {0};
        struct error err = {0};
        bool ok = mapping_parse(str_from(cases[i].in), &m, &err);
        if (ok != (cases[i].n >= 0) || (ok && m.len != (size_t)cases[i].n))
            fail_msg("\"%s\": %d, %zu entries", cases[i].in, ok, m.len);
        if (!ok)
            assert_string_equal(err.field, "map");
        if (ok && m.len) {
            assert_str(m.items[0].role, cases[i].role);
            assert_str(m.items[0].column, cases[i].column);
            if (m.len == 1 && isfinite(cases[i].low))
                assert_true(m.items[0].low == cases[i].low && m.items[0].high == cases[i].high);
        }
        mapping_done(&m);
    }
}

// Rows of one column; the scale that is found.
TEST(profile_finds_the_scale) {
    static const struct {
        const char *header, *cells; // cells apart by spaces, repeated to 60
        double low, high;           // 0, 0 = no scale
        bool reversed, words;
    } cases[] = {
        {"评分", "5 4 3 2 1", 1, 5, false, false},
        {"评分", "5 5 5 4 0", 1, 5, false, false},
        {"评分", "4.5 3.0 5.0", 1, 5, false, false},
        {"评分", "1 0 1 1", 0, 1, false, false},
        {"评分", "1 2 2 2", 1, 2, false, false},
        {"评分", "1 2 3 3", 1, 3, false, false},
        {"评分", "7 6 5 3 1", 1, 7, false, false},
        {"评分", "10 9 8 3 1", 1, 10, false, false},
        {"评分", "10 9 8 3 0", 0, 10, false, false},
        {"评分", "95 80 60 100", 0, 100, false, false},
        {"评分", "50 35 40 45 30", 10, 50, false, false},
        {"评分（1-10）", "5 4 3 2", 1, 10, false, false},
        {"评分(满分10分)", "5 4 3 2", 1, 10, false, false},
        {"评分 10分制", "5 4 3 0", 0, 10, false, false},
        {"百分制得分", "5 4 3", 0, 100, false, false},
        {"满意度（1=非常满意，5=非常不满意）", "5 4 3 2 1", 1, 5, true, false},
        {"满意度", "1-非常满意 2-满意 3-一般 4-不满意", 1, 5, true, false},
        {"满意度", "5-非常满意 4-满意 3-一般 2-不满意", 1, 5, false, false},
        {"满意度", "非常满意 满意 一般", 1, 5, false, true},
        {"满意度", "满意 一般 不满意 未评价", 1, 3, false, true},
        {"满意度", "满意 不满意", 1, 2, false, true},
        {"好评率", "80% 95% 100%", 0, 100, false, false},
        {"评分", "12345 99 1000", 0, 0, false, false},
        {"评分", "很好的杯子，我很喜欢 不好", 0, 0, false, false},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        CLEANUP(arena_done) struct arena arena = {0};
        struct str cells[60];
        struct row rows[60] = {0};
        size_t n = 0;
        while (n < 60) {
            struct str rest = str_from(cases[i].cells), cell;
            while (n < 60 && str_cut(&rest, ' ', &cell)) {
                cells[n] = cell;
                rows[n] = (struct row){.cells = &cells[n], .n = 1};
                n++;
            }
        }
        struct column_profile p = profile_column(rows, n, 0, &arena);
        struct score_column c = {0};
        bool ok = profile_scale(&p, str_from(cases[i].header), false, &c);
        bool want = cases[i].high > 0;
        if (ok != want || (ok && (c.low != cases[i].low || c.high != cases[i].high ||
                                  c.reversed != cases[i].reversed || c.is_words != cases[i].words)))
            fail_msg("%s: %s: %d %g-%g%s%s", cases[i].header, cases[i].cells, ok, c.low, c.high,
                     c.reversed ? " reversed" : "", c.is_words ? " words" : "");
    }
}
