// SPDX-License-Identifier: Apache-2.0
#include "base/json.h"

#include <math.h>

#include "report/render.h"
#include "tests/support/report_fixture.h"
#include "tests/support/test.h"

static struct json *parse(enum report_fixture which, enum lang lang) {
    CLEANUP(arena_done) struct arena a = {0};
    CLEANUP(strbuf_done) struct strbuf sb = strbuf_init(64 * MIB);
    struct json *j;
    struct error err = {0};
    report_json(report_fixture(which, lang, &a), &sb);
    assert_false(sb.overflow);
    if (!json_parse(strbuf_str(&sb), &j, &err))
        fail_msg("%s: %s", report_fixture_names[which], err.en);
    return j;
}

static const struct json *at(const struct json *j, const char *path) {
    struct str rest = str_from(path), key;
    while (str_cut(&rest, '.', &key)) {
        char name[64];
        int64_t i;
        snprintf(name, sizeof name, "%.*s", STR_ARG(key));
        j = str_to_int64(key, &i) ? json_at(j, (size_t)i) : json_get(j, name);
    }
    return j;
}

TEST(json_of_every_fixture_parses_and_has_the_same_keys) {
    static const char *const keys[] = {
        "schema",      "version",    "model",         "generated_at",    "lang",
        "mode",        "title",      "headline",      "industry",        "timezone",
        "rows",        "files",      "columns",       "understood",      "order_join_rate",
        "covered",     "period_now", "period_before", "date_only",       "satisfaction",
        "sentiment",   "now",        "before",        "changes",         "channels",
        "todo",        "urgent",     "unanswered",    "issues",          "dimensions",
        "bucket_days", "trend",      "segments",      "segments_tested", "measures",
        "keywords",    "quality",    "cautions"};
    for (int which = 0; which < N_REPORT_FIXTURES; which++)
        for (int lang = LANG_ZH; lang <= LANG_EN; lang++) {
            struct json *j = parse((enum report_fixture)which, (enum lang)lang);
            assert_int_equal(json_len(j), ARRAY_LEN(keys));
            for (size_t i = 0; i < ARRAY_LEN(keys); i++)
                if (json_kind(json_get(j, keys[i])) == JSON_KIND_ABSENT)
                    fail_msg("%s: no %s", report_fixture_names[which], keys[i]);
            json_free(j);
        }
}

TEST(json_has_the_promised_members) {
    static const struct {
        const char *path;
        double number;
        const char *text;
    } cases[] = {
        {"rows.read", 3391, NULL},
        {"rows.used", 2474, NULL},
        {"rows.rejected", 1, NULL},
        {"columns.text", 0, "评价内容"},
        {"columns.score", 0, "评分"},
        {"columns.scale.high", 5, NULL},
        {"columns.time", 0, "评价时间"},
        {"columns.dimensions.0", 0, "省份"},
        {"satisfaction.score", 4.36, NULL},
        {"satisfaction.low", 4.32, NULL},
        {"satisfaction.high", 4.4, NULL},
        {"satisfaction.n", 2474, NULL},
        {"sentiment.pos", 1862, NULL},
        {"sentiment.neg", 352, NULL},
        {"now.score", 4.21, NULL},
        {"before.score", 4.52, NULL},
        {"changes.score.diff", -0.31, NULL},
        {"dimensions.0.code", 0, "taste"},
        {"dimensions.0.pos", 488, NULL},
        {"dimensions.0.n", 528, NULL},
        {"issues.0.code", 0, "logistics"},
        {"issues.0.name", 0, "物流慢"},
        {"issues.0.n", 132, NULL},
        {"issues.0.share", 0.0534, NULL},
        {"issues.0.quotes.0.row", 1532, NULL},
        {"issues.0.quotes.0.start", 0, NULL},
        {"issues.0.quotes.0.end", 6, NULL},
        {"issues.0.quotes.0.text", 0, "等了八天才到，水果都软了，问客服只会说“亲再等等”。"},
        {"segments.0.column", 0, "省份"},
        {"segments.0.value", 0, "西藏"},
        {"segments.0.diff", -1.33, NULL},
        {"segments.0.q", 1e-7, NULL},
        {"trend.0.from", 0, "2026-11-03"},
        {"trend.0.to", 0, "2026-11-03"},
        {"urgent.0.row", 1863, NULL},
        {"urgent.0.department", 0, "质检部"},
        {"keywords.0.text", 0, "好吃"},
        {"keywords.0.n", 388, NULL},
        {"quality.blank.n", 58, NULL},
        {"model", 0, "quick-1"},
        {"mode", 0, "full"},
        {"generated_at", 0, "2026-11-17T00:00:00Z"},
        {"covered.to", 0, "2026-11-16"},
    };
    struct json *j = parse(FIXTURE_WEEK, LANG_ZH);
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        const struct json *member = at(j, cases[i].path);
        if (cases[i].text)
            assert_str(json_str(member), cases[i].text);
        else if (fabs(json_num(member, NAN) - cases[i].number) > 1e-9)
            fail_msg("%s is %g", cases[i].path, json_num(member, NAN));
    }
    assert_int_equal(json_len(json_get(j, "urgent")), 3);
    assert_int_equal(json_len(json_get(j, "unanswered")), 9);
    json_free(j);
}

TEST(json_says_null_for_what_is_not_known) {
    static const struct {
        enum report_fixture which;
        const char *path;
    } cases[] = {
        {FIXTURE_EMPTY, "satisfaction.score"},
        {FIXTURE_EMPTY, "columns.text"},
        {FIXTURE_EMPTY, "covered"},
        {FIXTURE_NO_TIME, "columns.time"},
        {FIXTURE_NO_TIME, "columns.scale"},
        {FIXTURE_NO_TIME, "before"},
        {FIXTURE_NO_TIME, "urgent.0.waiting_hours"},
        {FIXTURE_NO_TIME, "urgent.0.occurred_at"},
        {FIXTURE_LIST, "changes.score"},
        {FIXTURE_RUBBISH, "satisfaction.score"},
        {FIXTURE_RUBBISH, "generated_at"},
        {FIXTURE_WEEK, "satisfaction.ces"},
        {FIXTURE_WEEK, "segments.6.q"},
        {FIXTURE_RUBBISH, "keywords.1.polarity"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct json *j = parse(cases[i].which, LANG_ZH);
        if (json_kind(at(j, cases[i].path)) != JSON_KIND_NULL)
            fail_msg("%s: %s is not null", report_fixture_names[cases[i].which], cases[i].path);
        json_free(j);
    }
}
