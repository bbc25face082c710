// SPDX-License-Identifier: Apache-2.0
#ifndef SQL_MIGRATE_INNER_H
#define SQL_MIGRATE_INNER_H

#include "base/strbuf.h"
#include "sql/migrate.h"

// The text of a schema file with the engine's words for those in braces.
bool migrate_render(enum sql_engine engine, struct str text, struct strbuf *ret,
                    struct error *err) MUST_USE;
// A statement as SQLite keeps it, in one form: no comments, single spaces, each column of a table on its line.
void migrate_normalise(struct str statement, struct strbuf *ret);

#endif
