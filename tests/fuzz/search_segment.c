// SPDX-License-Identifier: Apache-2.0
// Whatever stands in properly sealed blocks is opened or refused, and then searched and walked through or refused.
// The first two bytes say how many of the others are block 0 (postings and dictionary); the rest is what is read at
// opening.
#include <assert.h>
#include <stdlib.h>
#include <unistd.h>

#include "search/clauses.h"
#include "search/segment.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const uint8_t key[CRYPTO_KEY_BYTES] = {7};

static void write_block(struct block_writer *w, struct str bytes, struct str end) {
    static const char zeros[BLOCK_PLAIN];
    struct stream_writer *s = calloc(1, sizeof *s);
    assert(s);
    s->to = w;
    stream_add(s, bytes);
    stream_add(s, str_make(zeros, BLOCK_PLAIN - bytes.len - end.len));
    stream_add(s, end);
    stream_writer_done(s);
    free(s);
}

static bool count_bytes(void *ctx, struct str postings, struct error *err) {
    (void)err;
    *(size_t *)ctx += postings.len;
    return true;
}

static void walk(const struct segment *s) {
    struct segment_cursor c;
    struct error err;
    segment_cursor_init(&c, s);
    while (segment_cursor_next(&c, &err) && !c.ended && segment_cursor_postings(&c, &err))
        ;
    segment_cursor_done(&c);
}

static void look(const struct segment *s) {
    static const char *const queries[] = {"快递", "a* -b", "\"快 a\"", "慢"};
    struct error err;
    for (size_t i = 0; i < ARRAY_LEN(queries); i++) {
        CLEANUP(arena_done) struct arena a = {0};
        struct clauses c;
        if (!clauses_parse(&a, str_from(queries[i]), &c, &err))
            abort();
        uint64_t *bits = calloc(bits_words(s->part.n_docs) + 1, sizeof *bits);
        assert(bits);
        if (!part_match(&s->part, &c, bits, &err))
            assert(err.code == ERROR_CORRUPT);
        free(bits);
    }
    size_t bytes = 0;
    (void)!s->part.kind->terms(&s->part, STR(""), true, count_bytes, &bytes, &err);
    for (uint32_t doc = 0; doc < s->part.n_docs; doc++)
        assert(s->part.kind->find(&s->part, s->ids[doc]) == doc);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size < 2)
        return 0;
    struct str rest = str_make((const char *)data + 2, size - 2);
    size_t cut = data[0] | (size_t)data[1] << 8;
    cut = MIN(MIN(cut, rest.len), BLOCK_PLAIN);
    struct str body = str_slice(rest, 0, cut);
    struct str meta = str_slice(rest, cut, MIN(rest.len, cut + BLOCK_PLAIN - SEGMENT_FOOTER));
    uint64_t footer[3] = {SEGMENT_VERSION, 1, meta.len};
    char name[BLOCK_NAME + 1];
    struct error err;
    struct block_writer *w;
    uint32_t n_blocks;
    block_name(name);
    const char *dir = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
    if (!block_writer_open(dir, key, name, &w, &err))
        abort();
    write_block(w, body, STR(""));
    write_block(w, meta, str_make((const char *)footer, sizeof footer));
    if (!block_writer_commit(w, &n_blocks, &err))
        abort();
    struct block_cache *cache = block_cache_new(MIB);
    struct segment *s;
    if (segment_open(dir, key, name, n_blocks, cache, &s, &err)) {
        look(s);
        walk(s);
        part_release(&s->part);
    } else {
        assert(err.code == ERROR_CORRUPT);
    }
    block_cache_free(cache);
    char *path = block_path(dir, name);
    unlink(path);
    free(path);
    return 0;
}
