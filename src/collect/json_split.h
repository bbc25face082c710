// SPDX-License-Identifier: Apache-2.0
// Where the records of a JSON document are, in bounded memory: base/json then sees one record at a
// time.
#ifndef COLLECT_JSON_SPLIT_H
#define COLLECT_JSON_SPLIT_H

#include "base/strbuf.h"

// The end of one value, found as its bytes come. {0} before a value.
struct json_scan {
    uint32_t depth;
    bool in_string, escaped, in_word; // a word is a number, true, false, null
    bool started;
};

// Takes in bytes of the value (white space before it too). Returns how many belong to it;
// *ret_done: it ends there. A word ends before the byte that follows it, so at the end of the text
// it is for the caller to call it done.
size_t json_scan_feed(struct json_scan *s, const char *p, size_t n, bool *ret_done);

enum json_layout {
    JSON_LINES, // a value a line
    JSON_CHAIN, // values that follow each other, over several lines each
    JSON_ARRAY, // of records, perhaps inside objects: {"data":{"list":[…]}}
};

// From the beginning of a document (UTF-8). *ret_start: offset of the first record (behind the “[”
// of an array).
enum json_layout json_locate(struct str text, bool complete, size_t *ret_start);

// Copies a record in the form that base/json takes: what careless exporters write and JSON forbids
// is put right. Line breaks and tabs inside strings become spaces, \u0000 goes, halves of surrogate
// pairs become U+FFFD, whole numbers with more than 18 digits (order numbers) become strings so
// that no digit is lost.
struct json_mending {
    uint64_t nuls, replaced;
};
void json_clean(struct str record, struct strbuf *ret, struct json_mending *m);

#endif
