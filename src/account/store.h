// SPDX-License-Identifier: Apache-2.0
// What every durable module needs: rows, keys, identifiers. Opened once by app/data, handed down, read-only.
#ifndef ACCOUNT_STORE_H
#define ACCOUNT_STORE_H

#include "account/vault.h"
#include "base/id.h"
#include "sql/sql.h"

struct store {
    struct sql_db *db;
    struct vault *vault;
    struct id_source *ids;
};

#endif
