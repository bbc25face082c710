// SPDX-License-Identifier: Apache-2.0
// What columns are called: the table templates/exports/_names.json, in memory. Roles are data; what the program does
// with a column is its kind. Names are compared normalised: case, spaces, _ - / and punctuation, “3、” in front and
// “(元)” behind do not matter.
//
//     struct name_match best[NAMES_MAX_MATCHES];
//     size_t n = names_match(names, STR("4、总体 评分（1-5）"), best);   // best[0].role->kind == COLUMN_SCORE
//
// Read-only after loading: any thread.
#ifndef COLLECT_NAMES_H
#define COLLECT_NAMES_H

#include "base/error.h"
#include "base/map.h"

enum column_kind {
    COLUMN_IGNORE, // read past: links, personal data, serial numbers
    COLUMN_TEXT,
    COLUMN_TITLE, // joined before the text
    COLUMN_PROS,  // joined with its name: “优点：…”
    COLUMN_CONS,
    COLUMN_FOLLOW_UP,
    COLUMN_FOLLOW_UP_TIME,
    COLUMN_REPLY,
    COLUMN_REPLY_STATUS,
    COLUMN_SCORE,
    COLUMN_NPS,
    COLUMN_CSAT,
    COLUMN_CES,
    COLUMN_LABEL,
    COLUMN_TIME,
    COLUMN_CUSTOMER,
    COLUMN_ORDER,
    COLUMN_SUB_ORDER,
    COLUMN_EXTERNAL_ID,
    COLUMN_PRODUCT,
    COLUMN_PRODUCT_ID,
    COLUMN_SKU,
    COLUMN_METADATA, // “2026年1月3日\n已购：白色”: a time and a variant
    COLUMN_ADDRESS,  // its first word is the region
    COLUMN_IP,       // “1.2.3.4(广东-深圳)”: the region in brackets
    COLUMN_DIMENSION,
    COLUMN_MEASURE,
    COLUMN_SENDER, // of a chat message
    COLUMN_RECEIVER,
    COLUMN_MESSAGE_KIND,
    N_COLUMN_KINDS,
};

struct role {
    struct str code; // "text", "region": what --map takes
    enum column_kind kind;
    struct words label; // “评价内容”
    int weight;         // 10 usual; lower: taken only where nothing better is there
    int prefer;         // times: the higher, the nearer to the moment of the feedback
};

struct names;

// Error names file and member. The caller frees with names_free.
bool names_load(const char *path, struct names **ret, struct error *err) MUST_USE;
void names_free(struct names *n);

// Normalised form of a header in buf; at most cap bytes.
struct str names_normalise(struct str header, char *buf, size_t cap);

struct name_match {
    const struct role *role;
    int score; // > 100 the very name, else it only contains one
};
#define NAMES_MAX_MATCHES 4
// Best first; 0 if nothing fits.
size_t names_match(const struct names *n, struct str header,
                   struct name_match ret[NAMES_MAX_MATCHES]);

// By code, or NULL.
const struct role *names_role(const struct names *n, struct str code);
size_t names_roles(const struct names *n, const struct role **ret);

// Code of the dimension a score column speaks of (“物流评分” → "logistics"), "" if of the whole.
struct str names_score_dimension(const struct names *n, struct str header);
// Does the header speak of an amount or a count (“商品数量”, "num_products"), not of a judgement?
bool names_is_quantity(const struct names *n, struct str header);
// “物流配送”; {NULL, NULL} for an unknown code.
struct words names_dimension_label(const struct names *n, struct str code);

struct channel {
    struct str code; // "tmall"
    struct words label;
};
// A value of a channel column that names a known one, else NULL.
const struct channel *names_channel(const struct names *n, struct str value);
// A channel named in a file name (“天猫-6月评价.xlsx”), else NULL.
const struct channel *names_channel_in(const struct names *n, struct str file_name);
const struct channel *names_channel_by_code(const struct names *n, struct str code);

// The province an address begins with, in its short form (“广东”), or "".
struct str names_province(const struct names *n, struct str address);
// 合计, total …: the first words of a row of sums.
bool names_is_total(const struct names *n, struct str cell);

#endif
