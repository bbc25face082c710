// SPDX-License-Identifier: Apache-2.0
#include "tests/support/report_fixture.h"

#include <math.h>

#include "base/utf8.h"

const char *const report_fixture_names[N_REPORT_FIXTURES] = {
    [FIXTURE_WEEK] = "week",       [FIXTURE_LIST] = "list",       [FIXTURE_EMPTY] = "empty",
    [FIXTURE_NO_TIME] = "no-time", [FIXTURE_RUBBISH] = "rubbish", [FIXTURE_LARGE] = "large",
};

struct maker {
    struct arena *a;
    enum lang lang;
    struct report *r;
};

static struct str say(const struct maker *m, struct words w) {
    return str_from(words_in(w, m->lang));
}

static int64_t day(int month, int d) {
    return civil_to_days(2026, month, d);
}

static int64_t at(int month, int d, int hour) {
    return day(month, d) * US_PER_DAY + (hour - 8) * US_PER_HOUR;
}

static const struct zone *shanghai(void) {
    static struct zone *zone; // for the life of the test program
    if (!zone && !zone_open(STR("+08:00"), &zone, NULL))
        return NULL;
    return zone;
}

static struct estimate estimate(double value, double half, int64_t n) {
    return (struct estimate){true, value, value - half, value + half, n};
}

struct quote_line {
    struct words text, proof;
    uint64_t row;
    const char *channel[2], *tail;
    int day, hour;
    double score;
};

static struct quote quote(const struct maker *m, const struct quote_line *l) {
    struct str text = say(m, l->text), proof = say(m, l->proof);
    size_t found = proof.len ? str_find(text, proof) : STR_NONE;
    uint32_t start = found == STR_NONE ? 0 : (uint32_t)utf8_count(str_slice(text, 0, found));
    return (struct quote){
        .file = 0,
        .row = l->row,
        .text = text,
        .start = start,
        .end = found == STR_NONE ? 0 : start + (uint32_t)utf8_count(proof),
        .channel = str_from(l->channel[m->lang]),
        .customer_tail = str_from(l->tail),
        .occurred_us = l->day ? at(11, l->day, l->hour) : TIME_NONE,
        .score = l->score,
    };
}

static struct quote *quotes(const struct maker *m, const struct quote_line *lines, size_t n) {
    struct quote *q = ARENA_ARRAY(m->a, struct quote, n);
    for (size_t i = 0; i < n; i++)
        q[i] = quote(m, &lines[i]);
    return q;
}

#define TMALL                                                                                      \
    { "天猫", "Tmall" }
#define JD                                                                                         \
    { "京东", "JD" }
#define MEITUAN                                                                                    \
    { "美团", "Meituan" }

static const struct quote_line logistics[] = {
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
    struct quote_line quote;
    uint8_t urgency, dimension;
    struct words issue, department, reason;
    double hours;
} todo_lines[] = {
    {{{"面里吃出一截铁丝，嘴里划破了，照片已发，请给个说法！",
       "Found a piece of wire in the noodles and cut my mouth. Photos sent, I expect an answer."},
      {"吃出一截铁丝，嘴里划破了", "piece of wire in the noodles and cut my mouth"},
      1863,
      TMALL,
      "…4521",
      15,
      17,
      1},
     URGENCY_URGENT,
     DIM_HYGIENE,
     {"异物", "Foreign object"},
     {"质检部", "Quality control"},
     {"受伤：划破嘴", "injury: cut mouth"},
     31},
    {{{"退款一直不处理，再不回复我就打 12315 了。",
       "The refund is going nowhere. If nobody answers I will call 12315."},
      {"打 12315", "call 12315"},
      1915,
      JD,
      "…8830",
      16,
      15,
      1},
     URGENCY_URGENT,
     DIM_AFTERSALES,
     {"退款慢", "Slow refund"},
     {"客服部", "Customer care"},
     {"称要投诉 12315", "threatens to call 12315"},
     9},
    {{{"收到的是别人的货，我的订单号对不上，第三次联系了没人理。",
       "I got someone else's parcel. Third time I write, no answer."},
      {"第三次联系了没人理", "Third time I write, no answer"},
      1790,
      TMALL,
      "…6642",
      14,
      22,
      1},
     URGENCY_URGENT,
     DIM_DESCRIPTION,
     {"发错货", "Wrong item"},
     {"仓储部", "Warehouse"},
     {"多次联系未回", "repeated, unanswered"},
     50},
    {{{"等了八天才到，水果都软了，问客服只会说“亲再等等”。",
       "It took eight days to arrive, the fruit had gone soft, and support only says “please "
       "wait”."},
      {"等了八天才到", "took eight days to arrive"},
      1532,
      TMALL,
      "…4521",
      12,
      9,
      1},
     URGENCY_REPLY,
     DIM_LOGISTICS,
     {"物流慢", "Slow delivery"},
     {"仓储部", "Warehouse"},
     {"", ""},
     98},
    {{{"少发了一袋，客服让我等仓库核实，等到现在。",
       "One bag was missing; they said they would check with the warehouse. Still waiting."},
      {"少发了一袋", "One bag was missing"},
      1581,
      JD,
      "…3317",
      13,
      8,
      2},
     URGENCY_REPLY,
     DIM_DESCRIPTION,
     {"少发漏发", "Missing item"},
     {"仓储部", "Warehouse"},
     {"", ""},
     88},
    {{{"说好七天退，拖到第九天还在“审核中”，钱没退。",
       "Seven days to refund, they said; on day nine it is still “under review”."},
      {"拖到第九天还在“审核中”", "on day nine it is still “under review”"},
      1455,
      JD,
      "…8830",
      13,
      10,
      1},
     URGENCY_REPLY,
     DIM_AFTERSALES,
     {"退款慢", "Slow refund"},
     {"客服部", "Customer care"},
     {"", ""},
     86},
    {{{"箱子压扁了，里面碎了两瓶，酱汁流得到处都是。",
       "The box was crushed, two bottles broken, sauce all over the place."},
      {"里面碎了两瓶", "two bottles broken"},
      1290,
      JD,
      "…2204",
      14,
      11,
      1},
     URGENCY_REPLY,
     DIM_PACKAGING,
     {"包装破损", "Damaged packaging"},
     {"采购部", "Purchasing"},
     {"", ""},
     61},
};

static void make_todos(const struct maker *m, size_t n) {
    struct report *r = m->r;
    r->todos = ARENA_ARRAY(m->a, struct todo, n);
    r->n_todos = n;
    for (size_t i = 0; i < n; i++) {
        size_t k = i % ARRAY_LEN(todo_lines);
        r->todos[i] = (struct todo){
            .quote = quote(m, &todo_lines[k].quote),
            .urgency = todo_lines[k].urgency,
            .dimension = todo_lines[k].dimension,
            .issue = say(m, todo_lines[k].issue),
            .department = say(m, todo_lines[k].department),
            .reason = say(m, todo_lines[k].reason),
            .waiting_hours = todo_lines[k].hours,
        };
        r->todos[i].quote.row += i / ARRAY_LEN(todo_lines) * 100;
        if (i >= ARRAY_LEN(todo_lines))
            r->todos[i].urgency = URGENCY_ORDINARY;
    }
    r->n_urgent = 3;
    r->n_needs_reply = 9;
    r->n_bad_unreplied = 38;
    r->oldest_wait_hours = 98;
}

static void make_satisfaction(struct report *r) {
    r->now = (struct satisfaction){
        .score = estimate(4.21, 0.06, 1284),
        .score_all = estimate(4.40, 0.05, 1686),
        .nps = estimate(31, 6, 402),
        .csat = {true, 0.86, 0.84, 0.88, 1284},
        .index = estimate(81.4, 1.2, 1284),
        .good_share = {true, 0.91, 0.893, 0.925, 1284},
        .bad_share = {true, 0.05, 0.04, 0.063, 1284},
        .n_used = 1284,
        .n_default_praise = 402,
        .n_unreplied_bad = 38,
        .sentiment = {231, 141, 912},
    };
    r->before = (struct satisfaction){
        .score = estimate(4.52, 0.06, 1190),
        .score_all = estimate(4.61, 0.05, 1533),
        .nps = estimate(44, 6, 377),
        .csat = {true, 0.91, 0.892, 0.925, 1190},
        .index = estimate(86.1, 1.1, 1190),
        .good_share = {true, 0.94, 0.925, 0.952, 1190},
        .bad_share = {true, 0.03, 0.022, 0.041, 1190},
        .n_used = 1190,
        .n_default_praise = 343,
        .n_unreplied_bad = 12,
        .sentiment = {121, 119, 950},
    };
    r->score_change = (struct change){true, -0.31, -0.39, -0.23, 1e-9, 4e-9, true};
    r->nps_change = (struct change){true, -13, -21.5, -4.5, 0.003, 0.006, true};
    r->good_change = (struct change){true, -0.03, -0.05, -0.01, 0.004, 0.007, true};
    r->bad_change = (struct change){true, 0.02, 0.004, 0.036, 0.011, 0.014, true};
}

static void make_channels(const struct maker *m) {
    static const struct {
        struct words name;
        int64_t n;
        double score, half;
    } rows[] = {{JD, 612, 4.31, 0.08}, {TMALL, 455, 4.24, 0.1}, {MEITUAN, 217, 3.83, 0.16}};
    m->r->channels = ARENA_ARRAY(m->a, struct channel_row, ARRAY_LEN(rows));
    m->r->n_channels = ARRAY_LEN(rows);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        m->r->channels[i] = (struct channel_row){say(m, rows[i].name), rows[i].n,
                                                 estimate(rows[i].score, rows[i].half, rows[i].n), false};
}

#define BUCKETS 10

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
    double spark[BUCKETS];
    struct words phrases[3];
} issue_lines[] = {
    {DIM_LOGISTICS,
     {"物流慢", "Slow delivery"},
     {"加配西部仓储，偏远地区改发空运",
      "Add stock in the western warehouse; send remote orders by air"},
     {"仓储部", "Warehouse"},
     96,
     0.075,
     0.014,
     0.41,
     0.045,
     1e-6,
     -1.92,
     logistics,
     3,
     {"省份", "Province"},
     {"西藏", "Tibet"},
     41,
     0.61,
     0.22,
     {.03, .028, .031, .026, .03, .033, .029, .03, .03, .075},
     {{"等了八天", "eight days"}, {"还没揽收", "not picked up"}, {"代收点", "pick-up point"}}},
    {DIM_PACKAGING,
     {"包装破损", "Damaged packaging"},
     {"供应商质检，加气柱袋", "Inspect the supplier; use air-column bags"},
     {"采购部", "Purchasing"},
     39,
     0.03,
     0.009,
     0.17,
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
     {.016, .018, .02, .019, .017, .021, .022, .018, .019, .03},
     {{"压扁", "crushed"}, {"漏了", "leaked"}, {"碎了", "broken"}}},
    {DIM_AFTERSALES,
     {"退款慢", "Slow refund"},
     {"退款超过 3 天自动升级", "Escalate refunds older than three days"},
     {"客服部", "Customer care"},
     31,
     0.024,
     0.008,
     0.13,
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
     {.02, .019, .023, .02, .021, .018, .02, .022, .02, .024},
     {{"审核中", "under review"}, {"不退运费", "no return postage"}, {"", ""}}},
    {DIM_SERVICE,
     {"态度差", "Rude staff"},
     {"先看原文，再谈培训", "Read the reviews first, then talk of training"},
     {"朝阳店", "Chaoyang store"},
     14,
     0.011,
     0.006,
     0.06,
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
     {NAN, .01, .009, NAN, .011, .01, .012, .01, .009, .011},
     {{"爱理不理", "ignored me"}, {"翻白眼", "rolled her eyes"}, {"", ""}}},
};

static void make_issue(const struct maker *m, size_t i, struct issue *ret) {
    *ret = (struct issue){
        .dimension = issue_lines[i].dimension,
        .code = str_from(dimension_labels[issue_lines[i].dimension].code),
        .name = say(m, issue_lines[i].name),
        .n = issue_lines[i].n,
        .share = estimate(issue_lines[i].share, issue_lines[i].half, 1284),
        .share_of_bad = issue_lines[i].of_bad,
        .trend = {true, issue_lines[i].trend, issue_lines[i].trend - 0.015,
                  issue_lines[i].trend + 0.015, issue_lines[i].q / 3, issue_lines[i].q,
                  issue_lines[i].q < 0.05},
        .score_effect = estimate(issue_lines[i].effect, 0.24, issue_lines[i].n),
        .quotes = quotes(m, issue_lines[i].quotes, issue_lines[i].n_quotes),
        .n_quotes = issue_lines[i].n_quotes,
        .measure = say(m, issue_lines[i].measure),
        .department = say(m, issue_lines[i].department),
        .sparkline = ARENA_ARRAY(m->a, double, BUCKETS),
        .phrases = ARENA_ARRAY(m->a, struct str, 3),
    };
    memcpy(ret->sparkline, issue_lines[i].spark, sizeof issue_lines[i].spark);
    for (size_t k = 0; k < 3 && *issue_lines[i].phrases[k].zh; k++)
        ret->phrases[ret->n_phrases++] = say(m, issue_lines[i].phrases[k]);
    if (issue_lines[i].where_n) {
        ret->n_where = 1;
        ret->where = ARENA_NEW(m->a, struct where);
        *ret->where = (struct where){say(m, issue_lines[i].where_column),
                                     say(m, issue_lines[i].where_value),
                                     issue_lines[i].where_n,
                                     issue_lines[i].where_share,
                                     issue_lines[i].base,
                                     issue_lines[i].where_share / issue_lines[i].base,
                                     0.001};
    }
}

static void make_issues(const struct maker *m) {
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
            .name = say(m, l->name),
            .score = estimate(rows[i].score, rows[i].half, n),
            .pos = rows[i].pos,
            .neu = rows[i].neu,
            .neg = rows[i].neg,
            .n = n,
            .weight = rows[i].weight,
            .trend = {!isnan(rows[i].trend), rows[i].trend, rows[i].trend - 0.15,
                      rows[i].trend + 0.15, rows[i].q, rows[i].q, rows[i].q < 0.05},
            .quotes = rows[i].quotes ? quotes(m, rows[i].quotes, 1) : NULL,
            .n_quotes = rows[i].quotes ? 1 : 0,
        };
    }
}

static void make_trend(const struct maker *m, size_t n, int bucket_days) {
    static const double scores[] = {4.49, 4.51, 4.47, 4.53, 4.5, 4.48, 4.54, 4.5, 4.52, 4.21};
    static const int64_t counts[] = {1010, 1044, 980, 1102, 1090, 1211, 1065, 1133, 1190, 1284};
    struct report *r = m->r;
    r->trend = ARENA_ARRAY(m->a, struct bucket, n);
    r->n_buckets = n;
    r->bucket_days = bucket_days;
    for (size_t i = 0; i < n; i++) {
        int64_t from = r->this_to - (int64_t)(n - i) * bucket_days, count = counts[i % 10];
        int64_t neg = i % 10 == 9 ? 231 : 100 + (int64_t)(i * 7 % 30),
                neu = 110 + (int64_t)(i * 5 % 20);
        r->trend[i] = (struct bucket){from,
                                      from + bucket_days,
                                      count,
                                      estimate(scores[i % 10], 0.06, count),
                                      {neg, neu, count - neg - neu},
                                      i == 0};
    }
}

static void make_segments(const struct maker *m) {
    static const struct quote_line tibet[] = {
        {{"别人两天，我们西藏这边六天还没揽收，下次不会在你家买了。",
          "Others get it in two days; out here in Tibet it had not even been picked up after six."},
         {"六天还没揽收", "not even been picked up after six"},
         1611,
         JD,
         "…0937",
         13,
         15,
         2}};
    static const struct {
        struct words column, value;
        int64_t n;
        double score, half, diff, q;
        bool small;
    } rows[] = {
        {{"省份", "Province"}, {"西藏", "Tibet"}, 67, 2.94, 0.31, -1.33, 1e-7, false},
        {{"省份", "Province"}, {"青海", "Qinghai"}, 58, 3.08, 0.33, -1.18, 1e-6, false},
        {{"快递公司", "Courier"}, {"某通", "Express A"}, 190, 3.71, 0.18, -0.58, 0.0004, false},
        {{"SKU", "SKU"}, {"A-17", "A-17"}, 61, 3.66, 0.3, -0.57, 0.012, false},
        {{"省份", "Province"}, {"广东", "Guangdong"}, 233, 4.47, 0.11, 0.31, 0.02, false},
        {{"会员等级", "Member tier"}, {"金卡", "Gold"}, 144, 4.35, 0.16, 0.15, 0.21, false},
        {{"门店", "Store"}, {"朝阳店", "Chaoyang"}, 14, 3.2, 0.8, -1.02, NAN, true},
    };
    m->r->segments = ARENA_ARRAY(m->a, struct segment, ARRAY_LEN(rows));
    m->r->n_segments = ARRAY_LEN(rows);
    m->r->n_segments_tested = 54;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        m->r->segments[i] = (struct segment){
            .column = say(m, rows[i].column),
            .value = say(m, rows[i].value),
            .n = rows[i].n,
            .score = estimate(rows[i].score, rows[i].half, rows[i].n),
            .diff = rows[i].diff,
            .low = rows[i].diff - rows[i].half,
            .high = rows[i].diff + rows[i].half,
            .p = rows[i].q / 4,
            .q = rows[i].q,
            .shrunk = rows[i].score + 0.05,
            .significant = !rows[i].small && rows[i].q < 0.05,
            .small = rows[i].small,
        };
    }
    m->r->segments[0].quotes = quotes(m, tibet, 1);
    m->r->segments[0].n_quotes = 1;
    m->r->measures = ARENA_ARRAY(m->a, struct measure_row, 2);
    m->r->n_measures = 2;
    m->r->measures[0] = (struct measure_row){
        say(m, (struct words){"配送天数", "Delivery days"}), 5.4, 2.1, 231, 1053, 1e-9, 2e-9, true};
    m->r->measures[1] = (struct measure_row){
        say(m, (struct words){"实付金额", "Amount paid"}), 88.2, 90.15, 231, 1053, 0.5, 0.5, false};
}

static void make_keywords(const struct maker *m) {
    static const struct {
        struct words text;
        int64_t n;
        uint8_t polarity;
        double change;
    } rows[] = {
        {{"好吃", "delicious"}, 388, SENTIMENT_POS, 0.98},
        {{"性价比高", "good value"}, 171, SENTIMENT_POS, 1.05},
        {{"辣度刚好", "right heat"}, 122, SENTIMENT_POS, 1.1},
        {{"太慢", "too slow"}, 84, SENTIMENT_NEG, 2.6},
        {{"还没到", "not arrived"}, 61, SENTIMENT_NEG, 3.4},
        {{"不好用", "hard to open"}, 33, SENTIMENT_NEG, 1.2},
        {{"压扁", "crushed"}, 27, SENTIMENT_NEG, 1.7},
        {{"第二次买", "second order"}, 96, SENTIMENT_POS, 0.94},
        {{"一般般", "so-so"}, 42, SENTIMENT_NEU, 1.0},
        {{"退款", "refund"}, 38, SENTIMENT_NEG, NAN},
        {{"牛肉多", "lots of beef"}, 71, SENTIMENT_POS, 1.0},
        {{"代收点", "pick-up point"}, 19, SENTIMENT_NEG, 2.1},
    };
    m->r->keywords = ARENA_ARRAY(m->a, struct keyword, ARRAY_LEN(rows));
    m->r->n_keywords = ARRAY_LEN(rows);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        m->r->keywords[i] = (struct keyword){.text = say(m, rows[i].text),
                                             .n = rows[i].n,
                                             .polarity = rows[i].polarity,
                                             .change = rows[i].change};
    m->r->keywords[4].quotes = quotes(m, logistics, 1);
    m->r->keywords[4].n_quotes = 1;
}

static void make_quality(const struct maker *m) {
    static const struct {
        const char *code;
        struct words name, treatment, example;
        int64_t n;
        uint64_t row;
    } rows[] = {
        {"default_praise",
         {"系统默认好评", "Default praise"},
         {"不计分，另列", "not scored, shown apart"},
         {"此用户没有填写评价。", "This user left no review."},
         402,
         17},
        {"duplicate",
         {"完全重复", "Exact duplicates"},
         {"只留第一条", "first one kept"},
         {"好评好评好评", "great great great"},
         36,
         240},
        {"near_duplicate",
         {"近似重复", "Near duplicates"},
         {"保留，刷评嫌疑另计", "kept, marked as possibly brushed"},
         {"宝贝收到了，质量非常好，五分", "Received, quality very good, five points"},
         21,
         311},
        {"blank",
         {"没有文字", "No words"},
         {"只用评分", "rating used, text not"},
         {"。。。", "..."},
         58,
         402},
        {"gibberish",
         {"乱码", "Gibberish"},
         {"不分析", "not analysed"},
         {"啊啊啊啊啊啊啊啊", "aaaaaaaaaaaaa"},
         9,
         77},
        {"ad",
         {"广告", "Advertising"},
         {"不分析", "not analysed"},
         {"加微信 *** 返现五元", "add me for cashback ***"},
         4,
         905},
        {"out_of_range",
         {"评分超出范围", "Rating out of range"},
         {"保留原值并跳过计分", "kept, not scored"},
         {"第 17 行的评分“11”超出 1–5", "row 17: “11” is not on the scale 1–5"},
         2,
         17},
        {"unreadable",
         {"读不了的行", "Unreadable rows"},
         {"计数并跳过", "counted and skipped"},
         {"第 2,204 行缺右引号", "row 2,204: closing quote missing"},
         1,
         2204},
    };
    m->r->quality = ARENA_ARRAY(m->a, struct quality_row, ARRAY_LEN(rows));
    m->r->n_quality = ARRAY_LEN(rows);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct quote *q = ARENA_NEW(m->a, struct quote);
        *q = (struct quote){.row = rows[i].row,
                            .text = say(m, rows[i].example),
                            .occurred_us = TIME_NONE,
                            .score = NAN};
        m->r->quality[i] = (struct quality_row){str_from(rows[i].code),
                                                say(m, rows[i].name),
                                                say(m, rows[i].treatment),
                                                rows[i].n,
                                                q,
                                                1};
    }
}

static void make_understood(const struct maker *m) {
    static const struct words columns[][3] = {
        {{"reviews.xlsx", "reviews.xlsx"}, {"评价内容", "review"}, {"原文", "the text"}},
        {{"reviews.xlsx", "reviews.xlsx"}, {"评分", "stars"}, {"评分 1–5", "rating 1–5"}},
        {{"reviews.xlsx", "reviews.xlsx"}, {"评价时间", "date"}, {"时间", "time"}},
        {{"reviews.xlsx", "reviews.xlsx"},
         {"省份", "Province"},
         {"维度：地区", "dimension: region"}},
        {{"orders.csv", "orders.csv"},
         {"配送天数", "Delivery days"},
         {"数值：配送天数（按订单号关联）", "measure: delivery days (joined by order)"}},
    };
    static const struct words cautions[] = {
        {"402 条系统默认好评没有计分；算上它们，满意度是 4.4。",
         "402 default ratings are not scored; with them the score would be 4.4."},
        {"12 % 的评价没有省份，地区差异只看有省份的 88 %。",
         "12 % of the reviews have no province; regions are compared on the other 88 %."},
        {"最近三天的评价通常还会再来两成，今天的数可能变。",
         "About a fifth of the last three days' reviews usually arrives later."},
    };
    struct report *r = m->r;
    r->files = ARENA_ARRAY(m->a, struct source_file, 2);
    r->n_files = 2;
    r->files[0] = (struct source_file){STR("reviews.xlsx"),
                                       say(m, (struct words){"XLSX 第一张表", "XLSX first sheet"}),
                                       say(m, (struct words)TMALL),
                                       1817,
                                       1284,
                                       1};
    r->files[1] =
        (struct source_file){STR("orders.csv"), STR("CSV GB18030 ,"), STR(""), 6120, 6120, 0};
    r->columns = ARENA_ARRAY(m->a, struct column_line, ARRAY_LEN(columns));
    r->n_columns = ARRAY_LEN(columns);
    for (size_t i = 0; i < ARRAY_LEN(columns); i++)
        r->columns[i] = (struct column_line){say(m, columns[i][0]), say(m, columns[i][1]),
                                             say(m, columns[i][2])};
    r->cautions = ARENA_ARRAY(m->a, struct caution, ARRAY_LEN(cautions));
    r->n_cautions = ARRAY_LEN(cautions);
    for (size_t i = 0; i < ARRAY_LEN(cautions); i++)
        r->cautions[i] = (struct caution){say(m, cautions[i])};
    r->attr_names = ARENA_ARRAY(m->a, struct str, 2);
    r->n_attrs = 2;
    r->attr_names[0] = say(m, (struct words){"省份", "Province"});
    r->attr_names[1] = say(m, (struct words){"配送天数", "Delivery days"});
}

static void make_week(const struct maker *m) {
    struct report *r = m->r;
    *r = (struct report){
        .lang = m->lang,
        .mode = REPORT_FULL,
        .title = say(m, (struct words){"全部渠道", "All channels"}),
        .headline = say(
            m,
            (struct words){
                "满意度 4.5 → 4.2，下降的 78 % 来自西藏、青海的物流",
                "Satisfaction 4.5 → 4.2; delivery to Tibet and Qinghai makes 78 % of the fall"}),
        .industry = STR("e-commerce"),
        .industry_name = say(m, (struct words){"电商", "E-commerce"}),
        .model = STR("quick-1"),
        .version = STR("0.1.0"),
        .timezone = STR("Asia/Shanghai"),
        .generated_us = at(11, 17, 8),
        .zone = shanghai(),
        .read = 1817,
        .used = 1284,
        .rejected = 1,
        .text_column = say(m, (struct words){"评价内容", "review"}),
        .time_column = say(m, (struct words){"评价时间", "date"}),
        .score_column = say(m, (struct words){"评分", "stars"}),
        .score_low = 1,
        .score_high = 5,
        .order_join_rate = 0.94,
        .has_time = true,
        .from_days = day(9, 8),
        .to_days = day(11, 17),
        .has_compare = true,
        .this_from = day(11, 10),
        .this_to = day(11, 17),
        .prev_from = day(11, 3),
        .prev_to = day(11, 10),
        .oldest_wait_hours = NAN,
    };
    make_todos(m, 12);
    make_satisfaction(r);
    make_channels(m);
    make_issues(m);
    make_dimensions(m);
    make_trend(m, BUCKETS, 7);
    make_segments(m);
    make_keywords(m);
    make_quality(m);
    make_understood(m);
}

static const struct change no_change = {.diff = NAN, .low = NAN, .high = NAN, .p = NAN, .q = NAN};

static void forget_tests(struct report *r) {
    r->has_compare = false;
    r->before = (struct satisfaction){0};
    r->score_change = r->nps_change = r->good_change = r->bad_change = no_change;
    for (size_t i = 0; i < r->n_issues; i++) {
        r->issues[i].trend = no_change;
        r->issues[i].n_where = 0;
        r->issues[i].score_effect = (struct estimate){0};
    }
    for (size_t i = 0; i < r->n_dimensions; i++)
        r->dimensions[i].trend = no_change;
    for (size_t i = 0; i < r->n_keywords; i++)
        r->keywords[i].change = NAN;
    r->n_segments = r->n_measures = 0;
    r->n_segments_tested = 0;
}

static void make_list(const struct maker *m) {
    struct report *r = m->r;
    make_week(m);
    forget_tests(r);
    r->mode = REPORT_LIST;
    r->headline = say(m, (struct words){"14 条评价里 6 条不满意，3 条在说物流",
                                        "6 of 14 reviews are unhappy, 3 about delivery"});
    r->read = 16;
    r->used = 14;
    r->now = (struct satisfaction){.score = estimate(3.4, 0.71, 14),
                                   .n_used = 14,
                                   .sentiment = {6, 2, 6},
                                   .good_share = {true, 0.5, 0.27, 0.73, 14},
                                   .bad_share = {true, 0.36, 0.16, 0.61, 14}};
    r->n_buckets = r->n_channels = 0;
    for (size_t i = 0; i < r->n_issues; i++) {
        r->issues[i].n = (int64_t)r->issues[i].n_quotes;
        r->issues[i].share = (struct estimate){0};
        r->issues[i].share_of_bad = NAN;
    }
    r->n_dimensions = 3;
    for (size_t i = 0; i < r->n_dimensions; i++) {
        struct dimension_row *d = &r->dimensions[i];
        d->pos = d->n_quotes ? 3 : 0;
        d->neu = 0;
        d->neg = d->n_quotes ? 0 : 3;
        d->n = 3;
        d->score = estimate(d->n_quotes ? 4.7 : 1.7, 0.9, 3);
    }
    r->n_keywords = 4;
    for (size_t i = 0; i < r->n_keywords; i++)
        r->keywords[i].n = 3 - (int64_t)(i / 2);
    r->n_todos = 4;
    r->n_urgent = 3;
    r->n_needs_reply = 1;
    r->n_bad_unreplied = 4;
    r->n_quality = 2;
    r->quality[0].n = r->quality[1].n = 1;
    r->n_cautions = 1;
    r->cautions[0].text = say(
        m, (struct words){
               "只有 14 条，任何百分数都可能是巧合；这里不做检验，逐条列出。",
               "With 14 reviews any percentage may be chance; nothing is tested, all are listed."});
}

static void make_empty(const struct maker *m) {
    make_week(m);
    struct report *r = m->r;
    forget_tests(r);
    r->mode = REPORT_EMPTY;
    r->headline = say(m, (struct words){"1,817 行里没有可以分析的文字",
                                        "None of the 1,817 rows has a text to analyse"});
    r->used = 0;
    r->now = (struct satisfaction){0};
    r->n_todos = r->n_issues = r->n_dimensions = r->n_keywords = r->n_buckets = r->n_channels =
        r->n_cautions = 0;
    r->n_urgent = r->n_needs_reply = r->n_bad_unreplied = 0;
    r->oldest_wait_hours = NAN;
    r->text_column = STR("");
    r->has_time = false;
}

static void make_no_time(const struct maker *m) {
    make_week(m);
    struct report *r = m->r;
    forget_tests(r);
    make_segments(m);
    r->headline = say(m, (struct words){"每 13 条里有 1 条在说物流慢",
                                        "One review in 13 complains of slow delivery"});
    r->has_time = false;
    r->n_buckets = 0;
    r->time_column = r->score_column = STR("");
    r->now.from_text = true;
    r->now.nps = r->now.csat = r->now.good_share = r->now.bad_share = r->now.index =
        (struct estimate){0};
    r->oldest_wait_hours = NAN;
    for (size_t i = 0; i < r->n_todos; i++) {
        r->todos[i].waiting_hours = NAN;
        r->todos[i].quote.occurred_us = TIME_NONE;
        r->todos[i].quote.score = NAN;
    }
}

static struct str repeat(const struct maker *m, const char *what, int times) {
    size_t len = strlen(what);
    char *p = arena_alloc(m->a, len * (size_t)times);
    for (int i = 0; i < times; i++)
        memcpy(p + len * (size_t)i, what, len);
    return str_make(p, len * (size_t)times);
}

static void make_rubbish(const struct maker *m) {
    make_week(m);
    struct report *r = m->r;
    struct str evil = STR("<script>alert(1)</script>\"'&<img src=x onerror=alert(2)>");
    struct str turned =
        STR("abc\xE2\x80\xAE"
            "cba\xE2\x81\xA9\x01\x1b[31m\xFF\xC3 =1+1 \x7f שלום مرحبا 👩‍👩‍👧");
    struct str endless = repeat(m, "很长的名字", 60), word = repeat(m, "W", 300);
    r->title = endless;
    r->headline = evil;
    r->generated_us = INT64_MAX;
    r->this_from = INT64_MIN;
    r->this_to = INT64_MAX;
    r->from_days = INT64_MIN;
    r->now.score = (struct estimate){true, INFINITY, -INFINITY, NAN, INT64_MAX};
    r->before.score = (struct estimate){true, 1e300, -1e300, 1e301, INT64_MIN};
    r->now.nps = (struct estimate){true, NAN, NAN, NAN, 1};
    r->score_change = (struct change){true, -1e300, NAN, NAN, NAN, NAN, true};
    r->now.sentiment[0] = INT64_MAX;
    r->now.sentiment[1] = INT64_MAX;
    r->channels[0].name = evil;
    r->channels[1].name = word;
    r->channels[2].score.value = NAN;
    r->files[0].name = evil;
    r->files[1].name = word;
    for (size_t i = 0; i < r->n_todos; i++) {
        r->todos[i].quote.text = i % 3 == 0 ? evil : i % 3 == 1 ? turned : repeat(m, "<&\"", 4000);
        r->todos[i].quote.start = 3;
        r->todos[i].quote.end = UINT32_MAX;
        r->todos[i].quote.file = i == 0 ? UINT32_MAX : 0;
        r->todos[i].issue = i % 2 ? word : endless;
        r->todos[i].department = endless;
        r->todos[i].waiting_hours = 1e300;
        r->todos[i].urgency = 77;
    }
    r->issues[0].name = evil;
    r->issues[0].code = STR("x\" onload=\"alert(1)");
    r->issues[0].phrases[0] = turned;
    r->issues[0].share = (struct estimate){true, 1e9, -5, INFINITY, 0};
    r->issues[0].sparkline[3] = INFINITY;
    r->issues[1].name = word;
    r->issues[1].quotes[0].text = turned;
    r->issues[1].quotes[0].start = 900;
    r->issues[1].quotes[0].end = 5;
    r->issues[2].sparkline = NULL;
    r->issues[2].name = (struct str){0};
    r->dimensions[0].name = evil;
    r->dimensions[1].score = (struct estimate){true, NAN, NAN, NAN, -3};
    r->dimensions[2].pos = INT64_MAX;
    r->dimensions[2].neg = INT64_MIN;
    r->segments[0].value = evil;
    r->segments[1].value = word;
    r->segments[2].column = endless;
    r->segments[3].diff = 1e300;
    r->keywords[0].text = evil;
    r->keywords[1].text = word;
    r->keywords[1].polarity = 99;
    r->keywords[2].n = INT64_MAX;
    r->quality[0].name = endless;
    r->quality[0].examples[0].text = turned;
    r->cautions[0].text = evil;
    r->columns[0].meaning = word;
    r->trend[0].score = (struct estimate){true, NAN, INFINITY, NAN, 0};
    r->trend[1].n = INT64_MAX;
    r->trend[1].sentiment[2] = INT64_MAX;
    r->trend[2].from_days = INT64_MIN;
    r->measures[0].mean_bad = INFINITY;
}

// Repeats the first `n` items of a list until it has `want`.
static void *stretch(const struct maker *m, const void *items, size_t n, size_t want,
                     size_t bytes) {
    char *p = arena_zero(m->a, want, bytes);
    for (size_t i = 0; i < want; i++)
        memcpy(p + i * bytes, (const char *)items + i % n * bytes, bytes);
    return p;
}

#define STRETCH(m, list, n, want)                                                                  \
    do {                                                                                           \
        (m)->r->list = stretch((m), (m)->r->list, (m)->r->n, (want), sizeof *(m)->r->list);        \
        (m)->r->n = (want);                                                                        \
    } while (0)

static void make_large(const struct maker *m) {
    make_week(m);
    struct report *r = m->r;
    r->read = 100000;
    r->used = r->now.n_used = 93412;
    make_todos(m, 4200);
    r->n_urgent = 812;
    r->n_needs_reply = 1900;
    r->n_bad_unreplied = 1488;
    make_trend(m, 730, 1);
    STRETCH(m, issues, n_issues, 25);
    for (size_t i = 0; i < r->n_issues; i++) {
        r->issues[i].sparkline = ARENA_ARRAY(m->a, double, 730);
        for (size_t k = 0; k < 730; k++)
            r->issues[i].sparkline[k] = 0.01 + (double)(k % 17) * 0.002;
        r->issues[i].quotes =
            stretch(m, r->issues[i].quotes, r->issues[i].n_quotes, 3, sizeof(struct quote));
        r->issues[i].n_quotes = 3;
        for (size_t k = 0; k < 3; k++)
            r->issues[i].quotes[k].text = repeat(m, "物流太慢了，等了八天才到。", 160);
    }
    STRETCH(m, dimensions, n_dimensions, 25);
    STRETCH(m, segments, n_segments, 900);
    STRETCH(m, measures, n_measures, 40);
    STRETCH(m, channels, n_channels, 60);
    STRETCH(m, keywords, n_keywords, 3000);
    STRETCH(m, quality, n_quality, 24);
    STRETCH(m, columns, n_columns, 700);
    STRETCH(m, files, n_files, 200);
    STRETCH(m, cautions, n_cautions, 40);
}

const struct report *report_fixture(enum report_fixture which, enum lang lang, struct arena *a) {
    static void (*const makers[N_REPORT_FIXTURES])(const struct maker *) = {
        [FIXTURE_WEEK] = make_week,       [FIXTURE_LIST] = make_list,
        [FIXTURE_EMPTY] = make_empty,     [FIXTURE_NO_TIME] = make_no_time,
        [FIXTURE_RUBBISH] = make_rubbish, [FIXTURE_LARGE] = make_large,
    };
    struct maker m = {a, lang, ARENA_NEW(a, struct report)};
    makers[which](&m);
    return m.r;
}
