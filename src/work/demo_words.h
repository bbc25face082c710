// SPDX-License-Identifier: Apache-2.0
// The templates of work/demo_text.h.
#ifndef WORK_DEMO_WORDS_H
#define WORK_DEMO_WORDS_H

#include "work/demo_text.h"

struct demo_list {
    const char *const *items;
    size_t n;
};

extern const struct demo_list demo_products_good[N_DEMO_KINDS], demo_products_bad[N_DEMO_KINDS];
extern const struct demo_list demo_topics_good[N_DEMO_TOPICS], demo_topics_bad[N_DEMO_TOPICS];
extern const struct demo_list demo_openings, demo_closings_good, demo_closings_bad, demo_short_good,
    demo_short_middle, demo_short_bad, demo_rubbish, demo_later, demo_late, demo_rancid, demo_rude,
    demo_replies_good, demo_replies_bad;

#endif
