// SPDX-License-Identifier: Apache-2.0
#include "collect/mapping.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct mapping m;
    struct error err;
    if (!mapping_parse((struct str){(const char *)data, size}, &m, &err))
        return 0;
    for (size_t i = 0; i < m.len; i++) {
        const struct mapping_entry *e = &m.items[i];
        if (e->role.len == 0 || (e->column.len == 0) != (e->number > 0) ||
            (isfinite(e->low) && !(e->low < e->high)))
            abort();
    }
    mapping_done(&m);
    return 0;
}
