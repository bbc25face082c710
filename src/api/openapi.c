// SPDX-License-Identifier: Apache-2.0
// OpenAPI 3.1 from the route table, and the page that shows it.
#include <stdio.h>

#include "api/api.h"
#include "api/filter.h"
#include "api/schemas.h"
#include "base/mem.h"

static bool is_shown(const struct api_route *r) {
    return !r->hidden && r->tag;
}

// ── parameters ──

static void add_parameter(struct json_writer *w, const char *name, const char *in, bool required,
                          const char *type, const struct api_param *p) {
    json_begin_object(w);
    json_key(w, "name");
    json_add_cstr(w, name);
    json_key(w, "in");
    json_add_cstr(w, in);
    json_key(w, "required");
    json_add_bool(w, required);
    if (p) {
        json_key(w, "description");
        json_add_cstr(w, p->about.en);
    }
    json_key(w, "schema");
    json_begin_object(w);
    json_key(w, "type");
    json_add_cstr(w, type);
    if (str_eq(str_from(name), STR("id"))) {
        json_key(w, "format");
        json_add_cstr(w, "uuid");
    }
    if (p && p->type == PARAM_INT) {
        json_key(w, "minimum");
        json_add_int(w, p->low);
        json_key(w, "maximum");
        json_add_int(w, p->high);
    }
    json_end_object(w);
    json_end_object(w);
}

// filter[field][op]: one object, in the style that OpenAPI calls deepObject (one level, so each field is listed).
static void add_filters(struct json_writer *w, const struct api_param *p) {
    char name[80];
    for (const char *const *f = filter_field_names(); *f; f++) {
        if (str_starts(str_from(*f), STR("attr.")))
            continue;
        snprintf(name, sizeof name, "filter[%s][in]", *f);
        bool is_range = str_ends(str_from(*f), STR("_at"));
        if (is_range)
            snprintf(name, sizeof name, "filter[%s][gte]", *f);
        add_parameter(w, name, "query", false, "string", p);
    }
}

static void add_path_parameters(struct json_writer *w, const char *path) {
    for (const char *open = strchr(path, '{'); open; open = strchr(open + 1, '{')) {
        char name[40];
        size_t n = strcspn(open + 1, "}");
        snprintf(name, sizeof name, "%.*s", (int)n, open + 1);
        add_parameter(w, name, "path", true, "string", NULL);
    }
}

static void add_parameters(struct json_writer *w, const struct api_route *r) {
    json_key(w, "parameters");
    json_begin_array(w);
    add_path_parameters(w, r->path);
    for (const struct api_param *p = r->query; p && p->name; p++) {
        if (str_eq(str_from(p->name), STR("filter[*]")))
            add_filters(w, p);
        else
            add_parameter(w, p->name, "query", false, p->type == PARAM_INT ? "integer" : "string",
                          p);
    }
    json_end_array(w);
}

// ── bodies ──

static void add_schema_ref(struct json_writer *w, const char *type, const char *name) {
    char ref[100];
    json_key(w, "content");
    json_begin_object(w);
    json_key(w, type);
    json_begin_object(w);
    if (name) {
        snprintf(ref, sizeof ref, "#/components/schemas/%s", name);
        json_key(w, "schema");
        json_begin_object(w);
        json_key(w, "$ref");
        json_add_cstr(w, ref);
        json_end_object(w);
    }
    json_end_object(w);
    json_end_object(w);
}

static void add_response(struct json_writer *w, int status, const char *what, const char *type,
                         const char *schema) {
    char key[12];
    snprintf(key, sizeof key, "%d", status);
    json_key(w, key);
    json_begin_object(w);
    json_key(w, "description");
    json_add_cstr(w, what);
    if (type)
        add_schema_ref(w, type, schema);
    json_end_object(w);
}

static void add_responses(struct json_writer *w, const struct api_route *r) {
    static const struct {
        int status;
        const char *what;
    } problems[] = {{400, "not as it should be"}, {401, "not signed in"},
                    {403, "not permitted"},       {404, "there is none"},
                    {408, "not sent in time"},    {409, "in the way of something else"},
                    {413, "too large"},           {422, "not to be done"},
                    {429, "too often"},           {500, "our fault"},
                    {503, "not at the moment"},   {507, "no space left"}};
    int success = r->success ? r->success : 200;
    json_key(w, "responses");
    json_begin_object(w);
    const char *type = r->reply_type ? r->reply_type : r->reply ? "application/json" : NULL;
    add_response(w, success, "done", type, r->reply);
    if (r->again)
        add_response(w, 200, "done before", "application/json", r->reply);
    for (size_t i = 0; i < ARRAY_LEN(problems); i++)
        add_response(w, problems[i].status, problems[i].what, "application/problem+json",
                     "Problem");
    json_end_object(w);
}

static void add_operation(struct json_writer *w, const struct api_route *r) {
    char method[12];
    size_t n = 0;
    for (; r->method[n] && n < sizeof method - 1; n++)
        method[n] = (char)(r->method[n] | 0x20);
    method[n] = '\0';
    json_key(w, method);
    json_begin_object(w);
    json_key(w, "summary");
    json_add_cstr(w, r->summary.en);
    json_key(w, "x-summary-zh");
    json_add_cstr(w, r->summary.zh);
    json_key(w, "tags");
    json_begin_array(w);
    json_add_cstr(w, r->tag);
    json_end_array(w);
    json_key(w, "security");
    json_begin_array(w);
    if (r->permission != PERMISSION_NONE) {
        static const char *const ways[] = {"bearer", "key", "session"};
        for (size_t i = 0; i < ARRAY_LEN(ways); i++) {
            json_begin_object(w);
            json_key(w, ways[i]);
            json_begin_array(w);
            json_end_array(w);
            json_end_object(w);
        }
        json_end_array(w);
        json_key(w, "x-permission");
        json_add_cstr(w, r->permission == PERMISSION_SIGNED_IN ? "signed in"
                                                               : permission_code(r->permission));
    } else {
        json_end_array(w);
    }
    if (r->whole) {
        json_key(w, "x-whole");
        json_add_bool(w, true);
    }
    add_parameters(w, r);
    if (r->body || r->body_type) {
        json_key(w, "requestBody");
        json_begin_object(w);
        json_key(w, "required");
        json_add_bool(w, !r->body_optional);
        add_schema_ref(w, r->body_type ? r->body_type : "application/json", r->body);
        json_end_object(w);
    }
    add_responses(w, r);
    json_end_object(w);
}

// Rows of one path stand together in OpenAPI, wherever they stand in the tables.
static bool path_came_before(size_t i) {
    for (size_t k = 0; k < i; k++)
        if (is_shown(api_route_at(k)) &&
            str_eq(str_from(api_route_at(k)->path), str_from(api_route_at(i)->path)))
            return true;
    return false;
}

static void add_paths(struct json_writer *w) {
    json_key(w, "paths");
    json_begin_object(w);
    for (size_t i = 0; api_route_at(i); i++) {
        const struct api_route *r = api_route_at(i);
        if (!is_shown(r) || path_came_before(i))
            continue;
        json_key(w, r->path);
        json_begin_object(w);
        for (size_t k = i; api_route_at(k); k++)
            if (is_shown(api_route_at(k)) &&
                str_eq(str_from(api_route_at(k)->path), str_from(r->path)))
                add_operation(w, api_route_at(k));
        json_end_object(w);
    }
    json_end_object(w);
}

static void add_scheme(struct json_writer *w, const char *name, const char *type, const char *key,
                       const char *value, const char *in) {
    json_key(w, name);
    json_begin_object(w);
    json_key(w, "type");
    json_add_cstr(w, type);
    json_key(w, key);
    json_add_cstr(w, value);
    if (in) {
        json_key(w, "in");
        json_add_cstr(w, in);
    }
    json_end_object(w);
}

static void add_schemas(struct json_writer *w, const struct api_schema *list, size_t n) {
    for (size_t i = 0; i < n; i++) {
        struct json *schema;
        if (!json_parse(str_from(list[i].json), &schema, NULL))
            abort(); // our own text; a test reads them all
        json_key(w, list[i].name);
        json_add_value(w, schema);
        json_free(schema);
    }
}

static void add_components(struct json_writer *w) {
    json_key(w, "components");
    json_begin_object(w);
    json_key(w, "securitySchemes");
    json_begin_object(w);
    add_scheme(w, "bearer", "http", "scheme", "bearer", NULL);
    add_scheme(w, "key", "apiKey", "name", "x-api-key", "header");
    add_scheme(w, "session", "apiKey", "name", SESSION_COOKIE, "cookie");
    json_end_object(w);
    json_key(w, "schemas");
    json_begin_object(w);
    add_schemas(w, api_schemas, n_api_schemas);
    add_schemas(w, hub_schemas, n_hub_schemas);
    add_schemas(w, import_schemas, n_import_schemas);
    json_end_object(w);
    json_end_object(w);
}

void openapi_format(const char *server_url, struct strbuf *ret) {
    struct json_writer w = json_writer_init(ret);
    json_begin_object(&w);
    json_key(&w, "openapi");
    json_add_cstr(&w, "3.1.0");
    json_key(&w, "info");
    json_begin_object(&w);
    json_key(&w, "title");
    json_add_cstr(&w, "Huisheng 回声");
    json_key(&w, "version");
    json_add_cstr(&w, HUISHENG_VERSION);
    json_key(&w, "license");
    json_begin_object(&w);
    json_key(&w, "name");
    json_add_cstr(&w, "Apache-2.0");
    json_key(&w, "identifier");
    json_add_cstr(&w, "Apache-2.0");
    json_end_object(&w);
    json_end_object(&w);
    json_key(&w, "servers");
    json_begin_array(&w);
    json_begin_object(&w);
    json_key(&w, "url");
    json_add_cstr(&w, server_url && *server_url ? server_url : "/");
    json_end_object(&w);
    json_end_array(&w);
    add_paths(&w);
    add_components(&w);
    json_end_object(&w);
}

static enum request_outcome get_openapi(struct request *r, void *ctx) {
    struct api *api = ctx;
    struct strbuf sb = strbuf_init(8 * MIB);
    openapi_format(api->public_url, &sb);
    return api_ok(r, 200, &sb);
}

static const struct api_route routes[] = {
    {.method = "GET",
     .path = "/api/openapi.json",
     .handler = get_openapi,
     .tag = "system",
     .summary = {"OpenAPI 3.1 文档", "this document, OpenAPI 3.1"},
     .reply_type = "application/json"},
};
const struct api_table openapi_routes = API_TABLE(routes);
