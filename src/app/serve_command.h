// SPDX-License-Identifier: Apache-2.0
// The server from beginning to end, without the command line: for `huisheng serve` and `huisheng demo`.
#ifndef APP_SERVE_COMMAND_H
#define APP_SERVE_COMMAND_H

#include "base/error.h"
#include "base/str.h"

struct serve_options {
    enum lang lang;
    struct str data;                 // directory; "": the user's own
    struct str store;                // "postgres://…"; "": SQLite in the directory
    struct str key_command;          // prints the master key; "": a file of the directory
    struct str listen;               // "127.0.0.1:8080"
    struct str model;                // "": quick
    const char *duckdb;              // library; NULL: found
    const char *cert, *key;          // PEM files; NULL: plain HTTP
    int workers, http_workers;       // 0: chosen
    void (*reload)(const void *ctx); // at SIGHUP; NULL: nothing
    const void *reload_ctx;
};

// Runs until SIGINT or SIGTERM.
bool serve(const struct serve_options *o, struct error *err) MUST_USE;

#endif
