// SPDX-License-Identifier: Apache-2.0
#include "tests/support/report_fixture_part.h"

#include "base/utf8.h"

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

struct str fixture_say(const struct maker *m, struct words w) {
    return str_from(words_in(w, m->lang));
}

struct estimate fixture_estimate(double value, double half, int64_t n) {
    return (struct estimate){true, value, value - half, value + half, n};
}

struct quote fixture_quote(const struct maker *m, const struct quote_line *l) {
    struct str text = fixture_say(m, l->text), proof = fixture_say(m, l->proof);
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

struct quote *fixture_quotes(const struct maker *m, const struct quote_line *lines, size_t n) {
    struct quote *q = ARENA_ARRAY(m->a, struct quote, n);
    for (size_t i = 0; i < n; i++)
        q[i] = fixture_quote(m, &lines[i]);
    return q;
}

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

void fixture_todos(const struct maker *m, size_t n) {
    struct report *r = m->r;
    r->todos = ARENA_ARRAY(m->a, struct todo, n);
    r->n_todos = n;
    for (size_t i = 0; i < n; i++) {
        size_t k = i % ARRAY_LEN(todo_lines);
        r->todos[i] = (struct todo){
            .quote = fixture_quote(m, &todo_lines[k].quote),
            .urgency = todo_lines[k].urgency,
            .dimension = todo_lines[k].dimension,
            .issue = fixture_say(m, todo_lines[k].issue),
            .department = fixture_say(m, todo_lines[k].department),
            .reason = fixture_say(m, todo_lines[k].reason),
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
        .score = fixture_estimate(4.21, 0.06, 1284),
        .score_all = fixture_estimate(4.40, 0.05, 1686),
        .nps = fixture_estimate(31, 6, 402),
        .csat = {true, 0.86, 0.84, 0.88, 1284},
        .index = fixture_estimate(81.4, 1.2, 1284),
        .good_share = {true, 0.91, 0.893, 0.925, 1284},
        .bad_share = {true, 0.05, 0.04, 0.063, 1284},
        .n_used = 1284,
        .n_default_praise = 402,
        .n_unreplied_bad = 38,
        .sentiment = {231, 141, 912},
    };
    r->before = (struct satisfaction){
        .score = fixture_estimate(4.52, 0.06, 1190),
        .score_all = fixture_estimate(4.61, 0.05, 1533),
        .nps = fixture_estimate(44, 6, 377),
        .csat = {true, 0.91, 0.892, 0.925, 1190},
        .index = fixture_estimate(86.1, 1.1, 1190),
        .good_share = {true, 0.94, 0.925, 0.952, 1190},
        .bad_share = {true, 0.03, 0.022, 0.041, 1190},
        .n_used = 1190,
        .n_default_praise = 343,
        .n_unreplied_bad = 12,
        .sentiment = {121, 119, 950},
    };
    r->all = (struct satisfaction){
        .score = fixture_estimate(4.36, 0.04, 2474),
        .score_all = fixture_estimate(4.5, 0.03, 3219),
        .nps = fixture_estimate(37, 4, 779),
        .csat = {true, 0.884, 0.87, 0.896, 2474},
        .index = fixture_estimate(83.7, 0.8, 2474),
        .good_share = {true, 0.924, 0.912, 0.934, 2474},
        .bad_share = {true, 0.04, 0.033, 0.049, 2474},
        .n_used = 2474,
        .n_default_praise = 745,
        .n_unreplied_bad = 38,
        .sentiment = {352, 260, 1862},
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
    } rows[] = {{JD, 1180, 4.46, 0.06}, {TMALL, 877, 4.39, 0.07}, {MEITUAN, 417, 3.98, 0.12}};
    m->r->channels = ARENA_ARRAY(m->a, struct channel_row, ARRAY_LEN(rows));
    m->r->n_channels = ARRAY_LEN(rows);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        m->r->channels[i] =
            (struct channel_row){fixture_say(m, rows[i].name), rows[i].n,
                                 fixture_estimate(rows[i].score, rows[i].half, rows[i].n), false};
}

void fixture_trend(const struct maker *m, size_t n, int bucket_days) {
    static const double scores[] = {4.49, 4.51, 4.55, 4.53, 4.5,  4.56, 4.52,
                                    4.41, 4.32, 4.2,  4.11, 4.07, 4.15, 4.21};
    static const int64_t counts[] = {151, 160, 149, 158, 171, 203, 198,
                                     240, 221, 176, 160, 152, 171, 164};
    static const int64_t complaints[] = {15, 17, 14, 16, 18, 20, 21, 29, 36, 38, 37, 35, 29, 27};
    struct report *r = m->r;
    r->trend = ARENA_ARRAY(m->a, struct bucket, n);
    r->n_buckets = n;
    r->bucket_days = bucket_days;
    for (size_t i = 0; i < n; i++) {
        int64_t from = r->this_to - (int64_t)(n - i) * bucket_days,
                count = counts[i % WEEK_BUCKETS];
        int64_t neg = complaints[i % WEEK_BUCKETS], neu = 14 + (int64_t)(i * 5 % 9);
        r->trend[i] = (struct bucket){from,
                                      from + bucket_days,
                                      count,
                                      fixture_estimate(scores[i % WEEK_BUCKETS], 0.16, count),
                                      {neg, neu, count - neg - neu},
                                      false};
    }
}

void fixture_week(const struct maker *m) {
    struct report *r = m->r;
    *r = (struct report){
        .lang = m->lang,
        .mode = REPORT_FULL,
        .title = fixture_say(m, (struct words){"全部渠道", "All channels"}),
        .headline = fixture_say(
            m,
            (struct words){
                "满意度 4.5 → 4.2，下降的 78 % 来自西藏、青海的物流",
                "Satisfaction 4.5 → 4.2; delivery to Tibet and Qinghai makes 78 % of the fall"}),
        .industry = STR("e-commerce"),
        .industry_name = fixture_say(m, (struct words){"电商", "E-commerce"}),
        .model = STR("quick-1"),
        .version = STR("0.1.0"),
        .timezone = STR("Asia/Shanghai"),
        .generated_us = at(11, 17, 8),
        .zone = shanghai(),
        .read = 3391,
        .used = 2474,
        .rejected = 1,
        .text_column = fixture_say(m, (struct words){"评价内容", "review"}),
        .time_column = fixture_say(m, (struct words){"评价时间", "date"}),
        .score_column = fixture_say(m, (struct words){"评分", "stars"}),
        .score_low = 1,
        .score_high = 5,
        .order_join_rate = 0.94,
        .has_time = true,
        .from_days = day(11, 3),
        .to_days = day(11, 17),
        .has_compare = true,
        .this_from = day(11, 10),
        .this_to = day(11, 17),
        .prev_from = day(11, 3),
        .prev_to = day(11, 10),
        .oldest_wait_hours = NAN,
    };
    fixture_todos(m, 12);
    make_satisfaction(r);
    make_channels(m);
    fixture_issues(m);
    fixture_trend(m, WEEK_BUCKETS, 1);
    fixture_details(m);
}
