// SPDX-License-Identifier: Apache-2.0
// At most one of blank, default praise, gibberish and advertisement.
#include <assert.h>

#include "nlp/noise.h"
#include "tests/fuzz/support.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct segmenter *sg = segmenter_new(fuzz_lexicon());
    uint32_t flags =
        noise_flags(sg, str_make((const char *)data, size)) & ~(uint32_t)NOISE_PROFANITY;
    assert(__builtin_popcount(flags) <= 1);
    segmenter_free(sg);
    return 0;
}
