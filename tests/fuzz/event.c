// SPDX-License-Identifier: Apache-2.0
// What is taken for an event is written and read back as the same.
#include <assert.h>

#include "base/utf8.h"
#include "collect/event.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    CLEANUP(arena_done) struct arena a = {0};
    CLEANUP(json_freep) struct json *tree = NULL;
    CLEANUP(json_freep) struct json *again = NULL;
    CLEANUP(strbuf_done) struct strbuf one = strbuf_init(4 * MIB), two = strbuf_init(4 * MIB);
    static struct zone *zone;
    struct record_problems problems = {0};
    struct event e, stored;
    struct error err;
    if (!zone && !zone_open(STR("Asia/Shanghai"), &zone, &err))
        return 0;
    if (!json_parse(str_make((const char *)data, size), &tree, &err))
        return 0;
    if (!event_parse(tree, zone, &a, &e, &problems, &err)) {
        assert(problems.n > 0 || json_kind(tree) != JSON_KIND_OBJECT);
        return 0;
    }
    event_format(&e, &one);
    assert(json_parse(strbuf_str(&one), &again, &err));
    assert(event_parse_stored(again, &a, &stored, &err));
    event_format(&stored, &two);
    assert(str_eq(strbuf_str(&one), strbuf_str(&two)));
    return 0;
}
