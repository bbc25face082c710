// SPDX-License-Identifier: Apache-2.0
// Names, where the text says that one follows. A name is a surname of the usual ones and one or two
// characters; it ends at what cannot be part of it.
#include "base/utf8.h"
#include "nlp/pii_parts.h"

static const struct str introductions[] = {
    STR_INIT("我叫"),     STR_INIT("我名叫"),   STR_INIT("我的名字叫"), STR_INIT("我的名字是"),
    STR_INIT("名字叫"),   STR_INIT("名字是"),   STR_INIT("名字"),       STR_INIT("我姓名"),
    STR_INIT("姓名"),     STR_INIT("联系人"),   STR_INIT("收件人"),     STR_INIT("收货人"),
    STR_INIT("寄件人"),   STR_INIT("收件"),     STR_INIT("户名"),       STR_INIT("开户名"),
    STR_INIT("持卡人"),   STR_INIT("投保人"),   STR_INIT("被保险人"),   STR_INIT("预订人"),
    STR_INIT("预定人"),   STR_INIT("入住人"),   STR_INIT("乘客"),       STR_INIT("患者"),
    STR_INIT("病人"),     STR_INIT("就诊人"),   STR_INIT("投诉人"),     STR_INIT("申请人"),
    STR_INIT("本人"),     STR_INIT("真实姓名"), STR_INIT("署名"),       STR_INIT("落款"),
    STR_INIT("学生姓名"), STR_INIT("孩子叫"),   STR_INIT("户主"),       STR_INIT("车主"),
    STR_INIT("客户姓名"), STR_INIT("顾客姓名"), STR_INIT("实名认证是"), STR_INIT("实名是"),
    STR_INIT("退款人"),   STR_INIT("收款人"),   STR_INIT("付款人"),     STR_INIT("经办人"),
    STR_INIT("登记人"),   STR_INIT("报修人"),   STR_INIT("业主"),       STR_INIT("房客"),
    STR_INIT("客人叫"),   STR_INIT("领取人"),   STR_INIT("取件人"),     STR_INIT("订票人"),
    STR_INIT("旅客"),     STR_INIT("学员"),     STR_INIT("家长"),       STR_INIT("账户名"),
};
// These introduce a name only with a colon, or nearly always something else follows.
static const struct str colon_only[] = {
    STR_INIT("名字"), STR_INIT("收件"),   STR_INIT("乘客"),   STR_INIT("病人"),
    STR_INIT("车主"), STR_INIT("业主"),   STR_INIT("房客"),   STR_INIT("旅客"),
    STR_INIT("学员"), STR_INIT("家长"),   STR_INIT("户主"),   STR_INIT("署名"),
    STR_INIT("落款"), STR_INIT("投诉人"), STR_INIT("申请人"), STR_INIT("名字是"),
};
// Without a colon the clause must end with the name.
static const struct str clause_end[] = {
    STR_INIT("户名"),   STR_INIT("本人"),   STR_INIT("患者"),   STR_INIT("姓名"),
    STR_INIT("联系人"), STR_INIT("我姓名"), STR_INIT("名字叫"), STR_INIT("客人叫"),
    STR_INIT("孩子叫"), STR_INIT("我是"),
};
// Surnames that are common words: they need a colon before them.
static const char wordy[] = "时查管解单强位游向舒薄成路易商关万常白金程华安高方文全章包路甘沿季计"
                            "明平付池房牛康江钱温石严简项宁段马雷鲁";

static const char surnames[] =
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏"
    "薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤"
    "尹黎易常武乔贺赖龚文庞樊兰殷施陶洪翟安颜倪严牛温芦季俞章鲁葛伍韦申尤毕聂丛焦向柳邢路岳齐沿梅莫"
    "庄辛管祝左涂谷祁时舒耿牟卜詹关苗凌费纪靳盛童欧甄项曲成游阳裴席卫查屈鲍位覃霍翁隋植甘景薄单"
    "包司柏宁柯阮桂闵解强丘肖闫付吉邬饶符凤冉仇娄蒲褚滕房邝池蓝华宫瞿";
static const struct str compound_surnames[] = {
    STR_INIT("欧阳"), STR_INIT("司马"), STR_INIT("上官"), STR_INIT("诸葛"), STR_INIT("东方"),
    STR_INIT("皇甫"), STR_INIT("尉迟"), STR_INIT("公孙"), STR_INIT("慕容"), STR_INIT("令狐"),
    STR_INIT("司徒"), STR_INIT("夏侯"), STR_INIT("端木"), STR_INIT("南宫"), STR_INIT("轩辕")};
// Characters that begin what comes after a name: hardly ever in a name at all, or not as its last.
static const char never[] = "的在是住买去到从于电我你他她您它这那就都还想要请和与跟及说把被让给没不"
                            "用收退为因了吗吧呢啊哦呀";
static const char not_last[] =
    "来手今昨先后女男也老有可以下订投预一联地身微号年性系很太真对上个已前房两";
// What names are mostly made of: after “我是”, which anything may follow, only these make a name.
static const char given_usual[] =
    "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰建国志文红梅春燕雪琳佳欣怡婷颖慧莹晶倩雯洁萍琴云凤莉珍贞荣爱香媛"
    "瑞凡佩嘉琼勤珊璐锦青岚蓉君毅俊峰力东辉永健世广义兴良海山仁波宁贵福生龙元胜学祥才武新利清飞彬富顺信昌成康星光达岩茂进林坚"
    "彪博诚敬震振思群豪邦承乐绍松善庆民友裕河哲江浩亮政谦奇翰朗宏若鸣朋斌梁栋维启克伦翔旭鹏泽晨辰家致树炎德泰盛雄琛钧冠腾楠榕航弘"
    "轩宇涵梓晗诗妍萱悦彤雨薇芸芝虹露瑶菲璇娇";
// Words of a surname and more that are no names.
static const struct str no_names[] = {
    STR_INIT("高兴"), STR_INIT("白色"), STR_INIT("黄色"), STR_INIT("金色"),   STR_INIT("马上"),
    STR_INIT("方便"), STR_INIT("安全"), STR_INIT("成都"), STR_INIT("安徽"),   STR_INIT("江苏"),
    STR_INIT("江西"), STR_INIT("云南"), STR_INIT("陕西"), STR_INIT("贵州"),   STR_INIT("广东"),
    STR_INIT("常客"), STR_INIT("常年"), STR_INIT("老师"), STR_INIT("学生"),   STR_INIT("时间"),
    STR_INIT("时候"), STR_INIT("金额"), STR_INIT("钱包"), STR_INIT("石家庄"), STR_INIT("包间"),
    STR_INIT("房间"), STR_INIT("单号"), STR_INIT("单位"), STR_INIT("文科"),   STR_INIT("万一"),
    STR_INIT("毕业"), STR_INIT("毕竟"), STR_INIT("强烈"), STR_INIT("黑龙江"), STR_INIT("江南"),
    STR_INIT("华为"), STR_INIT("万达"), STR_INIT("苏宁"), STR_INIT("平安"),   STR_INIT("程序员"),
    STR_INIT("严重"), STR_INIT("常住"), STR_INIT("孔雀"), STR_INIT("关于"),   STR_INIT("关注"),
    STR_INIT("范围"), STR_INIT("季度"), STR_INIT("高铁"), STR_INIT("高度"),   STR_INIT("高级"),
    STR_INIT("康复"), STR_INIT("龙头"), STR_INIT("莫名"), STR_INIT("向来"),   STR_INIT("曾经"),
    STR_INIT("经常"), STR_INIT("路过"), STR_INIT("时常"), STR_INIT("包括"),   STR_INIT("牛奶"),
    STR_INIT("单身"), STR_INIT("单人"), STR_INIT("石油"), STR_INIT("钟点"),   STR_INIT("温州"),
    STR_INIT("苏州"), STR_INIT("杭州"), STR_INIT("徐州"), STR_INIT("常州"),   STR_INIT("宁波"),
    STR_INIT("武汉"), STR_INIT("于是"), STR_INIT("何时"), STR_INIT("何必"),   STR_INIT("任何"),
    STR_INIT("管理"), STR_INIT("管家"), STR_INIT("左右"), STR_INIT("齐全"),   STR_INIT("文字"),
    STR_INIT("文员"), STR_INIT("金融"), STR_INIT("安装"), STR_INIT("付款"),   STR_INIT("解决"),
    STR_INIT("成功"), STR_INIT("成年"), STR_INIT("游客"), STR_INIT("强迫"),   STR_INIT("易碎"),
    STR_INIT("易怒"), STR_INIT("安静"), STR_INIT("万分"), STR_INIT("高三"),   STR_INIT("高一"),
    STR_INIT("高二"), STR_INIT("高中"), STR_INIT("应届"), STR_INIT("冯小刚"), STR_INIT("米其林"),
    STR_INIT("商家"), STR_INIT("华侨"), STR_INIT("南方"), STR_INIT("阳性"),   STR_INIT("林业"),
    STR_INIT("江湖"), STR_INIT("梁上"), STR_INIT("夏天"), STR_INIT("黄金"),   STR_INIT("黄牛"),
    STR_INIT("白金"), STR_INIT("金卡"), STR_INIT("金牌"), STR_INIT("钻石"),   STR_INIT("谢谢"),
    STR_INIT("周末"), STR_INIT("周日"), STR_INIT("周一"), STR_INIT("周二"),   STR_INIT("周三"),
    STR_INIT("周四"), STR_INIT("周五"), STR_INIT("周六"), STR_INIT("江宁"),   STR_INIT("成华"),
    STR_INIT("查找"), STR_INIT("查询"), STR_INIT("查看"), STR_INIT("管理"),   STR_INIT("舒适"),
    STR_INIT("凌晨"), STR_INIT("单点"), STR_INIT("王者"), STR_INIT("郑州"),   STR_INIT("潘婷"),
    STR_INIT("孙子"), STR_INIT("申请"), STR_INIT("时尚"), STR_INIT("向导"),
};

static bool is_in(const char *set, size_t len, uint32_t c) {
    struct str s = {set, len};
    for (size_t pos = 0; pos < s.len;)
        if (utf8_next(s, &pos) == c)
            return true;
    return false;
}

// Length of the name at i, 0 if there is none.
static size_t name_length(const struct pii_text *t, size_t i) {
    size_t surname = pii_match(t, i, compound_surnames, ARRAY_LEN(compound_surnames));
    if (!surname)
        surname = is_in(surnames, sizeof surnames - 1, pii_at(t, i)) ? 1 : 0;
    if (!surname || pii_match(t, i, no_names, ARRAY_LEN(no_names)))
        return 0;
    size_t given = 0;
    for (; given < 2; given++) {
        uint32_t c = pii_at(t, i + surname + given);
        bool ends = is_in(never, sizeof never - 1, c) ||
                    (given == 1 && is_in(not_last, sizeof not_last - 1, c));
        if (!utf8_is_han(c) || ends)
            break;
    }
    return given ? surname + given : 0;
}

// Past the colon, “是”, “叫” and spaces at k; says whether one of them was a colon.
static size_t skip_link(const struct pii_text *t, size_t k, bool *ret_colon) {
    *ret_colon = false;
    for (int steps = 0; steps < 3; steps++, k++) {
        uint32_t c = pii_at(t, k);
        if (c == ':' || c == '=' || c == '/')
            *ret_colon = true;
        else if (!pii_is_space(c) && c != 0x662F /*是*/ && c != 0x4E3A /*为*/ && c != 0x53EB /*叫*/)
            break;
    }
    return k;
}

// “你好，我是张伟”, “我是张伟，电话…”: by itself “我是” is followed by anything.
static bool is_greeting(const struct pii_text *t, size_t i) {
    static const struct str greetings[] = {STR_INIT("你好"), STR_INIT("您好"), STR_INIT("客服好"),
                                           STR_INIT("hello"), STR_INIT("hi")},
                            me[] = {STR_INIT("我是")};
    return pii_match(t, i, me, 1) && pii_has_before(t, i, 5, greetings, ARRAY_LEN(greetings));
}

// “我是张伟，订的大床房”: alone in its clause and made of what names are made of.
static bool is_self(const struct pii_text *t, size_t i, size_t name, size_t len) {
    static const struct str me[] = {STR_INIT("我是")};
    if (!pii_match(t, i, me, 1) || (i > 0 && utf8_is_han(pii_at(t, i - 1))) ||
        utf8_is_han(pii_at(t, name + len)) || is_in(wordy, sizeof wordy - 1, pii_at(t, name)))
        return false;
    for (size_t k = 1; k < len; k++)
        if (!is_in(given_usual, sizeof given_usual - 1, pii_at(t, name + k)))
            return false;
    return len > 1;
}

// Whether the name at k, that an introduction of n characters at i announces, may be one.
static bool is_announced(const struct pii_text *t, size_t i, size_t n, size_t k, size_t len) {
    uint32_t after = pii_at(t, k + len);
    bool open = utf8_is_han(after) && !is_in(never, sizeof never - 1, after);
    if (pii_match(t, i, colon_only, ARRAY_LEN(colon_only)) == n)
        return false;
    if (is_in(wordy, sizeof wordy - 1, pii_at(t, k)))
        return !utf8_is_han(after);
    return !open || pii_match(t, i, clause_end, ARRAY_LEN(clause_end)) != n;
}

void pii_find_names(const struct pii_text *t, struct pii_found *found) {
    static const struct str me[] = {STR_INIT("我是")};
    struct pii_filter filter = {0};
    pii_filter_add(&filter, introductions, ARRAY_LEN(introductions));
    for (size_t i = 0; i < t->n; i++) {
        if (!pii_may_begin(&filter, t->chars[i].c))
            continue;
        size_t n =
            pii_match(t, i, me, 1) ? 2 : pii_match(t, i, introductions, ARRAY_LEN(introductions));
        if (!n)
            continue;
        bool colon, self = pii_match(t, i, me, 1) && !is_greeting(t, i);
        size_t k = skip_link(t, i + n, &colon), len = name_length(t, k);
        if (!len || (self ? !is_self(t, i, k, len) : !colon && !is_announced(t, i, n, k, len)))
            continue;
        pii_add(found, PII_NAME, k, k + len);
        i = k + len - 1;
    }
}
