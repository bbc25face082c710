// SPDX-License-Identifier: Apache-2.0
// Memory to segments, segments to larger ones, and the two threads that do it.
#include "search/search_inner.h"

#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "search/merge.h"

#define MAX_RETRY_US (30 * US_PER_SECOND)

static uint64_t *copy_dead(const struct part *p) {
    size_t words = bits_words(p->n_docs);
    uint64_t *copy = NEW_ARRAY(uint64_t, words);
    if (words)
        memcpy(copy, p->dead, words * sizeof *copy);
    return copy;
}

// What has died in a source since `before` is dead in what was made of it. Under the lock.
static void carry_dead(const struct part *source, const uint64_t *before, struct part *made) {
    for (size_t w = 0; made && w < bits_words(source->n_docs); w++)
        for (uint64_t since = source->dead[w] & ~before[w]; since; since &= since - 1) {
            uint32_t doc = (uint32_t)(w * 64) + (uint32_t)__builtin_ctzll(since);
            part_kill(made, source->kind->id(source, doc));
        }
}

struct older {
    struct segment *const *segments;
    size_t n;
};

static bool is_older(const void *ctx, int64_t id) {
    const struct older *o = ctx;
    for (size_t i = 0; i < o->n; i++)
        if (o->segments[i]->part.kind->find(&o->segments[i]->part, id) != NO_DOC)
            return true;
    return false;
}

static void remove_segment(struct search *s, const char *name) {
    CLEANUP(mem_freep) char *path = block_path(s->dir, name);
    unlink(path);
}

// What takes the place of what.
struct exchange {
    size_t at, n;         // these segments go
    struct fresh *frozen; // or this one, the oldest of the frozen
    struct segment *made; // comes; NULL: nothing was left
    int64_t watermark;
    uint64_t *const *before; // who was dead in each source when `made` was begun
};

// First in the folder, then, at once for every search, in memory. Under disk. On failure all is as it was.
static bool exchange(struct search *s, const struct exchange *x, struct error *err) {
    size_t at = x->at, n = x->n;
    struct segment *made = x->made;
    size_t len = s->n_segments - n + (made != NULL);
    struct segment **list = NEW_ARRAY(struct segment *, len);
    struct manifest m = {.watermark = x->watermark, .items = NEW_ARRAY(struct manifest_entry, len)};
    for (size_t i = 0; i < s->n_segments; i++) {
        if (i == at && made)
            list[m.len++] = made;
        if (i < at || i >= at + n)
            list[m.len++] = s->segments[i];
    }
    if (at == s->n_segments && made)
        list[m.len++] = made;
    for (size_t i = 0; i < m.len; i++) {
        memcpy(m.items[i].name, list[i]->name, sizeof list[i]->name);
        m.items[i].n_blocks = list[i]->file.n_blocks;
    }
    bool switched;
    bool ok = manifest_save(s->dir, s->key, &m, &switched, err);
    manifest_done(&m);
    if (!ok) {
        if (made && !switched)
            remove_segment(s, made->name);
        free(list);
        return false;
    }
    pthread_rwlock_wrlock(&s->lock);
    struct segment **old = s->segments;
    struct part *to = made ? &made->part : NULL;
    for (size_t i = 0; i < n; i++)
        carry_dead(&old[at + i]->part, x->before[i], to);
    if (x->frozen) {
        carry_dead(&x->frozen->part, x->before[0], to);
        s->n_frozen--;
        memmove(s->frozen, s->frozen + 1, s->n_frozen * sizeof(struct fresh *));
    }
    s->segments = list;
    s->n_segments = len;
    pthread_rwlock_unlock(&s->lock);
    atomic_store(&s->durable, x->watermark);
    part_release(x->frozen ? &x->frozen->part : NULL);
    for (size_t i = at; i < at + n; i++) {
        remove_segment(s, old[i]->name);
        part_release(&old[i]->part);
    }
    free(old);
    return true;
}

// ── flush ──

// The growing part stops growing, if there is anything in it. False: there are too many frozen ones already.
static bool freeze(struct search *s) {
    pthread_rwlock_wrlock(&s->lock);
    struct fresh *f = s->growing;
    bool something = f->part.n_docs || f->gone.len || f->watermark != atomic_load(&s->durable);
    bool room = s->n_frozen < SEARCH_MAX_FROZEN;
    if (something && room) {
        s->frozen[s->n_frozen++] = f;
        s->growing = fresh_new();
        s->growing->watermark = f->watermark;
    }
    pthread_rwlock_unlock(&s->lock);
    return room || !something;
}

static bool write_frozen(struct search *s, struct fresh *f, struct error *err) {
    pthread_rwlock_rdlock(&s->lock);
    CLEANUP(mem_freep) uint64_t *before = copy_dead(&f->part);
    pthread_rwlock_unlock(&s->lock);
    char name[BLOCK_NAME + 1];
    block_name(name);
    struct older older = {s->segments, s->n_segments};
    uint32_t n_blocks;
    struct segment *made = NULL;
    if (!fresh_write(f, before, is_older, &older, s->dir, s->key, name, &n_blocks, err))
        return false;
    if (n_blocks && !segment_open(s->dir, s->key, name, n_blocks, s->cache, &made, err)) {
        remove_segment(s, name);
        return false;
    }
    struct exchange x = {s->n_segments, 0, f, made, f->watermark, &before};
    if (!exchange(s, &x, err)) {
        part_release(made ? &made->part : NULL);
        return false;
    }
    return true;
}

// Who waits for room learns it, the merger looks again, and the operator hears of it once.
static void tell(struct search *s, bool ok, const struct error *why) {
    pthread_mutex_lock(&s->wake);
    if (!ok && !s->failing)
        log_warn("search index not written, tried again; searching goes on from memory: %s",
                 why->en);
    if (ok && s->failing)
        log_info("search index is written again");
    s->failing = !ok;
    if (!ok)
        s->failure = *why;
    s->flushes++;
    s->merge_wanted = ok;
    pthread_cond_broadcast(&s->flushed);
    pthread_cond_signal(&s->wake_merge);
    pthread_mutex_unlock(&s->wake);
}

bool search_write_out(struct search *s, struct error *err) {
    struct error why;
    pthread_mutex_lock(&s->disk);
    bool everything = false, ok = true;
    while (ok && !everything) {
        everything = freeze(s);
        while (ok && s->n_frozen)
            ok = write_frozen(s, s->frozen[0], &why);
    }
    pthread_mutex_unlock(&s->disk);
    tell(s, ok, &why);
    if (!ok && err)
        *err = why;
    return ok;
}

// ── merge ──

typedef bool plan_fn(struct segment *const *segments, size_t n, struct merge_range *ret);

// One merge if one is due; *ret_more: another may be. Under merging.
static bool merge_once(struct search *s, plan_fn *plan, bool *ret_more, struct error *err) {
    struct merge_range r;
    *ret_more = false;
    pthread_mutex_lock(&s->disk);
    pthread_rwlock_rdlock(&s->lock);
    if (!plan(s->segments, s->n_segments, &r)) {
        pthread_rwlock_unlock(&s->lock);
        pthread_mutex_unlock(&s->disk);
        return true;
    }
    size_t n_held = r.from + r.n;
    uint64_t clearings = s->clearings, *dead[MERGE_MAX];
    CLEANUP(mem_freep) struct segment **held = NEW_ARRAY(struct segment *, n_held);
    for (size_t i = 0; i < n_held; i++) {
        held[i] = s->segments[i];
        part_hold(&held[i]->part);
    }
    for (size_t i = 0; i < r.n; i++)
        dead[i] = copy_dead(&held[r.from + i]->part);
    pthread_rwlock_unlock(&s->lock);
    pthread_mutex_unlock(&s->disk);

    char name[BLOCK_NAME + 1];
    block_name(name);
    struct older older = {held, r.from};
    struct merge_job job = {held + r.from, r.n, dead, is_older, &older, &s->closing};
    uint32_t n_blocks = 0;
    struct segment *made = NULL;
    bool ok = merge_run(&job, s->dir, s->key, name, &n_blocks, err);
    if (ok && n_blocks && !segment_open(s->dir, s->key, name, n_blocks, s->cache, &made, err)) {
        remove_segment(s, name);
        ok = false;
    }
    pthread_mutex_lock(&s->disk);
    if (ok && clearings != s->clearings) {
        remove_segment(s, name);
        part_release(made ? &made->part : NULL);
    } else if (ok) {
        struct exchange x = {r.from, r.n, NULL, made, atomic_load(&s->durable), dead};
        ok = exchange(s, &x, err);
        if (!ok)
            part_release(made ? &made->part : NULL);
    }
    pthread_mutex_unlock(&s->disk);
    for (size_t i = 0; i < n_held; i++)
        part_release(&held[i]->part);
    for (size_t i = 0; i < r.n; i++)
        free(dead[i]);
    *ret_more = ok;
    return ok;
}

static bool merge_all(struct search *s, plan_fn *plan, struct error *err) {
    pthread_mutex_lock(&s->merging);
    bool ok = true;
    for (bool more = true; ok && more;)
        ok = merge_once(s, plan, &more, err);
    pthread_mutex_unlock(&s->merging);
    return ok;
}

bool search_purge(struct search *s, struct error *err) {
    return search_write_out(s, err) && merge_all(s, merge_plan_purge, err);
}

// ── the threads ──

static void *merge_loop(void *ctx) {
    struct search *s = ctx;
    pthread_mutex_lock(&s->wake);
    while (!atomic_load(&s->closing)) {
        if (!s->merge_wanted) {
            pthread_cond_wait(&s->wake_merge, &s->wake);
            continue;
        }
        s->merge_wanted = false;
        pthread_mutex_unlock(&s->wake);
        struct error err;
        if (!merge_all(s, merge_plan, &err) && err.code != ERROR_CANCELLED)
            log_warn("search index: segments not merged, tried again after the next flush: %s",
                     err.en);
        pthread_mutex_lock(&s->wake);
    }
    pthread_mutex_unlock(&s->wake);
    return NULL;
}

// Waits until something is to be written: two seconds after it came, or at once when there is much. Under wake.
static void wait_for_work(struct search *s, int64_t not_before) {
    while (!atomic_load(&s->closing)) {
        int64_t now = clock_monotonic_us();
        int64_t due = s->flush_wanted ? now : s->dirty_since + SEARCH_FLUSH_US;
        due = MAX(due, not_before);
        if ((s->dirty_since || s->flush_wanted) && due <= now)
            return;
        struct timespec until = {.tv_sec = due / US_PER_SECOND,
                                 .tv_nsec = due % US_PER_SECOND * 1000};
        if (s->dirty_since || s->flush_wanted)
            pthread_cond_timedwait(&s->wake_flush, &s->wake, &until);
        else
            pthread_cond_wait(&s->wake_flush, &s->wake);
    }
}

static void *flush_loop(void *ctx) {
    struct search *s = ctx;
    int64_t retry_us = 0, not_before = 0;
    pthread_mutex_lock(&s->wake);
    for (;;) {
        wait_for_work(s, not_before);
        if (atomic_load(&s->closing))
            break;
        int64_t since = s->dirty_since;
        s->dirty_since = 0;
        s->flush_wanted = false;
        pthread_mutex_unlock(&s->wake);
        bool ok = search_write_out(s, NULL);
        pthread_mutex_lock(&s->wake);
        if (!ok)
            s->dirty_since = since ? since : clock_monotonic_us();
        retry_us = ok ? 0 : MIN(MAX(2 * retry_us, US_PER_SECOND), MAX_RETRY_US);
        not_before = ok ? 0 : clock_monotonic_us() + retry_us;
    }
    pthread_mutex_unlock(&s->wake);
    return NULL;
}

void search_dirty(struct search *s, bool now) {
    pthread_mutex_lock(&s->wake);
    if (!s->dirty_since)
        s->dirty_since = clock_monotonic_us();
    s->flush_wanted |= now;
    pthread_cond_signal(&s->wake_flush);
    pthread_mutex_unlock(&s->wake);
}

void search_start(struct search *s) {
    if (s->running)
        return;
    if (pthread_create(&s->flusher, NULL, flush_loop, s) != 0 ||
        pthread_create(&s->merger, NULL, merge_loop, s) != 0)
        abort(); // as for memory: a process that gets no threads any more cannot go on
    s->running = true;
}

void search_stop(struct search *s) {
    if (!s->running)
        return;
    pthread_mutex_lock(&s->wake);
    atomic_store(&s->closing, true);
    pthread_cond_broadcast(&s->wake_flush);
    pthread_cond_broadcast(&s->wake_merge);
    pthread_mutex_unlock(&s->wake);
    pthread_join(s->flusher, NULL);
    pthread_join(s->merger, NULL);
    s->running = false;
}
