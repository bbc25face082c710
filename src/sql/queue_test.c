// SPDX-License-Identifier: Apache-2.0
#include "sql/queue.h"

#include "tests/support/test.h"

static bool nothing(UNUSED struct sql *s, UNUSED void *ctx, UNUSED struct error *err) {
    return true;
}

struct told {
    int n;
    bool ok;
    enum error_code code;
};

static void done(void *ctx, bool ok, const struct error *err) {
    struct told *t = ctx;
    *t = (struct told){t->n + 1, ok, err->code};
}

static size_t taken(struct write_queue *q, size_t max, struct write **ret) {
    size_t n = 0;
    *ret = NULL;
    if (queue_take(q, max, 1, ret) == QUEUE_WORK)
        for (const struct write *w = *ret; w; w = w->next)
            n++;
    return n;
}

TEST(queue_gives_writes_in_order_and_no_more_than_asked) {
    struct write_queue q;
    struct told told[7] = {0};
    struct write *group, *again;
    queue_init(&q);
    assert_int_equal(taken(&q, 3, &group), 0);
    for (int i = 0; i < 7; i++)
        queue_write_async(&q, nothing, done, &told[i]);
    assert_int_equal(taken(&q, 4, &group), 4);
    // the last two of them come first next time, and before what is still there
    struct write *rest = group->next->next;
    group->next->next = NULL;
    queue_put_back(&q, rest);
    assert_int_equal(taken(&q, 9, &again), 5);
    for (int i = 2; again && i < 7; i++, again = again->next)
        assert_ptr_equal(again->ctx, &told[i]);
    queue_put_back(&q, rest); // into an empty queue
    queue_write_async(&q, nothing, done, &told[0]);
    assert_int_equal(taken(&q, 9, &again), 6);
    for (struct write *w = again; w; w = w->next) {
        w->ok = w->ctx != &told[3];
        error_set(&w->err, ERROR_LIMIT, "大", "large");
    }
    queue_answer(&q, again);
    group->ok = group->next->ok = true;
    queue_answer(&q, group);
    for (int i = 0; i < 7; i++) {
        assert_int_equal(told[i].n, i == 0 ? 2 : 1);
        assert_int_equal(told[i].ok, i != 3);
    }
    assert_int_equal(told[3].code, ERROR_LIMIT);
    queue_done(&q);
}

TEST(queue_gives_what_is_left_before_it_is_closed) {
    struct write_queue q;
    struct told told = {0};
    struct write *group;
    queue_init(&q);
    queue_write_async(&q, nothing, done, &told);
    queue_close(&q);
    assert_int_equal(taken(&q, 1, &group), 1);
    assert_int_equal(queue_take(&q, 1, 60000, &(struct write *){NULL}), QUEUE_CLOSED);
    group->ok = true;
    queue_answer(&q, group);
    assert_int_equal(told.n, 1);
    queue_done(&q);
}
