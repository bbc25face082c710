// SPDX-License-Identifier: Apache-2.0
#include "sys/crypto.h"
#include "sys/file.h"
#include "tests/support/test.h"

#define CHUNK (64 * KIB)
#define HEAD  38

static const struct seal_key key = {.key = {9}, .generation = 2};

static const char *path_of(const char *name) {
    return test_tmp_file(name, STR(""));
}

static struct strbuf text_of(size_t bytes) {
    struct strbuf sb = strbuf_init(4 * MIB);
    for (size_t i = 0; sb.len < bytes; i++)
        strbuf_addf(&sb, "13800%06zu,", i);
    strbuf_truncate(&sb, bytes);
    return sb;
}

static void write_file(const char *path, struct str text, size_t step) {
    struct seal_writer *w;
    struct error err;
    assert_true(seal_writer_open(path, &key, &w, &err));
    for (size_t at = 0; at < text.len; at += step)
        seal_writer_add(w, str_slice(text, at, at + step));
    assert_true(seal_writer_commit(w, &err));
}

static bool collect(void *ctx, struct str plain, struct error *err) {
    (void)err;
    strbuf_add(ctx, plain);
    return true;
}

static bool opens(const char *path, const struct seal_key *with, struct strbuf *ret) {
    struct error err = {0};
    strbuf_reset(ret);
    bool ok = seal_file_read(path, with, collect, ret, &err);
    assert_true(ok || err.code == ERROR_CORRUPT);
    return ok;
}

TEST(seal_file_gives_back_files_of_every_length) {
    static const size_t lengths[] = {0,         1,         CHUNK - 1,     CHUNK,
                                     CHUNK + 1, 2 * CHUNK, 3 * CHUNK + 7, MIB};
    for (size_t i = 0; i < ARRAY_LEN(lengths); i++) {
        CLEANUP(strbuf_done)
        struct strbuf text = text_of(lengths[i]), back = strbuf_init(4 * MIB),
                      raw = strbuf_init(4 * MIB);
        const char *path = path_of("sealed");
        write_file(path, strbuf_str(&text), i % 2 ? 1000 : MIB);
        assert_true(opens(path, &key, &back));
        assert_int_equal(back.len, text.len);
        assert_memory_equal(strbuf_cstr(&back), strbuf_cstr(&text), text.len);
        struct error err;
        int generation;
        assert_true(seal_file_generation(path, &generation, &err));
        assert_int_equal(generation, 2);
        assert_true(file_read(path, 4 * MIB, &raw, &err));
        assert_false(str_has(strbuf_str(&raw), STR("13800")));
    }
}

TEST(seal_file_that_was_cut_changed_or_reordered_is_refused) {
    CLEANUP(strbuf_done)
    struct strbuf text = text_of(3 * CHUNK), raw = strbuf_init(4 * MIB), bad = strbuf_init(4 * MIB),
                  back = strbuf_init(4 * MIB);
    char path[256]; // the helper's own path does not outlive the files below
    snprintf(path, sizeof path, "%s", path_of("sealed"));
    write_file(path, strbuf_str(&text), MIB);
    struct error err;
    assert_true(file_read(path, 4 * MIB, &raw, &err));
    struct str whole = strbuf_str(&raw);
    const size_t chunk = CHUNK + 16;
    assert_int_equal(whole.len, HEAD + 3 * chunk);
    const size_t cuts[] = {
        0, 3, HEAD - 1, HEAD, HEAD + 8, HEAD + chunk, HEAD + 2 * chunk, whole.len - 1};
    for (size_t i = 0; i < ARRAY_LEN(cuts); i++)
        if (opens(test_tmp_file("bad", str_slice(whole, 0, cuts[i])), &key, &back))
            fail_msg("cut at %zu", cuts[i]);
    const size_t flips[] = {0, 4, 5, 6, HEAD - 1, HEAD, HEAD + chunk, whole.len - 1};
    for (size_t i = 0; i < ARRAY_LEN(flips); i++) {
        strbuf_reset(&bad);
        strbuf_add(&bad, whole);
        bad.ptr[flips[i]] ^= 1;
        if (opens(test_tmp_file("bad", strbuf_str(&bad)), &key, &back))
            fail_msg("byte %zu changed", flips[i]);
    }
    strbuf_reset(&bad); // the first two chunks change places
    strbuf_add(&bad, str_slice(whole, 0, HEAD));
    strbuf_add(&bad, str_slice(whole, HEAD + chunk, HEAD + 2 * chunk));
    strbuf_add(&bad, str_slice(whole, HEAD, HEAD + chunk));
    strbuf_add(&bad, str_slice(whole, HEAD + 2 * chunk, whole.len));
    assert_false(opens(test_tmp_file("bad", strbuf_str(&bad)), &key, &back));
    strbuf_reset(&bad); // something behind the end
    strbuf_add(&bad, whole);
    strbuf_addc(&bad, 'x');
    assert_false(opens(test_tmp_file("bad", strbuf_str(&bad)), &key, &back));
    struct seal_key other = key;
    other.key[0] ^= 1;
    assert_false(opens(path, &other, &back));
    assert_true(opens(path, &key, &back));
}

static bool refuse(void *ctx, struct str plain, struct error *err) {
    (void)ctx;
    (void)plain;
    return error_set(err, ERROR_CANCELLED, "停", "stop");
}

TEST(seal_file_stops_where_the_sink_says) {
    CLEANUP(strbuf_done) struct strbuf text = text_of(3 * CHUNK);
    const char *path = path_of("sealed");
    write_file(path, strbuf_str(&text), MIB);
    struct error err;
    assert_false(seal_file_read(path, &key, refuse, NULL, &err));
    assert_int_equal(err.code, ERROR_CANCELLED);
}

TEST(seal_file_that_was_discarded_leaves_the_old_one) {
    const char *path = test_tmp_file("old", STR("old"));
    struct seal_writer *w;
    struct error err;
    assert_true(seal_writer_open(path, &key, &w, &err));
    seal_writer_add(w, STR("new"));
    seal_writer_discard(w);
    seal_writer_discard(NULL);
    CLEANUP(strbuf_done) struct strbuf raw = strbuf_init(KIB);
    assert_true(file_read(path, KIB, &raw, &err));
    assert_str(strbuf_str(&raw), "old");
    assert_false(seal_file_read("no/such/file", &key, refuse, NULL, &err));
    assert_int_equal(err.code, ERROR_NOT_FOUND);
}
