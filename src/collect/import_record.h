// SPDX-License-Identifier: Apache-2.0
// One feedback of a file as the record that the server keeps: what an import makes of a row.
//
//     struct import_mapper *m = import_mapper_new(source);
//     while (source_next(…))
//         for (…) {
//             uint32_t nth = import_mapper_next(m, &feedback[i], &arena, &records[i]);
//             intake_prepare(intake, &request, &records[i], nth, …);
//         }
//     import_mapper_free(m);
//
// What makes it the same feedback in the next export: the platform's own id where the file has one, else all that
// intake_identity takes and `nth`, how many-th of the same in the file. Neither depends on the file's name, or on
// the other files of an archive.
//
// Of the file's columns those with personal data, which a report reads past, are kept here as the customer (phone,
// e-mail), because the store is sealed and a customer is known again by them; unless the user said `ignore` of such
// a column.
//
// Memory: strings are borrowed from the feedback or in the arena; 16–32 bytes a row for counting. One thread at a
// time, rows in order.
#ifndef COLLECT_IMPORT_RECORD_H
#define COLLECT_IMPORT_RECORD_H

#include "collect/record.h"
#include "collect/source.h"

#define IMPORT_MAX_ROWS                                                                            \
    20000000 // beyond, counting would take too much memory: hand over the file in parts

struct import_mapper;
struct import_mapper *import_mapper_new(const struct source *s); // `s` is borrowed
void import_mapper_free(struct import_mapper *m);                // NULL is fine

// Returns `nth`. *ret_cut: the column whose value was longer than we keep, {NULL, NULL} if none; the beginning is
// kept.
uint32_t import_mapper_next(struct import_mapper *m, const struct feedback *f, struct arena *a,
                            struct record *ret, struct words *ret_cut);

#endif
