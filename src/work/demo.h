// SPDX-License-Identifier: Apache-2.0
// The demo company 青禾家: its own household goods and food, sold on Tmall, JD, in a mini-program and six stores. A
// year of customers with their orders, deliveries, returns and visits, and the feedback of the last six months,
// made from a seed: the same for the same seed and day. Nobody in it exists. Planted, for the analysis to find:
//
//     late       parcels to 西藏 and 青海 took a week longer, in the month that ended 25 days ago
//     rancid     每日坚果 of one batch went off, ordered 100 to 80 days ago
//     rude       the evening shift (晚班) of 武汉光谷店, 40 to 12 days ago
//     promotion  a week of three times as many orders, 75 to 68 days ago: prices are talked about, parcels are
//                slower
//     brushed    24 reviews of one product with nearly the same words, within an hour, 33 days ago
//
//     demo_load(house, workspace, &(struct demo_options){.seed = 1, .now_us = now}, &stats, err)
#ifndef WORK_DEMO_H
#define WORK_DEMO_H

#include "collect/event.h"
#include "collect/record.h"

#define DEMO_SEED      1
#define DEMO_FEEDBACK  20000
#define DEMO_INDUSTRY  "e-commerce"
#define DEMO_TIME_ZONE "Asia/Shanghai"

struct demo_options {
    uint64_t seed;
    size_t n_feedback; // 0: DEMO_FEEDBACK
    int64_t now_us;    // nothing is later
};

// Takes what is made, at most 1,000 at a time; memory is good until it returns.
struct demo_sink {
    void *ctx;
    bool (*events)(void *ctx, const struct event *events, size_t n, struct error *err);
    bool (*feedback)(void *ctx, const struct record *records, size_t n, struct error *err);
};

// All events first, by time, then feedback by time.
bool demo_generate(const struct demo_options *o, const struct demo_sink *sink,
                   struct error *err) MUST_USE;

struct demo_stats {
    size_t n_events, n_feedback;
    int64_t took_us;
    bool followed; // all of it is analysed and in facts and search
};
struct house;
// Through the ordinary door. `told` hears how many feedbacks are written, after each thousand; false stops. NULL:
// nobody listens.
bool demo_write(struct house *h, int64_t workspace, const struct demo_options *o,
                bool (*told)(void *ctx, size_t n_feedback, struct error *err), void *ctx,
                struct demo_stats *ret, struct error *err) MUST_USE;
// The same, and waits until it is analysed (a minute at most).
bool demo_load(struct house *h, int64_t workspace, const struct demo_options *o,
               struct demo_stats *ret, struct error *err) MUST_USE;

#endif
