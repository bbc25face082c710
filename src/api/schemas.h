// SPDX-License-Identifier: Apache-2.0
// The shapes of bodies and replies, as JSON Schema, by the names that the route table uses. OpenAPI is made of
// the route table and these.
#ifndef API_SCHEMAS_H
#define API_SCHEMAS_H

#include "base/strbuf.h"

struct api_schema {
    const char *name;
    const char *json; // one JSON Schema (2020-12) object
};
extern const struct api_schema api_schemas[];
extern const size_t n_api_schemas;
extern const struct api_schema hub_schemas[]; // of /v1/
extern const size_t n_hub_schemas;
extern const struct api_schema import_schemas[];
extern const size_t n_import_schemas;

// The whole OpenAPI 3.1 document.
void openapi_format(const char *server_url, struct strbuf *ret);

#endif
