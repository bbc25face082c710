// SPDX-License-Identifier: Apache-2.0
#include <time.h>

#include "base/clock.h"
#include "work/demo.h"
#include "work/follow.h"
#include "work/house.h"
#include "work/pipeline.h"

#define PATIENCE_US (60 * US_PER_SECOND)
#define LOOK_US     (100 * 1000)

struct load {
    struct house *house;
    int64_t workspace;
    struct demo_stats *stats;
    bool (*told)(void *ctx, size_t n_feedback, struct error *err);
    void *ctx;
};

static bool take_events(void *ctx, const struct event *events, size_t n, struct error *err) {
    struct load *l = ctx;
    CLEANUP(arena_done) struct arena a = {0};
    struct event_item *items = ARENA_ARRAY(&a, struct event_item, n);
    for (size_t i = 0; i < n; i++)
        if (!event_prepare(&l->house->store, l->workspace, &events[i], &a, &items[i], err))
            return false;
    l->stats->n_events += n;
    return event_write(&l->house->store, l->workspace, items, n, LANE_BULK, err) &&
           (!l->told || l->told(l->ctx, l->stats->n_feedback, err));
}

static bool take_feedback(void *ctx, const struct record *records, size_t n, struct error *err) {
    struct load *l = ctx;
    CLEANUP(arena_done) struct arena a = {0};
    struct intake_item *items = ARENA_ARRAY(&a, struct intake_item, n);
    struct intake_request r = {.workspace = l->workspace,
                               .actor = STR("demo"),
                               .lane = LANE_BULK,
                               .items = items,
                               .n_items = n};
    for (size_t i = 0; i < n; i++)
        if (!intake_prepare(l->house->intake, &r, &records[i], 0, &a, &items[i], err))
            return false;
    l->stats->n_feedback += n;
    return intake_write(l->house->intake, &r, err) &&
           (!l->told || l->told(l->ctx, l->stats->n_feedback, err));
}

struct waiting {
    int64_t workspace;
    struct queue_status queue;
};

static bool read_queue(struct sql *s, void *ctx, struct error *err) {
    struct waiting *w = ctx;
    return pipeline_status(s, w->workspace, &w->queue, err);
}

// Until nothing waits any more.
static bool wait_for_work(struct load *l, int64_t until_us, struct error *err) {
    struct waiting w = {.workspace = l->workspace};
    for (;;) {
        if (!sql_read(l->house->store.db, read_queue, &w, err))
            return false;
        if (w.queue.waiting[LANE_LIVE] + w.queue.waiting[LANE_BULK] == 0 ||
            clock_monotonic_us() >= until_us)
            return true;
        nanosleep(&(struct timespec){.tv_nsec = LOOK_US * 1000}, NULL);
    }
}

bool demo_write(struct house *h, int64_t workspace, const struct demo_options *o,
                bool (*told)(void *ctx, size_t n_feedback, struct error *err), void *ctx,
                struct demo_stats *ret, struct error *err) {
    *ret = (struct demo_stats){0};
    struct load l = {h, workspace, ret, told, ctx};
    struct demo_sink sink = {&l, take_events, take_feedback};
    return vault_keys(h->store.vault, workspace, err) && demo_generate(o, &sink, err);
}

bool demo_load(struct house *h, int64_t workspace, const struct demo_options *o,
               struct demo_stats *ret, struct error *err) {
    int64_t began = clock_monotonic_us(), until = began + PATIENCE_US;
    struct load l = {h, workspace, ret, NULL, NULL};
    if (!demo_write(h, workspace, o, NULL, NULL, ret, err) || !wait_for_work(&l, until, err))
        return false;
    ret->followed =
        follow_wait(h->follow, workspace, MAX(until - clock_monotonic_us(), US_PER_SECOND));
    ret->took_us = clock_monotonic_us() - began;
    return true;
}
