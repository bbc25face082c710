// SPDX-License-Identifier: Apache-2.0
// Shapes of bodies and replies under /v1/, for OpenAPI.
#include "base/def.h"

#include "api/schemas.h"

#define TEXT       "{\"type\":\"string\"}"
#define SHORT      "{\"type\":\"string\",\"minLength\":1,\"maxLength\":255}"
#define SHORT_NULL "{\"type\":[\"string\",\"null\"],\"maxLength\":255}"
#define LABEL_NULL "{\"type\":[\"string\",\"null\"],\"maxLength\":2048}"
#define ID         "{\"type\":\"string\",\"format\":\"uuid\"}"
#define TIME       "{\"type\":\"string\",\"format\":\"date-time\"}"
#define INT        "{\"type\":\"integer\"}"
#define BOOL       "{\"type\":\"boolean\"}"
#define NUMBER     "{\"type\":\"number\",\"minimum\":-1e15,\"maximum\":1e15}"
#define ANY_OBJECT "{\"type\":\"object\"}"
#define LIST(item) "{\"type\":\"array\",\"items\":" item "}"
#define REF(name)  "{\"$ref\":\"#/components/schemas/" name "\"}"
#define OBJECT(required, properties)                                                               \
    "{\"type\":\"object\",\"required\":[" required "],\"properties\":{" properties "}}"
#define CLOSED(required, properties)                                                               \
    "{\"type\":\"object\",\"additionalProperties\":false,\"required\":[" required                  \
    "],\"properties\":{" properties "}}"
#define TYPE                                                                                       \
    "{\"type\":\"string\",\"enum\":[\"text\",\"categorical\",\"nps\",\"csat\",\"ces\","            \
    "\"rating\",\"number\",\"boolean\",\"date\"]}"
#define SENTIMENT                                                                                  \
    "{\"type\":\"string\",\"enum\":[\"very_negative\",\"negative\",\"neutral\",\"positive\","      \
    "\"very_positive\"]}"
#define EVENT                                                                                      \
    "{\"type\":\"string\",\"enum\":[\"feedback_record.created\",\"feedback_record.updated\","      \
    "\"feedback_record.deleted\",\"webhook.created\",\"webhook.updated\",\"webhook.deleted\"]}"
#define URL "{\"type\":\"string\",\"maxLength\":2048,\"pattern\":\"^https?://\"}"

#define VALUES                                                                                     \
    "\"value_number\":" NUMBER ",\"value_boolean\":" BOOL ",\"value_date\":" TIME                  \
    ",\"metadata\":" ANY_OBJECT                                                                    \
    ",\"language\":{\"type\":\"string\",\"maxLength\":10},\"user_id\":{\"type\":\"string\","       \
    "\"maxLength\":255}"
#define WEBHOOK                                                                                    \
    "\"id\":" ID ",\"url\":" TEXT ",\"enabled\":" BOOL ",\"tenant_id\":" TEXT                      \
    ",\"event_types\":" LIST(EVENT) ",\"created_at\":" TIME ",\"updated_at\":" TIME                \
                                    ",\"disabled_reason\":" TEXT ",\"disabled_at\":" TIME          \
                                    ",\"signing_key\":" TEXT
#define SETTINGS                                                                                   \
    "\"target_language\":{\"type\":[\"string\",\"null\"],\"maxLength\":35},"                       \
    "\"sentiment_enabled\":{\"type\":[\"boolean\",\"null\"]},"                                     \
    "\"emotions_enabled\":{\"type\":[\"boolean\",\"null\"]}"
#define PROGRESS                                                                                   \
    OBJECT("\"enabled\",\"eligible\",\"done\",\"failed\",\"failed_terminal\"",                     \
           "\"enabled\":" BOOL ",\"disabled_reason\":" TEXT ",\"eligible\":" INT ",\"done\":" INT  \
           ",\"failed\":" INT ",\"failed_terminal\":" INT)

const struct api_schema hub_schemas[] = {
    {"HubRecordIn",
     CLOSED(
         "\"source_type\",\"field_id\",\"field_type\",\"submission_id\",\"tenant_id\"",
         "\"source_type\":" SHORT ",\"source_id\":" SHORT_NULL ",\"source_name\":" SHORT_NULL
         ",\"field_id\":" SHORT ",\"field_label\":" LABEL_NULL ",\"field_type\":" TYPE
         ",\"field_group_id\":{\"type\":\"string\",\"maxLength\":255},\"field_group_label\":" LABEL_NULL
         ",\"value_text\":{\"type\":[\"string\",\"null\"],\"maxLength\":30000},\"value_id\":" SHORT_NULL
         ",\"tenant_id\":" SHORT ",\"submission_id\":" SHORT ",\"collected_at\":" TIME "," VALUES)},
    {"HubRecordChange", CLOSED("", "\"value_text\":{\"type\":\"string\",\"maxLength\":30000},"
                                   "\"value_id\":{\"type\":\"string\",\"maxLength\":255}," VALUES)},
    {"HubRecord",
     OBJECT("\"id\",\"collected_at\",\"created_at\",\"updated_at\",\"source_type\",\"field_id\","
            "\"field_type\",\"submission_id\",\"tenant_id\"",
            "\"id\":" ID ",\"created_at\":" TIME ",\"updated_at\":" TIME ",\"collected_at\":" TIME
            ",\"source_type\":" TEXT ",\"source_id\":" TEXT ",\"source_name\":" TEXT
            ",\"field_id\":" TEXT ",\"field_label\":" TEXT ",\"field_type\":" TYPE
            ",\"field_group_id\":" TEXT ",\"field_group_label\":" TEXT ",\"value_text\":" TEXT
            ",\"value_id\":" TEXT ",\"tenant_id\":" TEXT ",\"submission_id\":" TEXT
            ",\"sentiment\":" SENTIMENT ",\"sentiment_score\":{\"type\":\"number\"}," VALUES)},
    {"HubRecords",
     OBJECT("\"data\",\"limit\"",
            "\"data\":" LIST(REF("HubRecord")) ",\"limit\":" INT ",\"next_cursor\":" TEXT)},
    {"HubDeleted",
     OBJECT("\"deleted_count\",\"message\"", "\"deleted_count\":" INT ",\"message\":" TEXT)},
    {"HubCount", OBJECT("\"count\"", "\"count\":" INT)},
    {"HubSearchIn", OBJECT("\"query\",\"tenant_id\"",
                           "\"query\":{\"type\":\"string\",\"minLength\":1},\"tenant_id\":" SHORT)},
    {"HubSearch", OBJECT("\"data\",\"limit\"",
                         "\"data\":" LIST(OBJECT(
                             "\"feedback_record_id\",\"score\",\"field_label\",\"value_text\"",
                             "\"feedback_record_id\":" ID
                             ",\"score\":{\"type\":\"number\"},\"field_label\":" TEXT
                             ",\"value_text\":" TEXT)) ",\"limit\":" INT ",\"next_cursor\":" TEXT)},
    {"HubTenantDeleted",
     OBJECT("\"tenant_id\",\"deleted_feedback_records\",\"deleted_webhooks\",\"message\"",
            "\"tenant_id\":" TEXT ",\"deleted_feedback_records\":" INT ",\"deleted_webhooks\":" INT
            ",\"message\":" TEXT)},
    {"HubTenantPurged", OBJECT("\"status\",\"tenant_id\"",
                               "\"status\":" TEXT ",\"tenant_id\":" TEXT ",\"message\":" TEXT)},
    {"HubSettingsIn", CLOSED("", SETTINGS)},
    {"HubSettings", OBJECT("\"tenant_id\",\"settings\"",
                           "\"tenant_id\":" TEXT ",\"settings\":" OBJECT("", SETTINGS))},
    {"HubEnrichmentStatus",
     OBJECT("\"tenant_id\",\"as_of\",\"sentiment\",\"emotions\",\"translation\"",
            "\"tenant_id\":" TEXT ",\"as_of\":" TIME ",\"sentiment\":" PROGRESS
            ",\"emotions\":" PROGRESS ",\"translation\":" PROGRESS)},
    {"HubWebhookIn",
     CLOSED("\"url\",\"tenant_id\"", "\"url\":" URL ",\"tenant_id\":" SHORT ",\"enabled\":" BOOL
                                     ",\"signing_key\":" SHORT ",\"event_types\":" LIST(EVENT))},
    {"HubWebhookChange", CLOSED("", "\"url\":" URL ",\"tenant_id\":" SHORT ",\"enabled\":" BOOL
                                    ",\"signing_key\":" SHORT ",\"event_types\":" LIST(EVENT))},
    {"HubWebhook", OBJECT("\"id\",\"url\",\"enabled\",\"created_at\",\"updated_at\"", WEBHOOK)},
    {"HubWebhooks",
     OBJECT("\"data\",\"limit\"",
            "\"data\":" LIST(REF("HubWebhook")) ",\"limit\":" INT ",\"next_cursor\":" TEXT)},
};
const size_t n_hub_schemas = ARRAY_LEN(hub_schemas);
