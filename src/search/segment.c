// SPDX-License-Identifier: Apache-2.0
#include "search/segment.h"

#include <stdlib.h>

#include "base/mem.h"

struct segment_chunk {
    struct str first; // term
    uint64_t at;      // in the dictionary
    uint64_t from;    // postings of the first term
};

static bool damaged(const struct segment *s, struct error *err) {
    return error_set(err, ERROR_CORRUPT, "搜索索引 %s 已损坏：请删除它所在的文件夹，系统会重新建立",
                     "search index %s is damaged: delete its folder, it will be built again",
                     s->file.path);
}

// ── opening ──

static bool read_ids(struct str *rest, int64_t **ret, uint32_t *ret_n) {
    uint64_t n, v, id = 0;
    if (!varint_get(rest, &n) || n > rest->len || n >= NO_DOC)
        return false;
    int64_t *ids = NEW_ARRAY(int64_t, n);
    for (uint64_t i = 0; i < n; i++) {
        bool ok = varint_get(rest, &v);
        int64_t next = i ? (int64_t)(id + v) : ok ? unzigzag(v) : 0;
        if (!ok || (i && next <= (int64_t)id)) {
            free(ids);
            return false;
        }
        ids[i] = next;
        id = (uint64_t)next;
    }
    *ret = ids;
    *ret_n = (uint32_t)n;
    return true;
}

static bool read_stream(struct str *rest, uint32_t n_file_blocks, struct stream *ret) {
    uint64_t n, v;
    if (!varint_get(rest, &ret->len) || !varint_get(rest, &n) || n > rest->len ||
        ret->len > n * BLOCK_PLAIN)
        return false;
    ret->blocks = NEW_ARRAY(uint32_t, n);
    ret->n_blocks = (uint32_t)n;
    for (uint64_t i = 0; i < n; i++) {
        if (!varint_get(rest, &v) || v >= n_file_blocks)
            return false;
        ret->blocks[i] = (uint32_t)v;
    }
    return true;
}

static bool read_chunks(struct str *rest, struct segment *s) {
    uint64_t n, len;
    if (!varint_get(rest, &n) || n > rest->len)
        return false;
    s->chunks = ARENA_ARRAY(&s->arena, struct segment_chunk, n);
    s->n_chunks = (uint32_t)n;
    for (uint64_t i = 0; i < n; i++) {
        struct segment_chunk *c = &s->chunks[i];
        if (!varint_get(rest, &len) || len > rest->len)
            return false;
        c->first = arena_str(&s->arena, str_slice(*rest, 0, len));
        *rest = str_slice(*rest, len, rest->len);
        if (!varint_get(rest, &c->at) || !varint_get(rest, &c->from))
            return false;
        bool ascends = i == 0 ? c->at == 0 : c->at > c[-1].at && str_cmp(c[-1].first, c->first) < 0;
        if (!ascends || c->at >= s->dictionary.len || c->from > s->postings.len)
            return false;
    }
    return n > 0 || s->dictionary.len == 0;
}

static bool read_meta(struct segment *s, struct error *err) {
    CLEANUP(mem_freep) struct block_window *w = NEW(struct block_window);
    w->passing = true;
    uint32_t n_blocks = s->file.n_blocks;
    uint64_t footer[3];
    if (n_blocks == 0)
        return damaged(s, err);
    if (!block_read(&s->file, w, n_blocks - 1, err))
        return false;
    memcpy(footer, w->plain + BLOCK_PLAIN - sizeof footer, sizeof footer);
    if (footer[0] > SEGMENT_VERSION)
        return error_set(err, ERROR_UNSUPPORTED, "搜索索引 %s 由更新的版本写成：请升级程序",
                         "search index %s was written by a newer version: upgrade the program",
                         s->file.path);
    uint64_t first = footer[1], len = footer[2];
    if (footer[0] != SEGMENT_VERSION || first >= n_blocks || len > (n_blocks - first) * BLOCK_PLAIN)
        return damaged(s, err);
    CLEANUP(strbuf_done) struct strbuf meta = strbuf_init(len);
    for (uint64_t b = first; meta.len < len; b++) {
        if (!block_read(&s->file, w, (uint32_t)b, err))
            return false;
        strbuf_add(&meta, str_make(w->plain, MIN(BLOCK_PLAIN, len - meta.len)));
    }
    struct str rest = strbuf_str(&meta);
    bool ok = read_ids(&rest, &s->ids, &s->part.n_docs) && read_ids(&rest, &s->gone, &s->n_gone) &&
              read_stream(&rest, n_blocks, &s->postings) &&
              read_stream(&rest, n_blocks, &s->dictionary) && read_chunks(&rest, s);
    crypto_wipe(meta.ptr, meta.len);
    return ok || damaged(s, err);
}

static void segment_free(struct part *p) {
    struct segment *s = (struct segment *)p;
    block_file_close(&s->file);
    free(s->postings.blocks);
    free(s->dictionary.blocks);
    free(s->ids);
    free(s->gone);
    free(s->part.dead);
    arena_done(&s->arena);
    free(s);
}

size_t segment_bytes(const struct segment *s) {
    return sizeof *s + (s->part.n_docs + s->n_gone) * sizeof(int64_t) + s->part.n_docs / 8 +
           (s->postings.n_blocks + s->dictionary.n_blocks) * sizeof(uint32_t) +
           s->arena.total_bytes;
}

// ── look-up ──

// The chunk in which a term would be; n_chunks if it is before the first.
static uint32_t chunk_for(const struct segment *s, struct str term) {
    uint32_t low = 0, high = s->n_chunks;
    while (low < high) {
        uint32_t mid = low + (high - low) / 2;
        if (str_cmp(s->chunks[mid].first, term) <= 0)
            low = mid + 1;
        else
            high = mid;
    }
    return low ? low - 1 : s->n_chunks;
}

static uint64_t chunk_end(const struct segment *s, uint32_t chunk) {
    return chunk + 1 < s->n_chunks ? s->chunks[chunk + 1].at : s->dictionary.len;
}

// Cuts the next entry off a chunk; `term` has the one before and becomes this one.
static bool next_entry(struct str *rest, struct strbuf *term, uint64_t *ret_len) {
    uint64_t shared, more;
    if (!varint_get(rest, &shared) || !varint_get(rest, &more) || shared > term->len ||
        more > rest->len)
        return false;
    strbuf_truncate(term, shared);
    strbuf_add(term, str_slice(*rest, 0, more));
    *rest = str_slice(*rest, more, rest->len);
    return varint_get(rest, ret_len) && !term->overflow;
}

struct lookup {
    const struct segment *s;
    struct block_window *window;
    struct strbuf chunk, term, postings;
};

static bool give(struct lookup *l, uint64_t from, uint64_t len, part_fn *fn, void *ctx,
                 struct error *err) {
    if (len > l->s->postings.len)
        return damaged(l->s, err);
    strbuf_reset(&l->postings);
    return stream_read(&l->s->file, l->window, &l->s->postings, from, len, &l->postings, err) &&
           fn(ctx, strbuf_str(&l->postings), err);
}

// The terms of one chunk. *ret_more: the next chunk may have some too.
static bool look_in_chunk(struct lookup *l, uint32_t chunk, struct str wanted, bool prefix,
                          part_fn *fn, void *ctx, bool *ret_more, struct error *err) {
    const struct segment_chunk *c = &l->s->chunks[chunk];
    strbuf_reset(&l->chunk);
    strbuf_reset(&l->term);
    if (!stream_read(&l->s->file, l->window, &l->s->dictionary, c->at,
                     chunk_end(l->s, chunk) - c->at, &l->chunk, err))
        return false;
    struct str rest = strbuf_str(&l->chunk);
    uint64_t from = c->from, len;
    *ret_more = false;
    for (; rest.len; from += len) {
        if (!next_entry(&rest, &l->term, &len))
            return damaged(l->s, err);
        struct str term = strbuf_str(&l->term);
        bool found = prefix ? str_starts(term, wanted) : str_eq(term, wanted);
        if (found && !give(l, from, len, fn, ctx, err))
            return false;
        if (found ? !prefix : str_cmp(term, wanted) > 0)
            return true;
    }
    *ret_more = prefix;
    return true;
}

static bool segment_terms(const struct part *p, struct str wanted, bool prefix, part_fn *fn,
                          void *ctx, struct error *err) {
    const struct segment *s = (const struct segment *)p;
    if (s->n_chunks == 0)
        return true;
    struct lookup l = {.s = s,
                       .window = mem_alloc(sizeof *l.window),
                       .chunk = strbuf_init(MIB),
                       .term = strbuf_init(64 * KIB),
                       .postings = strbuf_init(s->postings.len)};
    l.window->filled = l.window->passing = false;
    uint32_t chunk = chunk_for(s, wanted);
    bool ok = true, more = prefix || chunk < s->n_chunks;
    for (chunk = chunk == s->n_chunks ? 0 : chunk; ok && more && chunk < s->n_chunks; chunk++)
        ok = look_in_chunk(&l, chunk, wanted, prefix, fn, ctx, &more, err);
    crypto_wipe(l.window, sizeof *l.window);
    free(l.window);
    strbuf_done(&l.chunk);
    strbuf_done(&l.term);
    strbuf_done(&l.postings);
    return ok;
}

static uint32_t segment_find(const struct part *p, int64_t id) {
    const struct segment *s = (const struct segment *)p;
    uint32_t low = 0, high = p->n_docs;
    if (high == 0 || id > s->ids[high - 1])
        return NO_DOC; // most that come in are newer
    while (low < high) {
        uint32_t mid = low + (high - low) / 2;
        if (s->ids[mid] < id)
            low = mid + 1;
        else
            high = mid;
    }
    return low < p->n_docs && s->ids[low] == id ? low : NO_DOC;
}

static int64_t segment_id(const struct part *p, uint32_t doc) {
    return ((const struct segment *)p)->ids[doc];
}

static const struct part_kind segment_kind = {
    .terms = segment_terms,
    .find = segment_find,
    .id = segment_id,
    .free = segment_free,
};

bool segment_open(const char *dir, const uint8_t key[CRYPTO_KEY_BYTES], const char *name,
                  uint32_t n_blocks, struct block_cache *cache, struct segment **ret,
                  struct error *err) {
    struct segment *s = NEW(struct segment);
    s->part.kind = &segment_kind;
    atomic_init(&s->part.references, 1);
    snprintf(s->name, sizeof s->name, "%s", name);
    if (!block_file_open(&s->file, dir, key, name, n_blocks, cache, err) || !read_meta(s, err)) {
        part_release(&s->part);
        return false;
    }
    s->part.dead = NEW_ARRAY(uint64_t, bits_words(s->part.n_docs));
    *ret = s;
    return true;
}

// ── all terms in order ──

void segment_cursor_init(struct segment_cursor *c, const struct segment *s) {
    *c = (struct segment_cursor){.segment = s,
                                 .chunk = strbuf_init(MIB),
                                 .term = strbuf_init(64 * KIB),
                                 .postings = strbuf_init(s->postings.len)};
    for (int i = 0; i < 2; i++) {
        c->window[i] = NEW(struct block_window);
        c->window[i]->passing = true;
    }
}

bool segment_cursor_next(struct segment_cursor *c, struct error *err) {
    const struct segment *s = c->segment;
    c->from += c->len;
    if (c->rest.len == 0) {
        if (c->next_chunk == s->n_chunks) {
            c->ended = true;
            return true;
        }
        uint32_t chunk = c->next_chunk++;
        uint64_t at = s->chunks[chunk].at;
        strbuf_reset(&c->chunk);
        strbuf_reset(&c->term);
        if (!stream_read(&s->file, c->window[0], &s->dictionary, at, chunk_end(s, chunk) - at,
                         &c->chunk, err))
            return false;
        c->rest = strbuf_str(&c->chunk);
        c->from = s->chunks[chunk].from;
    }
    return next_entry(&c->rest, &c->term, &c->len) || damaged(s, err);
}

bool segment_cursor_postings(struct segment_cursor *c, struct error *err) {
    strbuf_reset(&c->postings);
    return stream_read(&c->segment->file, c->window[1], &c->segment->postings, c->from, c->len,
                       &c->postings, err);
}

void segment_cursor_done(struct segment_cursor *c) {
    for (int i = 0; i < 2; i++) {
        if (c->window[i])
            crypto_wipe(c->window[i], sizeof *c->window[i]);
        free(c->window[i]);
        c->window[i] = NULL;
    }
    strbuf_done(&c->chunk);
    strbuf_done(&c->term);
    strbuf_done(&c->postings);
}
