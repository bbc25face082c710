// SPDX-License-Identifier: Apache-2.0
#include "tests/support/report_fixture_part.h"

static const struct {
    struct words column, value;
    int64_t n;
    double score, half, diff, q;
    bool small;
} segment_lines[] = {
    {{"省份", "Province"}, {"西藏", "Tibet"}, 67, 2.94, 0.31, -1.33, 1e-7, false},
    {{"省份", "Province"}, {"青海", "Qinghai"}, 58, 3.08, 0.33, -1.18, 1e-6, false},
    {{"快递公司", "Courier"}, {"某通", "Express A"}, 190, 3.71, 0.18, -0.58, 0.0004, false},
    {{"SKU", "SKU"}, {"A-17", "A-17"}, 61, 3.66, 0.3, -0.57, 0.012, false},
    {{"省份", "Province"}, {"广东", "Guangdong"}, 233, 4.47, 0.11, 0.31, 0.02, false},
    {{"会员等级", "Member tier"}, {"金卡", "Gold"}, 144, 4.35, 0.16, 0.15, 0.21, false},
    {{"门店", "Store"}, {"朝阳店", "Chaoyang"}, 14, 3.2, 0.8, -1.02, NAN, true},
};

void fixture_segments(const struct maker *m) {
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
    m->r->segments = ARENA_ARRAY(m->a, struct segment, ARRAY_LEN(segment_lines));
    m->r->n_segments = ARRAY_LEN(segment_lines);
    m->r->n_segments_tested = 54;
    for (size_t i = 0; i < ARRAY_LEN(segment_lines); i++) {
        m->r->segments[i] = (struct segment){
            .column = fixture_say(m, segment_lines[i].column),
            .value = fixture_say(m, segment_lines[i].value),
            .n = segment_lines[i].n,
            .score =
                fixture_estimate(segment_lines[i].score, segment_lines[i].half, segment_lines[i].n),
            .diff = segment_lines[i].diff,
            .low = segment_lines[i].diff - segment_lines[i].half,
            .high = segment_lines[i].diff + segment_lines[i].half,
            .p = segment_lines[i].q / 4,
            .q = segment_lines[i].q,
            .shrunk = segment_lines[i].score + 0.05,
            .significant = !segment_lines[i].small && segment_lines[i].q < 0.05,
            .small = segment_lines[i].small,
        };
    }
    m->r->segments[0].quotes = fixture_quotes(m, tibet, 1);
    m->r->segments[0].n_quotes = 1;
    m->r->measures = ARENA_ARRAY(m->a, struct measure_row, 2);
    m->r->n_measures = 2;
    m->r->measures[0] =
        (struct measure_row){fixture_say(m, (struct words){"配送天数", "Delivery days"}),
                             5.4,
                             2.1,
                             231,
                             1053,
                             1e-9,
                             2e-9,
                             true};
    m->r->measures[1] =
        (struct measure_row){fixture_say(m, (struct words){"实付金额", "Amount paid"}),
                             88.2,
                             90.15,
                             231,
                             1053,
                             0.5,
                             0.5,
                             false};
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
        m->r->keywords[i] = (struct keyword){.text = fixture_say(m, rows[i].text),
                                             .n = rows[i].n,
                                             .polarity = rows[i].polarity,
                                             .change = rows[i].change};
    m->r->keywords[4].quotes = fixture_quotes(m, fixture_logistics, 1);
    m->r->keywords[4].n_quotes = 1;
}

static const struct {
    const char *code;
    struct words name, treatment, example;
    int64_t n;
    uint64_t row;
} quality_lines[] = {
    {"default_praise",
     {"系统默认好评", "Default praise"},
     {"不计分，另列", "not scored, shown apart"},
     {"此用户没有填写评价。", "This user left no review."},
     745,
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

static void make_quality(const struct maker *m) {
    m->r->quality = ARENA_ARRAY(m->a, struct quality_row, ARRAY_LEN(quality_lines));
    m->r->n_quality = ARRAY_LEN(quality_lines);
    for (size_t i = 0; i < ARRAY_LEN(quality_lines); i++) {
        struct quote *q = ARENA_NEW(m->a, struct quote);
        *q = (struct quote){.row = quality_lines[i].row,
                            .text = fixture_say(m, quality_lines[i].example),
                            .occurred_us = TIME_NONE,
                            .score = NAN};
        m->r->quality[i] = (struct quality_row){str_from(quality_lines[i].code),
                                                fixture_say(m, quality_lines[i].name),
                                                fixture_say(m, quality_lines[i].treatment),
                                                quality_lines[i].n,
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
        {"745 条系统默认好评没有计分；算上它们，满意度是 4.5。",
         "745 default ratings are not scored; with them the score would be 4.5."},
        {"12 % 的评价没有省份，地区差异只看有省份的 88 %。",
         "12 % of the reviews have no province; regions are compared on the other 88 %."},
        {"最近三天的评价通常还会再来两成，今天的数可能变。",
         "About a fifth of the last three days' reviews usually arrives later."},
    };
    struct report *r = m->r;
    r->files = ARENA_ARRAY(m->a, struct source_file, 2);
    r->n_files = 2;
    r->files[0] =
        (struct source_file){STR("reviews.xlsx"),
                             fixture_say(m, (struct words){"XLSX 第一张表", "XLSX first sheet"}),
                             fixture_say(m, (struct words)TMALL),
                             1817,
                             1284,
                             1};
    r->files[1] =
        (struct source_file){STR("orders.csv"), STR("CSV GB18030 ,"), STR(""), 6120, 6120, 0};
    r->columns = ARENA_ARRAY(m->a, struct column_line, ARRAY_LEN(columns));
    r->n_columns = ARRAY_LEN(columns);
    for (size_t i = 0; i < ARRAY_LEN(columns); i++)
        r->columns[i] =
            (struct column_line){fixture_say(m, columns[i][0]), fixture_say(m, columns[i][1]),
                                 fixture_say(m, columns[i][2])};
    r->cautions = ARENA_ARRAY(m->a, struct caution, ARRAY_LEN(cautions));
    r->n_cautions = ARRAY_LEN(cautions);
    for (size_t i = 0; i < ARRAY_LEN(cautions); i++)
        r->cautions[i] = (struct caution){fixture_say(m, cautions[i])};
    r->attr_names = ARENA_ARRAY(m->a, struct str, 2);
    r->n_attrs = 2;
    r->attr_names[0] = fixture_say(m, (struct words){"省份", "Province"});
    r->attr_names[1] = fixture_say(m, (struct words){"配送天数", "Delivery days"});
}

void fixture_details(const struct maker *m) {
    fixture_segments(m);
    make_keywords(m);
    make_quality(m);
    make_understood(m);
}
