// SPDX-License-Identifier: Apache-2.0
#include "work/import_stage.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sys/file.h"
#include "tests/support/imports.h"

#define HEADER "评价ID,评价内容,追评内容,商家回复,评分,评价时间,省份,用户昵称,手机号\n"

// ── helpers ──

struct looking {
    struct house *house;
    int64_t workspace, id;
    struct str text; // finds the feedback with this text
    struct feedback_batch batch;
    struct feedback_version *versions;
    size_t n_versions;
};

static bool load_all(struct sql *s, void *ctx, struct error *err) {
    struct looking *l = ctx;
    int64_t ids[1000], at[1000];
    size_t n;
    struct feedback_filter f = {.import = 0};
    return feedback_list(s, l->workspace, &f, (struct feedback_position){INT64_MAX, INT64_MAX},
                         false, ARRAY_LEN(ids), ids, at, &n, err) &&
           feedback_load(s, &l->house->store, l->workspace, ids, n, FEEDBACK_EVERYTHING, &l->batch,
                         err);
}

static bool load_history(struct sql *s, void *ctx, struct error *err) {
    struct looking *l = ctx;
    return feedback_history(s, &l->house->store, l->workspace, l->id, &l->batch, &l->versions,
                            &l->n_versions, err);
}

static void look(struct looking *l) {
    struct error err;
    test_ok(sql_read(l->house->store.db, load_all, l, &err), &err);
}

static const struct stored_feedback *find(struct looking *l, const char *text) {
    look(l);
    for (size_t i = 0; i < l->batch.n; i++)
        if (str_eq(l->batch.items[i].record.text, str_from(text)))
            return &l->batch.items[i];
    fail_msg("no feedback “%s”", text);
    return NULL;
}

static void expect(const char *what, const struct import *im, int64_t created, int64_t updated,
                   int64_t unchanged, int64_t rejected) {
    const struct import_counts *c = &im->counts;
    if (c->created != created || c->updated != updated || c->unchanged != unchanged ||
        c->rejected != rejected)
        fail_msg("%s: created %d updated %d unchanged %d rejected %d", what, (int)c->created,
                 (int)c->updated, (int)c->unchanged, (int)c->rejected);
}

// ── three generations of one file ──

static const char first[] =
    HEADER "R100001,物流太慢了等了八天,,,2,2026-10-01 12:00:00,广东,张*三,13800138000\n"
           "R100002,质量很好,,,5,2026-10-02 12:00:00,浙江,李四光,13900139001\n"
           "R100003,客服态度差,,,1,2026-10-03 12:00:00,西藏,王五,13700137002\n";
// 追评 on one, 商家回复 on another, a new one.
static const char second[] = HEADER
    "R100001,物流太慢了等了八天,用了一周还不错,,2,2026-10-01 12:00:00,广东,张*三,13800138000\n"
    "R100002,质量很好,,感谢您的支持,5,2026-10-02 12:00:00,浙江,李四光,13900139001\n"
    "R100003,客服态度差,,,1,2026-10-03 12:00:00,西藏,王五,13700137002\n"
    "R100004,包装破了,,,2,2026-10-04 12:00:00,四川,赵六,13600136003\n";
// 改评: another text and another score under the same id.
static const char third[] = HEADER
    "R100001,物流太慢了等了八天,用了一周还不错,,2,2026-10-01 12:00:00,广东,张*三,13800138000\n"
    "R100002,质量很好,,感谢您的支持,5,2026-10-02 12:00:00,浙江,李四光,13900139001\n"
    "R100003,客服后来道歉了,,,4,2026-10-03 12:00:00,西藏,王五,13700137002\n"
    "R100004,包装破了,,,2,2026-10-04 12:00:00,四川,赵六,13600136003\n";

static void generations(struct test_house *h, struct house *w) {
    struct looking l = {.house = w, .workspace = h->workspace};
    struct error err;
    struct import im = test_import_file(w, h, "十月评价.csv", str_from(first));
    expect("first", &im, 3, 0, 0, 0);
    im = test_import_file(w, h, "十月评价 (1).csv", str_from(first));
    expect("first again", &im, 0, 0, 3, 0);
    im = test_import_file(w, h, "十一月.csv", str_from(second));
    expect("second", &im, 1, 2, 1, 0);
    im = test_import_file(w, h, "十二月.csv", str_from(third));
    expect("third", &im, 0, 1, 3, 0);
    im = test_import_file(w, h, "十二月.csv", str_from(third));
    expect("third again", &im, 0, 0, 4, 0);
    look(&l);
    assert_int_equal(l.batch.n, 4);
    const struct stored_feedback *f = find(&l, "物流太慢了等了八天");
    assert_str(f->record.follow_up, "用了一周还不错");
    assert_str(f->record.external_id, "R100001");
    assert_str(f->record.customer.name, "张*三");
    assert_str(f->record.customer.phone, "13800138000");
    assert_int_equal(f->record.n_scores, 1);
    assert_str(f->record.scores[0].value, "2");
    assert_true(f->record.scores[0].high == 5);
    assert_int_equal(f->record.n_attributes, 1);
    assert_str(f->record.attributes[0].role, "region");
    assert_str(f->record.attributes[0].value, "广东");
    assert_str(find(&l, "质量很好")->record.reply, "感谢您的支持");
    f = find(&l, "客服后来道歉了");
    assert_str(f->record.scores[0].value, "4");
    l.id = f->id;
    test_ok(sql_read(w->store.db, load_history, &l, &err), &err);
    assert_int_equal(l.n_versions, 1);
    assert_str(l.versions[0].record.text, "客服态度差");
    feedback_batch_done(&l.batch);
}

TEST_HOUSE(import_again_changes_only_what_changed) {
    struct house w;
    test_owner(h);
    test_work_start(h, &w);
    generations(h, &w);
    test_work_stop(&w);
}

// ── without ids ──

TEST_HOUSE(import_without_ids_tells_short_reviews_apart) {
    static const char file[] = "评价内容,评分,评价时间,用户昵称,商品名称\n"
                               "好,5,2026-10-01 12:00:00,a***1,红茶\n"
                               "好,5,2026-10-01 12:00:00,a***1,红茶\n"
                               "好,5,2026-10-01 12:00:00,b***2,红茶\n"
                               "好,5,2026-10-01 12:00:00,a***1,绿茶\n"
                               "味道很好下次还来,5,2026-10-02 12:00:00,c***3,红茶\n";
    struct house w;
    test_owner(h);
    test_work_start(h, &w);
    struct import im = test_import_file(&w, h, "a.csv", str_from(file));
    expect("first", &im, 5, 0, 0, 0);
    im = test_import_file(&w, h, "b.csv", str_from(file));
    expect("again", &im, 0, 0, 5, 0);
    assert_int_equal(test_count(&w, "SELECT count(*) FROM feedback"), 5);
    test_work_stop(&w);
}

// ── undo ──

TEST_HOUSE(import_undone_puts_back_what_was_before) {
    struct house w;
    struct looking l = {.workspace = 0};
    test_owner(h);
    test_work_start(h, &w);
    l = (struct looking){.house = &w, .workspace = h->workspace};
    struct import a = test_import_file(&w, h, "1.csv", str_from(first));
    struct import b = test_import_file(&w, h, "2.csv", str_from(second));
    struct import c = test_import_file(&w, h, "3.csv", str_from(third));
    // In the wrong order first: R100003 was changed since by the third, what the second did to others is not the
    // first's.
    struct import u = test_import_undo(&w, h, a.id);
    assert_int_equal(u.counts.deleted, 0);
    assert_int_equal(u.counts.left, 3);
    u = test_import_undo(&w, h, b.id);
    assert_int_equal(u.state, IMPORT_UNDONE);
    assert_int_equal(u.counts.deleted, 1);
    assert_int_equal(u.counts.restored, 2);
    assert_int_equal(u.counts.left, 0);
    look(&l);
    assert_int_equal(l.batch.n, 3);
    assert_str(find(&l, "物流太慢了等了八天")->record.follow_up, "");
    assert_str(find(&l, "质量很好")->record.reply, "");
    u = test_import_undo(&w, h, c.id);
    assert_int_equal(u.counts.restored, 1);
    assert_str(find(&l, "客服态度差")->record.scores[0].value, "1");
    u = test_import_undo(&w, h, a.id); // as if the others had never been
    assert_int_equal(u.counts.deleted, 3);
    look(&l);
    assert_int_equal(l.batch.n, 0);
    // And once more, from the beginning.
    b = test_import(&w, h, b.id);
    assert_int_equal(b.state, IMPORT_DONE);
    c = test_import_file(&w, h, "3.csv", str_from(third));
    look(&l);
    assert_int_equal(l.batch.n, 4);
    assert_str(find(&l, "客服后来道歉了")->record.scores[0].value, "4");
    assert_str(find(&l, "物流太慢了等了八天")->record.follow_up, "用了一周还不错");
    feedback_batch_done(&l.batch);
    test_work_stop(&w);
}

// ── checking ──

TEST_HOUSE(import_check_says_what_would_happen_and_writes_nothing) {
    struct house w;
    struct error err;
    struct import_check c;
    struct import_settings s = {.lang = LANG_ZH};
    test_owner(h);
    test_work_start(h, &w);
    test_import_file(&w, h, "1.csv", str_from(second));
    int64_t before = test_count(&w, "SELECT sum(version) FROM feedback");
    int64_t id = test_upload(&w, h, "3.csv", str_from(third));
    test_ok(imports_check(&w, h->workspace, id, &s, &c, &err), &err);
    expect("third", &c.import, 0, 1, 3, 0);
    assert_int_equal(c.n_sample, 4);
    assert_str(c.first->records[2].text, "客服后来道歉了");
    assert_true(str_has(c.import.about.mapping, STR("\"role\":\"external_id\"")));
    assert_true(str_has(c.import.about.understood, STR("\"text_column\":\"评价内容\"")));
    import_check_done(&c);
    assert_int_equal(test_count(&w, "SELECT sum(version) FROM feedback"), before);
    // The person's corrections: the reply is what the customer says, the phone is not wanted.
    struct str map = STR("text=\"商家回复\",ignore=\"手机号\",ignore=\"评价内容\"");
    s.map = &map;
    id = test_upload(&w, h, "3.csv", str_from(third));
    test_ok(imports_check(&w, h->workspace, id, &s, &c, &err), &err);
    assert_str(c.first->records[1].text, "感谢您的支持");
    assert_str(c.first->records[1].customer.phone, "");
    import_check_done(&c);
    map = STR("text=\"没有这一列\"");
    test_fails(imports_check(&w, h->workspace, id, &s, &c, &err), &err, ERROR_USAGE);
    struct str zone = STR("Mars/Olympus");
    s = (struct import_settings){.time_zone = &zone};
    assert_false(imports_check(&w, h->workspace, id, &s, &c, &err));
    assert_string_equal(err.field, "time_zone");
    // Of another workspace, or none at all.
    test_fails(imports_check(&w, h->workspace + 1, id, &s, &c, &err), &err, ERROR_NOT_FOUND);
    test_fails(imports_start(&w, h->workspace + 1, NULL, id, NULL, &err), &err, ERROR_NOT_FOUND);
    test_work_stop(&w);
}

// ── a bad file, a bad row ──

static bool collect(void *ctx, struct str plain, UNUSED struct error *err) {
    strbuf_add(ctx, plain);
    return true;
}

TEST_HOUSE(import_leaves_bad_rows_out_and_tells_each) {
    static const char file[] =
        HEADER "R1,物流太慢,,,2,2026-10-01 12:00:00,广东,a,\n"
               "R2,质量很好,,,x9y,2026-10-02 12:00:00,浙江,b,\n" // no such score
               "R3,客服很好,,,5,去年某一天,西藏,c,\n"            // no such time
               "合计,,,,7,,,,\n"                                 // a total
               "R5,\"引号里, 还有逗号\",,,5,2026-10-05 12:00:00,四川,e,\n"
               "R6,最后一条,,,4,2026-10-06 12:00:00,四川,f,\n";
    struct house w;
    struct error err;
    test_owner(h);
    test_work_start(h, &w);
    struct import im = test_import_file(&w, h, "a.csv", str_from(file));
    assert_int_equal(im.counts.created, 5);
    assert_int_equal(im.counts.duplicate, 1);
    assert_true(im.has_errors);
    struct strbuf sb = strbuf_init(MIB);
    test_ok(import_part_read(h->dir, &im, IMPORT_PART_ERRORS, collect, &sb, &err), &err);
    assert_true(str_has(strbuf_str(&sb), STR("[\"a.csv\",3,\"评分\",\"不是评分\"")));
    assert_true(str_has(strbuf_str(&sb), STR("[\"a.csv\",4,\"评价时间\",\"不是可用的时间\"")));
    assert_true(str_has(strbuf_str(&sb), STR("[\"a.csv\",5,\"\",\"合计或重复的表头\"")));
    strbuf_done(&sb);
    // What is no table ends as failed, with a reason, and can be undone or removed.
    im = test_import(&w, h, test_upload(&w, h, "photo.png", STR("\x89PNG\r\n\x1a\n0000")));
    assert_int_equal(im.state, IMPORT_FAILED);
    assert_true(str_has(im.about.problem_en, STR("PNG")));
    test_ok(imports_remove(&w, h->workspace, NULL, im.id, &err), &err);
    test_fails(imports_load(&w, h->workspace, im.id, &h->arena, &im, &err), &err, ERROR_NOT_FOUND);
    test_work_stop(&w);
}

// ── killed ──

#define KILL_ROWS 12000

static struct str many_rows(void) {
    static struct strbuf sb;
    if (sb.len)
        return strbuf_str(&sb);
    sb = strbuf_init(16 * MIB);
    strbuf_adds(&sb, HEADER);
    for (int i = 0; i < KILL_ROWS; i++)
        // Without an id by pairs, some of them alike.
        strbuf_addf(&sb, "%s%.0d,第%d条：包装%s,,,%d,2026-10-%02d 12:00:00,广东,u%d,\n",
                    i % 2 ? "K" : "", i % 2 ? 100000 + i : 0, i / 3, i % 5 ? "破了" : "很好",
                    1 + i % 5, 1 + i % 28, i % 7);
    return strbuf_str(&sb);
}

static void leave(struct test_house *h) {
    sql_close(h->t->db);
    accounts_free(h->a);
    vault_free(h->vault);
    h->t->db = NULL;
    h->a = NULL;
    h->vault = NULL;
}

// A process that does the work and is killed, without a warning, when so many rows are in.
static void run_and_kill(struct test_house *h, int64_t id, int64_t rows) {
    pid_t pid = fork();
    int status;
    assert_true(pid >= 0);
    if (pid > 0) {
        assert_int_equal(waitpid(pid, &status, 0), pid);
        assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
        return;
    }
    struct house w;
    struct error err;
    struct import im;
    test_house_again(h);
    test_work_start(h, &w);
    if (imports_load(&w, h->workspace, id, &h->arena, &im, &err) && im.state == IMPORT_UPLOADED &&
        !imports_start(&w, h->workspace, NULL, id, NULL, &err))
        _exit(1);
    while (test_count(&w, "SELECT count(*) FROM feedback") < rows)
        usleep(500);
    kill(getpid(), SIGKILL);
}

static bool void_leases(struct sql *s, UNUSED void *ctx, struct error *err) {
    return sql_run(s, err, "UPDATE outbox SET due_us = 0 WHERE parked = 0");
}

TEST_HOUSE(import_that_is_killed_goes_on_and_doubles_nothing) {
    static const int64_t moments[] = {1, 2000, 2001, 6000, 11000}; // rows
    struct house w;
    struct error err;
    test_owner(h);
    test_work_start(h, &w);
    int64_t id = test_upload(&w, h, "many.csv", many_rows());
    test_work_stop(&w);
    leave(h);
    int half_done = 0;
    for (size_t i = 0; i < ARRAY_LEN(moments); i++) {
        run_and_kill(h, id, moments[i]);
        test_house_again(h);
        // On a store of many nodes the lease of the dead one has to run out first.
        test_ok(sql_write(h->t->db, void_leases, NULL, &err), &err);
        struct house look = {.store = {h->t->db, h->vault, &h->ids}};
        int64_t n = test_count(&look, "SELECT count(*) FROM feedback");
        assert_true(n >= moments[i]);
        half_done += n < KILL_ROWS;
        leave(h);
    }
    assert_true(half_done >= 3);
    test_house_again(h);
    test_work_start(h, &w);
    struct import im = test_import_wait(&w, h, id);
    assert_int_equal(im.state, IMPORT_DONE);
    assert_int_equal(test_count(&w, "SELECT count(*) FROM feedback"), KILL_ROWS);
    expect("killed", &im, KILL_ROWS, 0, 0, 0);
    im = test_import_file(&w, h, "again.csv", many_rows());
    expect("again", &im, 0, 0, KILL_ROWS, 0);
    test_work_stop(&w);
}

// ── cancelling ──

TEST_HOUSE(import_cancelled_keeps_what_is_in_and_goes_on_when_started) {
    struct house w;
    struct error err;
    struct import im;
    test_owner(h);
    test_work_start(h, &w);
    int64_t id = test_upload(&w, h, "many.csv", many_rows());
    test_fails(imports_cancel(&w, h->workspace, NULL, id, &err), &err, ERROR_CONFLICT);
    test_ok(imports_start(&w, h->workspace, NULL, id, NULL, &err), &err);
    test_fails(imports_start(&w, h->workspace, NULL, id, NULL, &err), &err, ERROR_CONFLICT);
    test_fails(imports_undo(&w, h->workspace, NULL, id, &err), &err, ERROR_CONFLICT);
    if (imports_cancel(&w, h->workspace, NULL, id, &err)) { // unless it was quicker
        im = test_import_wait(&w, h, id);
        assert_true(im.state == IMPORT_CANCELLED || im.state == IMPORT_DONE);
    }
    im = test_import_wait(&w, h, id);
    if (im.state == IMPORT_CANCELLED)
        im = test_import(&w, h, id);
    expect("in the end", &im, KILL_ROWS, 0, 0, 0);
    im = test_import_undo(&w, h, id);
    assert_int_equal(im.counts.deleted, KILL_ROWS);
    assert_int_equal(test_count(&w, "SELECT count(*) FROM feedback WHERE deleted_us IS NULL"), 0);
    im = test_import(&w, h, id);
    expect("and again", &im, KILL_ROWS, 0, 0, 0);
    assert_int_equal(test_count(&w, "SELECT count(*) FROM feedback WHERE deleted_us IS NULL"),
                     KILL_ROWS);
    test_work_stop(&w);
}

// ── what can be read ──

TEST_HOUSE(import_leaves_nothing_readable_in_the_data_directory) {
    static const char *const words[] = {"物流太慢了等了八天", "质量很好",     "李四光",
                                        "13900139001",        "感谢您的支持", "用了一周还不错",
                                        "十月评价机密",       "R100002",      NULL};
    struct house w;
    struct error err;
    test_owner(h);
    test_work_start(h, &w);
    struct import im = test_import_file(&w, h, "十月评价机密.csv", str_from(second));
    for (int i = 0; i < 3000 && !im.has_report; i++) {
        usleep(10000);
        test_ok(imports_load(&w, h->workspace, im.id, &h->arena, &im, &err), &err);
    }
    assert_true(im.has_report);
    struct strbuf page = strbuf_init(2 * MIB);
    test_ok(import_part_read(h->dir, &im, IMPORT_PART_REPORT, collect, &page, &err), &err);
    assert_true(str_has(strbuf_str(&page), STR("<!doctype html>")) ||
                str_has(strbuf_str(&page), STR("<!DOCTYPE html>")));
    assert_true(str_has(strbuf_str(&page), STR("十月评价机密")));
    strbuf_done(&page);
    test_scan(h->dir, words);
    if (h->t->engine == SQL_ENGINE_SQLITE) { // the store lies beside it
        CLEANUP(strbuf_done) struct strbuf wal = strbuf_init(GIB);
        char path[600];
        for (int i = 0; i < 2; i++) {
            snprintf(path, sizeof path, "%s%s", h->t->where, i ? "-wal" : "");
            strbuf_reset(&wal);
            test_ok(file_read(path, GIB, &wal, &err), &err);
            for (size_t k = 0; words[k]; k++)
                if (str_has(strbuf_str(&wal), str_from(words[k])))
                    fail_msg("%s can be read in %s", words[k], path);
        }
    }
    test_work_stop(&w);
}
