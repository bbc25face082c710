// SPDX-License-Identifier: Apache-2.0
// The adjusted NPS that interval and test share; for this folder only.
#ifndef STATS_NPS_H
#define STATS_NPS_H

#include "stats/scores.h"

struct nps_adjusted {
    double net;      // points, with ¾, 1½, ¾ added
    double variance; // of net, points²
};

struct nps_adjusted nps_adjust(struct nps_counts c);

#endif
