// SPDX-License-Identifier: Apache-2.0
#include "search/blocks.h"

#include <unistd.h>

#include "base/mem.h"
#include "search/blocks_cache.h"
#include "tests/support/test.h"

static const uint8_t key[CRYPTO_KEY_BYTES] = "a key of the test, 32 bytes long";

static char byte_at(uint64_t stream, uint64_t i) {
    return (char)hash_u64(stream * 1000003 + i);
}

TEST(blocks_hold_streams_side_by_side) {
    struct error err;
    char name[BLOCK_NAME + 1];
    block_name(name);
    assert_int_equal(strlen(name), BLOCK_NAME);
    struct block_writer *w;
    assert_true(block_writer_open(test_tmp_dir(), key, name, &w, &err));
    struct stream_writer *s = NEW_ARRAY(struct stream_writer, 2);
    s[0].to = s[1].to = w;
    for (uint64_t i = 0; i < 40000; i++) {
        char c[2] = {byte_at(0, i), byte_at(1, i)};
        stream_add(&s[0], str_make(&c[0], 1));
        if (i % 3 == 0) {
            c[1] = byte_at(1, i / 3);
            stream_add(&s[1], str_make(&c[1], 1));
        }
    }
    struct stream streams[2];
    for (int k = 0; k < 2; k++) {
        stream_end(&s[k]);
        streams[k] = (struct stream){s[k].blocks, (uint32_t)s[k].n_blocks, s[k].len};
    }
    uint32_t n_blocks;
    assert_true(block_writer_commit(w, &n_blocks, &err));
    assert_int_equal(n_blocks, streams[0].n_blocks + streams[1].n_blocks);

    struct block_cache *cache = block_cache_new(3 * BLOCK_PLAIN);
    struct block_file f;
    assert_false(block_file_open(&f, test_tmp_dir(), key, name, n_blocks + 1, cache, &err));
    assert_int_equal(err.code, ERROR_CORRUPT);
    assert_true(block_file_open(&f, test_tmp_dir(), key, name, n_blocks, cache, &err));
    struct block_window *win = NEW(struct block_window);
    for (uint64_t turn = 0; turn < 200; turn++) {
        int k = (int)(turn % 2);
        uint64_t from = hash_u64(turn) % streams[k].len;
        uint64_t len = hash_u64(~turn) % (streams[k].len - from + 1);
        CLEANUP(strbuf_done) struct strbuf sb = strbuf_init(MIB);
        assert_true(stream_read(&f, win, &streams[k], from, len, &sb, &err));
        assert_int_equal(sb.len, len);
        for (uint64_t i = 0; i < len; i++)
            assert_int_equal(sb.ptr[i], byte_at((uint64_t)k, from + i));
    }
    CLEANUP(strbuf_done) struct strbuf sb = strbuf_init(MIB);
    assert_false(stream_read(&f, win, &streams[0], 39999, 2, &sb, &err));
    assert_int_equal(err.code, ERROR_CORRUPT);
    assert_in_range(block_cache_bytes(cache), 3 * BLOCK_PLAIN, 4 * BLOCK_PLAIN);
    block_file_close(&f);
    block_cache_free(cache);
    free(win);
    stream_writer_done(&s[0]);
    stream_writer_done(&s[1]);
    free(s);
}

TEST(blocks_of_a_discarded_writer_are_gone) {
    struct error err;
    char name[BLOCK_NAME + 1];
    block_name(name);
    struct block_writer *w;
    assert_true(block_writer_open(test_tmp_dir(), key, name, &w, &err));
    CLEANUP(mem_freep) char *path = block_path(test_tmp_dir(), name);
    assert_int_equal(access(path, F_OK), 0);
    struct block_writer *second;
    assert_false(block_writer_open(test_tmp_dir(), key, name, &second, &err));
    block_writer_discard(w);
    assert_int_equal(access(path, F_OK), -1);
}

TEST(block_cache_forgets_what_was_not_asked_for) {
    struct block_cache *c = block_cache_new(4 * BLOCK_PLAIN);
    char *plain = mem_zero(1, BLOCK_PLAIN);
    for (uint32_t block = 0; block < 40; block++) {
        plain[0] = (char)block;
        block_cache_put(c, 1, block, plain);
        assert_true(block_cache_get(c, 1, 0, plain)); // asked for all the time: stays
        assert_int_equal(plain[0], 0);
    }
    assert_true(block_cache_get(c, 1, 39, plain));
    assert_int_equal(plain[0], 39);
    assert_false(block_cache_get(c, 1, 5, plain));
    assert_false(block_cache_get(c, 2, 39, plain));
    free(plain);
    block_cache_free(c);
}
