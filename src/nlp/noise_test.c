// SPDX-License-Identifier: Apache-2.0
#include "nlp/noise.h"

#include "base/json.h"
#include "base/strbuf.h"
#include "sys/file.h"
#include "tests/support/test.h"

static struct segmenter *open_segmenter(struct lexicon **ret_lx) {
    char dir[512];
    snprintf(dir, sizeof dir, "%s/models/lexicon", test_source_dir());
    struct error err;
    if (!lexicon_open(dir, ret_lx, &err))
        fail_msg("%s", err.en);
    return segmenter_new(*ret_lx);
}

TEST(noise_flags_what_is_no_feedback) {
    static const struct {
        const char *text;
        uint32_t flags;
    } cases[] = {
        {"", NOISE_BLANK},
        {"   ", NOISE_BLANK},
        {"。。。！！", NOISE_BLANK},
        {"👍👍👍", NOISE_BLANK},
        {"12345", NOISE_BLANK},
        {"2024-03-11 14:35", NOISE_BLANK},
        {"无", NOISE_BLANK},
        {"N/A", NOISE_BLANK},
        {"[图片]", NOISE_BLANK},
        {"T_T", NOISE_BLANK},
        {"(*^_^*)", NOISE_BLANK},
        {"好", 0},
        {"ok", 0},
        {"没有味道", 0},
        {"没有评价可言的垃圾", 0},
        {"此用户没有填写评价。", NOISE_DEFAULT_PRAISE},
        {"此用户未填写评价内容", NOISE_DEFAULT_PRAISE},
        {"该用户觉得商品很好，给出5星好评", NOISE_DEFAULT_PRAISE},
        {"系统默认好评！", NOISE_DEFAULT_PRAISE},
        {"评价方未及时做出评价,系统默认好评!", NOISE_DEFAULT_PRAISE},
        {"用户未在规定时间内评价，系统自动给出好评", NOISE_DEFAULT_PRAISE},
        {"五星好评", 0},
        {"系统默认好评？我明明给了差评，骗人", 0},
        {"没有评价", NOISE_BLANK},
        {"asdfghjkl", NOISE_GIBBERISH},
        {"sdfjkl sdkfj lskdjf", NOISE_GIBBERISH},
        {"啊啊啊啊啊啊啊啊", NOISE_GIBBERISH},
        {"嗯嗯嗯嗯嗯嗯哦哦哦哦哦", NOISE_GIBBERISH},
        {"锟斤拷锟斤拷", NOISE_GIBBERISH},
        {"石 铁 云 么 雨 力 卜 土", NOISE_GIBBERISH},
        {"好好好", 0},
        {"好好好好好好好好", 0},
        {"太烫了太烫了太烫了", 0},
        {"太好了哈哈哈哈哈哈", 0},
        {"很好很好很好很好", 0},
        {"差差差差差", 0},
        {"一般般般般般", 0},
        {"WiFi连不上，USB口也坏了", 0},
        {"GTX1060跑分不如RTX2060", 0},
        {"兼职刷单，一单一结，加微信 qwe12345", NOISE_AD},
        {"代开发票，税点低，联系QQ 123456789", NOISE_AD},
        {"本人低价出会员账号，要的加v：abc_123", NOISE_AD},
        {"贷款无抵押，当天放款，电话13800001234", NOISE_AD},
        {"卖家让我加微信返现，加了又不给", 0},
        {"客服电话打不通，加微信也没人理", 0},
        {"怀疑评论都是刷单刷的", 0},
        {"这服务员就是个傻逼", NOISE_PROFANITY},
        {"我妈的衣服，她很喜欢", 0},
    };
    struct lexicon *lx = NULL;
    struct segmenter *sg = open_segmenter(&lx);
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        uint32_t flags = noise_flags(sg, str_from(cases[i].text));
        if (flags != cases[i].flags)
            fail_msg("“%s”: flags %u, expected %u", cases[i].text, flags, cases[i].flags);
    }
    segmenter_free(sg);
    lexicon_close(lx);
}

static bool is_noise(struct str label) {
    return str_eq(label, STR("blank")) || str_eq(label, STR("gibberish")) ||
           str_eq(label, STR("ad"));
}

// The written set with labels, where it is at hand: precision of “this is no feedback”, and recall.
TEST(noise_on_the_written_set) {
    if (!test_data_dir())
        skip_loudly("no HUISHENG_DATA_SETS");
    char path[512];
    snprintf(path, sizeof path, "%s/gold/zh_written.jsonl", test_data_dir());
    CLEANUP(strbuf_done) struct strbuf file = strbuf_init(8 * MIB);
    if (!file_read(path, 8 * MIB, &file, NULL))
        skip_loudly("no gold/zh_written.jsonl");
    struct lexicon *lx = NULL;
    struct segmenter *sg = open_segmenter(&lx);
    struct str rest = strbuf_str(&file), line;
    int expected = 0, found = 0, right = 0;
    while (str_cut(&rest, '\n', &line)) {
        struct json *j = NULL;
        if (!json_parse(line, &j, NULL))
            continue;
        bool noise = is_noise(json_str(json_get(j, "valid")));
        bool flagged = noise_flags(sg, json_str(json_get(j, "text"))) & ~(uint32_t)NOISE_PROFANITY;
        expected += noise;
        found += flagged;
        right += noise && flagged;
        json_free(j);
    }
    print_message("  noise: %d of %d found, %d flagged; recall %.1f %%, precision %.1f %%\n", right,
                  expected, found, 100.0 * right / expected, 100.0 * right / found);
    assert_true(right * 100 >= expected * 90);
    assert_true(right * 100 >= found * 97);
    segmenter_free(sg);
    lexicon_close(lx);
}
