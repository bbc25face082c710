// SPDX-License-Identifier: Apache-2.0
// The pipeline table: which stage eats which event. The stages run on the pipeline's workers; their ctx is the house.
#ifndef WORK_STAGES_H
#define WORK_STAGES_H

#include "work/pipeline.h"

extern const struct stage stages[];
extern const size_t n_stages;

struct house;
struct stage_state; // what each worker keeps: a run state of the model

struct stage_state *stage_state_new(struct house *h, int workers);
void stage_state_free(struct stage_state *s);

#endif
