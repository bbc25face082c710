// SPDX-License-Identifier: Apache-2.0
// An industry file may be the user's own: whatever it holds, it is read or refused with a message.
#include "analyse/taxonomy_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    CLEANUP(arena_done) struct arena a = {0};
    struct industry x;
    struct error err = {0};
    bool ok = industry_parse(str_make((const char *)data, size), STR("x"), &a, &x, &err);
    if (ok != (err.code == ERROR_NONE))
        __builtin_trap();
    return 0;
}
