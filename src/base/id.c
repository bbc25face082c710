// SPDX-License-Identifier: Apache-2.0
#include "base/id.h"

#include <stdio.h>

#include "base/clock.h"

#define EPOCH_MS     INT64_C(1577836800000) // 2020-01-01T00:00:00Z
#define COUNTER_BITS 12
#define NODE_BITS    10

void id_source_init(struct id_source *s, int node) {
    atomic_init(&s->last, 0);
    s->node = (uint64_t)node & (ID_NODES - 1);
}

int64_t id_next(struct id_source *s) {
    uint64_t now = (uint64_t)(clock_now_us() / 1000 - EPOCH_MS) << COUNTER_BITS;
    uint64_t last = atomic_load_explicit(&s->last, memory_order_relaxed), next;
    do
        next = MAX(now, last + 1);
    while (!atomic_compare_exchange_weak(&s->last, &last, next));
    uint64_t ms = next >> COUNTER_BITS, counter = next & ((1u << COUNTER_BITS) - 1);
    return (int64_t)(ms << (COUNTER_BITS + NODE_BITS) | s->node << COUNTER_BITS | counter);
}

// UUID: 48 bits Unix milliseconds, version 7, the counter as rand_a, variant, the node as the top of rand_b, zeros.
const char *id_format(int64_t id, char buf[ID_TEXT]) {
    uint64_t u = (uint64_t)id;
    uint64_t ms = (u >> (COUNTER_BITS + NODE_BITS)) + (uint64_t)EPOCH_MS;
    unsigned counter = (unsigned)(u & 0xfff), node = (unsigned)(u >> COUNTER_BITS & 0x3ff);
    snprintf(buf, ID_TEXT, "%08x-%04x-7%03x-%04x-%012x", (unsigned)(ms >> 16),
             (unsigned)(ms & 0xffff), counter, 0x8000u | node << 4, 0u);
    return buf;
}

static int hex_value(char c) {
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool id_parse(struct str text, int64_t *ret) {
    if (text.len != ID_TEXT - 1)
        return false;
    uint64_t half[2] = {0, 0};
    int digits = 0;
    for (size_t i = 0; i < text.len; i++) {
        bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        int v = hex_value(text.ptr[i]);
        if (dash ? text.ptr[i] != '-' : v < 0)
            return false;
        if (!dash) {
            half[digits / 16] = half[digits / 16] << 4 | (uint64_t)v;
            digits++;
        }
    }
    uint64_t ms = half[0] >> 16, counter = half[0] & 0xfff, node = half[1] >> 52 & 0x3ff;
    if ((half[0] >> 12 & 0xf) != 7 || half[1] != (UINT64_C(2) << 62 | node << 52) ||
        ms < (uint64_t)EPOCH_MS || ms - (uint64_t)EPOCH_MS >= UINT64_C(1) << 41)
        return false;
    *ret = (int64_t)((ms - (uint64_t)EPOCH_MS) << (COUNTER_BITS + NODE_BITS) |
                     node << COUNTER_BITS | counter);
    return true;
}

int64_t id_time_us(int64_t id) {
    return ((id >> (COUNTER_BITS + NODE_BITS)) + EPOCH_MS) * 1000;
}

int64_t id_at(int64_t us) {
    int64_t ms = us / 1000 - EPOCH_MS;
    return ms <= 0 ? 0 : ms << (COUNTER_BITS + NODE_BITS);
}
