// SPDX-License-Identifier: Apache-2.0
// What is taken for a change of the dimensions is kept and read back as the same.
#include <assert.h>

#include "analyse/taxonomy_own.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    CLEANUP(arena_done) struct arena a = {0};
    CLEANUP(json_freep) struct json *tree = NULL;
    CLEANUP(json_freep) struct json *again = NULL;
    CLEANUP(strbuf_done) struct strbuf one = strbuf_init(MIB), two = strbuf_init(MIB);
    struct taxonomy_own own, stored;
    struct error err;
    if (!json_parse(str_make((const char *)data, size), &tree, &err))
        return 0;
    assert(taxonomy_own_parse(NULL, &a, &own, &err));
    if (!taxonomy_own_change(&own, NULL, tree, LANG_ZH, &a, &err)) {
        assert(err.code == ERROR_INVALID && err.field[0]);
        return 0;
    }
    struct json_writer w = json_writer_init(&one);
    taxonomy_own_format(&own, &w);
    assert(json_parse(strbuf_str(&one), &again, &err));
    assert(taxonomy_own_parse(again, &a, &stored, &err));
    assert(taxonomy_own_counts_alike(&own, &stored));
    w = json_writer_init(&two);
    taxonomy_own_format(&stored, &w);
    assert(str_eq(strbuf_str(&one), strbuf_str(&two)));
    return 0;
}
