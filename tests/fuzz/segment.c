// SPDX-License-Identifier: Apache-2.0
// Tokens cover the text without gaps.
#include <assert.h>

#include "nlp/segment.h"
#include "tests/fuzz/support.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct segmenter *sg = segmenter_new(fuzz_lexicon());
    const struct token *t;
    size_t n = segment(sg, str_make((const char *)data, size), &t), end = 0;
    for (size_t i = 0; i < n; i++) {
        assert(t[i].start == end && t[i].len > 0);
        end += t[i].len;
    }
    assert(end == size);
    segmenter_free(sg);
    return 0;
}
