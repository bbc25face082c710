// SPDX-License-Identifier: Apache-2.0
#include "num/vector.h"

#include <stdlib.h>

extern const struct vector_ops vector_generic;
#if defined(__x86_64__)
extern const struct vector_ops vector_avx2;
#endif

// Best first.
static const struct vector_ops *runnable(int i) {
    const struct vector_ops *tables[2];
    int n = 0;
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
        tables[n++] = &vector_avx2;
#endif
    tables[n++] = &vector_generic;
    return i < n ? tables[i] : NULL;
}

const struct vector_ops *vector_ops_at(int i) {
    return runnable(i);
}

const struct vector_ops *vector_ops(void) {
    const char *wanted = getenv("HUISHENG_CPU");
    for (int i = 0; wanted && runnable(i); i++)
        if (strcmp(runnable(i)->name, wanted) == 0)
            return runnable(i);
    return runnable(0);
}
