// SPDX-License-Identifier: Apache-2.0
// Spans lie in order inside the text, and a mask keeps the number of characters.
#include <assert.h>

#include "base/utf8.h"
#include "nlp/pii.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct str text = str_make((const char *)data, size);
    CLEANUP(arena_done) struct arena a = {0};
    struct pii_span *spans, few[2];
    size_t n = pii_find_all(text, &a, &spans);
    assert(pii_find(text, few, 2) == n);
    for (size_t i = 0; i < n; i++) {
        assert(spans[i].byte_start < spans[i].byte_end && spans[i].byte_end <= size);
        assert(spans[i].start < spans[i].end && spans[i].type < N_PII_TYPES);
        assert(i == 0 || spans[i].byte_start >= spans[i - 1].byte_end);
    }
    struct str masked = pii_mask(text, spans, n, &a);
    assert(utf8_count(masked) == utf8_count(text));
    return 0;
}
