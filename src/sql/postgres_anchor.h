// SPDX-License-Identifier: Apache-2.0
// The one connection of a process that stays: it listens (LISTEN), and holds what is held by being alive (advisory
// locks: leadership, node number). Its thread waits for news and connects again when the connection is lost. Part
// of sql/postgres.c.
#ifndef SQL_POSTGRES_ANCHOR_H
#define SQL_POSTGRES_ANCHOR_H

#include "sql/postgres_wire.h"

struct anchor;

// Connects; fails where the store cannot be reached.
bool anchor_open(struct sql_db *db, const char *uri, struct anchor **ret,
                 struct error *err) MUST_USE;
void anchor_close(struct anchor *s);
const char *anchor_schema(const struct anchor *s);
// Name of a channel in the database, ≤ 63 bytes.
void anchor_channel(const struct anchor *s, const char *channel, char ret[64]);

bool anchor_listen(struct anchor *s, const char *channel, struct error *err);
bool anchor_is_leader(struct anchor *s, const char *what);
bool anchor_node(struct anchor *s, int *ret, struct error *err);

#endif
