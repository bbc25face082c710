// SPDX-License-Identifier: Apache-2.0
// A loop over items on several threads. Who does which item is left to chance, so an item writes
// only to its own place, and whatever is summed over items is summed afterwards in the order of the
// items: then the result is the same for any number of threads.
//
//     parallel_for(threads, n_blocks, sum_block, &ctx);         // calls sum_block(&ctx, worker,
//     block)
#ifndef NUM_PARALLEL_H
#define NUM_PARALLEL_H

#include "base/def.h"

// `worker` is 0 … threads − 1 and belongs to one thread during the call: index scratch with it.
typedef void parallel_fn(void *ctx, int worker, size_t item);

// Returns when all items are done. The calling thread works too; threads ≤ 1 or one item starts no
// thread. A thread that cannot be started is done without. Starting one costs about 30 µs.
void parallel_for(int threads, size_t n_items, parallel_fn *fn, void *ctx);

#endif
