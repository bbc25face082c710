// SPDX-License-Identifier: Apache-2.0
#include "search/part.h"

#include <stdlib.h>

#include "base/vec.h"

void part_hold(struct part *p) {
    atomic_fetch_add_explicit(&p->references, 1, memory_order_relaxed);
}

void part_release(struct part *p) {
    if (p && atomic_fetch_sub_explicit(&p->references, 1, memory_order_acq_rel) == 1)
        p->kind->free(p);
}

void part_kill(struct part *p, int64_t id) {
    uint32_t doc = p->kind->find(p, id);
    if (doc == NO_DOC || bits_has(p->dead, doc))
        return;
    bits_set(p->dead, doc);
    p->n_dead++;
}

static bool damaged(struct error *err) {
    return error_set(err, ERROR_CORRUPT, "搜索索引已损坏：请删除索引文件夹，系统会重新建立",
                     "the search index is damaged: delete its folder, it will be built again");
}

struct doc_sink {
    uint32_t n_docs;
    uint64_t *bits;
};

static bool take_docs(void *ctx, struct str postings, struct error *err) {
    struct doc_sink *s = ctx;
    return postings_docs(postings, s->n_docs, s->bits) || damaged(err);
}

struct place_sink {
    uint32_t n_docs;
    struct places *places;
};

static bool take_places(void *ctx, struct str postings, struct error *err) {
    struct place_sink *s = ctx;
    return postings_places(postings, s->n_docs, s->places) || damaged(err);
}

static bool places_of(const struct part *p, const struct atom *a, struct places *ret,
                      struct error *err) {
    ret->len = 0;
    struct place_sink sink = {p->n_docs, ret};
    if (!p->kind->terms(p, a->term, a->prefix, take_places, &sink, err))
        return false;
    places_sort(ret);
    return true;
}

// Keeps the beginnings for which `there` has the place `offset` on.
static void keep_followed(struct places *begin, const struct places *there, uint32_t offset) {
    size_t kept = 0, k = 0;
    for (size_t i = 0; i < begin->len; i++) {
        uint64_t wanted = begin->items[i] + offset;
        while (k < there->len && there->items[k] < wanted)
            k++;
        if (k == there->len)
            break;
        if (there->items[k] == wanted)
            begin->items[kept++] = begin->items[i];
    }
    begin->len = kept;
}

static bool match_phrase(const struct part *p, const struct clause *c, uint64_t *bits,
                         struct error *err) {
    CLEANUP(places_done) struct places begin = {0};
    CLEANUP(places_done) struct places there = {0};
    bool ok = places_of(p, &c->atoms[0], &begin, err);
    for (size_t i = 1; ok && i < c->n_atoms && begin.len; i++) {
        ok = places_of(p, &c->atoms[i], &there, err);
        if (ok)
            keep_followed(&begin, &there, c->atoms[i].place);
    }
    for (size_t i = 0; ok && i < begin.len; i++)
        bits_set(bits, (uint32_t)(begin.items[i] >> 32));
    return ok;
}

static bool match_clause(const struct part *p, const struct clause *c, uint64_t *bits,
                         struct error *err) {
    if (c->n_atoms > 1)
        return match_phrase(p, c, bits, err);
    struct doc_sink sink = {p->n_docs, bits};
    return p->kind->terms(p, c->atoms[0].term, c->atoms[0].prefix, take_docs, &sink, err);
}

bool part_match(const struct part *p, const struct clauses *clauses, uint64_t *bits,
                struct error *err) {
    size_t words = bits_words(p->n_docs);
    CLEANUP(mem_freep) uint64_t *one = NEW_ARRAY(uint64_t, words);
    bool first = true;
    for (int excludes = 0; excludes < 2; excludes++)
        for (size_t i = 0; i < clauses->len; i++) {
            if (clauses->items[i].excludes != (excludes == 1))
                continue;
            if (!first && !bits_any(bits, words))
                return true;
            memset(one, 0, words * sizeof *one);
            if (!match_clause(p, &clauses->items[i], one, err))
                return false;
            for (size_t w = 0; w < words; w++)
                bits[w] = first ? one[w] : excludes ? bits[w] & ~one[w] : bits[w] & one[w];
            first = false;
        }
    return true;
}
