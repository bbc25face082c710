// SPDX-License-Identifier: Apache-2.0
// Shapes of imports, for OpenAPI.
#include "api/schemas.h"
#include "base/def.h"

#define TEXT       "{\"type\":\"string\"}"
#define TEXT_NULL  "{\"type\":[\"string\",\"null\"]}"
#define ID         "{\"type\":\"string\",\"format\":\"uuid\"}"
#define TIME       "{\"type\":\"string\",\"format\":\"date-time\"}"
#define INT        "{\"type\":\"integer\"}"
#define BOOL       "{\"type\":\"boolean\"}"
#define LIST(item) "{\"type\":\"array\",\"items\":" item "}"
#define REF(name)  "{\"$ref\":\"#/components/schemas/" name "\"}"
#define OBJECT(required, properties)                                                               \
    "{\"type\":\"object\",\"required\":[" required "],\"properties\":{" properties "}}"
#define MAPPING                                                                                    \
    "{\"type\":[\"array\",\"null\"],\"items\":{\"type\":\"object\",\"properties\":{"               \
    "\"file\":" TEXT ",\"column\":" TEXT ",\"role\":" TEXT ",\"meaning\":" TEXT                    \
    ",\"filled\":{\"type\":\"number\"},\"used\":" BOOL ",\"by_map\":" BOOL "}}}"
#define UNDERSTOOD                                                                                 \
    "{\"type\":[\"object\",\"null\"],\"properties\":{\"kind\":" TEXT ",\"channel\":" TEXT          \
    ",\"platform\":" TEXT ",\"rows\":" INT ",\"text_column\":" TEXT ",\"time_column\":" TEXT       \
    ",\"notes\":" LIST(TEXT) ",\"files\":" LIST("{\"type\":\"object\"}") "}}"
#define COUNTS "{\"type\":\"object\",\"additionalProperties\":{\"type\":\"integer\",\"minimum\":0}}"
#define MEMBERS                                                                                    \
    "\"id\":" ID ",\"file_name\":" TEXT ",\"bytes\":" INT                                          \
    ",\"state\":{\"type\":\"string\",\"enum\":[\"uploaded\",\"checked\",\"running\",\"done\","     \
    "\"failed\",\"cancelled\",\"undoing\",\"undone\"]},\"problem\":" TEXT_NULL                     \
    ",\"mapping\":" MAPPING ",\"understood\":" UNDERSTOOD ",\"map\":" TEXT ",\"sheet\":" TEXT      \
    ",\"time_zone\":" TEXT ",\"counts\":" COUNTS ",\"progress\":" OBJECT(                          \
        "\"rows\"", "\"rows\":" INT                                                                \
                    ",\"share\":{\"type\":[\"number\",\"null\"]}") ",\"errors_url\":" TEXT_NULL    \
                                                                   ",\"report_url\":" TEXT_NULL    \
                                                                   ",\"created_at\":" TIME         \
                                                                   ",\"updated_at\":" TIME         \
                                                                   ",\"by\":" TEXT
#define REJECT                                                                                     \
    OBJECT("\"row\",\"reason\"", "\"file\":" TEXT ",\"row\":" INT ",\"column\":" TEXT              \
                                 ",\"reason\":" TEXT ",\"sample\":" TEXT)

const struct api_schema import_schemas[] = {
    {"FeedbackImported", OBJECT("\"meta\",\"errors\"",
                                "\"meta\":" COUNTS ",\"errors\":" LIST(OBJECT(
                                    "\"line\",\"detail\"", "\"line\":" INT ",\"detail\":" TEXT)))},
    {"ImportMembers", OBJECT("\"id\",\"state\"", MEMBERS)},
    {"Import", OBJECT("\"data\"", "\"data\":" REF("ImportMembers"))},
    {"ImportList",
     OBJECT("\"data\",\"meta\"", "\"data\":" LIST(REF("ImportMembers")) ",\"meta\":" REF("Meta"))},
    {"ImportSettings",
     "{\"type\":\"object\",\"additionalProperties\":false,\"properties\":{\"map\":{\"type\":["
     "\"object\",\"null\"],\"description\":\"column: role\",\"additionalProperties\":" TEXT
     "},\"sheet\":{\"type\":\"string\",\"maxLength\":200},\"time_zone\":{\"type\":\"string\","
     "\"maxLength\":60}}}"},
    {"ImportCheck",
     OBJECT("\"data\",\"sample\",\"rejects\"",
            "\"data\":" REF("ImportMembers") ",\"estimated\":" BOOL ",\"sample\":" LIST(
                REF("Feedback")) ",\"rejects\":" LIST(REJECT) ",\"n_rejects\":" INT)},
};
const size_t n_import_schemas = ARRAY_LEN(import_schemas);
