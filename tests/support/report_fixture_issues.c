// SPDX-License-Identifier: Apache-2.0
#include "tests/support/report_fixture_part.h"

const struct quote_line fixture_logistics[3] = {
    {{"等了八天才到，水果都软了，问客服只会说“亲再等等”。",
      "It took eight days to arrive, the fruit had gone soft, and support only says “please "
      "wait”."},
     {"等了八天才到", "took eight days to arrive"},
     1532,
     TMALL,
     "…4521",
     12,
     9,
     1},
    {{"别人两天，我们西藏这边六天还没揽收，下次不会在你家买了。",
      "Others get it in two days; out here in Tibet it had not even been picked up after six."},
     {"六天还没揽收", "not even been picked up after six"},
     1611,
     JD,
     "…0937",
     13,
     15,
     2},
    {{"快递放在三公里外的代收点，老人去拿不方便，打电话也没人接。",
      "The parcel was left at a pick-up point three kilometres away and nobody answers the phone."},
     {"放在三公里外的代收点", "left at a pick-up point three kilometres away"},
     1748,
     TMALL,
     "…7710",
     14,
     20,
     2},
};
static const struct quote_line packaging[] = {
    {{"箱子压扁了，里面碎了两瓶，酱汁流得到处都是。",
      "The box was crushed, two bottles broken, sauce all over the place."},
     {"箱子压扁了，里面碎了两瓶", "box was crushed, two bottles broken"},
     1290,
     JD,
     "…2204",
     11,
     11,
     1},
    {{"味道没得说，就是包装太薄，到手漏了一半。",
      "Taste is great, but the wrapping is far too thin: half of it had leaked."},
     {"包装太薄，到手漏了一半", "wrapping is far too thin"},
     1377,
     TMALL,
     "…6158",
     12,
     18,
     3},
};
static const struct quote_line service[] = {
    {{"店员爱理不理，问两句就翻白眼。",
      "The assistant rolled her eyes when I asked a second time."},
     {"爱理不理", "rolled her eyes"},
     1802,
     MEITUAN,
     "…3390",
     15,
     13,
     2},
};
static const struct quote_line aftersales[] = {
    {{"说好七天退，拖到第九天还在“审核中”，钱没退。",
      "Seven days to refund, they said; on day nine it is still “under review”."},
     {"拖到第九天还在“审核中”", "on day nine it is still “under review”"},
     1455,
     JD,
     "…8830",
     13,
     10,
     1},
    {{"退货运费要我自己出，页面上写的是包运费。",
      "I was told to pay the return postage although the page says it is free."},
     {"退货运费要我自己出", "pay the return postage"},
     1498,
     TMALL,
     "…1127",
     13,
     21,
     2},
};
static const struct quote_line taste_good[] = {
    {{"辣度刚好，牛肉给得足，孩子连汤都喝完了。",
      "Just the right heat and plenty of beef; the children finished the broth."},
     {"辣度刚好，牛肉给得足", "Just the right heat and plenty of beef"},
     1660,
     TMALL,
     "…5512",
     13,
     19,
     5},
};
static const struct quote_line price_good[] = {
    {{"双十一这个价真的划算，囤了三箱。",
      "At this price it is a bargain, I stocked up on three boxes."},
     {"这个价真的划算", "At this price it is a bargain"},
     1402,
     JD,
     "…4083",
     11,
     22,
     5},
};

static const struct {
    uint8_t dimension;
    struct words name, measure, department;
    int64_t n;
    double share, half, of_bad, trend, q, effect;
    const struct quote_line *quotes;
    size_t n_quotes;
    struct words where_column, where_value;
    int64_t where_n;
    double where_share, base;
    double spark[WEEK_BUCKETS];
    struct words phrases[3];
} issue_lines[] = {
    {DIM_LOGISTICS,
     {"物流慢", "Slow delivery"},
     {"加配西部仓储，偏远地区改发空运",
      "Add stock in the western warehouse; send remote orders by air"},
     {"仓储部", "Warehouse"},
     132,
     0.0534,
     0.009,
     0.375,
     0.045,
     1e-6,
     -1.92,
     fixture_logistics,
     3,
     {"省份", "Province"},
     {"西藏", "Tibet"},
     41,
     0.61,
     0.22,
     {.03, .028, .031, .026, .03, .033, .029, .044, .071, .09, .102, .11, .084, .075},
     {{"等了八天", "eight days"}, {"还没揽收", "not picked up"}, {"代收点", "pick-up point"}}},
    {DIM_PACKAGING,
     {"包装破损", "Damaged packaging"},
     {"供应商质检，加气柱袋", "Inspect the supplier; use air-column bags"},
     {"采购部", "Purchasing"},
     61,
     0.0247,
     0.006,
     0.173,
     0.011,
     0.03,
     -1.31,
     packaging,
     2,
     {"SKU", "SKU"},
     {"A-17", "A-17"},
     22,
     0.36,
     0.12,
     {.016, .018, .02, .019, .017, .021, .022, .024, .03, .036, .034, .031, .029, .03},
     {{"压扁", "crushed"}, {"漏了", "leaked"}, {"碎了", "broken"}}},
    {DIM_AFTERSALES,
     {"退款慢", "Slow refund"},
     {"退款超过 3 天自动升级", "Escalate refunds older than three days"},
     {"客服部", "Customer care"},
     53,
     0.0214,
     0.0057,
     0.151,
     0.004,
     0.31,
     -1.74,
     aftersales,
     2,
     {"", ""},
     {"", ""},
     0,
     NAN,
     NAN,
     {.02, .019, .023, .02, .021, .018, .02, .022, .02, .024, .021, .023, .02, .022},
     {{"审核中", "under review"}, {"不退运费", "no return postage"}, {"", ""}}},
    {DIM_SERVICE,
     {"态度差", "Rude staff"},
     {"先看原文，再谈培训", "Read the reviews first, then talk of training"},
     {"朝阳店", "Chaoyang store"},
     22,
     0.0089,
     0.0037,
     0.062,
     0.002,
     0.6,
     -1.5,
     service,
     1,
     {"门店", "Store"},
     {"朝阳店", "Chaoyang"},
     14,
     0.4,
     0.06,
     {NAN, .01, .009, NAN, .011, .01, .012, .01, .009, .011, .008, .01, NAN, .009},
     {{"爱理不理", "ignored me"}, {"翻白眼", "rolled her eyes"}, {"", ""}}},
};

static void make_issue(const struct maker *m, size_t i, struct issue *ret) {
    *ret = (struct issue){
        .dimension = issue_lines[i].dimension,
        .code = str_from(dimension_labels[issue_lines[i].dimension].code),
        .name = fixture_say(m, issue_lines[i].name),
        .n = issue_lines[i].n,
        .share = fixture_estimate(issue_lines[i].share, issue_lines[i].half, 2474),
        .share_of_bad = issue_lines[i].of_bad,
        .trend = {true, issue_lines[i].trend, issue_lines[i].trend - 0.015,
                  issue_lines[i].trend + 0.015, issue_lines[i].q / 3, issue_lines[i].q,
                  issue_lines[i].q < 0.05},
        .score_effect = fixture_estimate(issue_lines[i].effect, 0.24, issue_lines[i].n),
        .quotes = fixture_quotes(m, issue_lines[i].quotes, issue_lines[i].n_quotes),
        .n_quotes = issue_lines[i].n_quotes,
        .measure = fixture_say(m, issue_lines[i].measure),
        .department = fixture_say(m, issue_lines[i].department),
        .sparkline = ARENA_ARRAY(m->a, double, WEEK_BUCKETS),
        .phrases = ARENA_ARRAY(m->a, struct str, 3),
    };
    memcpy(ret->sparkline, issue_lines[i].spark, sizeof issue_lines[i].spark);
    for (size_t k = 0; k < 3 && *issue_lines[i].phrases[k].zh; k++)
        ret->phrases[ret->n_phrases++] = fixture_say(m, issue_lines[i].phrases[k]);
    if (issue_lines[i].where_n) {
        ret->n_where = 1;
        ret->where = ARENA_NEW(m->a, struct where);
        *ret->where = (struct where){fixture_say(m, issue_lines[i].where_column),
                                     fixture_say(m, issue_lines[i].where_value),
                                     issue_lines[i].where_n,
                                     issue_lines[i].where_share,
                                     issue_lines[i].base,
                                     issue_lines[i].where_share / issue_lines[i].base,
                                     0.001};
    }
}

static void make_all_issues(const struct maker *m) {
    m->r->issues = ARENA_ARRAY(m->a, struct issue, ARRAY_LEN(issue_lines));
    m->r->n_issues = ARRAY_LEN(issue_lines);
    for (size_t i = 0; i < ARRAY_LEN(issue_lines); i++)
        make_issue(m, i, &m->r->issues[i]);
}

static void make_dimensions(const struct maker *m) {
    static const struct {
        uint8_t dimension;
        double score, half;
        int64_t pos, neu, neg;
        double trend, q, weight;
        const struct quote_line *quotes;
    } rows[] = {
        {DIM_TASTE, 4.62, 0.07, 488, 21, 19, 0.02, 0.7, 0.2, taste_good},
        {DIM_LOGISTICS, 3.41, 0.12, 171, 30, 96, -0.8, 1e-6, 0.25, NULL},
        {DIM_PRICE, 4.48, 0.09, 236, 14, 17, 0.05, 0.5, 0.1, price_good},
        {DIM_PACKAGING, 3.92, 0.15, 96, 11, 39, -0.2, 0.04, 0.1, NULL},
        {DIM_QUALITY, 4.33, 0.13, 88, 9, 12, 0.01, 0.9, 0.2, NULL},
        {DIM_AFTERSALES, 2.61, 0.3, 12, 5, 31, -0.1, 0.5, 0.1, NULL},
        {DIM_SERVICE, 3.7, 0.42, 21, 4, 4, NAN, NAN, 0.05, NULL},
    };
    m->r->dimensions = ARENA_ARRAY(m->a, struct dimension_row, ARRAY_LEN(rows));
    m->r->n_dimensions = ARRAY_LEN(rows);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        const struct label *l = &dimension_labels[rows[i].dimension];
        int64_t n = rows[i].pos + rows[i].neu + rows[i].neg;
        m->r->dimensions[i] = (struct dimension_row){
            .dimension = rows[i].dimension,
            .code = str_from(l->code),
            .name = fixture_say(m, l->name),
            .score = fixture_estimate(rows[i].score, rows[i].half, n),
            .pos = rows[i].pos,
            .neu = rows[i].neu,
            .neg = rows[i].neg,
            .n = n,
            .weight = rows[i].weight,
            .trend = {!isnan(rows[i].trend), rows[i].trend, rows[i].trend - 0.15,
                      rows[i].trend + 0.15, rows[i].q, rows[i].q, rows[i].q < 0.05},
            .quotes = rows[i].quotes ? fixture_quotes(m, rows[i].quotes, 1) : NULL,
            .n_quotes = rows[i].quotes ? 1 : 0,
        };
    }
}

void fixture_issues(const struct maker *m) {
    make_all_issues(m);
    make_dimensions(m);
}
