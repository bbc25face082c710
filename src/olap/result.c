// SPDX-License-Identifier: Apache-2.0
#include "olap/result.h"

#include <stdlib.h>

#include "base/mem.h"

// ── in one piece ──

struct parts {
    size_t keys, n, moments, counts; // bytes
};

static struct parts parts_of(const struct result *r) {
    return (struct parts){r->n_groups * (size_t)r->n_by * sizeof *r->keys,
                          r->n_groups * sizeof *r->n,
                          r->n_groups * (size_t)r->n_measures * sizeof *r->moments,
                          r->n_groups * (size_t)r->n_counts * sizeof *r->counts};
}

static char *put(char *at, const void *bytes, size_t size) {
    if (size)
        memcpy(at, bytes, size);
    return at + size;
}

void *result_pack(const struct result *r, size_t *ret_size) {
    struct parts size = parts_of(r);
    *ret_size = sizeof *r + size.keys + size.n + size.moments + size.counts;
    char *packed = mem_alloc(*ret_size), *at = put(packed, r, sizeof *r);
    at = put(at, r->moments, size.moments);
    at = put(at, r->n, size.n);
    at = put(at, r->counts, size.counts);
    put(at, r->keys, size.keys);
    return packed;
}

static const char *take(const char *at, size_t size, void *ret) {
    void *copy = mem_alloc(size);
    if (size)
        memcpy(copy, at, size);
    memcpy(ret, &copy, sizeof copy);
    return at + size;
}

void result_unpack(const void *packed, struct result *ret) {
    memcpy(ret, packed, sizeof *ret);
    struct parts size = parts_of(ret);
    const char *at = (const char *)packed + sizeof *ret;
    at = take(at, size.moments, &ret->moments);
    at = take(at, size.n, &ret->n);
    at = take(at, size.counts, &ret->counts);
    take(at, size.keys, &ret->keys);
}

// ── two parts ──

static void allocate(struct result *r, size_t n_groups) {
    r->keys = NEW_ARRAY(int32_t, n_groups * (size_t)r->n_by);
    r->n = NEW_ARRAY(int64_t, n_groups);
    r->moments = NEW_ARRAY(struct moments, n_groups * (size_t)r->n_measures);
    r->counts = NEW_ARRAY(int64_t, n_groups * (size_t)r->n_counts);
}

// Adds a group to another one; the keys become those of the one added.
static void add_group(const struct result *from, size_t g, struct result *to, size_t at) {
    size_t n_by = (size_t)to->n_by, n_measures = (size_t)to->n_measures;
    size_t n_counts = (size_t)to->n_counts;
    for (size_t k = 0; k < n_by; k++)
        to->keys[at * n_by + k] = from->keys[g * n_by + k];
    to->n[at] += from->n[g];
    for (size_t k = 0; k < n_measures; k++)
        to->moments[at * n_measures + k] =
            moments_plus(to->moments[at * n_measures + k], from->moments[g * n_measures + k]);
    for (size_t k = 0; k < n_counts; k++)
        to->counts[at * n_counts + k] += from->counts[g * n_counts + k];
}

static int compare_keys(const struct result *a, size_t i, const struct result *b, size_t j) {
    for (int k = 0; k < a->n_by; k++) {
        int32_t x = result_key(a, i, k), y = result_key(b, j, k);
        if (x != y)
            return x < y ? -1 : 1;
    }
    return 0;
}

void result_merge(const struct result *a, const struct result *b, struct result *ret) {
    size_t i = 0, j = 0, n = 0;
    *ret = *a;
    allocate(ret, a->n_groups + b->n_groups);
    while (i < a->n_groups || j < b->n_groups) {
        int order = i == a->n_groups ? 1 : j == b->n_groups ? -1 : compare_keys(a, i, b, j);
        if (order <= 0)
            add_group(a, i++, ret, n);
        if (order >= 0)
            add_group(b, j++, ret, n);
        n++;
    }
    ret->n_groups = ret->n_groups_total = n;
}

struct ordered {
    int64_t n;
    size_t group;
};

static int by_count(const void *a, const void *b) {
    const struct ordered *x = a, *y = b;
    if (x->n != y->n)
        return x->n > y->n ? -1 : 1;
    return x->group < y->group ? -1 : 1;
}

void result_order(struct result *r, enum order order, size_t limit) {
    size_t n = limit ? MIN(limit, r->n_groups) : r->n_groups;
    if (order == ORDER_COUNT_DESC) {
        struct ordered *list = NEW_ARRAY(struct ordered, r->n_groups);
        struct result sorted = *r;
        allocate(&sorted, n);
        for (size_t g = 0; g < r->n_groups; g++)
            list[g] = (struct ordered){r->n[g], g};
        if (r->n_groups)
            qsort(list, r->n_groups, sizeof *list, by_count);
        for (size_t g = 0; g < n; g++)
            add_group(r, list[g].group, &sorted, g);
        free(list);
        result_done(r);
        *r = sorted;
    }
    r->n_groups = n;
}
