// SPDX-License-Identifier: Apache-2.0
#include "sys/ordered.h"

#include <pthread.h>
#include <sched.h>
#include <stdlib.h>

#include "base/mem.h"

// A ring of slots. `head` is the next to deliver, `next` the next to be taken by a worker, `tail` the next free:
// head ≤ next ≤ tail, all under `lock`.
struct slot {
    void *item;
    bool done;
};

struct worker {
    struct ordered *owner;
    pthread_t thread;
    int index;
};

struct ordered {
    pthread_mutex_t lock;
    pthread_cond_t has_work; // tail moved, or closing
    pthread_cond_t has_done; // some slot became done
    struct slot *slots;
    size_t n_slots, head, next, tail;
    bool closing;
    bool failed; // submitting thread only
    struct worker *workers;
    int threads;
    ordered_work_fn *work;
    ordered_deliver_fn *deliver;
    ordered_drop_fn *drop;
    void *ctx;
};

static void *worker_main(void *arg) {
    struct worker *w = arg;
    struct ordered *o = w->owner;
    pthread_mutex_lock(&o->lock);
    for (;;) {
        while (o->next == o->tail && !o->closing)
            pthread_cond_wait(&o->has_work, &o->lock);
        if (o->next == o->tail)
            break;
        struct slot *s = &o->slots[o->next++ % o->n_slots];
        pthread_mutex_unlock(&o->lock);
        o->work(o->ctx, w->index, s->item);
        pthread_mutex_lock(&o->lock);
        s->done = true;
        pthread_cond_signal(&o->has_done);
    }
    pthread_mutex_unlock(&o->lock);
    return NULL;
}

struct ordered *ordered_new(int threads, ordered_work_fn *work, ordered_deliver_fn *deliver,
                            ordered_drop_fn *drop, void *ctx) {
    struct ordered *o = NEW(struct ordered);
    o->threads = MAX(threads, 1);
    o->work = work;
    o->deliver = deliver;
    o->drop = drop;
    o->ctx = ctx;
    o->n_slots = (size_t)o->threads * 2 + 2;
    o->slots = NEW_ARRAY(struct slot, o->n_slots);
    o->workers = NEW_ARRAY(struct worker, (size_t)o->threads);
    pthread_mutex_init(&o->lock, NULL);
    pthread_cond_init(&o->has_work, NULL);
    pthread_cond_init(&o->has_done, NULL);
    for (int i = 0; i < o->threads; i++) {
        o->workers[i] = (struct worker){.owner = o, .index = i};
        if (pthread_create(&o->workers[i].thread, NULL, worker_main, &o->workers[i]) != 0) {
            if (i == 0)
                abort(); // not one thread to be had: nothing can run
            o->threads = i;
        }
    }
    return o;
}

// Takes the head slot off the ring once its work is done. NULL if there is none.
static void *take_head(struct ordered *o) {
    pthread_mutex_lock(&o->lock);
    void *item = NULL;
    if (o->head != o->tail) {
        struct slot *s = &o->slots[o->head % o->n_slots];
        while (!s->done)
            pthread_cond_wait(&o->has_done, &o->lock);
        item = s->item;
        *s = (struct slot){0};
        o->head++;
    }
    pthread_mutex_unlock(&o->lock);
    return item;
}

static void hand_over(struct ordered *o, void *item) {
    if (o->failed)
        o->drop(o->ctx, item);
    else if (!o->deliver(o->ctx, item))
        o->failed = true;
}

bool ordered_submit(struct ordered *o, void *item) {
    if (o->tail - o->head == o->n_slots)
        hand_over(o, take_head(o));
    if (o->failed) {
        o->drop(o->ctx, item);
        return false;
    }
    pthread_mutex_lock(&o->lock);
    o->slots[o->tail % o->n_slots].item = item;
    o->tail++;
    pthread_cond_signal(&o->has_work);
    pthread_mutex_unlock(&o->lock);
    return true;
}

bool ordered_finish(struct ordered *o) {
    for (void *item; (item = take_head(o));)
        hand_over(o, item);
    pthread_mutex_lock(&o->lock);
    o->closing = true;
    pthread_cond_broadcast(&o->has_work);
    pthread_mutex_unlock(&o->lock);
    for (int i = 0; i < o->threads; i++)
        pthread_join(o->workers[i].thread, NULL);
    bool ok = !o->failed;
    pthread_mutex_destroy(&o->lock);
    pthread_cond_destroy(&o->has_work);
    pthread_cond_destroy(&o->has_done);
    free(o->slots);
    free(o->workers);
    free(o);
    return ok;
}

void ordered_cancel(struct ordered *o) {
    o->failed = true;
    ordered_finish(o);
}

int ordered_default_threads(void) {
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) != 0)
        return 1;
    return MIN(MAX(CPU_COUNT(&set), 1), 64);
}
