// SPDX-License-Identifier: Apache-2.0
#include "search/search_inner.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"

// ── opening ──

// Later parts have replaced or deleted what earlier ones say.
static void mark_dead(struct search *s) {
    for (size_t i = 1; i < s->n_segments; i++) {
        const struct segment *newer = s->segments[i];
        for (size_t k = 0; k < i; k++) {
            struct part *older = &s->segments[k]->part;
            for (uint32_t doc = 0; doc < newer->part.n_docs; doc++)
                part_kill(older, newer->ids[doc]);
            for (uint32_t g = 0; g < newer->n_gone; g++)
                part_kill(older, newer->gone[g]);
        }
    }
}

static bool open_segments(struct search *s, struct error *err) {
    struct manifest m;
    if (!manifest_load(s->dir, s->key, &m, err))
        return false;
    size_t swept = manifest_sweep(s->dir, &m);
    if (swept)
        log_info("search index %s: %zu unfinished files removed", s->dir, swept);
    s->segments = NEW_ARRAY(struct segment *, m.len);
    bool ok = true;
    for (size_t i = 0; ok && i < m.len; i++) {
        ok = segment_open(s->dir, s->key, m.items[i].name, m.items[i].n_blocks, s->cache,
                          &s->segments[i], err);
        s->n_segments += ok;
    }
    if (ok)
        mark_dead(s);
    atomic_init(&s->durable, m.watermark);
    s->growing->watermark = m.watermark;
    manifest_done(&m);
    return ok;
}

static bool lock_folder(struct search *s, struct error *err) {
    if (mkdir(s->dir, 0700) != 0 && errno != EEXIST)
        return error_errno(err, errno, "无法建立", "cannot create", s->dir);
    size_t room = strlen(s->dir) + 6;
    CLEANUP(mem_freep) char *path = mem_alloc(room);
    snprintf(path, room, "%s/lock", s->dir);
    s->lock_file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (s->lock_file < 0)
        return error_errno(err, errno, "无法写入", "cannot write", path);
    struct flock whole = {.l_type = F_WRLCK};
    if (fcntl(s->lock_file, F_OFD_SETLK, &whole) != 0)
        return error_set(err, ERROR_CONFLICT, "搜索索引 %s 正由另一个进程使用",
                         "search index %s is in use by another process", s->dir);
    return true;
}

static void search_free(struct search *s) {
    part_release(s->growing ? &s->growing->part : NULL);
    for (size_t i = 0; i < s->n_frozen; i++)
        part_release(&s->frozen[i]->part);
    for (size_t i = 0; i < s->n_segments; i++)
        part_release(&s->segments[i]->part);
    for (size_t i = 0; i < SEARCH_BATCH; i++)
        units_done(&s->units[i]);
    block_cache_free(s->cache);
    if (s->lock_file >= 0)
        close(s->lock_file);
    pthread_mutex_destroy(&s->apply);
    pthread_mutex_destroy(&s->merging);
    pthread_mutex_destroy(&s->disk);
    pthread_rwlock_destroy(&s->lock);
    pthread_mutex_destroy(&s->wake);
    pthread_cond_destroy(&s->wake_flush);
    pthread_cond_destroy(&s->wake_merge);
    pthread_cond_destroy(&s->flushed);
    crypto_wipe(s->key, sizeof s->key);
    free(s->segments);
    free(s->dir);
    free(s);
}

bool search_open(const char *dir, const uint8_t key[CRYPTO_KEY_BYTES], struct search **ret,
                 struct error *err) {
    struct search *s = NEW(struct search);
    s->dir = str_dup(str_from(dir));
    memcpy(s->key, key, sizeof s->key);
    s->lock_file = -1;
    s->cache = block_cache_new(SEARCH_CACHE_BYTES);
    s->growing = fresh_new();
    pthread_mutex_init(&s->apply, NULL);
    pthread_mutex_init(&s->merging, NULL);
    pthread_mutex_init(&s->disk, NULL);
    pthread_mutex_init(&s->wake, NULL);
    // Searches come all the time: who takes in must not wait for a moment without any.
    pthread_rwlockattr_t fair;
    pthread_rwlockattr_init(&fair);
    pthread_rwlockattr_setkind_np(&fair, PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP);
    pthread_rwlock_init(&s->lock, &fair);
    pthread_rwlockattr_destroy(&fair);
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&s->wake_flush, &monotonic);
    pthread_cond_init(&s->wake_merge, NULL);
    pthread_cond_init(&s->flushed, NULL);
    pthread_condattr_destroy(&monotonic);
    if (!lock_folder(s, err) || !open_segments(s, err)) {
        search_free(s);
        return false;
    }
    *ret = s;
    return true;
}

void search_close(struct search *s) {
    if (!s)
        return;
    search_stop(s);
    struct error err;
    if (!search_write_out(s, &err))
        log_warn("search index not written, will be caught up from the change log: %s", err.en);
    search_free(s);
}

// ── taking in ──

static void take_in(struct search *s, const struct search_doc *docs, size_t n) {
    pthread_rwlock_wrlock(&s->lock);
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < s->n_segments; k++)
            part_kill(&s->segments[k]->part, docs[i].id);
        for (size_t k = 0; k < s->n_frozen; k++)
            part_kill(&s->frozen[k]->part, docs[i].id);
        if (docs[i].gone)
            fresh_gone(s->growing, docs[i].id);
        else
            fresh_add(s->growing, docs[i].id, &s->units[i]);
    }
    pthread_rwlock_unlock(&s->lock);
}

static size_t memory_used(struct search *s, size_t *ret_growing) {
    pthread_rwlock_rdlock(&s->lock);
    size_t bytes = *ret_growing = fresh_bytes(s->growing);
    for (size_t i = 0; i < s->n_frozen; i++)
        bytes += fresh_bytes(s->frozen[i]);
    pthread_rwlock_unlock(&s->lock);
    return bytes;
}

// Waits for the disk when it cannot keep up; an error when it takes nothing at all.
static bool make_room(struct search *s, struct error *err) {
    size_t growing;
    while (memory_used(s, &growing) >= SEARCH_MEMORY_BYTES) {
        pthread_mutex_lock(&s->wake);
        bool failing = s->failing;
        if (failing && err)
            *err = s->failure;
        uint64_t before = s->flushes;
        pthread_mutex_unlock(&s->wake);
        if (failing)
            return false;
        search_dirty(s, true);
        pthread_mutex_lock(&s->wake);
        while (s->flushes == before)
            pthread_cond_wait(&s->flushed, &s->wake);
        pthread_mutex_unlock(&s->wake);
    }
    search_dirty(s, growing >= SEARCH_FREEZE_BYTES);
    return true;
}

bool search_apply(struct search *s, const struct search_doc *docs, size_t n, int64_t watermark,
                  struct error *err) {
    pthread_mutex_lock(&s->apply);
    search_start(s);
    bool ok = true;
    for (size_t at = 0; ok && at < n; at += SEARCH_BATCH) {
        size_t batch = MIN(n - at, (size_t)SEARCH_BATCH);
        for (size_t i = 0; i < batch; i++)
            if (!docs[at + i].gone)
                units_read(&s->units[i], docs[at + i].text);
        ok = make_room(s, err);
        if (ok)
            take_in(s, docs + at, batch);
    }
    if (ok) {
        pthread_rwlock_wrlock(&s->lock);
        s->growing->watermark = MAX(s->growing->watermark, watermark);
        pthread_rwlock_unlock(&s->lock);
        search_dirty(s, false);
    }
    pthread_mutex_unlock(&s->apply);
    return ok;
}

int64_t search_watermark(const struct search *s) {
    return atomic_load(&((struct search *)s)->durable);
}

bool search_flush(struct search *s, struct error *err) {
    return search_write_out(s, err);
}

bool search_clear(struct search *s, struct error *err) {
    pthread_mutex_lock(&s->apply);
    pthread_mutex_lock(&s->disk);
    struct manifest none = {0};
    bool switched;
    bool ok = manifest_save(s->dir, s->key, &none, &switched, err);
    if (ok) {
        s->clearings++;
        pthread_rwlock_wrlock(&s->lock);
        for (size_t i = 0; i < s->n_segments; i++)
            part_release(&s->segments[i]->part);
        for (size_t i = 0; i < s->n_frozen; i++)
            part_release(&s->frozen[i]->part);
        part_release(&s->growing->part);
        s->n_segments = s->n_frozen = 0;
        s->growing = fresh_new();
        pthread_rwlock_unlock(&s->lock);
        atomic_store(&s->durable, 0);
        manifest_sweep(s->dir, &none);
    }
    pthread_mutex_unlock(&s->disk);
    pthread_mutex_unlock(&s->apply);
    return ok;
}

struct search_stats search_stats(struct search *s) {
    struct search_stats r = {.bytes_in_memory = block_cache_bytes(s->cache)};
    pthread_rwlock_rdlock(&s->lock);
    r.segments = s->n_segments;
    for (size_t i = 0; i < s->n_segments; i++) {
        const struct segment *g = s->segments[i];
        r.documents += g->part.n_docs - g->part.n_dead;
        r.bytes_on_disk += g->file.n_blocks * BLOCK_BYTES;
        r.bytes_in_memory += segment_bytes(g);
    }
    for (size_t i = 0; i <= s->n_frozen; i++) {
        const struct fresh *f = i < s->n_frozen ? s->frozen[i] : s->growing;
        r.documents += f->part.n_docs - f->part.n_dead;
        r.bytes_in_memory += fresh_bytes(f);
    }
    pthread_rwlock_unlock(&s->lock);
    return r;
}
