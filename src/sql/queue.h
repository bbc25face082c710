// SPDX-License-Identifier: Apache-2.0
// Writes on their way to a writer thread. Many threads push; a writer takes all that wait at once (that is the
// group of a group commit), runs them, and answers each. A write that somebody waits for lives on his stack, the
// others on the heap.
//
//     pusher:  queue_write(&q, fn, ctx, err)       blocks until answered
//     writer:  while (queue_take(&q, max, 1000, &group) …) { …; queue_answer(&q, group); }
#ifndef SQL_QUEUE_H
#define SQL_QUEUE_H

#include <pthread.h>

#include "sql/sql.h"

#define QUEUE_MAX_WRITERS 64

struct write {
    sql_fn *fn;
    void *ctx;
    sql_done_fn *done; // NULL: somebody waits
    struct write *next;
    bool ok; // the answer; `err` belongs to it
    bool answered;
    pthread_cond_t is_answered;
    struct error err;
};

struct write_queue {
    pthread_mutex_t lock;
    pthread_cond_t has_work; // a write came, or closing
    struct write *head, **tail;
    bool closing;
    pthread_t writers[QUEUE_MAX_WRITERS];
    size_t n_writers;
};

enum queue_news {
    QUEUE_WORK,
    QUEUE_IDLE,   // nothing came within the time
    QUEUE_CLOSED, // nothing is left and nothing will come
};

void queue_init(struct write_queue *q);
void queue_done(struct write_queue *q);

bool queue_write(struct write_queue *q, sql_fn *fn, void *ctx, struct error *err) MUST_USE;
void queue_write_async(struct write_queue *q, sql_fn *fn, sql_done_fn *done, void *ctx);

// Says that this thread is a writer: one that waited for itself would wait for ever, so queue_write ends the
// program there.
void queue_serve(struct write_queue *q);
// Takes at most `max` writes in the order they came: a list, owned by the caller until answered.
enum queue_news queue_take(struct write_queue *q, size_t max, int idle_ms,
                           struct write **ret_group);
// Puts the tail of a group back to the front: the next to be taken.
void queue_put_back(struct write_queue *q, struct write *rest);
// Answers each of the list with its `ok` and `err`. The list is gone afterwards.
void queue_answer(struct write_queue *q, struct write *group);
void queue_close(struct write_queue *q); // wakes the writers; what is queued will still be done

#endif
