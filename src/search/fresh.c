// SPDX-License-Identifier: Apache-2.0
#include "search/fresh.h"

#include <stdlib.h>

#define FIRST_SLOTS 4096
#define FIRST_RUN   20
#define LAST_RUN    4000

static uint32_t slot_of(const struct fresh *f, struct str term, uint64_t hash) {
    uint32_t i = (uint32_t)hash & (f->n_slots - 1);
    while (f->slots[i]) {
        const struct fresh_term *t = &f->terms.items[f->slots[i] - 1];
        if (t->hash == hash && str_eq(t->term, term))
            break;
        i = (i + 1) & (f->n_slots - 1);
    }
    return i;
}

static void grow_slots(struct fresh *f) {
    free(f->slots);
    f->n_slots *= 2;
    f->slots = NEW_ARRAY(uint32_t, f->n_slots);
    for (size_t k = 0; k < f->terms.len; k++) {
        uint32_t i = (uint32_t)f->terms.items[k].hash & (f->n_slots - 1);
        while (f->slots[i])
            i = (i + 1) & (f->n_slots - 1);
        f->slots[i] = (uint32_t)k + 1;
    }
}

static struct fresh_term *term_for(struct fresh *f, struct str term) {
    uint64_t hash = str_hash(term);
    uint32_t i = slot_of(f, term, hash);
    if (f->slots[i])
        return &f->terms.items[f->slots[i] - 1];
    vec_push(&f->terms, ((struct fresh_term){.term = arena_str(&f->arena, term), .hash = hash}));
    f->slots[i] = (uint32_t)f->terms.len;
    if (f->terms.len * 2 > f->n_slots)
        grow_slots(f);
    return &f->terms.items[f->terms.len - 1];
}

static struct fresh_run *new_run(struct fresh *f, const struct fresh_run *before) {
    size_t cap = before ? MIN((size_t)before->cap * 2, (size_t)LAST_RUN) : FIRST_RUN;
    struct fresh_run *r = arena_alloc(&f->arena, sizeof *r + cap);
    r->next = NULL;
    r->len = 0;
    r->cap = (uint16_t)cap;
    return r;
}

static void append(struct fresh *f, struct fresh_term *t, const uint8_t *bytes, size_t n) {
    if (!t->last || t->last->len + n > t->last->cap) {
        struct fresh_run *r = new_run(f, t->last);
        if (t->last)
            t->last->next = r;
        else
            t->first = r;
        t->last = r;
    }
    memcpy(t->last->bytes + t->last->len, bytes, n);
    t->last->len += (uint16_t)n;
}

void fresh_gone(struct fresh *f, int64_t id) {
    part_kill(&f->part, id);
    map_u64_put(&f->docs, (uint64_t)id, 0);
    vec_push(&f->gone, id);
}

void fresh_add(struct fresh *f, int64_t id, const struct units *units) {
    part_kill(&f->part, id);
    uint32_t doc = f->part.n_docs++;
    if (f->part.n_docs > f->cap_docs) {
        uint32_t cap = MAX(2 * f->cap_docs, 1024u);
        f->part.dead = mem_resize(f->part.dead, bits_words(cap), sizeof(uint64_t));
        memset(f->part.dead + bits_words(f->cap_docs), 0,
               (bits_words(cap) - bits_words(f->cap_docs)) * sizeof(uint64_t));
        f->cap_docs = cap;
    }
    vec_push(&f->ids, id);
    map_u64_put(&f->docs, (uint64_t)id, (uint64_t)doc + 1);
    for (size_t i = 0; i < units->len; i++) {
        struct fresh_term *t = term_for(f, units_term(units, i));
        uint8_t buf[2 * POSTINGS_MAX_BYTES];
        append(f, t, buf, postings_put(&t->end, doc, (uint32_t)i, buf));
    }
}

size_t fresh_bytes(const struct fresh *f) {
    return f->arena.total_bytes + f->terms.cap * sizeof *f->terms.items +
           f->n_slots * sizeof *f->slots + (f->ids.cap + f->gone.cap) * sizeof(int64_t) +
           f->docs.n_slots * 2 * sizeof(uint64_t) + f->cap_docs / 8;
}

static void gather(const struct fresh_term *t, struct strbuf *ret) {
    strbuf_reset(ret);
    for (const struct fresh_run *r = t->first; r; r = r->next)
        strbuf_add(ret, str_make((const char *)r->bytes, r->len));
}

static bool fresh_terms(const struct part *p, struct str wanted, bool prefix, part_fn *fn,
                        void *ctx, struct error *err) {
    const struct fresh *f = (const struct fresh *)p;
    CLEANUP(strbuf_done) struct strbuf postings = strbuf_init(GIB);
    if (!prefix) {
        uint32_t slot = f->slots[slot_of(f, wanted, str_hash(wanted))];
        if (!slot)
            return true;
        gather(&f->terms.items[slot - 1], &postings);
        return fn(ctx, strbuf_str(&postings), err);
    }
    for (size_t i = 0; i < f->terms.len; i++) {
        if (!str_starts(f->terms.items[i].term, wanted))
            continue;
        gather(&f->terms.items[i], &postings);
        if (!fn(ctx, strbuf_str(&postings), err))
            return false;
    }
    return true;
}

static uint32_t fresh_find(const struct part *p, int64_t id) {
    uint64_t doc;
    return map_u64_get(&((const struct fresh *)p)->docs, (uint64_t)id, &doc) && doc
               ? (uint32_t)doc - 1
               : NO_DOC;
}

static int64_t fresh_id(const struct part *p, uint32_t doc) {
    return ((const struct fresh *)p)->ids.items[doc];
}

static void fresh_free(struct part *p) {
    struct fresh *f = (struct fresh *)p;
    vec_done(&f->terms);
    vec_done(&f->ids);
    vec_done(&f->gone);
    map_u64_done(&f->docs);
    arena_done(&f->arena);
    free(f->slots);
    free(f->part.dead);
    free(f);
}

static const struct part_kind fresh_kind = {
    .terms = fresh_terms,
    .find = fresh_find,
    .id = fresh_id,
    .free = fresh_free,
};

struct fresh *fresh_new(void) {
    struct fresh *f = NEW(struct fresh);
    f->part.kind = &fresh_kind;
    atomic_init(&f->part.references, 1);
    f->n_slots = FIRST_SLOTS;
    f->slots = NEW_ARRAY(uint32_t, f->n_slots);
    return f;
}

// ── becoming a segment ──

static int by_id(const void *a, const void *b) {
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

static int by_term(const void *a, const void *b) {
    return str_cmp((*(const struct fresh_term *const *)a)->term,
                   (*(const struct fresh_term *const *)b)->term);
}

// Ids deleted here that an older part has.
static uint32_t collect_gone(const struct fresh *f, bool (*is_older)(const void *, int64_t),
                             const void *ctx, int64_t *ret) {
    uint32_t n = 0, unique = 0;
    for (size_t i = 0; i < f->gone.len; i++)
        if (fresh_find(&f->part, f->gone.items[i]) == NO_DOC && is_older(ctx, f->gone.items[i]))
            ret[n++] = f->gone.items[i];
    qsort(ret, n, sizeof *ret, by_id);
    for (uint32_t i = 0; i < n; i++)
        if (i == 0 || ret[i] != ret[unique - 1])
            ret[unique++] = ret[i];
    return unique;
}

// The number of each document in the segment, NO_DOC for the dead; `ids` becomes those that live, ascending.
static uint32_t renumber(const struct fresh *f, const uint64_t *dead, int64_t *ids,
                         uint32_t *number) {
    uint32_t n = 0;
    for (uint32_t doc = 0; doc < f->part.n_docs; doc++)
        if (!bits_has(dead, doc))
            ids[n++] = f->ids.items[doc];
    qsort(ids, n, sizeof *ids, by_id);
    for (uint32_t doc = 0; doc < f->part.n_docs; doc++) {
        const int64_t *at =
            bits_has(dead, doc) ? NULL : bsearch(&f->ids.items[doc], ids, n, sizeof *ids, by_id);
        number[doc] = at ? (uint32_t)(at - ids) : NO_DOC;
    }
    return n;
}

static void write_terms(const struct fresh *f, const uint32_t *number, struct segment_writer *w) {
    const struct fresh_term **sorted = NEW_ARRAY(const struct fresh_term *, f->terms.len);
    for (size_t i = 0; i < f->terms.len; i++)
        sorted[i] = &f->terms.items[i];
    qsort(sorted, f->terms.len, sizeof *sorted, by_term);
    CLEANUP(strbuf_done) struct strbuf postings = strbuf_init(GIB);
    CLEANUP(places_done) struct places places = {0};
    for (size_t i = 0; i < f->terms.len && !segment_writer_failed(w); i++) {
        gather(sorted[i], &postings);
        places.len = 0;
        if (!postings_places(strbuf_str(&postings), f->part.n_docs, &places))
            abort(); // we wrote them
        size_t kept = 0;
        for (size_t k = 0; k < places.len; k++) {
            uint32_t doc = number[places.items[k] >> 32];
            if (doc != NO_DOC)
                places.items[kept++] = (uint64_t)doc << 32 | (uint32_t)places.items[k];
        }
        places.len = kept;
        places_sort(&places);
        segment_writer_term(w, sorted[i]->term);
        for (size_t k = 0; k < kept; k++)
            segment_writer_place(w, (uint32_t)(places.items[k] >> 32), (uint32_t)places.items[k]);
    }
    free(sorted);
}

bool fresh_write(const struct fresh *f, const uint64_t *dead,
                 bool (*is_older)(const void *ctx, int64_t id), const void *ctx, const char *dir,
                 const uint8_t key[CRYPTO_KEY_BYTES], const char *name, uint32_t *ret_blocks,
                 struct error *err) {
    CLEANUP(mem_freep) int64_t *ids = NEW_ARRAY(int64_t, f->part.n_docs);
    CLEANUP(mem_freep) int64_t *gone = NEW_ARRAY(int64_t, f->gone.len);
    CLEANUP(mem_freep) uint32_t *number = NEW_ARRAY(uint32_t, f->part.n_docs);
    struct segment_ids all = {.ids = ids, .gone = gone};
    all.n_gone = collect_gone(f, is_older, ctx, gone);
    all.n_ids = renumber(f, dead, ids, number);
    if (all.n_ids == 0 && all.n_gone == 0) {
        *ret_blocks = 0;
        return true;
    }
    struct segment_writer *w;
    if (!segment_writer_open(dir, key, name, all, &w, err))
        return false;
    write_terms(f, number, w);
    return segment_writer_commit(w, ret_blocks, err);
}
