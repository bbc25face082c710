// SPDX-License-Identifier: Apache-2.0
// What the parts of sys/crypto share.
#ifndef SYS_CRYPTO_INNER_H
#define SYS_CRYPTO_INNER_H

#include <stdlib.h>

// For calls that fail only when the library itself does, never because of the data.
static inline void crypto_must(int ok) {
    if (ok != 1)
        abort();
}

#endif
