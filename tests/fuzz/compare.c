// SPDX-License-Identifier: Apache-2.0
// --compare PERIOD: any text gives periods in order, or one error in both languages.
#include "explain/period.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(struct period p) {
    if (p.from >= p.to)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct compare_request r;
    struct error err = {0};
    if (!compare_parse(str_make((const char *)data, size), &r, &err)) {
        if (!*err.zh || !*err.en || err.code != ERROR_USAGE)
            abort();
        return 0;
    }
    if (r.kind == COMPARE_GIVEN)
        check(r.before);
    if (r.has_now)
        check(r.now);
    return 0;
}
