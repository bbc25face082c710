// SPDX-License-Identifier: Apache-2.0
// What happens to the folder: kill -9, damage, a wrong key, a full disk; and what is not in it.
#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/strbuf.h"
#include "search/search.h"
#include "sys/file.h"
#include "tests/support/test.h"

static const uint8_t key[CRYPTO_KEY_BYTES] = "a key of the test, 32 bytes long";

static void must(bool ok, const struct error *err) {
    if (!ok)
        fail_msg("%s", err->en);
}

static const char *folder(const char *name, char buf[256]) {
    snprintf(buf, 256, "%s/%s", test_tmp_dir(), name);
    return buf;
}

static struct search *open_in(const char *dir) {
    struct search *s;
    struct error err;
    must(search_open(dir, key, &s, &err), &err);
    return s;
}

static void apply(struct search *s, int64_t id, struct str text, int64_t watermark) {
    struct search_doc doc = {.id = id, .gone = !text.len, .text = text};
    struct error err;
    must(search_apply(s, &doc, 1, watermark, &err), &err);
}

static size_t count(struct search *s, const char *text) {
    static int64_t ids[50000];
    size_t n = 0;
    struct error err;
    struct search_query q = {.text = str_from(text), .limit = ARRAY_LEN(ids)};
    must(search_find(s, &q, ids, &n, &err), &err);
    return n;
}

// ── kill -9 ──

// Change number c of the log: one document in, and every fifth change an earlier one out.
static void apply_change(struct search *s, int64_t c) {
    char text[64];
    snprintf(text, sizeof text, "第 %" PRId64 " 条反馈 row%" PRId64, c, c);
    struct search_doc docs[2] = {{.id = c, .text = str_from(text)}, {.id = c - 3, .gone = true}};
    struct error err;
    must(search_apply(s, docs, c % 5 == 0 ? 2 : 1, c, &err), &err);
}

static bool is_there(int64_t id, int64_t upto) {
    return id <= upto && !((id + 3) % 5 == 0 && id + 3 <= upto);
}

static size_t expected(int64_t upto) {
    size_t n = 0;
    for (int64_t id = 1; id <= upto; id++)
        n += is_there(id, upto);
    return n;
}

static void feed_until_killed(const char *dir, unsigned seed) {
    struct search *s;
    struct error err;
    if (!search_open(dir, key, &s, &err))
        _exit(1);
    for (int64_t c = search_watermark(s) + 1;; c++) {
        apply_change(s, c);
        if (hash_u64(seed + (uint64_t)c) % 25 == 0 && !search_flush(s, &err))
            _exit(2);
    }
}

TEST(search_killed_at_any_moment_goes_on_from_its_watermark) {
    char dir[256];
    folder("killed", dir);
    int64_t last = 0;
    for (unsigned round = 0; round < 20; round++) {
        pid_t child = fork();
        if (child == 0)
            feed_until_killed(dir, round);
        usleep(3000 + (unsigned)(hash_u64(round) % 60000));
        kill(child, SIGKILL);
        int status;
        waitpid(child, &status, 0);
        assert_true(WIFSIGNALED(status));
        struct search *s = open_in(dir);
        int64_t w = search_watermark(s);
        assert_true(w >= last);
        assert_int_equal(search_stats(s).documents, expected(w));
        assert_int_equal(count(s, "反馈"), expected(w));
        for (int64_t id = MAX(w - 40, (int64_t)1); id <= w; id++) {
            char text[32];
            snprintf(text, sizeof text, "row%" PRId64, id);
            assert_int_equal(count(s, text), is_there(id, w));
        }
        last = w;
        search_close(s);
    }
    assert_true(last > 100);
}

TEST(search_removes_what_a_dead_writer_left) {
    char dir[256], path[512];
    struct search *s = open_in(folder("orphans", dir));
    apply(s, 1, STR("留下"), 1);
    search_close(s);
    static const char *const left[] = {"0123456789abcdef0123456789abcdef.seg", "manifest.new"};
    static const char *const kept[] = {"notes.txt", "0123.seg"};
    for (size_t i = 0; i < 4; i++) {
        snprintf(path, sizeof path, "orphans/%s", i < 2 ? left[i] : kept[i - 2]);
        test_tmp_file(path, STR("x"));
    }
    s = open_in(dir);
    assert_int_equal(count(s, "留下"), 1);
    search_close(s);
    for (size_t i = 0; i < 4; i++) {
        snprintf(path, sizeof path, "%s/%s", dir, i < 2 ? left[i] : kept[i - 2]);
        assert_int_equal(file_exists(path), i >= 2);
    }
}

// ── what can be read ──

static void read_folder(const char *dir, struct strbuf *ret) {
    DIR *d = opendir(dir);
    for (const struct dirent *e; (e = readdir(d));) {
        char path[600];
        struct stat st;
        snprintf(path, sizeof path, "%s/%s", dir, e->d_name);
        struct error err;
        if (stat(path, &st) == 0 && S_ISREG(st.st_mode)) {
            must(file_read(path, GIB, ret, &err), &err);
            if (str_ends(str_from(e->d_name), STR(".seg")))
                assert_int_equal(st.st_size % 8192, 0);
        }
    }
    closedir(d);
}

static int by_bytes(const void *a, const void *b) {
    return memcmp(a, b, 16);
}

TEST(search_leaves_nothing_readable_and_nothing_repeated) {
    static const char *const planted[] = {"退款", "暗语", "secretword", "13800138000", "快"};
    char dir[256];
    struct search *s = open_in(folder("search-sealed", dir));
    struct error err;
    for (int64_t id = 1; id <= 3000; id++) {
        apply(s, id, STR("要求退款，暗语 secretword 13800138000，快"), id);
        if (id % 300 == 0)
            must(search_flush(s, &err), &err);
    }
    search_close(s);
    CLEANUP(strbuf_done) struct strbuf all = strbuf_init(GIB);
    read_folder(dir, &all);
    assert_true(all.len > 16384);
    for (size_t i = 0; i < ARRAY_LEN(planted); i++) {
        struct str word = str_from(planted[i]);
        if (word.len > 3)
            assert_false(str_has(strbuf_str(&all), word));
        char wide[64];
        for (size_t k = 0; k < word.len; k++) { // UTF-16 of the ASCII ones
            wide[2 * k] = word.ptr[k];
            wide[2 * k + 1] = 0;
        }
        assert_false(str_has(strbuf_str(&all), str_make(wide, 2 * word.len)));
    }
    assert_false(str_has(strbuf_str(&all), str_make("\x00\x90\x3e\x6b", 4))); // 退款 in UTF-16
    qsort(all.ptr, all.len / 16, 16, by_bytes);
    for (size_t i = 1; i < all.len / 16; i++)
        if (memcmp(all.ptr + 16 * (i - 1), all.ptr + 16 * i, 16) == 0)
            fail_msg("two blocks of 16 bytes are alike");
}

TEST(search_purge_writes_again_only_what_has_something_dead) {
    char dir[256];
    struct search *s = open_in(folder("purged", dir));
    struct error err;
    for (int64_t id = 1; id <= 3; id++) {
        apply(s, id, STR("清除"), id);
        must(search_flush(s, &err), &err);
    }
    uint64_t before = search_stats(s).segments;
    apply(s, 1, STR(""), 4);
    apply(s, 3, STR("换过"), 5);
    must(search_purge(s, &err), &err);
    // 1 and 3 stood alone in their segments; what is left of these is that 1 and 3 are gone, while something older
    // has them.
    assert_int_equal(before, 3);
    assert_int_equal(search_stats(s).segments, 2);
    assert_int_equal(count(s, "清除"), 1);
    assert_int_equal(count(s, "换过"), 1);
    search_close(s);
    s = open_in(dir);
    assert_int_equal(search_watermark(s), 5);
    assert_int_equal(count(s, "清除"), 1);
    search_close(s);
}

// ── damage ──

static void segment_path(const char *dir, char ret[600]) {
    DIR *d = opendir(dir);
    *ret = 0;
    for (const struct dirent *e; (e = readdir(d));)
        if (str_ends(str_from(e->d_name), STR(".seg")))
            snprintf(ret, 600, "%s/%s", dir, e->d_name);
    closedir(d);
    assert_true(*ret != 0);
}

// Opens and searches; the right answer or ERROR_CORRUPT. True if it was the error.
static bool is_noticed(const char *dir) {
    struct search *s;
    struct error err;
    if (!search_open(dir, key, &s, &err)) {
        assert_int_equal(err.code, ERROR_CORRUPT);
        assert_true(*err.zh && *err.en);
        return true;
    }
    int64_t ids[16];
    size_t n;
    struct search_query q = {.text = STR("坏块 词*"), .limit = 16};
    bool ok = search_find(s, &q, ids, &n, &err);
    if (ok)
        assert_int_equal(n, 3);
    else
        assert_int_equal(err.code, ERROR_CORRUPT);
    search_close(s);
    return !ok;
}

static void flip(const char *path, off_t at) {
    int fd = open(path, O_RDWR | O_CLOEXEC);
    uint8_t byte;
    assert_int_equal(pread(fd, &byte, 1, at), 1);
    byte ^= 0x40;
    assert_int_equal(pwrite(fd, &byte, 1, at), 1);
    close(fd);
}

TEST(search_notices_damage_and_a_wrong_key) {
    char dir[256], path[600], manifest[600];
    struct search *s = open_in(folder("damaged", dir));
    for (int64_t id = 1; id <= 3; id++)
        apply(s, id, STR("坏块 词语"), id);
    search_close(s);
    segment_path(dir, path);
    snprintf(manifest, sizeof manifest, "%s/manifest", dir);
    assert_false(is_noticed(dir));
    struct stat st;
    assert_int_equal(stat(path, &st), 0);
    for (off_t at = 0; at < st.st_size; at += 1021) {
        flip(path, at);
        assert_true(is_noticed(dir));
        flip(path, at);
    }
    flip(manifest, 20);
    assert_true(is_noticed(dir));
    flip(manifest, 20);
    for (off_t cut = 1; cut < st.st_size; cut += 5000) {
        CLEANUP(strbuf_done) struct strbuf whole = strbuf_init(GIB);
        struct error err;
        must(file_read(path, GIB, &whole, &err), &err);
        assert_int_equal(truncate(path, st.st_size - cut), 0);
        assert_true(is_noticed(dir));
        struct output *out;
        must(output_open(path, &out, &err), &err);
        output_write(out, strbuf_str(&whole));
        must(output_commit(out, &err), &err);
    }
    assert_false(is_noticed(dir));
    uint8_t other[CRYPTO_KEY_BYTES] = {1};
    struct error err;
    assert_false(search_open(dir, other, &s, &err));
    assert_int_equal(err.code, ERROR_CORRUPT);
}

TEST(search_folder_belongs_to_one_at_a_time) {
    char dir[256];
    struct search *s = open_in(folder("locked", dir)), *second;
    struct error err;
    assert_false(search_open(dir, key, &second, &err));
    assert_int_equal(err.code, ERROR_CONFLICT);
    search_close(s);
    search_close(open_in(dir));
}

// ── a disk that takes nothing ──

static void set_file_limit(rlim_t bytes) {
    struct rlimit limit;
    getrlimit(RLIMIT_FSIZE, &limit);
    limit.rlim_cur = bytes;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

// 300 words that nothing else has: fills memory quickly.
static void many_words(int64_t id, struct strbuf *ret) {
    strbuf_reset(ret);
    strbuf_adds(ret, "满盘 ");
    for (unsigned i = 0; i < 300; i++) {
        uint64_t word = hash_u64((uint64_t)id << 16 | i);
        for (int k = 0; k < 12; k++, word /= 26)
            strbuf_addc(ret, (char)('a' + word % 26));
        strbuf_addc(ret, ' ');
    }
}

TEST(search_goes_on_in_memory_while_the_disk_is_full) {
    char dir[256];
    struct search *s = open_in(folder("full", dir));
    CLEANUP(strbuf_done) struct strbuf text = strbuf_init(64 * KIB);
    struct error err;
    apply(s, 1, STR("满盘 之前"), 1);
    must(search_flush(s, &err), &err);
    signal(SIGXFSZ, SIG_IGN);
    set_file_limit(0);
    apply(s, 2, STR("满盘 当中"), 2);
    bool flushed = search_flush(s, &err);
    int64_t watermark = search_watermark(s);
    size_t found = count(s, "满盘");
    int64_t id = 2;
    struct error full = {0};
    for (bool ok = true; ok && id < 3000;) {
        many_words(++id, &text);
        struct search_doc doc = {.id = id, .text = strbuf_str(&text)};
        ok = search_apply(s, &doc, 1, id, &full);
    }
    set_file_limit(RLIM_INFINITY);
    assert_false(flushed);
    assert_int_equal(watermark, 1);
    assert_int_equal(found, 2);
    assert_true(full.code != ERROR_NONE && id < 3000);
    assert_true(search_stats(s).bytes_in_memory < 64 * MIB);
    for (int wait = 0; wait < 800 && search_watermark(s) < id - 1; wait++)
        usleep(10000); // it tries again by itself
    assert_int_equal(search_watermark(s), id - 1);
    apply(s, id, STR("满盘 之后"), id);
    assert_int_equal(count(s, "满盘"), id);
    search_close(s);
    s = open_in(dir);
    assert_int_equal(count(s, "满盘"), id);
    search_close(s);
}

// ── many at once ──

#define N_BUSY 200

struct busy {
    struct search *s;
    atomic_bool done;
};

// Every document always says 共同; what else it says changes all the time. No search may miss one or see one twice.
static void *look(void *ctx) {
    struct busy *b = ctx;
    int64_t ids[2 * N_BUSY];
    size_t n = 0;
    struct error err;
    intptr_t wrong = 0;
    while (!atomic_load(&b->done)) {
        struct search_query q = {.text = STR("共同"), .limit = 2 * N_BUSY};
        if (!search_find(b->s, &q, ids, &n, &err) || n != N_BUSY)
            wrong++;
    }
    return (void *)wrong;
}

static void *flush_often(void *ctx) {
    struct busy *b = ctx;
    struct error err;
    intptr_t wrong = 0;
    while (!atomic_load(&b->done)) {
        wrong += !search_flush(b->s, &err);
        search_stats(b->s);
        usleep(2000);
    }
    return (void *)wrong;
}

TEST(search_sees_each_document_once_while_it_changes) {
    char dir[256];
    struct busy b = {.s = open_in(folder("busy", dir))};
    for (int64_t id = 1; id <= N_BUSY; id++)
        apply(b.s, id, STR("共同 开始"), id);
    pthread_t threads[3];
    for (int i = 0; i < 3; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, i ? look : flush_often, &b), 0);
    int64_t began = clock_monotonic_us(), c = N_BUSY;
    while (clock_monotonic_us() - began < 700000) {
        struct search_doc docs[20];
        for (int i = 0; i < 20; i++) {
            c++;
            docs[i] = (struct search_doc){.id = 1 + (int64_t)(hash_u64((uint64_t)c) % N_BUSY),
                                          .text = c % 2 ? STR("共同 甲") : STR("乙 共同")};
        }
        struct error err;
        must(search_apply(b.s, docs, 20, c, &err), &err);
    }
    atomic_store(&b.done, true);
    intptr_t wrong = 0;
    for (int i = 0; i < 3; i++) {
        void *more;
        pthread_join(threads[i], &more);
        wrong += (intptr_t)more;
    }
    assert_int_equal(wrong, 0);
    assert_int_equal(count(b.s, "甲") + count(b.s, "乙") + count(b.s, "开始"), N_BUSY);
    search_close(b.s);
}
