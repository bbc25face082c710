// SPDX-License-Identifier: Apache-2.0
#include "api/metrics.h"

#include <stdatomic.h>

#include "base/mem.h"

// Seconds: a bucket counts what took at most so long (Prometheus' histogram).
static const double bounds[] = {0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10};
#define N_BOUNDS  ARRAY_LEN(bounds)
#define N_CLASSES 5 // 1xx … 5xx

struct metrics {
    atomic_uint_fast64_t statuses[N_CLASSES];
    atomic_uint_fast64_t took[N_BOUNDS + 1];
    atomic_uint_fast64_t took_us;
    atomic_uint_fast64_t created, updated;
};

struct metrics *metrics_new(void) {
    return NEW(struct metrics);
}

void metrics_free(struct metrics *m) {
    free(m);
}

void metrics_request(struct metrics *m, UNUSED const char *method, UNUSED const char *route,
                     int status, int64_t took_us) {
    size_t bucket = 0;
    while (bucket < N_BOUNDS && (double)took_us / 1e6 > bounds[bucket])
        bucket++;
    atomic_fetch_add_explicit(&m->statuses[MIN(MAX(status / 100, 1), N_CLASSES) - 1], 1,
                              memory_order_relaxed);
    atomic_fetch_add_explicit(&m->took[bucket], 1, memory_order_relaxed);
    atomic_fetch_add_explicit(&m->took_us, (uint_fast64_t)took_us, memory_order_relaxed);
}

void metrics_feedback(struct metrics *m, int64_t created, int64_t updated) {
    atomic_fetch_add_explicit(&m->created, (uint_fast64_t)created, memory_order_relaxed);
    atomic_fetch_add_explicit(&m->updated, (uint_fast64_t)updated, memory_order_relaxed);
}

void metrics_format(struct metrics *m, struct strbuf *ret) {
    uint64_t sum = 0;
    strbuf_adds(ret, "# TYPE huisheng_http_requests_total counter\n");
    for (int i = 0; i < N_CLASSES; i++)
        strbuf_addf(ret, "huisheng_http_requests_total{class=\"%dxx\"} %" PRIuFAST64 "\n", i + 1,
                    atomic_load(&m->statuses[i]));
    strbuf_adds(ret, "# TYPE huisheng_http_request_seconds histogram\n");
    for (size_t i = 0; i < N_BOUNDS; i++) {
        sum += atomic_load(&m->took[i]);
        strbuf_addf(ret, "huisheng_http_request_seconds_bucket{le=\"%g\"} %" PRIu64 "\n", bounds[i],
                    sum);
    }
    sum += atomic_load(&m->took[N_BOUNDS]);
    strbuf_addf(ret,
                "huisheng_http_request_seconds_bucket{le=\"+Inf\"} %" PRIu64
                "\nhuisheng_http_request_seconds_sum %.6f\n",
                sum, (double)atomic_load(&m->took_us) / 1e6);
    strbuf_addf(ret, "huisheng_http_request_seconds_count %" PRIu64 "\n", sum);
    strbuf_adds(ret, "# TYPE huisheng_feedback_total counter\n");
    strbuf_addf(ret, "huisheng_feedback_total{outcome=\"created\"} %" PRIuFAST64 "\n",
                atomic_load(&m->created));
    strbuf_addf(ret, "huisheng_feedback_total{outcome=\"updated\"} %" PRIuFAST64 "\n",
                atomic_load(&m->updated));
}
