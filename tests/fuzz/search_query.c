// SPDX-License-Identifier: Apache-2.0
// A query is refused with a message or becomes clauses whose atoms stand in order; its units are those of the text.
#include <assert.h>

#include "base/utf8.h"
#include "search/clauses.h"
#include "search/units.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct str text = str_make((const char *)data, size);
    CLEANUP(arena_done) struct arena a = {0};
    CLEANUP(units_done) struct units u = {0};
    struct clauses c;
    struct error err;
    units_read(&u, text);
    for (size_t i = 0; i < u.len; i++) {
        assert(u.items[i].len > 0 && u.items[i].len <= UNIT_MAX_BYTES);
        assert(utf8_is_valid(units_term(&u, i)));
        assert(!u.items[i].joined || (i > 0 && u.items[i - 1].ideograph));
    }
    if (!clauses_parse(&a, text, &c, &err)) {
        assert(*err.zh && *err.en);
        return 0;
    }
    size_t required = 0;
    for (size_t i = 0; i < c.len; i++) {
        const struct clause *one = &c.items[i];
        required += !one->excludes;
        assert(one->n_atoms > 0 && one->atoms[0].place == 0);
        for (size_t k = 1; k < one->n_atoms; k++)
            assert(one->atoms[k].place > one->atoms[k - 1].place);
    }
    assert(required > 0);
    return 0;
}
