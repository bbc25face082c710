// SPDX-License-Identifier: Apache-2.0
// Counters behind /metrics, in Prometheus' text form. Counting never waits.
#ifndef API_METRICS_H
#define API_METRICS_H

#include "base/strbuf.h"

struct metrics;
struct metrics *metrics_new(void);
void metrics_free(struct metrics *m);

// `route` as in the table ("/api/v1/feedback/{id}"), NULL where there was none.
void metrics_request(struct metrics *m, const char *method, const char *route, int status,
                     int64_t took_us);
void metrics_feedback(struct metrics *m, int64_t created, int64_t updated); // acknowledged
void metrics_format(struct metrics *m, struct strbuf *ret);

#endif
