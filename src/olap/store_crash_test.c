// SPDX-License-Identifier: Apache-2.0
// A process that is killed while it applies changes, and a disk that is full while it does, leave rows that agree
// with the watermark; what was done already may be done again.
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "num/random.h"
#include "olap/store_inner.h"
#include "tests/support/test.h"

#define KILLS 20
#define BATCH 200
#define STEP                                                                                       \
    120 // batch k is about ids k·STEP + 1 … k·STEP + BATCH: some of the batch before once more
#define GONE_EVERY 7

// What batch k says of an id.
static bool is_gone(int64_t batch, int64_t id) {
    return (id * 31 + batch) % GONE_EVERY == 0;
}
static double score_of(int64_t batch, int64_t id) {
    return (double)((id * 17 + batch * 5) % 11);
}
static int aspects_of(int64_t batch, int64_t id) {
    return (int)((id + batch) % 3);
}

static bool apply(struct fact_store *fs, int score, int64_t batch, struct error *err) {
    static const struct fact_aspect aspects[] = {{1, 0}, {2, 2}};
    struct fact_change changes[BATCH];
    struct fact_value values[BATCH];
    for (int i = 0; i < BATCH; i++) {
        int64_t id = batch * STEP + 1 + i;
        values[i] = (struct fact_value){.column = score, .number = score_of(batch, id)};
        changes[i] = (struct fact_change){.id = id,
                                          .gone = is_gone(batch, id),
                                          .day = 20000 + (int32_t)(id % 50),
                                          .values = &values[i],
                                          .n_values = 1,
                                          .aspects = aspects,
                                          .n_aspects = (size_t)aspects_of(batch, id)};
    }
    return fact_store_apply(fs, changes, BATCH, batch, err);
}

struct totals {
    int64_t n, aspects;
    double score;
};

// What must be there when batches 1 … last were applied.
static struct totals expected(int64_t last) {
    struct totals t = {0};
    for (int64_t id = STEP + 1; id <= last * STEP + BATCH; id++) {
        int64_t batch = (id - 1) / STEP < last ? (id - 1) / STEP : last;
        if (batch < 1 || is_gone(batch, id))
            continue;
        t.n++;
        t.aspects += aspects_of(batch, id);
        t.score += score_of(batch, id);
    }
    return t;
}

static void assert_totals(struct fact_store *fs, int score) {
    int64_t last = fact_store_watermark(fs);
    struct totals want = last ? expected(last) : (struct totals){0};
    struct fact_view *v = fact_store_view(fs);
    struct query q = query_init(GRAIN_FEEDBACK), aspects = query_init(GRAIN_ASPECT);
    CLEANUP(result_done) struct result r = {0}, a = {0};
    struct error err;
    query_measure(&q, score);
    if (!facts_query(fact_view_facts(v), &q, 1, &r, &err) ||
        !facts_query(fact_view_facts(v), &aspects, 1, &a, &err))
        fail_msg("%s", err.en);
    assert_int_equal(r.n[0], want.n);
    assert_int_equal(a.n[0], want.aspects);
    assert_float_equal(result_moments(&r, 0, 0).sum, want.score, 0);
    assert_int_equal(facts_count(fact_view_facts(v)), want.n);
    assert_int_equal(facts_count_aspects(fact_view_facts(v)), want.aspects);
    fact_view_free(v);
}

static struct fact_store *open_store(const char *path, int *ret_score, struct error *err) {
    struct fact_store *fs = NULL;
    if (!fact_store_open(&(struct fact_store_options){.path = path, .threads = 1}, &fs, err))
        return NULL;
    *ret_score = fact_store_column(fs, COLUMN_MEASURE, STR("score"), STR("score"), 0, err);
    return fs;
}

// The child: goes on after the watermark until it is killed, and says when it has begun.
NORETURN static void apply_for_ever(const char *path, int begun) {
    struct error err;
    int score;
    struct fact_store *fs = open_store(path, &score, &err);
    for (int64_t batch = fs ? fact_store_watermark(fs) + 1 : 0; fs; batch++)
        if (!apply(fs, score, batch, &err) || write(begun, "", 1) != 1)
            break;
    fprintf(stderr, "child: %s\n", err.en);
    _exit(1);
}

struct child {
    pid_t pid;
    int begun; // a byte comes for each batch
};

static struct child start_child(const char *path) {
    int begun[2];
    char byte;
    fflush(NULL);
    assert_int_equal(pipe(begun), 0);
    struct child c = {.pid = fork(), .begun = begun[0]};
    assert_true(c.pid >= 0);
    if (c.pid == 0)
        apply_for_ever(path, begun[1]);
    close(begun[1]);
    assert_int_equal(read(c.begun, &byte, 1), 1); // nothing comes when it has failed
    return c;
}

static void kill_child(struct child c) {
    int status;
    kill(c.pid, SIGKILL);
    assert_int_equal(waitpid(c.pid, &status, 0), c.pid);
    assert_true(WIFSIGNALED(status)); // else it has ended by itself, and said why
    close(c.begun);
}

static void kill_while_applying(const char *path, int64_t after_ms) {
    struct child c = start_child(path);
    struct timespec pause = {after_ms / 1000, after_ms % 1000 * 1000000};
    nanosleep(&pause, NULL);
    kill_child(c);
}

TEST(store_is_held_by_one_process) {
    char path[300];
    struct error err = {0};
    int score;
    snprintf(path, sizeof path, "%s/held.duckdb", test_tmp_dir());
    struct fact_store *fs = open_store(path, &score, &err);
    if (!fs && err.code == ERROR_UNAVAILABLE)
        skip_loudly(err.en);
    fact_store_close(fs);
    struct child c = start_child(path);
    fs = open_store(path, &score, &err);
    kill_child(c);
    assert_null(fs);
    assert_int_equal(err.code, ERROR_CONFLICT);
}

TEST(store_killed_while_applying_agrees_with_its_watermark) {
    char path[300];
    struct random r = random_init((uint64_t)getpid());
    struct error err = {0};
    int score;
    snprintf(path, sizeof path, "%s/killed.duckdb", test_tmp_dir());
    struct fact_store *fs = open_store(path, &score, &err);
    if (!fs && err.code == ERROR_UNAVAILABLE)
        skip_loudly(err.en);
    fact_store_close(fs); // nothing of DuckDB runs in this process when it forks
    for (int i = 0; i < KILLS; i++) {
        kill_while_applying(path, (int64_t)random_below(&r, 60));
        fs = open_store(path, &score, &err);
        if (!fs)
            fail_msg("after kill %d: %s", i + 1, err.en);
        assert_totals(fs, score);
        if (fact_store_watermark(fs) > 0) { // what was not acknowledged comes again
            assert_true(apply(fs, score, fact_store_watermark(fs), &err));
            assert_totals(fs, score);
        }
        fact_store_close(fs);
    }
    fs = open_store(path, &score, &err);
    print_message("%d kills, %lld batches\n", KILLS, (long long)fact_store_watermark(fs));
    assert_true(fact_store_watermark(fs) >= KILLS);
    fact_store_close(fs);
}

// A file that may not grow stands for a disk that is full.
static bool apply_until_full(struct fact_store *fs, int score, const char *path,
                             struct error *ret_err) {
    struct rlimit room, none;
    struct stat st;
    bool ok = true;
    assert_int_equal(stat(path, &st), 0);
    getrlimit(RLIMIT_FSIZE, &room);
    none = room;
    none.rlim_cur = (rlim_t)st.st_size + 4096;
    void (*handler)(int) = signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &none);
    for (int i = 0; ok && i < 2000; i++)
        ok = apply(fs, score, fact_store_watermark(fs) + 1, ret_err);
    setrlimit(RLIMIT_FSIZE, &room);
    signal(SIGXFSZ, handler);
    return ok;
}

TEST(store_goes_on_when_there_is_room_again) {
    static const char *const thresholds[] = {
        "SET checkpoint_threshold = '1GB'",  // the log cannot grow
        "SET checkpoint_threshold = '64KB'", // the file cannot, while the log is merged into it
    };
    for (size_t i = 0; i < ARRAY_LEN(thresholds); i++) {
        char path[300];
        struct error err = {0};
        int score;
        snprintf(path, sizeof path, "%s/full-%zu.duckdb", test_tmp_dir(), i);
        struct fact_store *fs = open_store(path, &score, &err);
        if (!fs && err.code == ERROR_UNAVAILABLE)
            skip_loudly(err.en);
        for (int64_t batch = 1; batch < 20; batch++)
            assert_true(apply(fs, score, batch, &err));
        fact_store_close(fs); // all of it is in the file now
        fs = open_store(path, &score, &err);
        assert_true(duckdb_run(&fs->lib, fs->con, thresholds[i], NULL, &err));
        if (apply_until_full(fs, score, path, &err))
            fail_msg("the file grew beyond its limit");
        int64_t before = fact_store_watermark(fs);
        for (int64_t batch = before + 1; batch < before + 10; batch++)
            if (!apply(fs, score, batch, &err))
                fail_msg("%s", err.en);
        assert_totals(fs, score);
        fact_store_close(fs);
        fs = open_store(path, &score, &err);
        assert_int_equal(fact_store_watermark(fs), before + 9);
        assert_totals(fs, score);
        fact_store_close(fs);
    }
}
