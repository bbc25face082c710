// SPDX-License-Identifier: Apache-2.0
#include "work/demo_stage.h"

#include "base/clock.h"
#include "base/id.h"
#include "base/json.h"
#include "collect/outbox.h"
#include "work/demo.h"
#include "work/house.h"

#define RENEW_US (15 * US_PER_SECOND)

struct telling {
    struct house *house;
    struct task *task;
    int64_t of, renewed_us;
};

// The ids of the row, ascending: how many, and the job.
bool demo_promise(struct sql *s, int64_t workspace, int64_t id, int64_t n_feedback,
                  struct error *err) {
    const int64_t ids[] = {n_feedback, id};
    return outbox_add(s, workspace, EVENT_DEMO, LANE_BULK, ids, ARRAY_LEN(ids), err);
}

static bool tell(void *ctx, size_t done, struct error *err) {
    struct telling *t = ctx;
    CLEANUP(strbuf_done) struct strbuf sb = strbuf_init(KIB);
    struct json_writer w = json_writer_init(&sb);
    json_begin_object(&w);
    json_key(&w, "done");
    json_add_int(&w, (int64_t)done);
    json_key(&w, "of");
    json_add_int(&w, t->of);
    json_end_object(&w);
    house_tell(t->house, t->task->workspace, "demo.progress", strbuf_str(&sb));
    int64_t now = clock_monotonic_us();
    if (now - t->renewed_us < RENEW_US)
        return true;
    t->renewed_us = now;
    return task_renew(&t->house->store, t->task, err);
}

bool demo_stage(struct house *h, struct task *t, struct error *err) {
    struct telling telling = {.house = h, .task = t, .renewed_us = clock_monotonic_us()};
    struct demo_stats stats;
    if (t->n_ids != 2)
        return error_set(err, ERROR_INTERNAL, "演示数据的任务不完整",
                         "the job of the demo data is not whole");
    telling.of = t->ids[0];
    struct demo_options o = {
        .seed = DEMO_SEED, .n_feedback = (size_t)t->ids[0], .now_us = id_time_us(t->ids[1])};
    return demo_write(h, t->workspace, &o, tell, &telling, &stats, err) &&
           task_done(&h->store, t, err);
}
