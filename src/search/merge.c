// SPDX-License-Identifier: Apache-2.0
#include "search/merge.h"

#include <stdlib.h>

#include "base/vec.h"

#define MIN_DEAD 1000 // below, half a segment is not worth writing it again

bool merge_plan(struct segment *const *segments, size_t n, struct merge_range *ret) {
    uint64_t sum = 0, largest = 0;
    size_t run = 0;
    while (run < MIN(n, (size_t)MERGE_MAX) && (run < MERGE_FAN || largest > sum - largest)) {
        uint64_t blocks = segments[n - 1 - run++]->file.n_blocks;
        sum += blocks;
        largest = MAX(largest, blocks);
    }
    if (run >= MERGE_FAN && largest <= sum - largest) {
        for (; run < MIN(n, (size_t)MERGE_MAX); run++) {
            uint64_t blocks = segments[n - 1 - run]->file.n_blocks;
            if (blocks > sum)
                break;
            sum += blocks;
        }
        *ret = (struct merge_range){n - run, run};
        return true;
    }
    for (size_t i = 0; i < n; i++)
        if (segments[i]->part.n_dead >= MIN_DEAD &&
            segments[i]->part.n_dead > segments[i]->part.n_docs / 2) {
            *ret = (struct merge_range){i, 1};
            return true;
        }
    return false;
}

bool merge_plan_purge(struct segment *const *segments, size_t n, struct merge_range *ret) {
    for (size_t i = 0; i < n; i++)
        if (segments[i]->part.n_dead) {
            *ret = (struct merge_range){i, 1};
            return true;
        }
    return false;
}

struct merge {
    const struct merge_job *job;
    struct segment_ids ids;
    int64_t *all, *gone; // behind ids
    uint32_t *number[MERGE_MAX];
    struct segment_cursor cursors[MERGE_MAX];
    struct places places, more;
    struct strbuf term;
};

static int by_id(const void *a, const void *b) {
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

static uint32_t find_id(const int64_t *ids, uint32_t n, int64_t id) {
    const int64_t *at = n ? bsearch(&id, ids, n, sizeof *ids, by_id) : NULL;
    return at ? (uint32_t)(at - ids) : NO_DOC;
}

// Living documents get their numbers; deletions are kept for what an older part has, and so are those of the
// documents that died.
static void renumber(struct merge *m) {
    size_t n_docs = 0, n_gone = 0;
    for (size_t i = 0; i < m->job->n; i++) {
        n_docs += m->job->segments[i]->part.n_docs;
        n_gone += m->job->segments[i]->n_gone;
    }
    m->all = NEW_ARRAY(int64_t, n_docs);
    m->gone = NEW_ARRAY(int64_t, n_docs + n_gone);
    uint32_t n = 0, g = 0, unique = 0;
    for (size_t i = 0; i < m->job->n; i++) {
        const struct segment *s = m->job->segments[i];
        for (uint32_t doc = 0; doc < s->part.n_docs; doc++) {
            if (!bits_has(m->job->dead[i], doc))
                m->all[n++] = s->ids[doc];
            else
                m->gone[g++] = s->ids[doc];
        }
        for (uint32_t k = 0; k < s->n_gone; k++)
            m->gone[g++] = s->gone[k];
    }
    qsort(m->all, n, sizeof *m->all, by_id);
    qsort(m->gone, g, sizeof *m->gone, by_id);
    for (uint32_t k = 0; k < g; k++)
        if ((unique == 0 || m->gone[unique - 1] != m->gone[k]) &&
            find_id(m->all, n, m->gone[k]) == NO_DOC && m->job->is_older(m->job->ctx, m->gone[k]))
            m->gone[unique++] = m->gone[k];
    m->ids = (struct segment_ids){m->all, n, m->gone, unique};
    for (size_t i = 0; i < m->job->n; i++) {
        const struct segment *s = m->job->segments[i];
        m->number[i] = NEW_ARRAY(uint32_t, s->part.n_docs);
        for (uint32_t doc = 0; doc < s->part.n_docs; doc++)
            m->number[i][doc] =
                bits_has(m->job->dead[i], doc) ? NO_DOC : find_id(m->all, n, s->ids[doc]);
    }
}

// The places of cursor i's term, under their new numbers, behind those of the other segments.
static bool add_places(struct merge *m, size_t i, struct error *err) {
    struct segment_cursor *c = &m->cursors[i];
    m->more.len = 0;
    if (!segment_cursor_postings(c, err))
        return false;
    if (!postings_places(strbuf_str(&c->postings), c->segment->part.n_docs, &m->more))
        return error_set(err, ERROR_CORRUPT,
                         "搜索索引 %s 已损坏：请删除它所在的文件夹，系统会重新建立",
                         "search index %s is damaged: delete its folder, it will be built again",
                         c->segment->file.path);
    for (size_t k = 0; k < m->more.len; k++) {
        uint32_t doc = m->number[i][m->more.items[k] >> 32];
        if (doc != NO_DOC)
            vec_push(&m->places, (uint64_t)doc << 32 | (uint32_t)m->more.items[k]);
    }
    return true;
}

// The smallest term of all cursors into m->term; false when all have ended.
static bool smallest_term(struct merge *m) {
    const struct strbuf *least = NULL;
    for (size_t i = 0; i < m->job->n; i++)
        if (!m->cursors[i].ended &&
            (!least || str_cmp(strbuf_str(&m->cursors[i].term), strbuf_str(least)) < 0))
            least = &m->cursors[i].term;
    strbuf_reset(&m->term);
    if (least)
        strbuf_add(&m->term, strbuf_str(least));
    return least != NULL;
}

static bool write_terms(struct merge *m, struct segment_writer *w, struct error *err) {
    for (size_t i = 0; i < m->job->n; i++)
        if (!segment_cursor_next(&m->cursors[i], err))
            return false;
    while (smallest_term(m) && !segment_writer_failed(w)) {
        if (atomic_load_explicit(m->job->stop, memory_order_relaxed))
            return error_set(err, ERROR_CANCELLED, "已停止", "stopped");
        struct str term = strbuf_str(&m->term);
        m->places.len = 0;
        for (size_t i = 0; i < m->job->n; i++) {
            struct segment_cursor *c = &m->cursors[i];
            if (!c->ended && str_eq(strbuf_str(&c->term), term) &&
                (!add_places(m, i, err) || !segment_cursor_next(c, err)))
                return false;
        }
        places_sort(&m->places);
        segment_writer_term(w, term);
        for (size_t k = 0; k < m->places.len; k++)
            segment_writer_place(w, (uint32_t)(m->places.items[k] >> 32),
                                 (uint32_t)m->places.items[k]);
    }
    return true;
}

static void merge_done(struct merge *m) {
    for (size_t i = 0; i < m->job->n; i++) {
        segment_cursor_done(&m->cursors[i]);
        free(m->number[i]);
    }
    places_done(&m->places);
    places_done(&m->more);
    strbuf_done(&m->term);
    free(m->all);
    free(m->gone);
    free(m);
}

bool merge_run(const struct merge_job *job, const char *dir, const uint8_t key[CRYPTO_KEY_BYTES],
               const char *name, uint32_t *ret_blocks, struct error *err) {
    struct merge *m = NEW(struct merge);
    m->job = job;
    m->term = strbuf_init(64 * KIB);
    renumber(m);
    for (size_t i = 0; i < job->n; i++)
        segment_cursor_init(&m->cursors[i], job->segments[i]);
    struct segment_writer *w = NULL;
    bool ok = true;
    if (m->ids.n_ids == 0 && m->ids.n_gone == 0) {
        *ret_blocks = 0;
    } else if ((ok = segment_writer_open(dir, key, name, m->ids, &w, err))) {
        ok = write_terms(m, w, err);
        if (ok)
            ok = segment_writer_commit(w, ret_blocks, err);
        else
            segment_writer_discard(w);
    }
    merge_done(m);
    return ok;
}
