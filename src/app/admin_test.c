// SPDX-License-Identifier: Apache-2.0
#include "app/admin.h"

#include "account/api_key.h"
#include "account/link.h"
#include "tests/support/stores.h"

struct place {
    struct test_store *t;
    char dir[256], where[512];
    struct data_options o;
};

static void place_init(struct place *p, struct test_store *t) {
    static unsigned n;
    snprintf(p->dir, sizeof p->dir, "%s/admin-%u/data", test_tmp_dir(), n++);
    snprintf(p->where, sizeof p->where, "%s", t->where);
    p->t = t;
    p->o = (struct data_options){.dir = str_from(p->dir)};
    if (t->engine == SQL_ENGINE_POSTGRES)
        p->o.store = str_from(p->where);
}

// The result's member, or the error.
static bool asked(const struct place *p, const char *request, const char *name, struct arena *a,
                  struct str *ret, struct error *err) {
    CLEANUP(json_freep) struct json *tree = NULL;
    const struct json *result;
    if (!admin_call(&p->o, str_from(request), &tree, &result, err))
        return false;
    *ret = arena_str(a, json_str(json_get(result, name)));
    return true;
}

#define SETUP                                                                                      \
    "{\"command\":\"setup\",\"email\":\"Boss@Example.com\",\"password\":\"blue horse staple 7\","  \
    "\"lang\":\"en\"}"
#define CREATE                                                                                     \
    "{\"command\":\"key create\",\"name\":\"ERP\",\"scopes\":\"feedback:read,import:write\"}"

static void key_works(struct data_dir *d, struct str key) {
    CLEANUP(arena_done) struct arena a = {0};
    struct principal who = {0};
    struct error err = {0};
    if (!api_key_find(d->accounts, key, &a, &who, &err))
        fail_msg("%s", err.en);
    assert_true(principal_may(&who, PERMISSION_IMPORT));
    assert_false(principal_may(&who, PERMISSION_FEEDBACK_WRITE));
}

TEST_STORES(admin_commands_work_without_a_server) {
    CLEANUP(arena_done) struct arena a = {0};
    struct place p;
    struct str email = {0}, key = {0}, path = {0}, none;
    struct error err = {0};
    place_init(&p, t);
    p.o.existing_only = true;
    assert_false(asked(&p, CREATE, "key", &a, &key, &err));
    assert_int_equal(err.code, ERROR_NOT_FOUND);
    p.o.existing_only = false;
    assert_false(asked(&p, CREATE, "key", &a, &key, &err)); // nobody was set up
    assert_int_equal(err.code, ERROR_NOT_FOUND);
    if (!asked(&p, SETUP, "email", &a, &email, &err))
        fail_msg("%s", err.en);
    assert_str(email, "boss@example.com");
    assert_false(asked(&p, SETUP, "email", &a, &email, &err));
    assert_int_equal(err.code, ERROR_CONFLICT);
    assert_true(asked(&p, CREATE, "key", &a, &key, &err));
    assert_true(asked(&p, "{\"command\":\"key rotate\"}", "", &a, &none, &err));
    assert_true(asked(&p, "{\"command\":\"user reset\",\"email\":\"boss@example.com\"}", "path", &a,
                      &path, &err));
    assert_true(str_starts(path, STR("/links/")));
    static const struct {
        const char *request;
        enum error_code code;
        const char *field;
    } bad[] = {
        {"{\"command\":\"key create\",\"name\":\"x\",\"scopes\":\"root\"}", ERROR_INVALID,
         "scopes"},
        {"{\"command\":\"key create\",\"name\":\"\",\"scopes\":\"export:read\"}", ERROR_INVALID,
         "name"},
        {"{\"command\":\"key create\",\"name\":\"x\",\"scopes\":\"export:read\","
         "\"workspace\":\"other\"}",
         ERROR_NOT_FOUND, ""},
        {"{\"command\":\"user reset\",\"email\":\"nobody@example.com\"}", ERROR_NOT_FOUND, ""},
        {"{\"command\":\"user reset\",\"email\":\"nobody\"}", ERROR_INVALID, "email"},
    };
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        assert_false(asked(&p, bad[i].request, "", &a, &none, &err));
        if (err.code != bad[i].code || strcmp(err.field, bad[i].field) != 0)
            fail_msg("%s: %s: %s", bad[i].request, err.field, err.en);
    }
    struct data_dir d;
    struct link l;
    assert_true(data_open(&p.o, &d, &err));
    key_works(&d, key);
    assert_true(link_find(d.accounts, str_slice(path, 7, path.len), &a, &l, &err));
    assert_int_equal(l.kind, LINK_RESET);
    data_close(&d);
}

// The server owns the store: the same commands go through it, and what they make works in it at once.
TEST_STORES(admin_commands_work_while_a_server_runs) {
    CLEANUP(arena_done) struct arena a = {0};
    struct place p;
    struct str email = {0}, key = {0}, none;
    struct error err = {0};
    struct data_dir d;
    struct control *c;
    place_init(&p, t);
    if (!data_open(&p.o, &d, &err))
        fail_msg("%s", err.en);
    assert_true(control_start(d.dir, admin_rows, n_admin_rows, &d, &c, &err));
    if (!asked(&p, SETUP, "email", &a, &email, &err))
        fail_msg("%s", err.en);
    assert_true(asked(&p, CREATE, "key", &a, &key, &err));
    key_works(&d, key);
    if (!asked(&p, "{\"command\":\"key rotate\"}", "", &a, &none, &err))
        fail_msg("%s", err.en);
    key_works(&d, key);
    assert_false(asked(&p, SETUP, "email", &a, &email, &err));
    assert_int_equal(err.code, ERROR_CONFLICT);
    control_stop(c);
    data_close(&d);
}
