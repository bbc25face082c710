// SPDX-License-Identifier: Apache-2.0
// Nothing said, and the wordings that platforms put where nothing was said.
#include "base/utf8.h"
#include "nlp/noise_parts.h"

static bool is_listed(struct str s, const struct str *list, size_t n) {
    for (size_t i = 0; i < n; i++)
        if (str_eq(s, list[i]))
            return true;
    return false;
}

// What people and programs write for “nothing”.
static const struct str nothings[] = {
    STR_INIT("无"),           STR_INIT("空"),
    STR_INIT("没"),           STR_INIT("没有"),
    STR_INIT("没了"),         STR_INIT("暂无"),
    STR_INIT("无内容"),       STR_INIT("无评价"),
    STR_INIT("无评论"),       STR_INIT("无备注"),
    STR_INIT("无意见"),       STR_INIT("无建议"),
    STR_INIT("没有意见"),     STR_INIT("没有建议"),
    STR_INIT("没意见"),       STR_INIT("没建议"),
    STR_INIT("暂无评价"),     STR_INIT("暂无评论"),
    STR_INIT("暂无内容"),     STR_INIT("暂无意见"),
    STR_INIT("暂无建议"),     STR_INIT("没有评价"),
    STR_INIT("没有评论"),     STR_INIT("没有内容"),
    STR_INIT("未填写"),       STR_INIT("未填"),
    STR_INIT("未评价"),       STR_INIT("未评论"),
    STR_INIT("不填"),         STR_INIT("略"),
    STR_INIT("同上"),         STR_INIT("空白"),
    STR_INIT("跳过"),         STR_INIT("图片"),
    STR_INIT("表情"),         STR_INIT("视频"),
    STR_INIT("语音"),         STR_INIT("动画表情"),
    STR_INIT("文件"),         STR_INIT("链接"),
    STR_INIT("此条为空"),     STR_INIT("内容为空"),
    STR_INIT("评价内容为空"), STR_INIT("无文字"),
    STR_INIT("无文字评价"),   STR_INIT("仅评分"),
    STR_INIT("仅图片"),       STR_INIT("已删除"),
    STR_INIT("该评论已删除"), STR_INIT("该评价已删除"),
    STR_INIT("na"),           STR_INIT("null"),
    STR_INIT("nil"),          STR_INIT("none"),
    STR_INIT("nan"),          STR_INIT("undefined"),
    STR_INIT("empty"),        STR_INIT("nothing"),
    STR_INIT("nocomment"),    STR_INIT("nocomments"),
    STR_INIT("noreview"),     STR_INIT("notapplicable"),
    STR_INIT("blank"),        STR_INIT("photo"),
    STR_INIT("image"),        STR_INIT("sticker"),
};

// “T_T”, “xd”, “orz”, “qaq”: faces made of letters.
static bool is_face(struct str words, struct str plain) {
    static const struct str faces[] = {
        STR_INIT("xd"),  STR_INIT("xdd"), STR_INIT("orz"), STR_INIT("qaq"), STR_INIT("tat"),
        STR_INIT("qwq"), STR_INIT("owo"), STR_INIT("uwu"), STR_INIT("tt"),  STR_INIT("qq")};
    if (is_listed(words, faces, ARRAY_LEN(faces)))
        return true;
    size_t letters = 0;
    for (size_t i = 0; i < words.len; i++) {
        if ((unsigned char)words.ptr[i] >= 0x80)
            return false;
        letters += words.ptr[i] >= 'a';
    }
    return letters <= 2 && plain.len >= words.len + (letters == 1 ? 0 : 1);
}

bool noise_is_blank(struct str words, struct str plain) {
    bool only_digits = true;
    for (size_t i = 0; i < words.len; i++)
        only_digits = only_digits && words.ptr[i] >= '0' && words.ptr[i] <= '9';
    return only_digits || is_listed(words, nothings, ARRAY_LEN(nothings)) || is_face(words, plain);
}

// The platforms' sentences are built from a few parts:
//   [who] [not] [done] [what]      此用户 没有 填写 评价        评价方 未及时 做出 评价
//   [who] [finds] [gives]          该用户 觉得商品很好 给出5星好评
//   [default]                      系统默认好评
// The whole text must be made of them, and the first or the last must say so.
static const struct str who[] = {
    STR_INIT("此用户"),   STR_INIT("该用户"), STR_INIT("本用户"), STR_INIT("用户"),
    STR_INIT("匿名用户"), STR_INIT("此买家"), STR_INIT("该买家"), STR_INIT("买家"),
    STR_INIT("买方"),     STR_INIT("此顾客"), STR_INIT("该顾客"), STR_INIT("顾客"),
    STR_INIT("此客户"),   STR_INIT("该客户"), STR_INIT("客户"),   STR_INIT("客人"),
    STR_INIT("住客"),     STR_INIT("食客"),   STR_INIT("消费者"), STR_INIT("评价方"),
    STR_INIT("评价人"),   STR_INIT("评论方"), STR_INIT("对方"),   STR_INIT("会员"),
    STR_INIT("该会员"),   STR_INIT("学员"),   STR_INIT("乘客"),   STR_INIT("系统"),
    STR_INIT("由于"),     STR_INIT("因"),     STR_INIT("因为"),
};
static const struct str not_[] = {
    STR_INIT("没有"),
    STR_INIT("没"),
    STR_INIT("未"),
    STR_INIT("尚未"),
    STR_INIT("暂未"),
    STR_INIT("还未"),
    STR_INIT("还没有"),
    STR_INIT("未能"),
    STR_INIT("并未"),
    STR_INIT("超时未"),
    STR_INIT("逾期未"),
    STR_INIT("未及时"),
    STR_INIT("没有及时"),
    STR_INIT("未能及时"),
    STR_INIT("长时间未"),
    STR_INIT("在规定时间内未"),
    STR_INIT("未在规定时间内"),
    STR_INIT("忘记"),
    STR_INIT("懒得"),
    STR_INIT("默默"),
    STR_INIT("太懒没有"),
    STR_INIT("很懒没有"),
    STR_INIT("很忙没有"),
};
static const struct str done[] = {
    STR_INIT("填写"), STR_INIT("填"),   STR_INIT("做出"), STR_INIT("作出"), STR_INIT("发表"),
    STR_INIT("发布"), STR_INIT("留下"), STR_INIT("留"),   STR_INIT("写下"), STR_INIT("写"),
    STR_INIT("提交"), STR_INIT("给出"), STR_INIT("进行"), STR_INIT("输入"), STR_INIT("撰写"),
    STR_INIT("添加"), STR_INIT("参与"), STR_INIT("评价"), STR_INIT("评论"), STR_INIT("点评"),
    STR_INIT("留言"),
};
static const struct str what[] = {
    STR_INIT("任何"),     STR_INIT("文字"), STR_INIT("评价"), STR_INIT("评论"), STR_INIT("点评"),
    STR_INIT("评语"),     STR_INIT("内容"), STR_INIT("留言"), STR_INIT("具体"), STR_INIT("详细"),
    STR_INIT("文字评价"), STR_INIT("的"),   STR_INIT("了"),   STR_INIT("哦"),
};
static const struct str finds[] = {
    STR_INIT("觉得商品很好"),   STR_INIT("觉得商品非常好"), STR_INIT("觉得商品较好"),
    STR_INIT("觉得商品不错"),   STR_INIT("觉得商品好"),     STR_INIT("觉得商品一般"),
    STR_INIT("觉得商品还不错"), STR_INIT("觉得服务很好"),   STR_INIT("觉得服务非常好"),
    STR_INIT("觉得宝贝很好"),   STR_INIT("觉得宝贝不错"),   STR_INIT("觉得很好"),
    STR_INIT("觉得非常好"),     STR_INIT("对商品很满意"),   STR_INIT("对商品非常满意"),
    STR_INIT("对商品满意"),     STR_INIT("对服务很满意"),   STR_INIT("对服务满意"),
    STR_INIT("觉得味道很好"),   STR_INIT("觉得味道不错"),   STR_INIT("觉得体验很好"),
    STR_INIT("觉得体验不错"),
};
static const struct str gives[] = {
    STR_INIT("给出"), STR_INIT("给予"), STR_INIT("给了"), STR_INIT("给"),   STR_INIT("打出"),
    STR_INIT("打了"), STR_INIT("5星"),  STR_INIT("4星"),  STR_INIT("五星"), STR_INIT("四星"),
    STR_INIT("3星"),  STR_INIT("三星"), STR_INIT("5分"),  STR_INIT("五分"), STR_INIT("满分"),
    STR_INIT("好评"), STR_INIT("评价"), STR_INIT("中评"), STR_INIT("评分"),
};
static const struct str defaults[] = {
    STR_INIT("系统默认好评"),
    STR_INIT("系统默认评价"),
    STR_INIT("系统自动评价"),
    STR_INIT("系统自动好评"),
    STR_INIT("系统默认提交"),
    STR_INIT("系统默认给予好评"),
    STR_INIT("系统默认给出好评"),
    STR_INIT("系统自动给予好评"),
    STR_INIT("系统自动给出好评"),
    STR_INIT("系统默认五星好评"),
    STR_INIT("系统默认5星好评"),
    STR_INIT("系统自动默认好评"),
    STR_INIT("系统自动提交"),
    STR_INIT("系统自动五星好评"),
    STR_INIT("默认好评"),
    STR_INIT("自动好评"),
    STR_INIT("默认评价"),
    STR_INIT("自动评价"),
    STR_INIT("默认五星好评"),
    STR_INIT("默认5星好评"),
    STR_INIT("系统代为评价"),
    STR_INIT("系统代评"),
    STR_INIT("系统好评"),
    STR_INIT("系统评价"),
    STR_INIT("系统默认"),
    STR_INIT("系统默认为好评"),
    STR_INIT("系统已默认好评"),
    STR_INIT("系统已自动评价"),
    STR_INIT("系统已默认评价"),
    STR_INIT("超时系统默认好评"),
    STR_INIT("超时默认好评"),
    STR_INIT("超时自动好评"),
    STR_INIT("到期自动好评"),
    STR_INIT("thebuyerdidnotleaveacomment"),
    STR_INIT("thisuserdidnotleaveareview"),
    STR_INIT("thisuserhasnotwrittenareview"),
    STR_INIT("thisuserhasnotleftacomment"),
    STR_INIT("thecustomerdidnotleaveacomment"),
    STR_INIT("nowrittenreview"),
    STR_INIT("noreviewtext"),
    STR_INIT("defaultpositivereview"),
    STR_INIT("defaultgoodreview"),
    STR_INIT("automaticpositivereview"),
};

// Eats the longest of the list at the start of *rest.
static bool eat(struct str *rest, const struct str *list, size_t n) {
    size_t best = 0;
    for (size_t i = 0; i < n; i++)
        if (list[i].len > best && str_starts(*rest, list[i]))
            best = list[i].len;
    *rest = str_slice(*rest, best, rest->len);
    return best > 0;
}
#define EAT(rest, list) eat(rest, list, ARRAY_LEN(list))

bool noise_is_default_praise(struct str words) {
    bool said = false;
    for (int parts = 0; words.len && parts < 8; parts++) {
        struct str before = words;
        if (EAT(&words, defaults)) {
            said = true;
            while (EAT(&words, gives))
                continue;
            continue;
        }
        bool has_who = EAT(&words, who);
        if (EAT(&words, not_)) {
            bool has_done = EAT(&words, done);
            while (EAT(&words, what))
                has_done = true;
            if (!has_done || (!has_who && !said && !words.len))
                return false; // “没有”, “没评价”: a customer may say so
            said = true;
        } else if (has_who && EAT(&words, finds)) {
            while (EAT(&words, gives))
                continue;
            said = true;
        }
        if (words.len == before.len)
            return false;
    }
    return said && words.len == 0;
}
