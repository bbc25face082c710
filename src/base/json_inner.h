// SPDX-License-Identifier: Apache-2.0
// The tree that json_read.c builds, json.c answers from and json_write.c writes. All of it stands in one arena.
#ifndef BASE_JSON_INNER_H
#define BASE_JSON_INNER_H

#include "base/json.h"

struct json {
    enum json_kind kind;
    bool is_whole; // number: `whole` has it, else `real`
    bool is_true;
    size_t n; // items, members, or bytes of `text`
    union {
        const char *text; // string: decoded, with a NUL after it; number: as it was written
        const struct json *items;
        const struct json_member *members; // each key once
    };
    union {
        int64_t whole;
        double real;
    };
};

struct json_member {
    struct str key;
    struct json value;
};

void json_tree_free(struct json *root);

#endif
