// SPDX-License-Identifier: Apache-2.0
// How numbers, dates and periods are written for people, the same in every renderer, and the words
// that several renderers share. All results live in the arena. What is not known (NAN, TIME_NONE)
// gives “–”.
//
//     format_count(a, LANG_ZH, 12345)         “1.2 万”      LANG_EN: “12,345”
//     format_score(a, 4.23)                   “4.2”
//     format_margin(a, 4.1, 4.22)             “±0.06”
//     format_share(a, 0.373)                  “37 %”        the space is U+00A0
//     format_hours(a, LANG_ZH, 51)            “2 天 3 小时”
#ifndef REPORT_WORDS_H
#define REPORT_WORDS_H

#include "base/arena.h"
#include "base/clock.h"
#include "base/lang.h"

// Words that more than one renderer says.
enum word {
    WORD_TODAY,
    WORD_OVERALL,
    WORD_WHY,
    WORD_LOVED,
    WORD_CAUTIONS,
    WORD_URGENT,
    WORD_NEEDS_REPLY,
    WORD_BAD_UNREPLIED,
    WORD_SCORE,
    WORD_SCORE_ALL,
    WORD_NPS,
    WORD_CSAT,
    WORD_CES,
    WORD_INDEX,
    WORD_GOOD_SHARE,
    WORD_BAD_SHARE,
    WORD_USED,
    WORD_NOT_PROVEN, // “未经本店验证”
    WORD_SMALL,      // “样本不足”
    WORD_UNKNOWN,
    WORD_NEGATIVE,
    WORD_NEUTRAL,
    WORD_POSITIVE,
    WORD_THIS,
    WORD_BEFORE,
    WORD_SIGNIFICANT,
    WORD_NOT_SIGNIFICANT,
    N_WORDS,
};
const char *word_in(enum word w, enum lang lang);

struct str format_count(struct arena *a, enum lang lang, int64_t n); // short: “1.2 万”, “3.4 亿”
struct str format_exact(struct arena *a, int64_t n);                 // “12,345”
struct str format_score(struct arena *a, double score);              // one decimal
struct str format_margin(struct arena *a, double low, double high); // half the width, two decimals
struct str format_share(struct arena *a, double share); // “37 %”, below ten “7.5 %”
struct str format_points(struct arena *a, enum lang lang, double share_diff); // “+19 点”, “−2 pts”
struct str format_diff(struct arena *a, double diff); // “−0.30”, “+0.12”, “0.00”
struct str format_whole_diff(struct arena *a, double diff); // “−13”
struct str format_times(struct arena *a, double ratio);     // “2.4×”
struct str format_fixed(struct arena *a, double v, int decimals);
struct str format_number(struct arena *a, double v); // up to two decimals, zeros dropped
struct str format_q(struct arena *a, double q);      // “q = 0.03”, “q < 0.001”

struct str format_hours(struct arena *a, enum lang lang, double hours); // “31 小时”, “2 天 3 小时”
struct str format_day(struct arena *a, enum lang lang, int64_t days); // “11月10日”, “10 Nov”
struct str format_day_full(struct arena *a, enum lang lang, int64_t days); // with the year
// [from, to): “11月10–16日”, “11月28日–12月4日”, “10–16 Nov”; with years where it crosses one or
// `year` says so.
struct str format_period(struct arena *a, enum lang lang, int64_t from, int64_t to, bool year);
// “11月12日 14:05”, the day alone where the time of day is not known.
struct str format_time(struct arena *a, enum lang lang, const struct zone *zone, int64_t us,
                       bool date_only);

#endif
