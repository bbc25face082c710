// SPDX-License-Identifier: Apache-2.0
// The stage of feedback that has come in: read, analysed, written, some hundred at a time, while little else comes in.
// `ra` is the worker's.
#ifndef WORK_ANALYSE_STAGE_H
#define WORK_ANALYSE_STAGE_H

#include "work/pipeline.h"

struct house;
struct record_analysis;

bool analyse_stage(struct house *h, struct record_analysis *ra, struct task *t,
                   struct error *err) MUST_USE;

#endif
