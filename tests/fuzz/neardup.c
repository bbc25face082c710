// SPDX-License-Identifier: Apache-2.0
// A text repeats itself; one that is long enough is found again.
#include <assert.h>

#include "nlp/neardup.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct neardup *nd = neardup_new();
    struct neardup_sketch s, half;
    neardup_sketch(str_make((const char *)data, size), &s);
    neardup_sketch(str_make((const char *)data, size / 2), &half);
    assert(neardup_similarity(&s, &s) == 1);
    assert(neardup_add(nd, &half, 1) == NEARDUP_NONE);
    uint32_t first = neardup_add(nd, &s, 2);
    assert(first == NEARDUP_NONE || first == 1);
    if (s.n_chars >= NEARDUP_MIN_CHARS)
        assert(neardup_add(nd, &s, 3) != NEARDUP_NONE);
    neardup_free(nd);
    return 0;
}
