// SPDX-License-Identifier: Apache-2.0
// The demo data as work of the pipeline: promised by a request, done in the background, its progress told to who
// listens (“demo.progress”, {"done", "of"}). Doing it again after a crash writes the same again, which changes
// nothing.
#ifndef WORK_DEMO_STAGE_H
#define WORK_DEMO_STAGE_H

#include "work/pipeline.h"

struct house;

#define EVENT_DEMO "demo.load"

// In the caller's transaction. `id` is of the job; its time is the demo's “now”.
bool demo_promise(struct sql *s, int64_t workspace, int64_t id, int64_t n_feedback,
                  struct error *err) MUST_USE;
bool demo_stage(struct house *h, struct task *t, struct error *err);

#endif
