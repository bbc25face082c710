// SPDX-License-Identifier: Apache-2.0
#include "collect/names.h"

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
