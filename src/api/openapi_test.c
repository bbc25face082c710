// SPDX-License-Identifier: Apache-2.0
#include "api/api.h"
#include "api/schemas.h"
#include "tests/support/test.h"

static bool is_among(const char *name, const struct api_schema *list, size_t n) {
    for (size_t i = 0; i < n; i++)
        if (strcmp(list[i].name, name) == 0)
            return true;
    return false;
}

static bool is_schema(const char *name) {
    return is_among(name, api_schemas, n_api_schemas) ||
           is_among(name, hub_schemas, n_hub_schemas) ||
           is_among(name, import_schemas, n_import_schemas);
}

TEST(openapi_names_only_schemas_that_are_there) {
    for (size_t i = 0; i < n_api_schemas; i++) {
        struct json *j;
        struct error e;
        if (!json_parse(str_from(api_schemas[i].json), &j, &e))
            fail_msg("%s: %s", api_schemas[i].name, e.en);
        json_free(j);
    }
    for (size_t i = 0; api_route_at(i); i++) {
        const struct api_route *r = api_route_at(i);
        if ((r->body && !is_schema(r->body)) || (r->reply && !is_schema(r->reply)))
            fail_msg("%s %s: no schema %s or %s", r->method, r->path, r->body ? r->body : "-",
                     r->reply ? r->reply : "-");
    }
}

TEST(openapi_routes_are_unique_and_say_what_they_are) {
    for (size_t i = 0; api_route_at(i); i++) {
        const struct api_route *r = api_route_at(i);
        if (!r->hidden && (!r->tag || !r->summary.zh || !r->summary.en))
            fail_msg("%s %s has no summary or tag", r->method, r->path);
        for (size_t k = 0; k < i; k++)
            if (str_eq(str_from(r->method), str_from(api_route_at(k)->method)) &&
                str_eq(str_from(r->path), str_from(api_route_at(k)->path)))
                fail_msg("%s %s is there twice", r->method, r->path);
    }
}

TEST(openapi_is_one_json_document_with_every_shown_path) {
    CLEANUP(strbuf_done) struct strbuf sb = strbuf_init(8 * MIB);
    openapi_format("http://127.0.0.1:8080", &sb);
    assert_false(sb.overflow);
    struct json *j;
    struct error e;
    if (!json_parse(strbuf_str(&sb), &j, &e))
        fail_msg("%s", e.en);
    const struct json *paths = json_get(j, "paths");
    for (size_t i = 0; api_route_at(i); i++)
        if (!api_route_at(i)->hidden &&
            json_kind(json_get(paths, api_route_at(i)->path)) != JSON_KIND_OBJECT)
            fail_msg("%s is missing", api_route_at(i)->path);
    json_free(j);
}
