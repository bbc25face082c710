// SPDX-License-Identifier: Apache-2.0
#include "api/schemas.h"

#include "base/def.h"

#define ID   "{\"type\":\"string\",\"format\":\"uuid\"}"
#define ROLE "{\"type\":\"string\",\"enum\":[\"owner\",\"admin\",\"analyst\",\"agent\",\"viewer\"]}"
#define SCOPE                                                                                                \
    "{\"type\":[\"array\",\"null\"],\"maxItems\":16,\"items\":" CLOSED(                                      \
        "\"dimension\",\"values\"",                                                                          \
        "\"dimension\":{\"type\":\"string\",\"minLength\":1},\"values\":{\"type\":\"array\",\"minItems\":1," \
        "\"maxItems\":200,\"items\":" TEXT "}") "}"
#define NAME      "{\"type\":\"string\",\"minLength\":1,\"maxLength\":100}"
#define ID_NULL   "{\"type\":[\"string\",\"null\"],\"format\":\"uuid\"}"
#define TIME      "{\"type\":\"string\",\"format\":\"date-time\"}"
#define TIME_NULL "{\"type\":[\"string\",\"null\"],\"format\":\"date-time\"}"
#define TEXT      "{\"type\":\"string\"}"
#define INT       "{\"type\":\"integer\"}"
#define NUM_NULL  "{\"type\":[\"number\",\"null\"]}"
#define BOOL      "{\"type\":\"boolean\"}"
#define ANY       "{}"
#define REF(name) "{\"$ref\":\"#/components/schemas/" name "\"}"
#define LIST(item)                                                                                              \
    "{\"type\":\"object\",\"required\":[\"data\"],\"properties\":{\"data\":{\"type\":\"array\",\"items\":" item \
    "},\"meta\":" REF("Meta") "}}"
#define ONE(item) "{\"type\":\"object\",\"required\":[\"data\"],\"properties\":{\"data\":" item "}}"
#define OBJECT(required, properties)                                                               \
    "{\"type\":\"object\",\"required\":[" required "],\"properties\":{" properties "}}"
#define CLOSED(required, properties)                                                               \
    "{\"type\":\"object\",\"additionalProperties\":false,\"required\":[" required                  \
    "],\"properties\":{" properties "}}"
#define MAX_TEXT(n)                                                                                \
    "{\"type\":[\"string\",\"null\"],\"maxLength\":" #n "}" // null: as if it were absent

#define SENTIMENT "{\"type\":\"string\",\"enum\":[\"neg\",\"neu\",\"pos\"]}"
#define ATTRS                                                                                      \
    "{\"type\":[\"object\",\"null\"],\"maxProperties\":64,"                                        \
    "\"propertyNames\":{\"minLength\":1,\"maxLength\":64},"                                        \
    "\"additionalProperties\":{\"anyOf\":["                                                        \
    "{\"type\":\"string\",\"maxLength\":500},{\"type\":\"number\"},{\"type\":\"boolean\"},{\"type\":\"null\"}]}}"
#define SCORE_IN                                                                                     \
    CLOSED(                                                                                          \
        "\"value\"",                                                                                 \
        "\"metric\":{\"type\":\"string\",\"enum\":[\"rating\",\"nps\",\"csat\",\"ces\"]},"           \
        "\"value\":{\"description\":\"number within the scale, or words\","                          \
        "\"anyOf\":[{\"type\":\"number\"},{\"type\":\"string\",\"minLength\":1,\"maxLength\":20}]}," \
        "\"scale\":{\"description\":\"its two ends; default 1–5, NPS 0–10, CES 1–7\","         \
        "\"anyOf\":[{\"type\":\"string\"},{\"type\":\"array\",\"minItems\":2,\"maxItems\":2,"        \
        "\"items\":{\"type\":\"number\"}}]},\"reversed\":" BOOL ",\"dimension\":" TEXT)
#define CUSTOMER_IN                                                                                                    \
    CLOSED(                                                                                                            \
        "",                                                                                                            \
        "\"external_id\":" MAX_TEXT(255) ",\"phone\":" MAX_TEXT(40) ",\"email\":" MAX_TEXT(255) ",\"name\":" MAX_TEXT( \
            255) ",\"openid\":" MAX_TEXT(255) ",\"unionid\":" MAX_TEXT(255) ",\"attributes\":" ATTRS)
#define FIGURE                                                                                     \
    "\"value\":" NUM_NULL                                                                          \
    ",\"interval\":{\"type\":[\"array\",\"null\"],\"items\":{\"type\":\"number\"}},\"n\":" INT

const struct api_schema
    api_schemas[] =
        {
            {"Problem",
             OBJECT("\"title\",\"status\",\"code\"",
                    "\"type\":" TEXT ",\"title\":" TEXT ",\"status\":" INT ",\"detail\":" TEXT
                    ",\"code\":" TEXT ",\"requestId\":" TEXT
                    ",\"invalid_params\":{\"type\":\"array\",\"items\":" OBJECT(
                        "\"name\",\"reason\"", "\"name\":" TEXT ",\"reason\":" TEXT) "}")},
            {"Meta",
             OBJECT("", "\"limit\":" INT ",\"next_cursor\":{\"type\":[\"string\",\"null\"]}")},
            {"Health", OBJECT("\"status\",\"version\"", "\"status\":" TEXT ",\"version\":" TEXT)},
            {"Record",
             CLOSED(
                 "", "\"source\":" MAX_TEXT(100) ",\"channel\":" MAX_TEXT(100) ",\"external_id\":" MAX_TEXT(255) ",\"text\":" MAX_TEXT(20000) ",\"follow_up\":" MAX_TEXT(20000) ",\"reply\":" MAX_TEXT(20000) ",\"label\":" MAX_TEXT(
                         200) ",\"product\":" MAX_TEXT(255) ",\"order\":" MAX_TEXT(255) ",\"language\":" MAX_TEXT(20) ",\"occurred_at\":{\"type\":\"string\",\"format\":\"date-time\"},\"date_only\":" BOOL
                                                                                                                      ",\"replied\":" BOOL
                                                                                                                      ",\"scores\":{\"type\":\"array\",\"maxItems\":8,\"items\":" SCORE_IN
                                                                                                                      "},\"customer\":" CUSTOMER_IN
                                                                                                                      ",\"attributes\":" ATTRS
                                                                                                                      ",\"metadata\":{\"type\":\"object\"}")},
            {"FeedbackIn",
             "{\"description\":\"one record, or up to 1,000; text or scores is needed\",\"anyOf\":[" REF(
                 "Record") ",{\"type\":\"array\",\"minItems\":1,\"maxItems\":1000,\"items\":" REF("Record") "}]}"},
            {"FeedbackWritten",
             OBJECT(
                 "\"data\"",
                 "\"data\":{\"anyOf\":[" OBJECT(
                     "\"id\"",
                     "\"id\":" ID ",\"created\":" BOOL
                     ",\"outcome\":" TEXT) ",{\"type\":\"array\",\"items\":{\"type\":\"object\"}}]},\"meta\":{\"type\":\"object\"}")},
            {"Analysis", "{\"type\":[\"object\",\"null\"],\"properties\":{\"sentiment\":" SENTIMENT
                         ",\"urgency\":" INT ",\"validity\":" TEXT ",\"satisfaction\":" NUM_NULL
                         ",\"dimensions\":{\"type\":\"array\",\"items\":" OBJECT(
                             "\"code\",\"polarity\"",
                             "\"code\":" TEXT ",\"polarity\":" SENTIMENT
                             ",\"score\":{\"type\":\"number\"},\"evidence\":" OBJECT(
                                 "", "\"start\":" INT
                                     ",\"end\":" INT ",\"text\":" TEXT)) "},\"keywords\":{\"type\":\"array\",\"items\":" TEXT "},\"model\":" TEXT "}}"},
            {"Feedback",
             OBJECT(
                 "\"id\",\"occurred_at\",\"created_at\"",
                 "\"id\":" ID ",\"source\":" TEXT ",\"channel\":" TEXT ",\"external_id\":" TEXT
                 ",\"occurred_at\":" TIME ",\"created_at\":" TIME ",\"updated_at\":" TIME
                 ",\"deleted_at\":" TIME_NULL ",\"text\":" TEXT ",\"follow_up\":" TEXT
                 ",\"reply\":" TEXT ",\"product\":" TEXT ",\"order\":" TEXT
                 ",\"scores\":{\"type\":\"array\"},\"attributes\":{\"type\":\"object\"},\"customer\":{\"type\":[\"object\",\"null\"]},\"import_id\":" ID_NULL
                 ",\"version\":" INT ",\"analysis\":" REF(
                     "Analysis") ",\"corrections\":{\"type\":\"array\"},\"history\":{\"type\":\"array\"},\"behaviour\":{\"type\":\"array\"},\"suspect\":" BOOL
                                 ",\"suspicions\":{\"type\":\"array\",\"items\":" TEXT
                                 "}")},
            {"FeedbackList", LIST(REF("Feedback"))},
            {"FeedbackOne", ONE(REF("Feedback"))},
            {"Bulk", CLOSED(
                         "\"ids\",\"action\"",
                         "\"ids\":{\"type\":\"array\",\"minItems\":1,\"maxItems\":1000,\"items\":" ID
                         "},\"action\":{\"type\":\"string\",\"enum\":[\"delete\",\"restore\",\"correct\"]},\"field\":" TEXT
                         ",\"value\":" ANY)},
            {"Changed", OBJECT("\"meta\"", "\"meta\":" OBJECT("\"changed\"", "\"changed\":" INT))},
            {"Correction",
             CLOSED(
                 "\"field\",\"value\"",
                 "\"field\":{\"type\":\"string\",\"enum\":[\"sentiment\",\"urgency\",\"dimensions\",\"validity\",\"suspect\"]},\"value\":" ANY)},
            {"Figure", OBJECT("\"n\"", FIGURE)},
            {"Overview",
             OBJECT(
                 "\"period\",\"volume\",\"satisfaction\",\"sentiment\",\"dimensions\",\"issues\",\"channels\",\"trend\"",
                 "\"period\":{\"type\":\"object\"},\"volume\":{\"type\":\"object\"},\"satisfaction\":" REF(
                     "Figure") ",\"index\":" REF("Figure") ",\"sentiment\":{\"type\":\"object\"},\"dimensions\":{\"type\":\"array\"},\"issues\":{\"type\":\"array\"},\"channels\":{\"type\":\"array\"},\"trend\":{\"type\":\"array\"}")},
            {"Dimensions", LIST(
                               OBJECT("\"name\",\"label\",\"kind\",\"values\"", "\"name\":" TEXT
                                                                                ",\"label\":" TEXT ",\"kind\":{\"type\":\"string\",\"enum\":[\"class\",\"dimension\",\"measure\"]},\"values\":{\"type\":\"array\"},\"closed\":{\"type\":[\"string\",\"null\"]}"))},
            {"Crosstab",
             OBJECT(
                 "\"rows\",\"columns\",\"cells\"",
                 "\"rows\":{\"type\":\"array\"},\"columns\":{\"type\":\"array\"},\"cells\":{\"type\":\"array\"},\"totals\":{\"type\":[\"object\",\"null\"]}")},
            {"Status",
             OBJECT("\"version\",\"uptime_s\"", "\"version\":" TEXT ",\"uptime_s\":" INT
                                                ",\"queues\":{\"type\":\"array\"}")},
            {"Jobs", LIST(OBJECT("\"id\",\"kind\"",
                                 "\"id\":" TEXT ",\"kind\":" TEXT ",\"state\":" TEXT
                                 ",\"error\":" TEXT ",\"attempts\":" INT))},
            {"SetupState", OBJECT("\"needed\"", "\"needed\":" BOOL)},
            {"SetupIn", OBJECT("\"token\",\"email\",\"password\"",
                               "\"token\":" TEXT ",\"email\":" TEXT
                               ",\"password\":{\"type\":\"string\",\"minLength\":12},\"name\":" TEXT
                               ",\"workspace\":{\"type\":\"object\"}")},
            {"SignIn", OBJECT("\"email\",\"password\"", "\"email\":" TEXT ",\"password\":" TEXT)},
            {"Session",
             OBJECT(
                 "\"user\",\"permissions\",\"csrf_token\"",
                 "\"user\":{\"type\":\"object\"},\"workspace\":{\"type\":[\"object\",\"null\"]},\"permissions\":{\"type\":\"array\",\"items\":" TEXT
                 "},\"csrf_token\":" TEXT)},
            {"SessionChange",
             OBJECT("", "\"workspace_id\":" ID
                        ",\"lang\":{\"type\":\"string\",\"enum\":[\"zh\",\"en\"]}")},
            {"PasswordChange", OBJECT("\"old\",\"new\"", "\"old\":" TEXT ",\"new\":" TEXT)},
            {"Link", OBJECT(
                         "\"kind\"", "\"kind\":" TEXT ",\"email\":" TEXT ",\"workspace\":" TEXT
                                     ",\"expires_at\":" TIME)},
            {"LinkAccept",
             OBJECT("\"password\"", "\"password\":" TEXT ",\"name\":" TEXT ",\"lang\":" TEXT)},
            {"KeyIn", OBJECT("\"name\",\"scopes\"",
                             "\"name\":" NAME
                             ",\"scopes\":{\"type\":\"array\",\"minItems\":1,\"items\":" TEXT
                             "},\"expires_at\":" TIME_NULL)},
            {"KeyMade",
             ONE(OBJECT("\"id\",\"key\"", "\"id\":" ID ",\"name\":" TEXT ",\"key\":" TEXT))},
            {"KeyList",
             LIST(OBJECT("\"id\",\"name\",\"scopes\"",
                         "\"id\":" ID ",\"name\":" TEXT ",\"tail\":" TEXT
                         ",\"scopes\":{\"type\":\"array\",\"items\":" TEXT "},\"created_at\":" TIME
                         ",\"expires_at\":" TIME_NULL))},
            {"Invite",
             OBJECT("\"email\",\"role\"", "\"email\":" TEXT ",\"role\":" ROLE ",\"scope\":" SCOPE)},
            {"LinkMade", ONE(OBJECT("\"link\"", "\"link\":" TEXT))},
            {"UserList", LIST(OBJECT("\"id\",\"email\",\"role\",\"state\"",
                                     "\"id\":" ID ",\"email\":" TEXT ",\"role\":" TEXT
                                     ",\"state\":" TEXT))},
            {"UserChange", OBJECT("", "\"role\":" ROLE ",\"active\":" BOOL ",\"scope\":" SCOPE)},
            {"ViewIn",
             OBJECT("\"name\",\"query\"", "\"name\":" NAME ",\"query\":" TEXT ",\"shared\":" BOOL)},
            {"View", OBJECT("\"id\",\"name\",\"query\"",
                            "\"id\":" ID ",\"name\":" TEXT ",\"query\":" TEXT ",\"shared\":" BOOL
                            ",\"mine\":" BOOL)},
            {"ViewOne", ONE(REF("View"))},
            {"ViewList", LIST(REF("View"))},
            {"Workspace", ONE(OBJECT("\"id\",\"name\",\"time_zone\"",
                                     "\"id\":" ID ",\"name\":" TEXT ",\"time_zone\":" TEXT
                                     ",\"industry\":" TEXT))},
            {"WorkspaceIn",
             OBJECT("\"name\"", "\"name\":" NAME ",\"time_zone\":" TEXT ",\"industry\":" TEXT)},
            {"WorkspaceChange",
             OBJECT("", "\"name\":" TEXT ",\"time_zone\":" TEXT ",\"industry\":" TEXT)},
            {"Taxonomy",
             ONE(OBJECT("\"industry\",\"version\",\"dimensions\"",
                        "\"industry\":" TEXT ",\"industry_name\":" TEXT ",\"version\":" INT
                        ",\"can_undo\":" BOOL
                        ",\"dimensions\":{\"type\":\"array\",\"items\":" OBJECT(
                            "\"code\",\"name\"",
                            "\"code\":" TEXT ",\"name\":" TEXT ",\"name_zh\":" TEXT
                            ",\"name_en\":" TEXT
                            ",\"weight\":{\"type\":\"number\",\"description\":\"of 100 for all of the industry\"},\"synonyms\":{\"type\":\"array\",\"items\":" TEXT
                            "},\"hidden\":" BOOL
                            ",\"merged_into\":{\"type\":[\"string\",\"null\"]}") "}"))},
            {"TaxonomyChange",
             CLOSED(
                 "", "\"industry\":" TEXT ",\"version\":" INT
                     ",\"dimensions\":{\"type\":\"array\",\"maxItems\":25,\"items\":" CLOSED(
                         "\"code\"", "\"code\":" TEXT
                                     ",\"name\":{\"type\":[\"string\",\"null\"],\"maxLength\":40}"
                                     ",\"name_zh\":{\"type\":[\"string\",\"null\"],\"maxLength\":40},\"name_en\":{\"type\":[\"string\",\"null\"],\"maxLength\":40}"
                                     ",\"weight\":{\"type\":[\"number\",\"null\"],\"minimum\":0,\"maximum\":100}"
                                     ",\"synonyms\":{\"type\":[\"array\",\"null\"],\"maxItems\":20,\"items\":" MAX_TEXT(
                                         20) "}"
                                             ",\"hidden\":{\"type\":[\"boolean\",\"null\"]},\"merged_into\":{\"type\":[\"string\",\"null\"]}") "}")},
            {"DemoIn",
             CLOSED("", "\"feedback\":{\"type\":\"integer\",\"minimum\":100,\"maximum\":20000}")},
            {"DemoPromised", ONE(OBJECT("\"id\",\"feedback\"", "\"id\":" ID ",\"feedback\":" INT))},
            {"Industries", LIST(OBJECT("\"code\",\"name\"", "\"code\":" TEXT ",\"name\":" TEXT))},
            {"AuditList",
             LIST(OBJECT("\"seq\",\"at\",\"action\"", "\"seq\":" INT ",\"at\":" TIME
                                                      ",\"actor\":" TEXT ",\"action\":" TEXT
                                                      ",\"subject\":" TEXT ",\"detail\":" TEXT))},
            {"AuditState",
             OBJECT("\"holds\",\"rows\"",
                    "\"holds\":" BOOL ",\"rows\":" INT
                    ",\"broken_at\":{\"type\":[\"integer\",\"null\"]},\"head\":" TEXT)},
            {"Customer",
             OBJECT(
                 "\"id\",\"first_at\",\"last_at\",\"n\"",
                 "\"id\":" ID ",\"name\":" TEXT ",\"tail\":" TEXT ",\"first_at\":" TIME
                 ",\"last_at\":" TIME ",\"n\":" INT ",\"n_events\":" INT ",\"score\":" NUM_NULL
                 ",\"segments\":{\"type\":\"array\",\"items\":" OBJECT(
                     "\"code\",\"value\"",
                     "\"code\":" TEXT ",\"name\":" TEXT ",\"value\":" TEXT
                     ",\"label\":" TEXT) "},\"identities\":{\"type\":\"array\"}"
                                         ",\"merges\":{\"type\":\"array\"}"
                                         ",\"feedback\":{\"type\":\"array\",\"items\":" REF(
                                             "Feedback") "},\"events\":{\"type\":\"array\",\"items\":" REF("Event") "}")},
            {"Segments",
             ONE(OBJECT(
                 "\"segments\",\"spend_tiers\"",
                 "\"segments\":{\"type\":\"array\"},\"spend_tiers\":{\"type\":\"object\"}"))},
            {"SegmentsIn",
             CLOSED(
                 "\"spend_tiers\"",
                 "\"spend_tiers\":{\"anyOf\":[{\"type\":\"null\"}," CLOSED(
                     "\"middle\",\"high\"",
                     "\"middle\":{\"type\":\"number\",\"exclusiveMinimum\":0},\"high\":{\"type\":\"number\",\"exclusiveMinimum\":0}") "]}")},
            {"CustomerList", LIST(REF("Customer"))},
            {"CustomerOne", ONE(REF("Customer"))},
            {"CustomerMergeIn", CLOSED("\"into\",\"from\"", "\"into\":" ID ",\"from\":" ID)},
            {"CustomerUnmergeIn", CLOSED("\"merge_id\"", "\"merge_id\":" ID)},
            {"CustomerExport", ONE("{\"type\":\"object\"}")},
            {"CustomerEraseIn",
             CLOSED("\"confirm\"", "\"confirm\":{\"const\":true},\"keep_counts\":" BOOL)},
            {"ErasureCertificate",
             ONE(OBJECT("\"id\",\"customer\",\"at\",\"removed\",\"hash\"",
                        "\"id\":" ID ",\"customer\":" ID ",\"at\":" TIME ",\"by_user\":" ID_NULL
                        ",\"by_key\":" ID_NULL ",\"removed\":{\"type\":\"object\"}"
                        ",\"not_reached\":{\"type\":\"object\"},\"hash\":" TEXT))},
            {"EventRecord",
             CLOSED(
                 "\"type\",\"at\"",
                 "\"type\":{\"type\":\"string\",\"pattern\":\"^[a-z0-9_-]{1,40}$\"},\"source\":" MAX_TEXT(100) ",\"external_id\":" MAX_TEXT(
                     255) ",\"order\":" MAX_TEXT(255) ",\"at\":" TIME ",\"customer\":" CUSTOMER_IN
                                                      ",\"measures\":{\"type\":[\"object\",\"null\"],\"maxProperties\":64,\"propertyNames\":{\"minLength\":1,\"maxLength\":64},"
                                                      "\"additionalProperties\":{\"type\":\"number\"}},\"attributes\":" ATTRS)},
            {"EventIn",
             "{\"description\":\"one event, or up to 1,000\",\"anyOf\":[" REF(
                 "EventRecord") ",{\"type\":\"array\",\"minItems\":1,\"maxItems\":1000,\"items\":" REF("EventRecord") "}]}"},
            {"EventsWritten",
             OBJECT(
                 "\"data\"",
                 "\"data\":{\"anyOf\":[" OBJECT(
                     "\"id\"",
                     "\"id\":" ID ",\"created\":" BOOL
                     ",\"outcome\":" TEXT) ",{\"type\":\"array\",\"items\":{\"type\":\"object\"}}]},\"meta\":{\"type\":\"object\"}")},
            {"Event",
             OBJECT("\"id\",\"type\",\"at\"",
                    "\"id\":" ID ",\"type\":" TEXT ",\"source\":" TEXT ",\"external_id\":" TEXT
                    ",\"at\":" TIME ",\"updated_at\":" TIME ",\"order\":" TEXT
                    ",\"customer_id\":" ID_NULL
                    ",\"measures\":{\"type\":\"object\"},\"attributes\":{\"type\":\"object\"}")},
            {"EventList", LIST(REF("Event"))},
};
const size_t n_api_schemas = ARRAY_LEN(api_schemas);
