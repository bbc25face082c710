// SPDX-License-Identifier: Apache-2.0
// How often one address or principal may ask: token buckets by key, in this process. A bucket holds `burst` and
// gets `per_second` more each second. 4,096 buckets by hash: two keys may share one, which makes the limit
// stricter for both, never looser.
#ifndef API_RATE_H
#define API_RATE_H

#include "base/str.h"

struct rate;
struct rate *rate_new(void);
void rate_free(struct rate *r);

// True: go on. Else *ret_wait_s is the number of seconds after which it may (Retry-After).
bool rate_take(struct rate *r, struct str key, double per_second, double burst, int64_t now_us,
               int *ret_wait_s) MUST_USE;

#endif
