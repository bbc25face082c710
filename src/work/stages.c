// SPDX-License-Identifier: Apache-2.0
#include "work/stages.h"

#include "analyse/record_analysis.h"
#include "base/mem.h"
#include "collect/event.h"
#include "collect/outbox.h"
#include "work/analyse_stage.h"
#include "work/demo_stage.h"
#include "work/event_stage.h"
#include "work/house.h"
#include "work/import_stage.h"

struct stage_state {
    struct house *house;
    int n;
    struct record_analysis **analyses; // one a worker
};

struct stage_state *stage_state_new(struct house *h, int workers) {
    struct stage_state *s = NEW(struct stage_state);
    s->house = h;
    s->n = workers;
    s->analyses = NEW_ARRAY(struct record_analysis *, (size_t)workers);
    for (int i = 0; i < workers; i++)
        s->analyses[i] = record_analysis_new(h->model);
    return s;
}

void stage_state_free(struct stage_state *s) {
    if (!s)
        return;
    for (int i = 0; i < s->n; i++)
        record_analysis_free(s->analyses[i]);
    free(s->analyses);
    free(s);
}

static bool feedback_received(void *ctx, struct task *t, struct error *err) {
    struct stage_state *s = ctx;
    return analyse_stage(s->house, s->analyses[t->worker], t, err);
}

static bool import_run_stage(void *ctx, struct task *t, struct error *err) {
    struct stage_state *s = ctx;
    return import_stage(s->house, t, err);
}

static bool import_report(void *ctx, struct task *t, struct error *err) {
    struct stage_state *s = ctx;
    return import_report_stage(s->house, t, err);
}

static bool import_take_back(void *ctx, struct task *t, struct error *err) {
    struct stage_state *s = ctx;
    return import_undo_stage(s->house, t, err);
}

static bool event_received(void *ctx, struct task *t, struct error *err) {
    struct stage_state *s = ctx;
    return event_stage(&s->house->store, t, err);
}

static bool demo_data(void *ctx, struct task *t, struct error *err) {
    struct stage_state *s = ctx;
    return demo_stage(s->house, t, err);
}

const struct stage stages[] = {
    {.event = EVENT_FEEDBACK_RECEIVED, .together = true, .run = feedback_received},
    {.event = EVENT_IMPORT, .long_running = true, .holds_bulk = true, .run = import_run_stage},
    {.event = EVENT_IMPORT_REPORT, .long_running = true, .run = import_report},
    {.event = EVENT_IMPORT_UNDO, .long_running = true, .run = import_take_back},
    {.event = EVENT_DEMO, .long_running = true, .run = demo_data},
    {.event = EVENT_RECEIVED, .together = true, .run = event_received},
};
const size_t n_stages = ARRAY_LEN(stages);
