// SPDX-License-Identifier: Apache-2.0
// `huisheng nlp bench`: how many texts a second a model reads on this machine.
//
//     {"model":"quick-1","sample":"built-in","texts":3000,"characters":77000,"threads":2,"seconds":0.123,
//      "texts_per_second":24390}
#ifndef APP_NLP_BENCH_H
#define APP_NLP_BENCH_H

#include <stdio.h>

#include "base/error.h"
#include "base/lang.h"

struct model;

// `in`: JSON lines with "text"; NULL: texts of the program's own. The time is the median of several readings, after one
// that does not count.
bool nlp_bench(FILE *in, const struct model *model, int threads, enum lang lang, FILE *out,
               struct error *err) MUST_USE;

#endif
