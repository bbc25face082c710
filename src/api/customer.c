// SPDX-License-Identifier: Apache-2.0
// Customers listed, looked for, looked at, merged and taken apart.
#include <stdio.h>

#include "account/audit.h"
#include "api/customer_json.h"
#include "api/feedback_json.h"
#include "base/utf8.h"
#include "unify/identity.h"

#define SHOWN_FEEDBACK 50
#define SHOWN_EVENTS   50
#define MAX_FOUND      100

// ── lists ──

struct listing {
    struct customer_view view;
    struct str query;
    struct api_cursor at;
    size_t limit;
    bool more;
    struct strbuf out;
    struct request *request;
};

// What the words may be: a number, an address, an id, a whole name, the end of a number.
static size_t lookups_of(const struct listing *l, const struct workspace_keys *k,
                         uint8_t ret[8][VAULT_LOOKUP_BYTES]) {
    struct str value;
    size_t n = 0;
    if (identity_phone(l->query, l->view.arena, &value))
        customer_key_lookup(k, "phone", value, ret[n++]);
    if (identity_email(l->query, l->view.arena, &value))
        customer_key_lookup(k, "email", value, ret[n++]);
    customer_key_lookup(k, "openid", str_trim(l->query), ret[n++]);
    customer_key_lookup(k, "unionid", str_trim(l->query), ret[n++]);
    customer_hint_lookup(k, "name", l->query, ret[n++]);
    customer_hint_lookup(k, "tail", l->query, ret[n++]);
    customer_hint_lookup(k, "id", l->query, ret[n++]);
    return n;
}

static bool find(struct listing *l, int64_t ids[MAX_FOUND], size_t *ret_n, struct error *err) {
    int64_t workspace = l->view.principal->workspace, id;
    const struct workspace_keys *k = vault_keys(l->view.api->house->store.vault, workspace, err);
    uint8_t lookups[8][VAULT_LOOKUP_BYTES];
    *ret_n = 0;
    if (!k)
        return false;
    if (id_parse(l->query, &id)) {
        if (!customer_root(l->view.s, workspace, id, &ids[0], err))
            return false;
        *ret_n = ids[0] != 0;
        return true;
    }
    size_t n = lookups_of(l, k, lookups);
    for (size_t i = 0; i < n && *ret_n < l->limit; i++) {
        int64_t some[MAX_FOUND];
        size_t n_some;
        if (!customer_seek(l->view.s, workspace, lookups[i], l->limit, some, &n_some, err))
            return false;
        for (size_t x = 0; x < n_some && *ret_n < l->limit; x++) {
            size_t y = 0;
            while (y < *ret_n && ids[y] != some[x])
                y++;
            if (y == *ret_n)
                ids[(*ret_n)++] = some[x];
        }
    }
    return true;
}

static bool read_list(struct sql *s, void *ctx, struct error *err) {
    struct listing *l = ctx;
    int64_t ids[MAX_FOUND], at_us[MAX_FOUND];
    size_t n;
    struct json_writer w = json_writer_init(&l->out);
    l->view.s = s;
    strbuf_reset(&l->out);
    if (l->query.len ? !find(l, ids, &n, err)
                     : !customer_list(s, l->view.principal->workspace,
                                      (struct customer_position){l->at.at_us, l->at.id}, l->limit,
                                      ids, at_us, &n, err))
        return false;
    json_begin_object(&w);
    json_key(&w, "data");
    json_begin_array(&w);
    for (size_t i = 0; i < n; i++) {
        bool seen;
        if (!customer_json_begin(&l->view, &w, ids[i], &seen, err))
            return false;
        if (seen)
            json_end_object(&w);
    }
    json_end_array(&w);
    l->more = !l->query.len && n == l->limit;
    struct api_cursor next = {n && l->more ? at_us[n - 1] : 0, n ? ids[n - 1] : 0};
    json_key(&w, "meta");
    json_begin_object(&w);
    json_key(&w, "limit");
    json_add_int(&w, (int64_t)l->limit);
    api_cursor_add(l->request, &w, l->more ? &next : NULL);
    json_end_object(&w);
    json_end_object(&w);
    return true;
}

static enum request_outcome list_customers(struct request *r, void *ctx) {
    struct error e;
    struct listing l = {.view = customer_view_of(r, ctx),
                        .query = str_trim(request_query(r, "q")),
                        .limit = api_limit(r, 20),
                        .request = r,
                        .out = strbuf_init(16 * MIB)};
    if (!api_cursor_read(r, &l.at))
        return REQUEST_DONE;
    if (sql_read(l.view.api->house->store.db, read_list, &l, &e))
        return api_ok(r, 200, &l.out);
    strbuf_done(&l.out);
    return api_fail(r, &e);
}

// ── one ──

struct one {
    struct customer_view view;
    int64_t id;
    struct strbuf out;
};

static bool add_feedback(struct one *o, struct json_writer *w, int64_t customer,
                         struct error *err) {
    int64_t ids[SHOWN_FEEDBACK];
    size_t n;
    struct feedback_batch b = {0};
    const struct principal *p = o->view.principal;
    bool ok = customer_feedback(o->view.s, p->workspace, customer, SHOWN_FEEDBACK, ids, &n, err) &&
              feedback_load(o->view.s, &o->view.api->house->store, p->workspace, ids, n,
                            FEEDBACK_EVERYTHING, &b, err);
    actor_names_put(o->view.names, &b);
    json_key(w, "feedback");
    json_begin_array(w);
    for (size_t i = 0; ok && i < n; i++)
        if (b.items[i].found && b.items[i].deleted_us == TIME_NONE &&
            feedback_in_scope(&b.items[i], p))
            feedback_json_add(w, &b.items[i], p, o->view.arena, false);
    json_end_array(w);
    feedback_batch_done(&b);
    return ok;
}

static bool add_events(struct one *o, struct json_writer *w, int64_t customer, struct error *err) {
    int64_t ids[SHOWN_EVENTS], at_us[SHOWN_EVENTS];
    size_t n;
    struct event_batch b = {0};
    const struct principal *p = o->view.principal;
    bool ok = event_list(o->view.s, p->workspace, &(struct event_filter){.customer = customer},
                         (struct event_position){INT64_MAX, INT64_MAX}, SHOWN_EVENTS, ids, at_us,
                         &n, err) &&
              event_load(o->view.s, &o->view.api->house->store, p->workspace, ids, n, &b, err);
    json_key(w, "events");
    json_begin_array(w);
    for (size_t i = 0; ok && i < n; i++)
        event_json_add(w, &b.items[i], p, o->view.arena);
    json_end_array(w);
    event_batch_done(&b);
    return ok;
}

static bool read_one(struct sql *s, void *ctx, struct error *err) {
    struct one *o = ctx;
    bool seen;
    int64_t root;
    struct json_writer w = json_writer_init(&o->out);
    strbuf_reset(&o->out);
    o->view.s = s;
    json_begin_object(&w);
    json_key(&w, "data");
    if (!customer_json_begin(&o->view, &w, o->id, &seen, err) ||
        !customer_root(s, o->view.principal->workspace, o->id, &root, err))
        return false;
    if (!seen) // outside of the data scope he does not exist for the one who asks
        return error_set(err, ERROR_NOT_FOUND, "没有这个客户", "there is no such customer");
    if (!customer_json_identities(&o->view, &w, root, err) ||
        !customer_json_merges(&o->view, &w, root, err) || !add_feedback(o, &w, root, err) ||
        !add_events(o, &w, root, err))
        return false;
    json_end_object(&w);
    json_end_object(&w);
    return true;
}

static enum request_outcome answer_one(struct request *r, void *ctx, int64_t id, int status) {
    struct error e;
    struct one o = {.view = customer_view_of(r, ctx), .id = id, .out = strbuf_init(32 * MIB)};
    actor_names_load(o.view.names);
    if (sql_read(o.view.api->house->store.db, read_one, &o, &e))
        return api_ok(r, status, &o.out);
    strbuf_done(&o.out);
    return api_fail(r, &e);
}

static enum request_outcome get_customer(struct request *r, void *ctx) {
    int64_t id;
    return api_path_id(r, "id", &id) ? answer_one(r, ctx, id, 200) : REQUEST_DONE;
}

// ── merging ──

struct joining {
    struct api *api;
    const struct principal *principal;
    int64_t into, from, merge;
};

static bool no_customer(struct error *err) {
    return error_set(err, ERROR_NOT_FOUND, "没有这个客户", "there is no such customer");
}

static bool audit(struct sql *s, const struct joining *j, const char *action, int64_t customer,
                  struct error *err) {
    char subject[AUDIT_SUBJECT], detail[100], id[ID_TEXT];
    snprintf(detail, sizeof detail, "{\"merge\":\"%s\"}", id_format(j->merge, id));
    return audit_add(s, j->principal, action, audit_subject(subject, "customer", customer),
                     str_from(detail), err);
}

static bool join(struct sql *s, void *ctx, struct error *err) {
    struct joining *j = ctx;
    int64_t workspace = j->principal->workspace;
    char actor[PRINCIPAL_ACTOR];
    struct customer_merge m = {.actor = principal_actor(j->principal, actor)};
    if (!customer_lock(s, workspace, err) || !customer_root(s, workspace, j->into, &m.kept, err) ||
        !customer_root(s, workspace, j->from, &m.gone, err))
        return false;
    if (!m.kept || !m.gone)
        return no_customer(err);
    if (m.kept == m.gone)
        return error_set(err, ERROR_CONFLICT, "这两个编号已是同一位客户",
                         "the two are one customer already");
    if (!customer_join(s, &j->api->house->store, workspace, &m, err))
        return false;
    j->merge = m.id;
    return audit(s, j, "customer.merge", m.kept, err);
}

static bool body_id(struct request *r, const struct json *body, const char *name, int64_t *ret) {
    if (id_parse(json_str(json_get(body, name)), ret))
        return true;
    api_invalid(r, name, (struct words){"应为编号", "must be an id"});
    return false;
}

static enum request_outcome post_merge(struct request *r, void *ctx) {
    const struct json *body;
    struct error e;
    struct joining j = {.api = ctx, .principal = request_user(r)};
    if (!api_body(r, &body) || !body_id(r, body, "into", &j.into) ||
        !body_id(r, body, "from", &j.from))
        return REQUEST_DONE;
    if (!sql_write(j.api->house->store.db, join, &j, &e))
        return api_fail(r, &e);
    return answer_one(r, ctx, j.into, 200);
}

// The merge must be one of the customer in the path.
static bool split(struct sql *s, void *ctx, struct error *err) {
    char actor[PRINCIPAL_ACTOR];
    struct joining *j = ctx;
    CLEANUP(arena_done) struct arena a = {0};
    int64_t workspace = j->principal->workspace, root;
    struct customer_merge *list;
    size_t n, i = 0;
    if (!customer_lock(s, workspace, err) || !customer_root(s, workspace, j->into, &root, err))
        return false;
    if (!root)
        return no_customer(err);
    if (!customer_merges(s, &j->api->house->store, workspace, root, &a, &list, &n, err))
        return false;
    while (i < n && list[i].id != j->merge)
        i++;
    if (i == n)
        return error_set(err, ERROR_NOT_FOUND, "这位客户没有这次合并",
                         "this customer has no such merge");
    return customer_split(s, workspace, j->merge, principal_actor(j->principal, actor), err) &&
           audit(s, j, "customer.unmerge", root, err);
}

static enum request_outcome post_unmerge(struct request *r, void *ctx) {
    const struct json *body;
    struct error e;
    struct joining j = {.api = ctx, .principal = request_user(r)};
    if (!api_path_id(r, "id", &j.into) || !api_body(r, &body) ||
        !body_id(r, body, "merge_id", &j.merge))
        return REQUEST_DONE;
    if (!sql_write(j.api->house->store.db, split, &j, &e))
        return api_fail(r, &e);
    return answer_one(r, ctx, j.into, 200);
}

static const struct api_param list_query[] = {
    API_LIST_PARAMS,
    {"q",
     PARAM_TEXT,
     0,
     0,
     {"电话、邮箱、编号、姓名或手机尾号，须完整",
      "a whole number, address, id, name, or the last four digits"}},
    {.name = NULL}};

static const struct api_route routes[] = {
    {.method = "GET",
     .path = "/api/v1/customers",
     .handler = list_customers,
     .permission = PERMISSION_CUSTOMER_READ,
     .tag = "customers",
     .summary = {"列出客户，最近有往来的在前；q 查找",
                 "lists customers, most recently heard of first; q looks for one"},
     .query = list_query,
     .reply = "CustomerList"},
    {.method = "POST",
     .path = "/api/v1/customers/merge",
     .handler = post_merge,
     .permission = PERMISSION_CUSTOMER_WRITE,
     .whole = true,
     .body_limit = 64 * KIB,
     .tag = "customers",
     .summary = {"把 from 并入 into，可撤销", "merges from into into; can be taken back"},
     .body = "CustomerMergeIn",
     .reply = "CustomerOne"},
    {.method = "GET",
     .path = "/api/v1/customers/{id}",
     .handler = get_customer,
     .permission = PERMISSION_CUSTOMER_READ,
     .tag = "customers",
     .summary = {"一位客户：识别码、合并记录、反馈、事件",
                 "one customer: keys, merges, feedback, events"},
     .reply = "CustomerOne"},
    {.method = "POST",
     .path = "/api/v1/customers/{id}/unmerge",
     .handler = post_unmerge,
     .permission = PERMISSION_CUSTOMER_WRITE,
     .whole = true,
     .body_limit = 64 * KIB,
     .tag = "customers",
     .summary = {"撤销一次合并", "takes a merge back"},
     .body = "CustomerUnmergeIn",
     .reply = "CustomerOne"},
};
const struct api_table customer_routes = API_TABLE(routes);
