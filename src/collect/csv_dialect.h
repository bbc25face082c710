// SPDX-License-Identifier: Apache-2.0
// How a delimited text is written, found from its first part by reading it in every way and taking
// the one whose records agree most in their number of cells.
#ifndef COLLECT_CSV_DIALECT_H
#define COLLECT_CSV_DIALECT_H

#include "collect/csv_scan.h"

// `text` is the beginning (UTF-8, no BOM), `complete` if it is all. `named_csv`: it calls itself a
// table (a name that ends in .csv, .tsv, .xls …): then even one record is split, and a text of one
// column is a table whose first row may be a header. *ret_skip: bytes of a “sep=;” line to be
// passed over. *ret_plain: one text a line.
struct csv_dialect csv_dialect_detect(struct str text, bool complete, bool named_csv,
                                      size_t *ret_skip, bool *ret_plain);

#endif
