// SPDX-License-Identifier: Apache-2.0
// Phrases are valid, different and not empty; counting and mining take any of them.
#include <assert.h>

#include "base/utf8.h"
#include "nlp/phrase.h"
#include "tests/fuzz/support.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct str text = str_make((const char *)data, size), found[8];
    struct phraser *p = phraser_new(fuzz_lexicon());
    struct phrase_tally *t = phrase_tally_new(fuzz_lexicon());
    struct phrase_miner *m = phrase_miner_new(fuzz_lexicon());
    CLEANUP(arena_done) struct arena a = {0};
    int n = phrase_extract(p, text, &a, found, 8);
    for (int i = 0; i < n; i++) {
        assert(found[i].len > 0 && utf8_is_valid(found[i]));
        for (int k = 0; k < i; k++)
            assert(!str_eq(found[i], found[k]));
    }
    phrase_tally_add(t, found, n, 1);
    struct phrase_count *top;
    assert(phrase_tally_top(t, &a, 8, &top) <= (size_t)n);
    phrase_miner_add(m, text);
    struct new_phrase *new;
    phrase_miner_top(m, 2, &a, 4, &new);
    phrase_miner_free(m);
    phrase_tally_free(t);
    phraser_free(p);
    return 0;
}
