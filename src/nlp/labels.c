// SPDX-License-Identifier: Apache-2.0
#include "nlp/labels.h"

const struct label sentiment_labels[N_SENTIMENTS] = {
    [SENTIMENT_NEG] = {"neg", {"负面", "negative"}},
    [SENTIMENT_NEU] = {"neu", {"中性", "neutral"}},
    [SENTIMENT_POS] = {"pos", {"正面", "positive"}},
};

const struct label dimension_labels[N_DIMENSIONS] = {
    [DIM_QUALITY] = {"quality", {"商品质量", "quality"}},
    [DIM_TASTE] = {"taste", {"口味", "taste"}},
    [DIM_FUNCTION] = {"function", {"功能性能", "function"}},
    [DIM_USABILITY] = {"usability", {"易用体验", "usability"}},
    [DIM_APPEARANCE] = {"appearance", {"外观", "appearance"}},
    [DIM_DESCRIPTION] = {"description", {"描述相符", "as described"}},
    [DIM_PACKAGING] = {"packaging", {"包装", "packaging"}},
    [DIM_LOGISTICS] = {"logistics", {"物流配送", "delivery"}},
    [DIM_SERVICE] = {"service", {"服务态度", "attitude"}},
    [DIM_RESPONSE] = {"response", {"响应等待", "waiting"}},
    [DIM_EXPERTISE] = {"expertise", {"专业能力", "expertise"}},
    [DIM_AFTERSALES] = {"aftersales", {"售后退换", "returns and repair"}},
    [DIM_PRICE] = {"price", {"价格性价比", "price"}},
    [DIM_PROMOTION] = {"promotion", {"优惠活动", "promotion"}},
    [DIM_BILLING] = {"billing", {"收费支付", "billing"}},
    [DIM_ENVIRONMENT] = {"environment", {"环境", "surroundings"}},
    [DIM_HYGIENE] = {"hygiene", {"卫生安全", "hygiene and safety"}},
    [DIM_FACILITY] = {"facility", {"设施", "facilities"}},
    [DIM_LOCATION] = {"location", {"位置交通", "location"}},
    [DIM_STOCK] = {"stock", {"品种缺货", "choice and stock"}},
    [DIM_ACCOUNT] = {"account", {"账号隐私", "account and privacy"}},
    [DIM_PROCESS] = {"process", {"流程手续", "procedures"}},
    [DIM_CONTENT] = {"content", {"内容", "content"}},
    [DIM_POLICY] = {"policy", {"政策规定", "policy"}},
    [DIM_OVERALL] = {"overall", {"总体评价", "overall"}},
};

const struct label urgency_labels[N_URGENCIES] = {
    [URGENCY_ORDINARY] = {"0", {"一般", "ordinary"}},
    [URGENCY_REPLY] = {"1", {"待回复", "needs a reply"}},
    [URGENCY_URGENT] = {"2", {"紧急", "urgent"}},
};

const struct label validity_labels[N_VALIDITIES] = {
    [VALIDITY_OK] = {"ok", {"有效", "valid"}},
    [VALIDITY_BLANK] = {"blank", {"空白", "blank"}},
    [VALIDITY_GIBBERISH] = {"gibberish", {"乱码", "gibberish"}},
    [VALIDITY_AD] = {"ad", {"广告", "advertisement"}},
    [VALIDITY_IRRELEVANT] = {"irrelevant", {"无关", "irrelevant"}},
};

const struct label emotion_labels[N_EMOTIONS] = {
    [EMOTION_NONE] = {"none", {"无", "none"}},
    [EMOTION_JOY] = {"joy", {"高兴", "joy"}},
    [EMOTION_ANGER] = {"anger", {"愤怒", "anger"}},
    [EMOTION_SADNESS] = {"sadness", {"伤心", "sadness"}},
    [EMOTION_FEAR] = {"fear", {"害怕", "fear"}},
    [EMOTION_SURPRISE] = {"surprise", {"惊讶", "surprise"}},
    [EMOTION_DISGUST] = {"disgust", {"厌恶", "disgust"}},
};

int label_find(const struct label *labels, int n, struct str code) {
    for (int i = 0; i < n; i++)
        if (str_eq(str_from(labels[i].code), code))
            return i;
    return -1;
}
