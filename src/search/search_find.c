// SPDX-License-Identifier: Apache-2.0
#include "search/search_inner.h"

#include <stdlib.h>

#include "base/mem.h"

#define MAX_LIMIT 100000

// What one part found, given back from the largest id down.
struct found {
    struct part *part; // a reference
    uint64_t *dead;    // as it was when the search began
    uint64_t *bits;    // of a segment
    int64_t *ids;      // of a part in memory, whose documents have no order; ascending
    size_t left;       // documents or ids below this are still to be given
};

static int by_id(const void *a, const void *b) {
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

static bool match(struct found *f, const struct clauses *clauses, struct error *err) {
    size_t words = bits_words(f->part->n_docs);
    f->bits = NEW_ARRAY(uint64_t, words);
    if (!part_match(f->part, clauses, f->bits, err))
        return false;
    for (size_t w = 0; w < words; w++)
        f->bits[w] &= ~f->dead[w];
    f->left = f->part->n_docs;
    return true;
}

static void order_ids(struct found *f) {
    size_t n = 0;
    for (size_t w = 0; w < bits_words(f->part->n_docs); w++)
        n += (size_t)__builtin_popcountll(f->bits[w]);
    f->ids = NEW_ARRAY(int64_t, n);
    n = 0;
    for (uint32_t doc = 0; doc < f->part->n_docs; doc++)
        if (bits_has(f->bits, doc))
            f->ids[n++] = f->part->kind->id(f->part, doc);
    qsort(f->ids, n, sizeof *f->ids, by_id);
    f->left = n;
}

static void hold(struct found *f, struct part *p) {
    f->part = p;
    part_hold(p);
    size_t words = bits_words(p->n_docs);
    f->dead = NEW_ARRAY(uint64_t, words);
    if (words)
        memcpy(f->dead, p->dead, words * sizeof *f->dead);
}

// The next id to give; false when there is none. It is taken by lowering `left` by one.
static bool top(struct found *f, int64_t *ret) {
    if (f->ids) {
        if (f->left)
            *ret = f->ids[f->left - 1];
        return f->left > 0;
    }
    while (f->left) {
        uint64_t below = f->bits[(f->left - 1) / 64] << (63 - (f->left - 1) % 64);
        if (below) {
            f->left -= (size_t)__builtin_clzll(below);
            *ret = f->part->kind->id(f->part, (uint32_t)f->left - 1);
            return true;
        }
        f->left = (f->left - 1) / 64 * 64;
    }
    return false;
}

static size_t give(struct found *all, size_t n, const struct search_query *q, int64_t *ret_ids) {
    size_t given = 0;
    while (given < q->limit) {
        struct found *best = NULL;
        int64_t id, best_id = 0;
        for (size_t i = 0; i < n; i++)
            if (top(&all[i], &id) && (!best || id > best_id)) {
                best = &all[i];
                best_id = id;
            }
        if (!best)
            break;
        best->left--;
        if ((q->before && best_id >= q->before) || (q->wanted && !q->wanted(q->ctx, best_id)))
            continue;
        ret_ids[given++] = best_id;
    }
    return given;
}

// The growing part is searched under the lock; the others only referred to.
static bool begin(struct search *s, const struct clauses *clauses, struct found **ret,
                  size_t *ret_n, struct error *err) {
    pthread_rwlock_rdlock(&s->lock);
    size_t n = s->n_segments + s->n_frozen + 1;
    struct found *all = NEW_ARRAY(struct found, n);
    for (size_t i = 0; i < n; i++)
        hold(&all[i], i < s->n_segments ? &s->segments[i]->part
                      : i + 1 < n       ? &s->frozen[i - s->n_segments]->part
                                        : &s->growing->part);
    bool ok = match(&all[n - 1], clauses, err);
    if (ok)
        order_ids(&all[n - 1]);
    size_t n_segments = s->n_segments;
    pthread_rwlock_unlock(&s->lock);
    for (size_t i = 0; ok && i + 1 < n; i++) {
        ok = match(&all[i], clauses, err);
        if (ok && i >= n_segments)
            order_ids(&all[i]);
    }
    *ret = all;
    *ret_n = n;
    return ok;
}

bool search_find(struct search *s, const struct search_query *q, int64_t *ret_ids, size_t *ret_n,
                 struct error *err) {
    if (q->limit > MAX_LIMIT)
        return error_set(err, ERROR_LIMIT, "一次最多取 %d 条", "at most %d results at a time",
                         MAX_LIMIT);
    CLEANUP(arena_done) struct arena a = {0};
    struct clauses clauses;
    if (!clauses_parse(&a, q->text, &clauses, err))
        return false;
    struct found *all;
    size_t n;
    bool ok = begin(s, &clauses, &all, &n, err);
    if (ok)
        *ret_n = give(all, n, q, ret_ids);
    for (size_t i = 0; i < n; i++) {
        free(all[i].dead);
        free(all[i].bits);
        free(all[i].ids);
        part_release(all[i].part);
    }
    free(all);
    return ok;
}
