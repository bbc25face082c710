// SPDX-License-Identifier: Apache-2.0
// For commands that need the running house: they ask the server that owns the data directory through its socket,
// or, where none runs, open a house of their own and ask the same rows (app/admin.h).
//
//     struct live l;
//     if (live_open(options, &l, err)) … live_ask(&l, request, &tree, &result, err) …
//     live_close(&l);                                  // either way
#ifndef APP_LIVE_H
#define APP_LIVE_H

#include "app/admin.h"
#include "work/house.h"

struct live {
    const struct options *options;
    struct data_options data_options;
    char dir[4096];
    bool is_here; // no server runs: this process does the work
    struct data_dir data;
    struct house house;
};

// The command must take the settings data, store, master-key-command and model.
bool live_open(const struct options *o, struct live *ret, struct error *err) MUST_USE;
void live_close(struct live *l);
// As admin_call; ERROR_UNAVAILABLE when the server has gone meanwhile.
bool live_ask(struct live *l, struct str request, struct json **ret_tree,
              const struct json **ret_result, struct error *err) MUST_USE;

#endif
