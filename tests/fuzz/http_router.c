// SPDX-License-Identifier: Apache-2.0
// Any bytes as "METHOD path" against a table with every kind of segment.
#include "base/utf8.h"
#include "http/router.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static enum request_outcome nothing(struct request *r, void *ctx) {
    (void)r;
    (void)ctx;
    return REQUEST_DONE;
}

static const struct http_route routes[] = {
    {.method = "GET", .path = "/", .handler = nothing},
    {.method = "GET", .path = "/a", .handler = nothing},
    {.method = "POST", .path = "/a", .handler = nothing},
    {.method = "GET", .path = "/a/{x}", .handler = nothing},
    {.method = "GET", .path = "/a/b", .handler = nothing},
    {.method = "GET", .path = "/a/{x}/c", .handler = nothing},
    {.method = "GET", .path = "/a/{x}/{y}/{z}/d", .handler = nothing},
    {.method = "GET", .path = "/f/{rest*}", .handler = nothing},
    {.method = "GET", .path = "/{p}/{q}/g/{rest*}", .handler = nothing},
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct router *r = router_new(routes, ARRAY_LEN(routes));
    CLEANUP(arena_done) struct arena a = {0};
    struct str path = {(const char *)data, size}, method;
    if (!str_cut(&path, ' ', &method))
        method = STR("GET");
    struct route_match m = router_find(r, &a, method, path);
    if (m.route && !m.path_known)
        abort();
    for (size_t i = 0; m.route && !m.is_bad && i < ROUTER_MAX_PARAMS; i++)
        if (m.params[i].len > path.len || !utf8_is_valid(m.params[i]))
            abort();
    struct str allow = router_allow(r, &a, path);
    if (!str_ends(allow, STR("OPTIONS")))
        abort();
    router_free(r);
    return 0;
}
