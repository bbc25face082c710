// SPDX-License-Identifier: Apache-2.0
// Any bytes: json_parse refuses them or gives a tree that the writer turns into text that parses again.
#include "base/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    CLEANUP(strbuf_done) struct strbuf out = strbuf_init(64 * MIB);
    struct json_writer w = json_writer_init(&out);
    struct str text = str_make((const char *)data, size);
    json_add_str(&w, text);
    struct json *j, *again;
    if (!json_parse(strbuf_str(&out), &j, NULL))
        abort(); // what json_add_str writes is always a string
    json_free(j);
    if (!json_parse(text, &j, NULL))
        return 0;
    strbuf_reset(&out);
    w = json_writer_init(&out);
    json_add_value(&w, j);
    if (!json_parse(strbuf_str(&out), &again, NULL))
        abort();
    if (json_kind(j) != json_kind(again) || json_len(j) != json_len(again))
        abort();
    json_free(again);
    json_free(j);
    return 0;
}
