// SPDX-License-Identifier: Apache-2.0
// Work on a stream of items with N threads, results in the order the items came: the same output for any
// number of threads. The calling thread submits and delivers; workers only work.
//
//     struct ordered *o = ordered_new(threads, work, deliver, drop, ctx);
//     while ((batch = next_batch()) && ordered_submit(o, batch)) {}
//     bool ok = ordered_finish(o);            // delivers what is left, joins the threads, frees
//
// At most 2 × threads + 2 items are in flight: memory is bounded however fast the source is.
#ifndef SYS_ORDERED_H
#define SYS_ORDERED_H

#include "base/def.h"

struct ordered;

// `worker` is 0 … threads-1: index your per-worker state with it. Runs on a worker thread.
typedef void ordered_work_fn(void *ctx, int worker, void *item);
// Called on the submitting thread, in order, after the work on the item is done; takes the item over.
// False stops everything: later items are passed to `drop` instead.
typedef bool ordered_deliver_fn(void *ctx, void *item);
typedef void ordered_drop_fn(void *ctx, void *item); // frees an item that will not be delivered

struct ordered *ordered_new(int threads, ordered_work_fn *work, ordered_deliver_fn *deliver,
                            ordered_drop_fn *drop, void *ctx);
// takes the item over; false after a failed delivery
bool ordered_submit(struct ordered *o, void *item);
bool ordered_finish(struct ordered *o); // false if a delivery failed; frees `o`
void ordered_cancel(struct ordered *o); // drops what is not delivered; frees `o`

int ordered_default_threads(void); // processors this process may use, 1 … 64

#endif
