// SPDX-License-Identifier: Apache-2.0
// The tree that json_read.c builds, json.c answers from and json_write.c writes. All of it stands in one arena.
#ifndef BASE_JSON_INNER_H
#define BASE_JSON_INNER_H

#include "base/json.h"

// Sixteen bytes: the worst that can be sent is an array of small values.
struct json {
    uint8_t kind;  // enum json_kind
    bool is_whole; // number: `whole` has it, else `text`
    bool is_true;
    uint32_t n; // items, members, or bytes of `text`
    union {
        const char *text; // string, decoded, or real number, as it was written; a NUL after it
        int64_t whole;
        const struct json *items;
        const struct json_member *members; // each key once
    };
};

struct json_member {
    struct str key;
    struct json value;
};

void json_tree_free(struct json *root);

#endif
