// SPDX-License-Identifier: Apache-2.0
#include "tests/support/report_fixture_part.h"

const char *const report_fixture_names[N_REPORT_FIXTURES] = {
    [FIXTURE_WEEK] = "week",       [FIXTURE_LIST] = "list",       [FIXTURE_EMPTY] = "empty",
    [FIXTURE_NO_TIME] = "no-time", [FIXTURE_RUBBISH] = "rubbish", [FIXTURE_LARGE] = "large",
};

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
    fixture_week(m);
    forget_tests(r);
    r->mode = REPORT_LIST;
    r->headline = fixture_say(m, (struct words){"14 条评价里 6 条不满意，3 条在说物流",
                                                "6 of 14 reviews are unhappy, 3 about delivery"});
    r->read = 16;
    r->used = 14;
    r->now = (struct satisfaction){.score = fixture_estimate(3.4, 0.71, 14),
                                   .n_used = 14,
                                   .sentiment = {6, 2, 6},
                                   .good_share = {true, 0.5, 0.27, 0.73, 14},
                                   .bad_share = {true, 0.36, 0.16, 0.61, 14}};
    r->all = r->now;
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
        d->score = fixture_estimate(d->n_quotes ? 4.7 : 1.7, 0.9, 3);
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
    r->cautions[0].text = fixture_say(
        m, (struct words){
               "只有 14 条，任何百分数都可能是巧合；这里不做检验，逐条列出。",
               "With 14 reviews any percentage may be chance; nothing is tested, all are listed."});
}

static void make_empty(const struct maker *m) {
    fixture_week(m);
    struct report *r = m->r;
    forget_tests(r);
    r->mode = REPORT_EMPTY;
    r->headline = fixture_say(m, (struct words){"3,391 行里没有可以分析的文字",
                                                "None of the 3,391 rows has a text to analyse"});
    r->used = 0;
    r->all = r->now = (struct satisfaction){0};
    r->n_todos = r->n_issues = r->n_dimensions = r->n_keywords = r->n_buckets = r->n_channels =
        r->n_cautions = 0;
    r->n_urgent = r->n_needs_reply = r->n_bad_unreplied = 0;
    r->oldest_wait_hours = NAN;
    r->text_column = STR("");
    r->has_time = false;
}

static void make_no_time(const struct maker *m) {
    fixture_week(m);
    struct report *r = m->r;
    forget_tests(r);
    fixture_segments(m);
    r->headline = fixture_say(m, (struct words){"每 13 条里有 1 条在说物流慢",
                                                "One review in 13 complains of slow delivery"});
    r->has_time = false;
    r->n_buckets = 0;
    r->time_column = r->score_column = STR("");
    r->now.from_text = true;
    r->now.nps = r->now.csat = r->now.good_share = r->now.bad_share = r->now.index =
        (struct estimate){0};
    r->all = r->now;
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

static void spoil_rows(struct report *r, struct str evil, struct str word, struct str turned,
                       struct str endless) {
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

static void make_rubbish(const struct maker *m) {
    fixture_week(m);
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
    r->all = r->now;
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
    spoil_rows(r, evil, word, turned, endless);
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
    fixture_week(m);
    struct report *r = m->r;
    r->read = 100000;
    r->used = r->all.n_used = 93412;
    fixture_todos(m, 4200);
    r->n_urgent = 812;
    r->n_needs_reply = 1900;
    r->n_bad_unreplied = 1488;
    fixture_trend(m, 730, 1);
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
        [FIXTURE_WEEK] = fixture_week,    [FIXTURE_LIST] = make_list,
        [FIXTURE_EMPTY] = make_empty,     [FIXTURE_NO_TIME] = make_no_time,
        [FIXTURE_RUBBISH] = make_rubbish, [FIXTURE_LARGE] = make_large,
    };
    struct maker m = {a, lang, ARENA_NEW(a, struct report)};
    makers[which](&m);
    return m.r;
}
