// SPDX-License-Identifier: Apache-2.0
// From method and path to a route: a tree of path segments made once from the table, read by any number of threads.
// A literal segment wins over {name}, {name} over {rest*}. A path that exists under other methods gives those.
#ifndef HTTP_ROUTER_H
#define HTTP_ROUTER_H

#include "base/arena.h"
#include "http/http.h"

#define ROUTER_MAX_SEGMENTS 32
#define ROUTER_MAX_PARAMS   8

struct router;

struct route_match {
    const struct http_route *route; // NULL: no such path, or not with this method
    bool path_known;
    struct str params[ROUTER_MAX_PARAMS]; // decoded, in order of the path
    bool is_bad;                          // a segment is not percent-encoded UTF-8
};

// A table that contradicts itself (the same method and path twice, no leading slash, a {name} that is not the whole
// segment) is our bug: abort.
struct router *router_new(const struct http_route *routes, size_t n);
void router_free(struct router *r);
// `path` as it came, without the query. HEAD finds GET routes. Cost: the length of the path.
struct route_match router_find(const struct router *r, struct arena *a, struct str method,
                               struct str path);
// "GET, HEAD, POST, OPTIONS" of a known path.
struct str router_allow(const struct router *r, struct arena *a, struct str path);
// Index of {name} in the route's path, -1 if it has none.
int router_param_index(const struct http_route *route, struct str name);

#endif
