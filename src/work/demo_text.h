// SPDX-License-Identifier: Apache-2.0
// What the customers of the demo company say: texts from a grammar, by a seed. A template is text in which {a|b|c}
// is one of its alternatives, with templates inside; an empty alternative leaves it out.
//
//     demo_expand(STR("{这款|这个}锅{很|真}{好用|顺手}"), &random, &sb);
#ifndef WORK_DEMO_TEXT_H
#define WORK_DEMO_TEXT_H

#include "base/strbuf.h"
#include "num/random.h"

enum demo_kind { // of a product
    DEMO_PAN,
    DEMO_CUP,
    DEMO_BOX,
    DEMO_FRYER,
    DEMO_KETTLE,
    DEMO_BEDDING,
    DEMO_TOWEL,
    DEMO_CANDLE,
    DEMO_NUTS,
    DEMO_LOTUS,
    DEMO_CAKE,
    DEMO_COFFEE,
    DEMO_SAUCE,
    DEMO_HONEY,
    DEMO_OATS,
    DEMO_TEA,
    N_DEMO_KINDS,
};

enum demo_topic { // beside the product itself
    DEMO_LOGISTICS,
    DEMO_PACKAGING,
    DEMO_SERVICE,
    DEMO_PRICE,
    DEMO_APP,
    DEMO_STAFF, // of a store
    DEMO_WAITING,
    DEMO_STORE, // how it looks
    DEMO_AFTER_SALES,
    N_DEMO_TOPICS,
};

// What is special about an occasion.
enum demo_event {
    DEMO_ORDINARY,
    DEMO_LATE,      // parcel to a far province
    DEMO_RANCID,    // bad batch
    DEMO_RUDE,      // bad shift
    DEMO_PROMOTION, // promotion week
};

struct demo_occasion {
    enum demo_kind kind;
    enum demo_event event;
    bool online, service, app; // by parcel; a talk with customer service; in the mini-program
    int rating;                // 1–5: what he thinks
    int late_days;             // with DEMO_LATE
};

void demo_expand(struct str template, struct random *r, struct strbuf *ret);
// One review of the occasion. Now and then nothing but the platform's words, or rubbish.
void demo_text(const struct demo_occasion *o, struct random *r, struct strbuf *ret);
// Some days later.
void demo_follow_up(const struct demo_occasion *o, struct random *r, struct strbuf *ret);
void demo_reply(const struct demo_occasion *o, struct random *r, struct strbuf *ret);

#endif
