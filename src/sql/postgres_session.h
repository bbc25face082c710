// SPDX-License-Identifier: Apache-2.0
// The one connection of a process that stays: it listens (LISTEN), and holds what is held by being alive (advisory
// locks: leadership, node number). Its thread waits for news and connects again when the connection is lost. Part
// of sql/postgres.c.
#ifndef SQL_POSTGRES_SESSION_H
#define SQL_POSTGRES_SESSION_H

#include "sql/postgres_link.h"

struct session;

// Connects; fails where the store cannot be reached.
bool postgres_session_open(struct sql_db *db, const char *uri, struct session **ret,
                  struct error *err) MUST_USE;
void session_close(struct session *s);
const char *session_schema(const struct session *s);
// Name of a channel in the database, ≤ 63 bytes.
void session_channel(const struct session *s, const char *channel, char ret[64]);

bool session_listen(struct session *s, const char *channel, struct error *err);
bool session_is_leader(struct session *s, const char *what);
bool session_node(struct session *s, int *ret, struct error *err);

#endif
