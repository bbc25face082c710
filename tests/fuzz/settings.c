// SPDX-License-Identifier: Apache-2.0
// Any bytes as a configuration file: every key that is taken is in the table and its value passes the row's check.
#include "app/settings.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void take(void *ctx, const struct option *row, struct str value) {
    ++*(size_t *)ctx;
    if (settings_find(str_from(row->name)) != row || !option_check(row, row->name, value, NULL))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct error err = {0};
    size_t taken = 0;
    bool ok = settings_parse(str_make((const char *)data, size), "f", take, &taken, &err);
    if (!ok && (err.code != ERROR_INVALID || !err.zh[0] || !err.en[0]))
        abort();
    int64_t days;
    (void)!option_parse_date(str_make((const char *)data, size), &days);
    return 0;
}
