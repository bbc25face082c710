// SPDX-License-Identifier: Apache-2.0
#include "explain/phrases.h"

#include <stdlib.h>

#include "base/mem.h"
#include "explain/layout.h"

static uint8_t polarity(const struct phrase_counts *totals, const struct phrase_counts *phrase) {
    const int64_t *all = totals->sentiment, *here = phrase->sentiment;
    int64_t n_all = all[0] + all[1] + all[2], n_here = here[0] + here[1] + here[2];
    uint8_t best = SENTIMENT_NEU;
    double most = 0;
    for (uint8_t s = 0; s < N_SENTIMENTS; s++) {
        if (2 * here[s] < n_here || here[s] == 0)
            continue;
        double over = (double)here[s] / (double)n_here / ((double)all[s] / (double)n_all);
        if (over > most) {
            best = s;
            most = over;
        }
    }
    return best;
}

void phrases_judge(const struct phrase_counts *totals, const struct phrase_counts *phrases,
                   size_t n, struct phrase_judged *ret) {
    struct change **tested = NEW_ARRAY(struct change *, n);
    bool compares = totals->now >= EXPLAIN_GROUP_MIN_N && totals->before >= EXPLAIN_GROUP_MIN_N;
    for (size_t i = 0; i < n; i++) {
        int64_t now = phrases[i].now, before = phrases[i].before;
        ret[i] = (struct phrase_judged){.polarity = polarity(totals, &phrases[i]), .ratio = NAN};
        if (compares && now + before >= PHRASE_MIN_N) {
            double share_now = (double)now / (double)totals->now;
            ret[i].ratio =
                before ? share_now / ((double)before / (double)totals->before) : INFINITY;
            ret[i].change = change_of_shares(now, totals->now, before, totals->before);
        }
        tested[i] = &ret[i].change;
    }
    changes_adjust(tested, n);
    free(tested);
}
