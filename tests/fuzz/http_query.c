// SPDX-License-Identifier: Apache-2.0
// Any bytes as a query string, as a path segment and as a Cookie header.
#include "base/utf8.h"
#include "http/query.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool is_within(struct str part, struct str whole) {
    return !part.len || (part.ptr >= whole.ptr && part.ptr + part.len <= whole.ptr + whole.len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    CLEANUP(arena_done) struct arena a = {0};
    struct str text = {(const char *)data, size};
    struct pairs p;
    struct error err = {0};
    if (query_parse(&a, text, &p, &err)) {
        if (p.n > QUERY_MAX)
            abort();
        for (size_t i = 0; i < p.n; i++) {
            struct str name = p.items[i].name, value = p.items[i].value;
            if (name.len + value.len > size || !utf8_is_valid(name) || !utf8_is_valid(value) ||
                memchr(value.ptr ? value.ptr : "", 0, value.len))
                abort();
        }
    } else if (err.code != ERROR_INVALID && err.code != ERROR_LIMIT) {
        abort();
    }
    struct str segment;
    if (query_decode_segment(&a, text, &segment) && (segment.len > size || !utf8_is_valid(segment)))
        abort();
    cookies_parse(&a, text, &p);
    if (p.n > QUERY_MAX)
        abort();
    for (size_t i = 0; i < p.n; i++)
        if (!p.items[i].name.len || !is_within(p.items[i].name, text) ||
            !is_within(p.items[i].value, text))
            abort();
    return 0;
}
