// SPDX-License-Identifier: Apache-2.0
// What stands in a URL and in a Cookie header, decoded: percent escapes, `+` as space (query only), UTF-8 checked.
// Parts that need no decoding are borrowed from the input, the others lie in the arena.
#ifndef HTTP_QUERY_H
#define HTTP_QUERY_H

#include "base/arena.h"
#include "base/error.h"

#define QUERY_MAX 256 // names in one query string, cookies in one header

struct pair {
    struct str name, value;
};

struct pairs {
    struct pair *items;
    size_t n;
};

// "a=1&b=%E4%B8%AD+x": in order, empty parts dropped, a name without `=` has an empty value. ERROR_INVALID (a bad
// escape, a NUL, not UTF-8) with the name as field, ERROR_LIMIT for more than QUERY_MAX.
bool query_parse(struct arena *a, struct str text, struct pairs *ret, struct error *err) MUST_USE;
// One segment of a path: `+` stays.
bool query_decode_segment(struct arena *a, struct str text, struct str *ret) MUST_USE;
// "a=1; b=2" (RFC 6265): what cannot be a cookie is skipped, one pair of quotes round a value is dropped, nothing is
// decoded.
void cookies_parse(struct arena *a, struct str header, struct pairs *ret);

struct str pairs_get(const struct pairs *p, struct str name); // the first, "" if absent

#endif
