// SPDX-License-Identifier: Apache-2.0
#include "api/alike.h"

#include <math.h>
#include <stdlib.h>

#include "base/map.h"
#include "base/mem.h"
#include "search/search.h"
#include "search/units.h"

#define MOST_FOUND 100000 // texts looked at for a term

// ── terms ──

static int find_term(const struct alike *k, struct str term) {
    for (size_t i = 0; i < k->n_terms; i++)
        if (str_eq(k->terms[i].text, term))
            return (int)i;
    return -1;
}

// The last of several ideographs is in the pair before only.
static bool is_tail(const struct units *u, size_t i) {
    return u->items[i].joined && !(i + 1 < u->len && u->items[i + 1].joined);
}

// The terms of unit i, looked up by `f`.
static struct alike_unit terms_of(const struct alike *k, const struct units *u, size_t i) {
    return (struct alike_unit){
        .own = is_tail(u, i) ? -1 : find_term(k, units_term(u, i)),
        .before = u->items[i].joined ? find_term(k, units_term(u, i - 1)) : -1,
    };
}

void alike_terms(struct alike *k, struct str text) {
    CLEANUP(units_done) struct units u = {0};
    units_read(&u, text);
    k->n_units = MIN(u.len, (size_t)ALIKE_MOST_UNITS);
    for (size_t i = 0; i < k->n_units; i++)
        if (!is_tail(&u, i) && k->n_terms < ALIKE_MOST_TERMS && find_term(k, units_term(&u, i)) < 0)
            k->terms[k->n_terms++].text = arena_str(k->arena, units_term(&u, i));
    for (size_t i = 0; i < k->n_units; i++)
        k->units[i] = terms_of(k, &u, i);
}

static double weight_of(const struct alike *k, struct alike_unit u) {
    double own = u.own < 0 ? INFINITY : k->terms[u.own].weight;
    double before = u.before < 0 ? INFINITY : k->terms[u.before].weight;
    return isinf(own) && isinf(before) ? 0 : MIN(own, before);
}

static bool is_covered(struct alike_unit u, uint64_t terms) {
    return (u.own >= 0 && terms >> u.own & 1) || (u.before >= 0 && terms >> u.before & 1);
}

// Weight of the units of the question that a text with these terms covers.
static double covered(const struct alike *k, uint64_t terms) {
    double sum = 0;
    for (size_t i = 0; i < k->n_units; i++)
        if (is_covered(k->units[i], terms))
            sum += weight_of(k, k->units[i]);
    return sum;
}

// Weighs the terms, and scores the texts that have some.
bool alike_weigh(struct alike *k, struct error *err) {
    double n = (double)search_stats(k->search).documents + 1;
    CLEANUP(mem_freep) int64_t *ids = NEW_ARRAY(int64_t, MOST_FOUND);
    struct map_u64 at = {0};
    bool ok = true;
    for (size_t t = 0; ok && t < k->n_terms; t++) {
        size_t found = 0;
        struct search_query q = {.text =
                                     arena_printf(k->arena, "\"%.*s\"", STR_ARG(k->terms[t].text)),
                                 .limit = MOST_FOUND};
        ok = search_find(k->search, &q, ids, &found, err);
        k->terms[t].weight = log(1 + n / ((double)found + 0.5));
        for (size_t i = 0; ok && i < found; i++) {
            uint64_t index;
            if (!map_u64_get(&at, (uint64_t)ids[i], &index)) {
                index = k->all.len;
                map_u64_put(&at, (uint64_t)ids[i], index);
                vec_push(&k->all, ((struct alike_text){.id = ids[i]}));
            }
            k->all.items[index].terms |= UINT64_C(1) << t;
        }
    }
    map_u64_done(&at);
    k->whole = covered(k, UINT64_MAX);
    for (size_t i = 0; i < k->all.len; i++)
        k->all.items[i].score = covered(k, k->all.items[i].terms) / k->whole;
    return ok;
}

static int best_first(const void *a, const void *b) {
    const struct alike_text *x = a, *y = b;
    if (x->score != y->score)
        return x->score < y->score ? 1 : -1;
    return (x->id < y->id) - (x->id > y->id);
}

void alike_sort(struct alike *k) {
    if (k->all.len)
        qsort(k->all.items, k->all.len, sizeof *k->all.items, best_first);
}

// Units of the other text that the first does not have weigh as much as the first's do on average.
double alike_score(const struct alike *k, struct str text) {
    CLEANUP(units_done) struct units u = {0};
    units_read(&u, text);
    double common = 0, whole = 0, mean = k->whole / (double)MAX(k->n_units, (size_t)1);
    uint64_t terms = 0;
    for (size_t i = 0; i < u.len; i++) {
        struct alike_unit t = terms_of(k, &u, i);
        double weight = weight_of(k, t);
        terms |= t.own < 0 ? 0 : UINT64_C(1) << t.own;
        common += weight;
        whole += weight > 0 ? weight : mean;
    }
    return sqrt((common + covered(k, terms)) / (whole + k->whole));
}

void alike_done(struct alike *k) {
    vec_done(&k->all);
}
