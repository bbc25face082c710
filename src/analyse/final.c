// SPDX-License-Identifier: Apache-2.0
#include "analyse/final.h"

const struct quality_kind quality_kinds[N_QUALITIES] = {
    [QUALITY_USED] = {"ok", {"有效", "valid"}, {"计入", "counted"}, true},
    [QUALITY_BLANK] = {"blank",
                       {"没有文字", "no words"},
                       {"有评分的只计评分，不做文本分析",
                        "a rating counts; there is no text to analyse"},
                       true},
    [QUALITY_DEFAULT_PRAISE] = {"default_praise",
                                {"系统默认好评", "default praise"},
                                {"不计入满意度，另外列出", "left out of the score, counted apart"},
                                false},
    [QUALITY_GIBBERISH] = {"gibberish",
                           {"无意义文字", "gibberish"},
                           {"文本不分析，评分照计", "text not analysed, the rating counts"},
                           true},
    [QUALITY_AD] = {"ad",
                    {"广告", "advertisements"},
                    {"整条不计入，原文保留", "not counted at all, kept in the file"},
                    false},
    [QUALITY_IRRELEVANT] = {"irrelevant",
                            {"与商品或服务无关", "not about goods or service"},
                            {"文本不分析，评分照计", "text not analysed, the rating counts"},
                            true},
    [QUALITY_DUPLICATE] = {"duplicate",
                           {"重复", "duplicates"},
                           {"只计第一条", "only the first counts"},
                           false},
};

enum quality final_quality(const struct unified *u, const struct enrichment *e) {
    static const struct {
        uint32_t flag;
        enum quality quality;
    } by_rule[] = {
        // The order says which reason is told when several hold.
        {UNIFY_DEFAULT_PRAISE, QUALITY_DEFAULT_PRAISE},
        {UNIFY_DUPLICATE, QUALITY_DUPLICATE},
        {UNIFY_BLANK, QUALITY_BLANK},
        {UNIFY_AD, QUALITY_AD},
        {UNIFY_GIBBERISH, QUALITY_GIBBERISH},
    };
    static const enum quality by_model[N_VALIDITIES] = {
        [VALIDITY_OK] = QUALITY_USED,
        [VALIDITY_BLANK] = QUALITY_USED, // unify knows better
        [VALIDITY_GIBBERISH] = QUALITY_GIBBERISH,
        [VALIDITY_AD] = QUALITY_AD,
        [VALIDITY_IRRELEVANT] = QUALITY_IRRELEVANT,
    };
    for (size_t i = 0; i < ARRAY_LEN(by_rule); i++)
        if (u->flags & by_rule[i].flag)
            return by_rule[i].quality;
    return e->validity_score >= FINAL_MODEL_SURE ? by_model[e->validity] : QUALITY_USED;
}
