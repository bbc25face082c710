// SPDX-License-Identifier: Apache-2.0
// Lines as cells of one time column: profile, format, parse. What is read must be a time of 1900–2199.
#include "collect/timestamp.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct str all = {(const char *)data, size}, rest = all, cell;
    struct time_profile p = {0};
    while (str_cut(&rest, '\n', &cell))
        time_profile_add(&p, cell);
    time_profile_add(&p, all);
    struct time_format f = time_profile_format(&p, NULL);
    struct timestamp t;
    rest = all;
    while (str_cut(&rest, '\n', &cell))
        for (int number = 0; number <= TIME_NUMBER_COMPACT; number++) {
            f.number = (enum time_number)number;
            if (timestamp_parse(&f, cell, &t)) {
                struct civil c = civil_from_us(t.us);
                if (c.year < 1899 || c.year > 2200)
                    abort();
            }
        }
    if (timestamp_parse(&f, all, &t) &&
        (time_profile_share(&p, true) < 0 || time_profile_share(&p, true) > 1))
        abort();
    return 0;
}
