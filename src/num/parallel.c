// SPDX-License-Identifier: Apache-2.0
#include "num/parallel.h"

#include <pthread.h>
#include <stdatomic.h>

#define MAX_THREADS 64

struct loop {
    parallel_fn *fn;
    void *ctx;
    size_t n_items;
    atomic_size_t next;
};

struct helper {
    struct loop *loop;
    pthread_t thread;
    int worker;
};

static void work(struct loop *l, int worker) {
    for (size_t i; (i = atomic_fetch_add_explicit(&l->next, 1, memory_order_relaxed)) < l->n_items;)
        l->fn(l->ctx, worker, i);
}

static void *helper_main(void *arg) {
    struct helper *h = arg;
    work(h->loop, h->worker);
    return NULL;
}

void parallel_for(int threads, size_t n_items, parallel_fn *fn, void *ctx) {
    struct loop loop = {.fn = fn, .ctx = ctx, .n_items = n_items};
    struct helper helpers[MAX_THREADS];
    int n = 0, wanted = MIN(threads, MAX_THREADS);
    if (wanted > 0 && (size_t)wanted > n_items)
        wanted = (int)n_items;
    while (n + 1 < wanted) {
        helpers[n] = (struct helper){.loop = &loop, .worker = n + 1};
        if (pthread_create(&helpers[n].thread, NULL, helper_main, &helpers[n]) != 0)
            break;
        n++;
    }
    work(&loop, 0);
    for (int i = 0; i < n; i++)
        pthread_join(helpers[i].thread, NULL);
}
