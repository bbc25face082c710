// SPDX-License-Identifier: Apache-2.0
#include "tests/support/imports.h"

#include <ftw.h>
#include <unistd.h>

#include "account/workspace.h"
#include "sys/file.h"

void test_work_start(struct test_house *h, struct house *ret) {
    struct error err;
    struct house_options o = {
        .store = {h->t->db, h->vault, &h->ids}, .accounts = h->a, .data_dir = h->dir, .workers = 2};
    test_ok(house_open(&o, ret, &err), &err);
}

void test_work_stop(struct house *w) {
    house_close(w);
}

int64_t test_upload(struct house *w, const struct test_house *h, const char *name,
                    struct str bytes) {
    struct error err;
    struct import_upload *u;
    int64_t id = id_next(w->store.ids), n;
    uint8_t key[CRYPTO_KEY_BYTES];
    test_ok(import_upload_begin(h->dir, id, &u, &err), &err);
    for (size_t at = 0; at < bytes.len; at += 50000) // as it comes: in pieces
        test_ok(import_upload_add(u, str_slice(bytes, at, at + 50000), &err), &err);
    test_ok(import_upload_commit(u, &n, key, &err), &err);
    assert_int_equal(n, bytes.len);
    test_ok(imports_add(w, h->workspace, NULL, STR("boss@example.com"), id, str_from(name), n, key,
                        LANG_ZH, &err),
            &err);
    return id;
}

static bool is_moving(enum import_state s) {
    return s == IMPORT_RUNNING || s == IMPORT_UNDOING;
}

struct import test_import_wait(struct house *w, struct test_house *h, int64_t id) {
    struct import im;
    struct error err;
    for (int i = 0; i < 6000; i++) {
        test_ok(imports_load(w, h->workspace, id, &h->arena, &im, &err), &err);
        if (!is_moving(im.state))
            return im;
        usleep(10000);
    }
    fail_msg("the import is still %s after a minute", import_state_code(im.state));
    return im;
}

struct import test_import(struct house *w, struct test_house *h, int64_t id) {
    struct error err;
    test_ok(imports_start(w, h->workspace, NULL, id, NULL, &err), &err);
    return test_import_wait(w, h, id);
}

struct import test_import_file(struct house *w, struct test_house *h, const char *name,
                               struct str bytes) {
    struct import im = test_import(w, h, test_upload(w, h, name, bytes));
    if (im.state != IMPORT_DONE)
        fail_msg("%s is %s: %.*s", name, import_state_code(im.state), STR_ARG(im.about.problem_en));
    return im;
}

struct import test_import_undo(struct house *w, struct test_house *h, int64_t id) {
    struct error err;
    test_ok(imports_undo(w, h->workspace, NULL, id, &err), &err);
    return test_import_wait(w, h, id);
}

struct counting {
    const char *sql;
    int64_t n;
};

static bool count(struct sql *s, void *ctx, struct error *err) {
    struct counting *c = ctx;
    return sql_get_int_args(s, &c->n, 0, err, c->sql, NULL, 0);
}

int64_t test_count(struct house *w, const char *sql) {
    struct error err;
    struct counting c = {.sql = sql};
    test_ok(sql_read(w->store.db, count, &c, &err), &err);
    return c.n;
}

static const char *const *scanned_words;
static int n_scanned;

static int scan_file(const char *path, UNUSED const struct stat *st, int type,
                     UNUSED struct FTW *ftw) {
    if (type != FTW_F)
        return 0;
    struct error err;
    CLEANUP(strbuf_done) struct strbuf sb = strbuf_init(GIB);
    test_ok(file_read(path, GIB, &sb, &err), &err);
    for (size_t i = 0; scanned_words[i]; i++)
        if (str_has(strbuf_str(&sb), str_from(scanned_words[i])))
            fail_msg("%s can be read in %s", scanned_words[i], path);
    n_scanned++;
    return 0;
}

void test_scan(const char *dir, const char *const *words) {
    scanned_words = words;
    n_scanned = 0;
    nftw(dir, scan_file, 16, FTW_PHYS);
    assert_true(n_scanned > 0);
}
