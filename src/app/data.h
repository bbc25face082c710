// SPDX-License-Identifier: Apache-2.0
// The data directory and what is in it, opened in one call: the store with its schema brought up to date, the vault,
// the accounts.
#ifndef APP_DATA_H
#define APP_DATA_H

#include "account/accounts.h"
#include "base/id.h"
#include "sql/sql.h"

struct house;
struct options;

struct data_options {
    struct str dir;         // "": $XDG_DATA_HOME/huisheng or ~/.local/share/huisheng
    struct str store;       // "postgres://…"; "": SQLite in the directory
    struct str key_command; // prints the master key; "": master.key in the directory
    const char *file;       // another SQLite file than DIR/huisheng.db: a copy; NULL
    bool existing_only;     // ERROR_NOT_FOUND instead of a new directory
};

// From the settings data, store and master-key-command, which the command must take.
struct data_options data_options_of(const struct options *o);
// Which directory is meant, into buf.
bool data_choose_dir(struct str asked, char *buf, size_t cap, struct error *err) MUST_USE;

struct data_dir {
    char dir[4096];
    struct sql_db *db;
    struct vault *vault;
    struct id_source *ids;
    struct accounts *accounts;
    struct house *house; // the running one, where one runs over it; NULL
};

// Makes the directory (0700) when it is not there. `ret` is valid for data_close either way.
bool data_open(const struct data_options *o, struct data_dir *ret, struct error *err) MUST_USE;
void data_close(struct data_dir *d);

#endif
