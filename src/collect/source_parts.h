// SPDX-License-Identifier: Apache-2.0
// The inside of struct source, shared by the source_*.c files and nobody else.
//   source.c         opening, streaming, closing
//   source_schema.c  the tables' plans merged into one schema; what was understood, in words
//   source_record.c  one row → one struct feedback; repeats, totals, joins
//   source_chat.c    messages put together to conversations
//   source_reject.c  counting what was not taken as it stood
#ifndef COLLECT_SOURCE_PARTS_H
#define COLLECT_SOURCE_PARTS_H

#include "collect/detect.h"
#include "collect/orders.h"
#include "collect/source.h"
#include "collect/source_chat.h"

// What one column of a table does to a record.
struct step {
    uint32_t column;
    enum column_kind kind;
    int score; // index into schema.scores, −1 = gives none
    int attr;  // index into schema.attrs, −1 = gives none
    bool is_region, is_channel;
};

struct source_table {
    const char *path;
    struct str shown;      // its name, "" = that of the path
    size_t member;         // which table of the path, 0-based
    struct table_set *set; // kept open since detection, NULL = to be opened again
    struct table *table;
    struct table_plan plan;
    struct step *steps; // only the columns that give something
    size_t n_steps;
    struct str channel;
    struct chat *chat; // rows are messages, NULL = each is a feedback
    bool chat_ended;
    int agent_attr;   // of a chat: index into schema.attrs, −1
    bool joined_text; // several columns make up the text
    struct {
        VEC(struct words);
    } notes;
};

struct source {
    struct arena arena; // everything that lives as long as the source
    const struct exports *exports;
    struct exports *own_exports; // to be freed, NULL if borrowed
    struct mapping map;
    struct source_options options;
    struct {
        VEC(struct source_table);
    } tables;
    struct source_info *infos; // one a table
    struct schema schema;
    struct {
        VEC(struct source_column);
    } columns;
    struct rejects rejects[N_REJECTS];
    struct reject *examples[N_REJECTS];
    struct orders *orders;           // NULL = none given
    int order_attrs[N_ORDER_VALUES]; // index into schema.attrs, −1
    struct source_join join;
    struct map_u64 seen;      // hash of an identity → hash of its text and table + 1
    struct map_u64 seen_text; // hash of an identity and another text, where one had several
    struct map_u64 channels;  // hash of a channel as written → struct channel *, 0 unknown

    size_t current;   // table being read
    size_t row_index; // rows of it already given by the table
    uint64_t rows;    // read, all tables
};

const struct names *source_names(const struct source *s);

// source_schema.c
void schema_merge(struct source *s);    // fills schema, steps, columns
void schema_describe(struct source *s); // fills source_column.meaning and notes
void source_note(struct source *s, struct source_table *t, const char *zh, const char *en, ...)
    PRINTF(3, 5) PRINTF(4, 5);

// source_record.c
enum record_result {
    RECORD_GIVEN,
    RECORD_BLANK,   // nothing in the row
    RECORD_SKIPPED, // a total or a repeat, counted
};
enum record_result record_build(struct source *s, uint32_t table, const struct row *row,
                                struct arena *arena, struct feedback *ret);

// A conversation as a record. False: the customer said nothing in it.
bool record_of_chat(struct source *s, uint32_t table, const struct conversation *c,
                    struct arena *arena, struct feedback *ret);

// source_reject.c
void reject_init(struct source *s);
void reject_add(struct source *s, enum reject_kind kind, uint32_t file, uint64_t row,
                struct str column, struct words reason, struct str sample);
struct str reject_row_sample(const struct row *row, struct arena *arena);

#endif
