// SPDX-License-Identifier: Apache-2.0
// Any text as a zone: opening it is safe, and what it gives maps an instant to a wall clock and back.
#include "base/clock.h"
#include "base/zone_rule.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct str text = str_make((const char *)data, size);
    struct zone_rule rule;
    if (zone_rule_parse(text, &rule)) {
        for (int64_t year = 1970; year < 2100; year += 7) {
            int offset = zone_rule_offset(&rule, civil_to_days((int)year, 7, 1) * 86400);
            if (offset != rule.standard_s && offset != rule.summer_s)
                abort();
        }
    }
    struct zone *z;
    if (size == 0 || !zone_open(text, &z, NULL))
        return 0;
    for (int64_t at = 0; at < 60 * 365 * US_PER_DAY; at += 211 * US_PER_DAY) {
        struct civil local = zone_from_us(z, at);
        int64_t back = zone_to_us(z, &local);
        if (back > at + 3 * US_PER_HOUR || back < at - 3 * US_PER_HOUR) // an hour that comes twice
            abort();
    }
    zone_free(z);
    return 0;
}
