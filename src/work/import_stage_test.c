// SPDX-License-Identifier: Apache-2.0
#include "work/import_stage.h"

#include <unistd.h>

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
    // In the wrong order first: R100003 was changed since by the third, what the second did to others is not the first's.
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
