// SPDX-License-Identifier: Apache-2.0
// Sorting of plain numbers in linear time.
#ifndef NUM_SORT_H
#define NUM_SORT_H

#include "base/def.h"

// Ascending, −0 before 0; NANs are not allowed. Radix sort, three passes, n × 8 bytes of scratch.
void sort_floats(float *items, size_t n);

#endif
