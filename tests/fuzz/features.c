// SPDX-License-Identifier: Apache-2.0
// Any bytes as a text: symbols in order, inside the text, clauses without gaps.
#include "nlp/features.h"
#include "base/mem.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool what) {
    if (!what)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct features *f = mem_alloc(sizeof *f);
    features_read(f, str_make((const char *)data, size));
    check(f->n_chars >= 0 && f->n_chars <= FEATURES_MAX_CHARS);
    check(f->n_symbols >= 2 && f->n_symbols <= f->n_chars + 2);
    check(f->n_clauses >= 1 && f->n_clauses <= FEATURES_MAX_CLAUSES);
    for (int i = 1; i < f->n_symbols; i++) {
        const struct symbol *s = &f->symbols[i];
        check(s[0].start >= s[-1].end && s->end >= s->start && s->end <= (uint32_t)f->n_chars);
        check(s[0].clause == s[-1].clause || s[0].clause == s[-1].clause + 1);
        check(f->keys[0][i] >> FEATURES_KEY_BITS == 0);
    }
    check(f->symbols[f->n_symbols - 1].clause + 1 == (uint32_t)f->n_clauses);
    free(f);
    return 0;
}
