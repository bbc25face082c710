// SPDX-License-Identifier: Apache-2.0
#include "unify/unify.h"

#include "base/utf8.h"
#include "nlp/lexicon.h"
#include "tests/support/test.h"
#include "unify/dedup.h"

static struct lexicon *open_lexicon(void) {
    char dir[512];
    snprintf(dir, sizeof dir, "%s/models/lexicon", test_source_dir());
    struct lexicon *lx = NULL;
    struct error err;
    if (!lexicon_open(dir, &lx, &err))
        fail_msg("%s", err.en);
    return lx;
}

static struct unified unify_one(struct lexicon *lx, const struct schema *schema, struct feedback f,
                                struct arena *a) {
    struct unified u;
    unify_batch(lx, schema, &f, 1, a, &u);
    return u;
}

TEST(unify_takes_platform_words_off_the_text) {
    static const char *const cases[][2] = {
        {"追评：用了一个月，坏了", "用了一个月，坏了"},
        {"【追评】还不错", "还不错"},
        {"[3天后追评]：掉色", "掉色"},
        {"收货5天后追加：起球了", "起球了"},
        {"  很好 ", "很好"},
        {"房间很旧免费注册 网站导航 宾馆索引", "房间很旧"},
        {"追评也没人理", "追评也没人理"},
        {"评价：好评", "好评"},
        {"", ""},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        assert_str(unify_trim(str_from(cases[i][0])), cases[i][1]);
}

TEST(unify_joins_review_and_follow_up_but_never_the_reply) {
    struct lexicon *lx = open_lexicon();
    struct schema schema = {0};
    CLEANUP(arena_done) struct arena a = {0};
    static const struct {
        const char *text, *follow_up, *expected;
        uint32_t flags;
    } cases[] = {
        {"物流很快", "", "物流很快", 0},
        {"物流很快", "追评：用了一周就坏了", "物流很快\n用了一周就坏了", 0},
        {"此用户没有填写评价。", "用了一周就坏了", "用了一周就坏了", 0},
        {"物流很快", "此用户没有填写评价", "物流很快", 0},
        {"此用户没有填写评价。", "", "此用户没有填写评价。", UNIFY_DEFAULT_PRAISE},
        {"", "", "", UNIFY_BLANK},
        {"！！！", "", "！！！", UNIFY_BLANK},
        {"asdfghjklasdfghjkl", "", "asdfghjklasdfghjkl", UNIFY_GIBBERISH},
        {"asdfghjklasdfghjkl", "屏幕碎了", "asdfghjklasdfghjkl\n屏幕碎了", 0},
        {"兼职刷单，日结，加微信 abc12345", "", "兼职刷单，日结，加微信 abc12345", UNIFY_AD},
        {"客服是傻逼", "", "客服是傻逼", UNIFY_PROFANITY},
        {"质量不错", "质量不错", "质量不错", 0},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct feedback f = {.text = str_from(cases[i].text),
                             .follow_up = str_from(cases[i].follow_up),
                             .reply = STR("亲，感谢惠顾")};
        struct unified u = unify_one(lx, &schema, f, &a);
        assert_str(u.text, cases[i].expected);
        assert_int_equal(u.flags, cases[i].flags);
        assert_false(str_has(u.text, STR("感谢惠顾")));
    }
    lexicon_close(lx);
}

TEST(unify_masks_personal_data_and_keeps_the_length) {
    struct lexicon *lx = open_lexicon();
    struct schema schema = {0};
    CLEANUP(arena_done) struct arena a = {0};
    struct feedback f = {.text = STR("退款打我电话13812345678，联系人：李四")};
    struct unified u = unify_one(lx, &schema, f, &a);
    assert_int_equal(u.n_pii, 2);
    assert_str(u.masked, "退款打我电话138****5678，联系人：李*");
    assert_str(u.text, "退款打我电话13812345678，联系人：李四");
    assert_int_equal(utf8_count(u.text), utf8_count(u.masked));
    lexicon_close(lx);
}

struct row {
    const char *text, *customer, *order, *product, *id;
    int64_t time;
    uint32_t flags;   // expected
    uint64_t repeats; // expected: serial + 1
};

static void check_rows(const struct row *rows, size_t n) {
    struct lexicon *lx = open_lexicon();
    struct schema schema = {0};
    CLEANUP(arena_done) struct arena a = {0};
    struct dedup *d = dedup_new();
    for (size_t i = 0; i < n; i++) { // batches of one: memory goes across them
        struct feedback f = {.text = str_from(rows[i].text),
                             .customer = str_from(rows[i].customer),
                             .order = str_from(rows[i].order),
                             .product = str_from(rows[i].product),
                             .external_id = str_from(rows[i].id),
                             .occurred_us = rows[i].time};
        struct unified u = unify_one(lx, &schema, f, &a);
        dedup_mark(d, &f, &u, 1);
        if ((u.flags & (UNIFY_DUPLICATE | UNIFY_NEAR_DUPLICATE)) != rows[i].flags ||
            u.repeats != rows[i].repeats)
            fail_msg("row %zu “%s”: flags %u, repeats %" PRIu64, i, rows[i].text, u.flags,
                     u.repeats);
    }
    assert_true(dedup_bytes(d) > 0);
    dedup_free(d);
    lexicon_close(lx);
}

#define LONG "收到货了，包装很严实，用了几天感觉还可以，就是物流慢了点"

TEST(dedup_tells_overlap_from_brushing_from_honest_alike) {
    static const struct row rows[] = {
        {"很好", "j***n", "", "A", "", 100, 0, 0},
        {"很好", "t***1", "", "A", "", 100, 0, 0},
        {"很好！", "j***n", "", "A", "", 200, 0, 0}, // short, another time: may be another person
        {"很好！", "j***n", "", "A", "", 100, UNIFY_DUPLICATE, 1}, // same name, product, time
        {LONG, "j***n", "", "A", "", 300, 0, 0},
        {LONG "。", "j***n", "", "A", "", 400, UNIFY_DUPLICATE, 5}, // same customer, same product
        {LONG, "j***n", "", "B", "", 500, 0, 0},                    // his other purchase
        {LONG, "m***k", "", "A", "", 600, UNIFY_NEAR_DUPLICATE, 5}, // copied
        {LONG "！不错", "p***q", "", "A", "", 700, UNIFY_NEAR_DUPLICATE, 5},
        {"收到货了，包装有点破，用了一次就漏水，客服也不理人，差评", "p***q", "", "A", "", 800, 0,
         0},
        {"不错", "", "12345", "A", "", 900, 0, 0},
        {"不错", "", "12345", "A", "", 900, UNIFY_DUPLICATE, 11}, // exported twice
        {"不错", "", "12345", "B", "", 900, 0, 0},                // another thing of the same order
        {"不错", "", "99999", "A", "", 900, 0, 0},
        {"挺好", "", "", "A", "r1", 900, 0, 0},
        {"挺好", "", "", "A", "r1", 900, UNIFY_DUPLICATE, 15},
        {"挺好", "", "", "A", "r2", 900, 0, 0},
        {"", "", "55555", "A", "", 900, 0, 0},
        {"", "", "55555", "A", "", 900, UNIFY_DUPLICATE, 18},
        {"", "", "", "A", "", 900, 0, 0},
        {"", "", "", "A", "", 900, 0, 0}, // ratings without words are not copies
        {"此用户没有填写评价，系统默认给出五星好评", "a", "", "A", "", 1, 0, 0},
        {"此用户没有填写评价，系统默认给出五星好评", "b", "", "A", "", 2, 0, 0},
    };
    check_rows(rows, ARRAY_LEN(rows));
}

TEST(dedup_without_customers_needs_the_time) {
    static const struct row rows[] = {
        {LONG, "匿名用户", "", "", "", 100, 0, 0},
        {LONG, "匿名用户", "", "", "", 100, UNIFY_DUPLICATE, 1},
        {LONG, "", "", "", "", 200, UNIFY_NEAR_DUPLICATE, 1},
        {LONG, "", "", "", "", TIME_NONE, UNIFY_NEAR_DUPLICATE, 1},
        {"好评", "", "", "", "", 100, 0, 0},
        {"好评", "", "", "", "", 100, 0, 0},
    };
    check_rows(rows, ARRAY_LEN(rows));
}
