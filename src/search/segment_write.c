// SPDX-License-Identifier: Apache-2.0
#include <stdlib.h>

#include "base/mem.h"
#include "search/segment.h"

#define CHUNK_BYTES 4000

struct segment_writer {
    struct block_writer *file;
    struct stream_writer postings, dictionary, meta;
    struct segment_ids ids;
    struct strbuf directory; // chunks, as they will be written
    uint64_t n_chunks;
    uint64_t chunk_start; // where the chunk begins in the dictionary
    struct strbuf before; // the last term written
    struct strbuf term;   // the one whose places come now
    struct strbuf places;
    struct place_end end;
};

bool segment_writer_open(const char *dir, const uint8_t key[CRYPTO_KEY_BYTES], const char *name,
                         struct segment_ids ids, struct segment_writer **ret, struct error *err) {
    struct block_writer *file;
    if (!block_writer_open(dir, key, name, &file, err))
        return false;
    struct segment_writer *w = NEW(struct segment_writer);
    w->file = w->postings.to = w->dictionary.to = w->meta.to = file;
    w->ids = ids;
    w->directory = strbuf_init(GIB);
    w->places = strbuf_init(64 * GIB);
    w->before = strbuf_init(4 * KIB);
    w->term = strbuf_init(4 * KIB);
    *ret = w;
    return true;
}

static void add_number(struct strbuf *sb, uint64_t v) {
    uint8_t buf[10];
    strbuf_add(sb, str_make((const char *)buf, varint_put(v, buf)));
}

static size_t shared_bytes(struct str a, struct str b) {
    size_t n = 0;
    while (n < a.len && n < b.len && a.ptr[n] == b.ptr[n])
        n++;
    return n;
}

static void end_term(struct segment_writer *w) {
    if (!w->end.any)
        return;
    struct str term = strbuf_str(&w->term);
    bool new_chunk = w->n_chunks == 0 || w->dictionary.len - w->chunk_start >= CHUNK_BYTES;
    if (new_chunk) {
        add_number(&w->directory, term.len);
        strbuf_add(&w->directory, term);
        add_number(&w->directory, w->dictionary.len);
        add_number(&w->directory, w->postings.len);
        w->chunk_start = w->dictionary.len;
        w->n_chunks++;
    }
    size_t shared = new_chunk ? 0 : shared_bytes(term, strbuf_str(&w->before));
    uint8_t buf[20];
    size_t n = varint_put(shared, buf);
    n += varint_put(term.len - shared, buf + n);
    stream_add(&w->dictionary, str_make((const char *)buf, n));
    stream_add(&w->dictionary, str_slice(term, shared, term.len));
    stream_add(&w->dictionary, str_make((const char *)buf, varint_put(w->places.len, buf)));
    stream_add(&w->postings, strbuf_str(&w->places));
    strbuf_reset(&w->before);
    strbuf_add(&w->before, term);
}

void segment_writer_term(struct segment_writer *w, struct str term) {
    end_term(w);
    strbuf_reset(&w->term);
    strbuf_add(&w->term, term);
    strbuf_reset(&w->places);
    w->end = (struct place_end){0};
}

void segment_writer_place(struct segment_writer *w, uint32_t doc, uint32_t pos) {
    uint8_t buf[2 * POSTINGS_MAX_BYTES];
    strbuf_add(&w->places, str_make((const char *)buf, postings_put(&w->end, doc, pos, buf)));
}

bool segment_writer_failed(const struct segment_writer *w) {
    return block_writer_failed(w->file);
}

static void write_ids(struct stream_writer *s, const int64_t *ids, uint32_t n) {
    uint8_t buf[10];
    stream_add(s, str_make((const char *)buf, varint_put(n, buf)));
    for (uint32_t i = 0; i < n; i++) {
        uint64_t v = i ? (uint64_t)ids[i] - (uint64_t)ids[i - 1] : zigzag(ids[0]);
        stream_add(s, str_make((const char *)buf, varint_put(v, buf)));
    }
}

static void write_stream(struct stream_writer *s, const struct stream_writer *what) {
    uint8_t buf[30];
    size_t n = varint_put(what->len, buf);
    n += varint_put(what->n_blocks, buf + n);
    stream_add(s, str_make((const char *)buf, n));
    for (size_t i = 0; i < what->n_blocks; i++)
        stream_add(s, str_make((const char *)buf, varint_put(what->blocks[i], buf)));
}

static void writer_free(struct segment_writer *w) {
    stream_writer_done(&w->postings);
    stream_writer_done(&w->dictionary);
    stream_writer_done(&w->meta);
    strbuf_done(&w->directory);
    strbuf_done(&w->before);
    strbuf_done(&w->term);
    strbuf_done(&w->places);
    free(w);
}

bool segment_writer_commit(struct segment_writer *w, uint32_t *ret_blocks, struct error *err) {
    end_term(w);
    stream_end(&w->postings);
    stream_end(&w->dictionary);
    uint32_t first = block_writer_count(w->file);
    write_ids(&w->meta, w->ids.ids, w->ids.n_ids);
    write_ids(&w->meta, w->ids.gone, w->ids.n_gone);
    write_stream(&w->meta, &w->postings);
    write_stream(&w->meta, &w->dictionary);
    uint8_t buf[BLOCK_PLAIN] = {0};
    stream_add(&w->meta, str_make((const char *)buf, varint_put(w->n_chunks, buf)));
    stream_add(&w->meta, strbuf_str(&w->directory));
    uint64_t footer[3] = {SEGMENT_VERSION, first, w->meta.len};
    memset(buf, 0, sizeof buf);
    size_t room = BLOCK_PLAIN - w->meta.used;
    if (room < SEGMENT_FOOTER) {
        stream_add(&w->meta, str_make((const char *)buf, room));
        room = BLOCK_PLAIN;
    }
    stream_add(&w->meta, str_make((const char *)buf, room - SEGMENT_FOOTER));
    _Static_assert(sizeof footer == SEGMENT_FOOTER, "footer");
    stream_add(&w->meta, str_make((const char *)footer, sizeof footer));
    struct block_writer *file = w->file;
    writer_free(w);
    return block_writer_commit(file, ret_blocks, err);
}

void segment_writer_discard(struct segment_writer *w) {
    if (!w)
        return;
    block_writer_discard(w->file);
    writer_free(w);
}
