// SPDX-License-Identifier: Apache-2.0
// Archives of chats: one row is one message, so “好的” would count as feedback. Messages between the same two are put
// together until CHAT_GAP passes without one; what the customer wrote becomes the text, what the staff wrote the
// reply. Who is staff is learnt from the sample: who talks with several is staff, who talks with one a customer.
//
//     struct chat *c = chat_new(&plan, sample, n);
//     chat_add(c, &row);                                  // every message, in the order of the file
//     while (chat_take(c, arena, &conversation)) …        // those that are over
//     chat_end(c); while (chat_take(…)) …                 // those that were still open
//     chat_free(c);
//
// Memory: the open conversations, at most CHAT_MAX_OPEN of CHAT_MAX_TEXT bytes a side; the oldest is closed beyond.
#ifndef COLLECT_SOURCE_CHAT_H
#define COLLECT_SOURCE_CHAT_H

#include "collect/detect.h"

#define CHAT_GAP      (2 * US_PER_HOUR)
#define CHAT_MAX_OPEN 20000
#define CHAT_MAX_TEXT (64 * KIB)

struct conversation {
    uint64_t row;     // of the first message
    uint64_t n_rows;  // messages
    struct str text;  // the customer's words, a line a message; "" if he said nothing
    struct str reply; // the staff's
    struct str customer, agent;
    int64_t occurred_us; // of the first message, TIME_NONE if unknown
    bool date_only;
    bool replied;      // the staff wrote after the customer
    struct str *cells; // of the first message
    uint32_t n_cells;
};

struct chat;

// NULL if the table lacks a sender or messages: then its rows are feedback like any other.
struct chat *chat_new(const struct table_plan *plan, const struct row *sample, size_t n);
void chat_free(struct chat *c);
void chat_add(struct chat *c, const struct row *row);
void chat_end(struct chat *c);
// The next conversation that is over, in the order they ended; its strings are copied to `arena`. False: none.
bool chat_take(struct chat *c, struct arena *arena, struct conversation *ret);

#endif
