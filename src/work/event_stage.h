// SPDX-License-Identifier: Apache-2.0
// The stage of events that have come in: whose they are, and a change row for the feedback whose facts follow from
// them, so that an event that comes later than its feedback corrects the facts.
#ifndef WORK_EVENT_STAGE_H
#define WORK_EVENT_STAGE_H

#include "work/pipeline.h"

bool event_stage(const struct store *store, struct task *t, struct error *err) MUST_USE;

#endif
