// SPDX-License-Identifier: Apache-2.0
// Everything a person hands over — reviews, surveys, tickets, chat logs, in any number of files — as one stream of
// struct feedback under one struct schema. Opening reads up to 1,000 rows of each file, finds the header row and
// what each column is (names in zh/en from templates/exports, and always the values), and merges the files; the
// stream then reads every file once, from its beginning, in the order given. Memory is bounded by the samples, one
// open file and the hashes of identities already seen.
//
//     struct source *s;
//     if (!source_open(&(struct source_options){.paths = paths, .n_paths = n, .zone = zone}, &s, err))
//         return false;
//     struct feedback batch[256];
//     for (;;) {
//         struct arena arena = {0};                 // the batch lives in it
//         size_t n;
//         if (!source_next(s, &arena, batch, 256, &n, err)) return false;
//         if (n == 0) break;
//         …
//     }
//     source_rejects(s, REJECT_UNREADABLE), source_files(s, &n) …  complete now
//     source_close(s);
//
// What is given out: every row that holds feedback. Rows that were left out (unreadable, a total at the end, seen
// before in another file) are counted in source_info and kept as examples in source_rejects. A row with an empty
// text is given out all the same: its scores count. One thread at a time.
#ifndef COLLECT_SOURCE_H
#define COLLECT_SOURCE_H

#include "base/arena.h"
#include "base/error.h"
#include "collect/feedback.h"

struct exports;

// What was not taken as it stood.
enum reject_kind {
    REJECT_UNREADABLE, // row left out: broken quoting, too many cells, a row longer than accepted …
    REJECT_TOTAL,      // row left out: 合计, 小计, 总计, or the title repeated
    // row left out: same platform, order and product, or same review id, as an earlier one
    REJECT_OVERLAP,
    REJECT_OUT_OF_RANGE, // a score outside its scale: row kept, score not counted
    REJECT_BAD_SCORE,    // a score cell that is no score: row kept, score not counted
    REJECT_BAD_TIME,     // a time cell that is no time, or impossible: row kept without time
    REJECT_LOST_ID,      // a number rounded by a spreadsheet (1.23E+17): row kept, not joined
    N_REJECTS,
};

struct reject {
    uint32_t file;
    uint64_t row;      // as struct feedback
    struct str column; // header, "" if the whole row
    struct words reason;
    struct str sample; // the cell or the row, at most 120 characters
};

struct source_options {
    const char *const *paths; // "-" is standard input
    size_t n_paths;
    const char *const *orders; // tables of orders, joined by order number; not feedback themselves
    size_t n_orders;
    const struct str *names; // n_paths: shown and judged instead of the paths' names; NULL = those
    bool in_memory;          // no copy of anything that is read reaches a disk
    struct str map; // "text=评价内容,score=评分": see collect/mapping.h; "" = all by detection
    struct str sheet;              // name or number of the sheet; "" = the one that looks like data
    enum lang lang;                // of the columns that joining orders makes
    const struct zone *zone;       // of times written without one; NULL = UTC
    const struct exports *exports; // known exports if loaded already (borrowed); NULL = loaded here
    const char *
        // the folder that holds exports/; NULL = beside the executable or its parents
        templates_dir;
    size_t sample_rows; // rows looked at before deciding; 0 = 1,000
    // Every row or cell that was not taken as it stood (source_rejects keeps examples only). NULL: not wanted.
    void (*on_reject)(void *ctx, enum reject_kind kind, const struct reject *reject);
    void *ctx;
};

struct source;

// Opens and understands all files. Errors: those of opening a file; ERROR_FORMAT when a file has no column that
// could be text or score (it lists the columns and shows how to say --map); ERROR_USAGE for a wrong map.
bool source_open(const struct source_options *o, struct source **ret, struct error *err) MUST_USE;
void source_close(struct source *s); // NULL is fine

// What all columns together mean. Complete after source_open; valid until source_close.
const struct schema *source_schema(const struct source *s);

struct source_info {
    struct str name;    // base name; for a member of a .zip "archive.zip/member.csv"
    struct str path;    // as given
    struct str kind;    // “CSV UTF-8 ,”, “XLSX Sheet1” …
    struct str channel; // code ("tmall", "jd") or name; "" if unknown
    struct str origin;  // channel of the known export, whatever the file is called; "" if unknown
    bool external_ids;  // its ids tell feedback apart in other files too: no mere row numbers
    struct str platform_zh, platform_en; // the known export it was recognised as, "" if none
    struct str text_column, time_column; // headers, "" if none
    uint64_t header_row; // 1-based row of the header (the last one of several), 0 = none
    uint64_t read;       // rows below the header that were not blank
    uint64_t used;     // given out as feedback; of a chat: messages of the conversations given out
    uint64_t rejected; // unreadable: read = used + rejected + skipped
    uint64_t skipped;  // totals, repeats of other rows, rows without any content
    uint64_t size_bytes; // 0 if unknown
    const struct words
        *notes; // what a person should know: “订单编号已损坏成 1.23E+17，无法关联订单” …
    size_t n_notes;
};

// One line a file (a workbook or archive counts once a table read). Counts grow while reading.
const struct source_info *source_files(const struct source *s, size_t *ret_n);
// How people call a channel: {“京东”, "JD.com"} for "jd"; {NULL, NULL} for what is no known code.
struct words source_channel_words(const struct source *s, struct str channel);
// Header cells of a file, n_cells of its feedback records; duplicate and empty names made unique (“列3”).
const struct str *source_header(const struct source *s, uint32_t file, uint32_t *ret_n);

// One line a column: what was understood.
struct source_column {
    uint32_t file;   // index into source_files
    struct str name; // header
    struct str role; // "text", "score", "time", "region", "ignore" …: the word that --map takes
    struct words meaning; // “评分 1–5，3.2 % 空”
    double filled;        // share of sampled rows with a value
    bool used;            // false: read past
    bool by_map;          // said by the user
};
const struct source_column *source_columns(const struct source *s, size_t *ret_n);

// The next up to `max` records, in file order, into ret[0 … *ret_n); 0 records = the end. Strings live in `arena`.
// False only when reading itself fails (or the user stops); what was given out before stays valid.
bool source_next(struct source *s, struct arena *arena, struct feedback *ret, size_t max,
                 size_t *ret_n, struct error *err) MUST_USE;

struct source_progress {
    uint64_t rows; // read so far, all files
    double share;  // of the bytes, 0 … 1; < 0 if it cannot be known (standard input)
};
struct source_progress source_progress(const struct source *s);

// ── what was not taken as it stood ──

#define SOURCE_REJECT_EXAMPLES 50

struct rejects {
    const char *code;              // "unreadable", "total", "overlap" …: stable
    struct words name;             // “无法读取的行”
    struct words treatment;        // “已跳过”, “保留原值，不计分” …
    uint64_t total;                // all of them
    const struct reject *examples; // the first 50
    size_t n_examples;
};
const struct rejects *source_rejects(const struct source *s, enum reject_kind kind);

// ── orders ──

struct source_join {
    uint64_t n_orders;     // distinct order numbers in the order files
    uint64_t n_with_order; // records given out that carry an order number
    uint64_t n_joined;     // of them found among the orders
    uint64_t n_lost;       // order numbers destroyed by a spreadsheet (1.23E+17), on either side
};
// Complete after the last source_next. All 0 without order files.
struct source_join source_join(const struct source *s);

#endif
