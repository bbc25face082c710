// SPDX-License-Identifier: Apache-2.0
// A record of a Hub client is refused with the members that are wrong, or stored and given back with the same
// members.
#include <assert.h>
#include <stdlib.h>

#include "collect/hub_record.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void format(const struct hub_record *h, struct strbuf *ret) {
    struct json_writer w = json_writer_init(ret);
    json_begin_object(&w);
    hub_record_add(h, &w);
    json_end_object(&w);
}

static void round_trip(const struct hub_record *h) {
    CLEANUP(arena_done) struct arena a = {0};
    CLEANUP(strbuf_done) struct strbuf stored = strbuf_init(16 * MIB);
    CLEANUP(strbuf_done) struct strbuf before = strbuf_init(16 * MIB);
    CLEANUP(strbuf_done) struct strbuf after = strbuf_init(16 * MIB);
    CLEANUP(json_freep) struct json *made = NULL;
    CLEANUP(json_freep) struct json *tree = NULL;
    struct record r, again;
    struct hub_record back;
    struct error err;
    hub_record_store(h, &a, &r, &made);
    record_format(&r, &stored);
    if (!json_parse(strbuf_str(&stored), &tree, &err) ||
        !record_parse_stored(tree, &a, &again, &err) || !hub_record_load(&again, &back))
        abort();
    back.collected_us = h->collected_us; // kept in the row, more exactly
    format(h, &before);
    format(&back, &after);
    assert(str_eq(strbuf_str(&before), strbuf_str(&after)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    CLEANUP(json_freep) struct json *j = NULL;
    struct hub_record h, changed;
    struct record_problems problems = {0}, more = {0};
    struct error err;
    if (!json_parse(str_make((const char *)data, size), &j, &err))
        return 0;
    if (hub_record_parse(j, false, &h, &problems)) {
        round_trip(&h);
        changed = h;
        if (hub_record_parse(json_get(j, "metadata"), true, &changed, &more))
            round_trip(&changed);
    }
    for (size_t i = 0; i < problems.n; i++)
        assert(problems.items[i].reason.zh && problems.items[i].reason.en);
    return 0;
}
