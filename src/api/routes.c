// SPDX-License-Identifier: Apache-2.0
#include "api/route.h"

#include "api/api.h"
#include "api/assets.h"

// One line a table, so that a new one is a new line.
// clang-format off
static const struct api_table *const tables[] = {
    &feedback_routes,
    &feedback_read_routes,
    &import_ndjson_routes,
    &import_routes,
    &overview_routes,
    &crosstab_routes,
    &customer_routes,
    &customer_person_routes,
    &event_routes,
    &member_routes,
    &workspace_routes,
    &session_routes,
    &system_routes,
    &openapi_routes,
    &hub_record_routes,
    &hub_search_routes,
    &hub_tenant_routes,
    &hub_webhook_routes,
    &customer_segment_routes,
    &demo_routes,
    &feedback_list_routes,
    &feedback_similar_routes,
    &taxonomy_routes,
    &asset_routes,
};
// clang-format on

const struct api_route *api_route_at(size_t i) {
    for (size_t t = 0; t < ARRAY_LEN(tables); t++) {
        if (i < tables[t]->n)
            return &tables[t]->rows[i];
        i -= tables[t]->n;
    }
    return NULL;
}

size_t api_routes(struct arena *a, const struct http_route **ret) {
    size_t n = 0;
    while (api_route_at(n))
        n++;
    struct http_route *list = ARENA_ARRAY(a, struct http_route, n);
    for (size_t i = 0; i < n; i++) {
        const struct api_route *r = api_route_at(i);
        list[i] = (struct http_route){.method = r->method,
                                      .path = r->path,
                                      .handler = r->handler,
                                      .body_limit = r->body_limit,
                                      .sink = r->sink,
                                      .quick = r->quick,
                                      .deadline_ms = r->deadline_ms,
                                      .about = r};
    }
    *ret = list;
    return n;
}
