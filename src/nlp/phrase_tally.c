// SPDX-License-Identifier: Apache-2.0
// Phrases are counted as they are written; which mean the same is decided at the end, over the ones
// that matter, by a key in which synonyms of the thing and of the judgement are one (快递→物流,
// 棒→好). When the table is full the rarest half is let go (lossy counting): what is frequent
// enough to be shown is never among it.
#include <stdlib.h>

#include "base/map.h"
#include "base/mem.h"
#include "base/strbuf.h"
#include "base/utf8.h"
#include "nlp/phrase.h"

#define MAX_PHRASES 200000u
#define KEEP_AT_TOP 4000u // candidates looked at when merging
#define EXPLAINED   0.8   // share of a phrase inside a longer one that makes it superfluous

struct count {
    uint64_t n;
    uint64_t by_class[PHRASE_CLASSES];
};

struct phrase_tally {
    struct segmenter *sg;
    struct dict phrases;
    struct count *counts; // by id
    uint32_t cap;
};

struct phrase_tally *phrase_tally_new(const struct lexicon *lx) {
    struct phrase_tally *t = NEW(struct phrase_tally);
    t->sg = segmenter_new(lx);
    return t;
}

void phrase_tally_free(struct phrase_tally *t) {
    if (!t)
        return;
    segmenter_free(t->sg);
    dict_done(&t->phrases);
    free(t->counts);
    free(t);
}

static int by_count(const void *a, const void *b) {
    const struct phrase_count *x = a, *y = b;
    if (x->n != y->n)
        return x->n > y->n ? -1 : 1;
    return str_cmp(x->text, y->text);
}

static int by_number(const void *a, const void *b) {
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return x < y ? -1 : x > y;
}

// Makes room: phrases below the median count go.
static void let_go(struct phrase_tally *t) {
    uint64_t *n = NEW_ARRAY(uint64_t, t->phrases.count);
    for (uint32_t i = 0; i < t->phrases.count; i++)
        n[i] = t->counts[i].n;
    qsort(n, t->phrases.count, sizeof *n, by_number);
    uint64_t least = n[t->phrases.count / 2] + 1;
    free(n);
    struct dict old = t->phrases;
    struct count *counts = t->counts;
    t->phrases = (struct dict){0};
    t->counts = NULL;
    t->cap = 0;
    for (uint32_t i = 0; i < old.count; i++) {
        if (counts[i].n < least)
            continue;
        uint32_t id = dict_add(&t->phrases, dict_str(&old, i));
        if (id >= t->cap) {
            t->cap = MAX(t->cap * 2, 256u);
            t->counts = mem_resize(t->counts, t->cap, sizeof *t->counts);
        }
        t->counts[id] = counts[i];
    }
    free(counts);
    dict_done(&old);
}

void phrase_tally_add(struct phrase_tally *t, const struct str *phrases, int n, int class) {
    for (int i = 0; i < n; i++) {
        if (t->phrases.count >= MAX_PHRASES)
            let_go(t);
        uint32_t before = t->phrases.count, id = dict_add(&t->phrases, phrases[i]);
        if (id >= t->cap) {
            t->cap = MAX(t->cap * 2, 256u);
            t->counts = mem_resize(t->counts, t->cap, sizeof *t->counts);
        }
        if (id == before)
            t->counts[id] = (struct count){0};
        t->counts[id].n++;
        t->counts[id].by_class[class]++;
    }
}

struct synonym {
    struct str word, means;
};

static const struct synonym synonyms[] = {
#define S(word, means)                                                                             \
    { STR_INIT(word), STR_INIT(means) }
    // things
    S("快递", "物流"),
    S("送货", "物流"),
    S("配送", "物流"),
    S("派送", "物流"),
    S("物流速度", "物流"),
    S("快递速度", "物流"),
    S("送货速度", "物流"),
    S("配送速度", "物流"),
    S("到货", "物流"),
    S("到货速度", "物流"),
    S("发货速度", "发货"),
    S("出货", "发货"),
    S("品质", "质量"),
    S("产品质量", "质量"),
    S("商品质量", "质量"),
    S("服务态度", "服务"),
    S("态度", "服务"),
    S("服务质量", "服务"),
    S("客服态度", "客服"),
    S("价钱", "价格"),
    S("价位", "价格"),
    S("外形", "外观"),
    S("样子", "外观"),
    S("样式", "款式"),
    S("口感", "味道"),
    S("口味", "味道"),
    S("分量", "菜量"),
    S("份量", "菜量"),
    S("量", "菜量"),
    S("速度", "速度"),
    S("尺寸", "大小"),
    S("尺码", "大小"),
    S("码数", "大小"),
    S("地理位置", "位置"),
    S("交通", "交通"),
    S("充电速度", "充电"),
    S("上菜速度", "上菜"),
    S("送餐速度", "送餐"),
    S("运行速度", "运行"),
    S("反应速度", "反应"),
    S("早饭", "早餐"),
    S("东西", "商品"),
    S("宝贝", "商品"),
    S("产品", "商品"),
    S("货", "商品"),
    S("房间", "房间"),
    S("声音", "音质"),
    S("音效", "音质"),
    S("店铺", "店家"),
    S("商家", "店家"),
    S("卖家", "店家"),
    S("老板", "店家"),
    S("气味", "味儿"),
    S("香味", "味儿"),
    S("骑手", "骑手"),
    S("外卖员", "骑手"),
    S("送餐员", "骑手"),
    S("外卖小哥", "骑手"),
    S("快递小哥", "快递员"),
    S("配送员", "快递员"),
    // judgements
    S("不错", "好"),
    S("很好", "好"),
    S("棒", "好"),
    S("赞", "好"),
    S("可以", "好"),
    S("行", "好"),
    S("优秀", "好"),
    S("完美", "好"),
    S("满意", "好"),
    S("到位", "好"),
    S("给力", "好"),
    S("一流", "好"),
    S("良好", "好"),
    S("优质", "好"),
    S("最好", "好"),
    S("没得说", "好"),
    S("没话说", "好"),
    S("不差", "好"),
    S("杠杠的", "好"),
    S("极好", "好"),
    S("超赞", "好"),
    S("点赞", "好"),
    S("差", "差"),
    S("很差", "差"),
    S("烂", "差"),
    S("糟糕", "差"),
    S("垃圾", "差"),
    S("差劲", "差"),
    S("极差", "差"),
    S("恶劣", "差"),
    S("不行", "差"),
    S("不好", "差"),
    S("不怎么样", "差"),
    S("不满意", "差"),
    S("最差", "差"),
    S("较差", "差"),
    S("太差", "差"),
    S("便宜", "便宜"),
    S("实惠", "便宜"),
    S("低", "便宜"),
    S("优惠", "便宜"),
    S("不贵", "便宜"),
    S("不高", "便宜"),
    S("划算", "便宜"),
    S("高", "贵"),
    S("贵", "贵"),
    S("昂贵", "贵"),
    S("偏贵", "贵"),
    S("小贵", "贵"),
    S("偏高", "贵"),
    S("迅速", "快"),
    S("神速", "快"),
    S("飞快", "快"),
    S("及时", "快"),
    S("快速", "快"),
    S("快捷", "快"),
    S("高效", "快"),
    S("缓慢", "慢"),
    S("超慢", "慢"),
    S("迟缓", "慢"),
    S("卡顿", "卡"),
    S("卡死", "卡"),
    S("舒适", "舒服"),
    S("漂亮", "好看"),
    S("美观", "好看"),
    S("精美", "好看"),
    S("不漂亮", "难看"),
    S("不好看", "难看"),
    S("美味", "好吃"),
    S("可口", "好吃"),
    S("不好吃", "难吃"),
    S("不好用", "难用"),
    S("整洁", "干净"),
    S("不干净", "脏"),
    S("陈旧", "旧"),
    S("破旧", "旧"),
    S("老旧", "旧"),
    S("发烫", "发热"),
    S("坏了", "坏"),
    S("坏掉", "坏"),
    S("损坏", "坏"),
    S("超值", "值"),
    S("很值", "值"),
    S("值得", "值"),
    S("物有所值", "值"),
    S("物超所值", "值"),
    S("不值", "不值"),
    S("不值得", "不值"),
    S("不划算", "不值"),
#undef S
};

static struct str meaning(struct str word) {
    for (size_t i = 0; i < ARRAY_LEN(synonyms); i++)
        if (str_eq(synonyms[i].word, word))
            return synonyms[i].means;
    return word;
}

// The phrase with its words replaced by what they stand for; “不” before 好 turns it round.
static void write_key(struct phrase_tally *t, struct str phrase, struct strbuf *out) {
    const struct token *tokens;
    size_t n = segment(t->sg, phrase, &tokens);
    bool is_price = str_has(phrase, STR("价")) || str_has(phrase, STR("费"));
    strbuf_reset(out);
    for (size_t i = 0; i < n; i++) {
        struct str word = str_slice(phrase, tokens[i].start, tokens[i].start + tokens[i].len);
        bool negated = str_eq(word, STR("不")) && i + 1 < n;
        struct str next = negated ? str_slice(phrase, tokens[i + 1].start,
                                              tokens[i + 1].start + tokens[i + 1].len)
                                  : word;
        if (negated && str_eq(meaning(next), STR("好"))) {
            strbuf_adds(out, "差");
            i++;
        } else if (!is_price && (str_eq(word, STR("高")) || str_eq(word, STR("低")))) {
            strbuf_add(out, word); // 性价比高 is not dear
        } else if (i == 0 && n > 1 && (str_eq(word, STR("很")) || str_eq(word, STR("太")))) {
            continue;
        } else {
            strbuf_add(out, meaning(word));
        }
        strbuf_addc(out, '|');
    }
}

static void add_into(struct phrase_count *to, const struct phrase_count *from) {
    to->n += from->n;
    for (int k = 0; k < PHRASE_CLASSES; k++)
        to->by_class[k] += from->by_class[k];
}

// Wordings of the same thing become one under the most frequent of them (the array is sorted by
// frequency).
static size_t merge(struct phrase_tally *t, struct phrase_count *items, size_t n) {
    CLEANUP(dict_done) struct dict keys = {0};
    CLEANUP(strbuf_done) struct strbuf key = strbuf_init(KIB);
    size_t kept = 0;
    for (size_t i = 0; i < n; i++) {
        write_key(t, items[i].text, &key);
        uint32_t id = dict_add(&keys, strbuf_str(&key));
        if (id == kept)
            items[kept++] = items[i];
        else
            add_into(&items[id], &items[i]);
    }
    return kept;
}

static bool is_sound_part(struct str longer, struct str shorter) {
    size_t at = str_find(longer, shorter);
    if (at == STR_NONE || longer.len == shorter.len)
        return false;
    // “好用” is in “不好用” by letters only.
    return !(at >= 3 && str_eq(str_slice(longer, at - 3, at), STR("不"))) &&
           !(at >= 6 && str_eq(str_slice(longer, at - 6, at), STR("没有")));
}

// A phrase said nearly always inside a longer one is dropped for that.
static size_t drop_parts(struct phrase_count *items, size_t n) {
    size_t kept = 0;
    for (size_t i = 0; i < n; i++) {
        bool explained = false;
        for (size_t k = 0; k < n && !explained; k++)
            explained = k != i && (double)items[k].n >= EXPLAINED * (double)items[i].n &&
                        items[k].n <= items[i].n && is_sound_part(items[k].text, items[i].text);
        if (!explained)
            items[kept++] = items[i];
    }
    return kept;
}

size_t phrase_tally_top(struct phrase_tally *t, struct arena *arena, size_t max,
                        struct phrase_count **ret) {
    uint32_t n = t->phrases.count;
    struct phrase_count *all = ARENA_ARRAY(arena, struct phrase_count, n);
    for (uint32_t i = 0; i < n; i++) {
        all[i].text = dict_str(&t->phrases, i);
        all[i].n = t->counts[i].n;
        memcpy(all[i].by_class, t->counts[i].by_class, sizeof all[i].by_class);
    }
    qsort(all, n, sizeof *all, by_count);
    size_t kept = merge(t, all, MIN(n, KEEP_AT_TOP));
    qsort(all, kept, sizeof *all, by_count);
    kept = drop_parts(all, MIN(kept, MAX(max * 2, (size_t)200)));
    *ret = all;
    return MIN(kept, max);
}
