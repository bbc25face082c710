// SPDX-License-Identifier: Apache-2.0
// The statements of sql/migrate.c.
#ifndef SQL_MIGRATE_SQL_H
#define SQL_MIGRATE_SQL_H

extern const char migrate_create_table[];
extern const char migrate_list[];
extern const char migrate_insert[];
// rows (table, statement)
extern const char migrate_dump_sqlite[];
// rows (table, place, line): place 0 … 19,999 are lines of CREATE TABLE, from 20,000 on statements of their own
extern const char migrate_dump_postgres[];

#endif
