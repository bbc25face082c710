// SPDX-License-Identifier: Apache-2.0
// Everything a report says, as numbers and borrowed strings: worked out once by report/build from
// facts and texts, then drawn by the renderers (page, text, JSON, brief, workbook), which compute
// nothing.
//
// Rules every renderer keeps: each number has its n; an interval is shown where there is one; a
// `has_*` that is false, or n = 0, means “not known” and is said so, never shown as 0. Shares are 0
// … 1. Scores are 1–5 unless said. Differences are this minus other. `q` is the Benjamini–Hochberg
// adjusted p-value.
#ifndef REPORT_REPORT_H
#define REPORT_REPORT_H

#include "base/arena.h"
#include "base/clock.h"
#include "base/lang.h"
#include "nlp/labels.h"
#include "stats/compare.h" // struct estimate, struct change

// Below this many usable texts nothing is tested; negative ones are listed by issue (mode
// REPORT_LIST).
#define REPORT_TEST_MIN_N 100
// A group with fewer is shown grey, without rank and verdict.
#define REPORT_GROUP_MIN_N 30

struct quote {
    uint32_t file;       // index into report.files
    uint64_t row;        // row to open in that file
    struct str text;     // masked; may be long
    uint32_t start, end; // proof in code points of `text`; start = end: none
    struct str channel;  // "" if unknown
    struct str
        customer_tail; // last characters of the order or customer id (“…4521”), "" if unknown
    int64_t occurred_us; // TIME_NONE if unknown
    bool date_only;
    bool replied;
    double score; // 1–5, NAN if none
};

struct source_file {
    struct str name;    // base name
    struct str kind;    // "CSV UTF-8 ,", "XLSX Sheet1" …
    struct str channel; // code or name, "" if unknown
    uint64_t read, used, rejected;
};

// ① what to do today
struct todo {
    struct quote quote;
    uint8_t urgency;       // enum urgency
    uint8_t dimension;     // main complaint, enum dimension or DIM_NONE
    struct str issue;      // its local name
    struct str department; // from the industry template
    struct str reason;     // why urgent, in the page's language: “提到 12315” … or ""
    double waiting_hours;  // since the review, to the end of the data; NAN if unknown or replied
};

// ② one score of the whole in one period
struct satisfaction {
    struct estimate score;      // system-given ratings excluded
    struct estimate score_all;  // included
    struct estimate nps;        // −100 … 100
    struct estimate csat;       // top-2 share
    struct estimate ces;        // 1–7
    struct estimate index;      // 0–100, industry weights
    struct estimate good_share; // 好评率: platform words, 4–5 stars
    struct estimate bad_share;  // 差评率: 1–2 stars
    int64_t n_used, n_default_praise, n_unreplied_bad;
    int64_t sentiment[N_SENTIMENTS];
    bool from_text; // no rating anywhere: the score is read from the text by the calibrated table
};

struct channel_row {
    struct str name;
    int64_t n;
    struct estimate score;
    bool from_text; // no ratings here: read from the texts
};

struct where { // where an issue or score is worst
    struct str column, value;
    int64_t n;
    double share, base_share; // of the feedbacks here / overall
    double lift, q;
};

struct issue {
    uint8_t dimension;            // enum dimension (negative polarity)
    struct str code;              // "logistics"
    struct str name;              // “物流慢”
    int64_t n;                    // feedbacks that complain of it
    struct estimate share;        // of the used feedbacks
    double share_of_bad;          // of negative feedbacks
    struct change trend;          // share, this period against the previous
    struct estimate score_effect; // mean score with the issue minus without, n = with
    struct quote *quotes;         // up to 3, best first
    size_t n_quotes;
    struct where *where; // up to 2
    size_t n_where;
    struct str measure; // “加配仓储”, from the template
    struct str department;
    double *sparkline; // share per bucket of `trend`, n_buckets of the report; NAN where n is small
    struct str *phrases; // up to 4, what customers say
    size_t n_phrases;
};

struct dimension_row {
    uint8_t dimension;
    struct str code, name;
    struct estimate score; // 1–5, from its own score column or from the text
    int64_t pos, neu, neg, n;
    double weight; // industry weight, 0 … 1
    struct change trend;
    struct quote *quotes; // best praise
    size_t n_quotes;
};

struct bucket {                 // trend
    int64_t from_days, to_days; // local days, [from, to)
    int64_t n;
    struct estimate score;
    int64_t sentiment[N_SENTIMENTS];
    bool partial; // cut by the start or end of the data
};

struct segment {
    struct str column, role, value;
    int64_t n;
    struct estimate score;
    double diff, low, high; // against the rest
    double p, q;
    double shrunk; // empirical-Bayes score, for ranking
    bool significant, small;
    struct quote *quotes; // up to 2 that show why, worst first; may be none
    size_t n_quotes;
};

struct measure_row { // a number that goes with dissatisfaction: delivery days …
    struct str name;
    double mean_bad, mean_good; // feedbacks with a negative / non-negative sentiment
    int64_t n_bad, n_good;
    double p, q;
    bool significant;
};

struct keyword {
    struct str text;
    int64_t n;
    uint8_t polarity; // prevailing sentiment of its feedbacks, enum sentiment
    // share this period ÷ share before, where it changed significantly; else NAN
    double change;
    struct quote *quotes; // one that contains it; may be none
    size_t n_quotes;
};

struct quality_row {
    struct str code; // "blank", "default_praise", "gibberish", "ad", "duplicate", "near_duplicate",
                     // "out_of_range", "unreadable", "overlap", "irrelevant", "no_time", …
    struct str name; // in the page's language
    struct str treatment; // what was done with them
    int64_t n;
    struct quote *examples; // up to 3 (file, row, text); reason for unreadable rows in text
    size_t n_examples;
};

struct caution { // ⑤ do not misread
    struct str text;
};

struct column_line { // what was understood of one column
    struct str file, column, meaning;
};

enum report_mode {
    REPORT_EMPTY, // no usable text
    REPORT_LIST,  // 1 … 99 usable texts: everything is listed, nothing is tested
    REPORT_FULL,
};

struct report {
    enum lang lang;
    enum report_mode mode;
    struct str title;    // “全部渠道” or the file's name
    struct str headline; // the finding, one sentence
    struct str industry, industry_name;
    struct str model;   // “quick-1”
    struct str version; // of the program
    struct str timezone;
    int64_t generated_us;
    const struct zone *zone; // for local times

    struct source_file *files;
    size_t n_files;
    uint64_t read, used, rejected;
    struct column_line *columns;
    size_t n_columns;
    struct str text_column, time_column;
    struct str score_column;
    double score_low, score_high;
    struct str *attr_names;
    size_t n_attrs;
    double order_join_rate; // NAN if no orders were given

    bool has_time;
    int64_t from_days, to_days; // local days covered, [from, to)
    bool has_compare;
    int64_t this_from, this_to; // the period of the report
    int64_t prev_from, prev_to; // the one it is compared with
    bool has_date_only;

    struct todo *todos; // urgent first, then unanswered negative ones, oldest first
    size_t n_todos;
    int64_t n_urgent, n_needs_reply, n_bad_unreplied;
    double oldest_wait_hours; // NAN if unknown

    struct satisfaction all;         // everything the report covers
    struct satisfaction now, before; // this period (or everything), previous period
    struct change score_change, nps_change, good_change, bad_change;
    struct channel_row *channels;
    size_t n_channels;

    struct issue *issues; // by n, most first
    size_t n_issues;
    struct dimension_row *dimensions; // in order of n
    size_t n_dimensions;
    struct bucket *trend; // days, weeks or months
    size_t n_buckets;
    int bucket_days;          // 1, 7, 30 (calendar month)
    struct segment *segments; // tested ones, most different first
    size_t n_segments;
    int64_t n_segments_tested;
    struct measure_row *measures;
    size_t n_measures;
    struct keyword *keywords;
    size_t n_keywords;
    struct quality_row *quality;
    size_t n_quality;
    struct caution *cautions;
    size_t n_cautions;
};

#endif
