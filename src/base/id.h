// SPDX-License-Identifier: Apache-2.0
// Identifiers of records: one positive 64-bit number, ascending in time, unique over all nodes. In rows, facts,
// indexes and cursors it is the number; everybody outside sees it as a UUID version 7 (RFC 9562), which carries
// the same bits and nothing else, so either is computed from the other.
//
//     bits 62 … 22   milliseconds since 2020-01-01T00:00:00Z (until 2089)
//     bits 21 … 12   node, 0 … 1023
//     bits 11 … 0    counter within the millisecond; when it is used up the clock is taken one ahead
//
//     struct id_source ids;  id_source_init(&ids, node);
//     int64_t id = id_next(&ids);                       // any thread
//     char text[ID_TEXT];  id_format(id, text);         // "0190…-7…-8…"
#ifndef BASE_ID_H
#define BASE_ID_H

#include <stdatomic.h>

#include "base/str.h"

#define ID_TEXT  37 // bytes of the text form with its NUL
#define ID_NODES 1024

struct id_source {
    _Atomic uint64_t last; // milliseconds << 12 | counter
    uint64_t node;
};

void id_source_init(struct id_source *s, int node);
// Never the same twice, always larger than the one before, also when the wall clock is set back.
int64_t id_next(struct id_source *s);

const char *id_format(int64_t id, char buf[ID_TEXT]); // returns buf
// Any case. False for what id_format cannot have made.
bool id_parse(struct str text, int64_t *ret) MUST_USE;
int64_t id_time_us(int64_t id); // when it was made, to the millisecond
int64_t id_at(int64_t us);      // smallest id of that millisecond: for ranges

#endif
