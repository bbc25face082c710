// SPDX-License-Identifier: Apache-2.0
// The shipped lexicon, opened once for all inputs of a fuzz target.
#ifndef TESTS_FUZZ_SUPPORT_H
#define TESTS_FUZZ_SUPPORT_H

#include <stdio.h>
#include <stdlib.h>

#include "nlp/lexicon.h"

static inline const struct lexicon *fuzz_lexicon(void) {
    static struct lexicon *lx;
    struct error err;
    if (!lx && !lexicon_open(NULL, &lx, &err)) {
        fprintf(stderr, "%s\n", err.en);
        exit(1);
    }
    return lx;
}

#endif
