// SPDX-License-Identifier: Apache-2.0
// The rights of one person: everything that is kept of him, and that it is erased.
#include <stdio.h>

#include "account/audit.h"
#include "api/customer_json.h"
#include "api/feedback_json.h"
#include "base/clock.h"
#include "collect/customer_erase.h"
#include "work/follow.h"
#include "work/suspicion.h"

#define EXPORT_MOST    (64 * MIB)
#define EXPORT_PAGE    1000
#define EXPORT_RECORDS 20000
#define FOLLOW_US      (10 * US_PER_SECOND)

struct person {
    struct customer_view view;
    int64_t id;
    bool keep_counts;
    struct customer_erasure erasure;
    struct strbuf out;
};

// ── everything ──

static void add_record(struct json_writer *w, const struct record *r) {
    CLEANUP(strbuf_done) struct strbuf sb = strbuf_init(2 * MIB);
    CLEANUP(json_freep) struct json *j = NULL;
    record_format(r, &sb);
    if (json_parse(strbuf_str(&sb), &j, NULL))
        json_add_value(w, j);
    else
        json_add_null(w);
}

static bool add_suspicions(struct person *p, struct json_writer *w, int64_t feedback,
                           struct error *err) {
    struct suspicion found[N_SUSPICION_RULES];
    size_t n;
    if (!suspicion_load(p->view.s, feedback, p->view.arena, found, &n, err))
        return false;
    json_key(w, "suspicions");
    json_begin_array(w);
    for (size_t i = 0; i < n; i++)
        json_add_str(w, suspicion_because(&found[i], p->view.lang, p->view.arena));
    json_end_array(w);
    return true;
}

static bool add_feedback(struct person *p, struct json_writer *w, struct feedback_batch *b,
                         size_t i, struct error *err) {
    const struct stored_feedback *f = &b->items[i];
    struct feedback_version *versions;
    size_t n;
    if (!feedback_history(p->view.s, &p->view.api->house->store, p->view.principal->workspace,
                          f->id, b, &versions, &n, err))
        return false;
    actor_names_put(p->view.names, b);
    feedback_json_add(w, f, p->view.principal, p->view.arena, true);
    json_key(w, "record");
    add_record(w, &f->record);
    json_key(w, "versions");
    json_begin_array(w);
    for (size_t v = 0; v < n; v++) {
        json_begin_object(w);
        json_key(w, "version");
        json_add_int(w, versions[v].version);
        api_add_time(w, "replaced_at", versions[v].at_us);
        json_key(w, "record");
        add_record(w, &versions[v].record);
        json_end_object(w);
    }
    json_end_array(w);
    bool ok = add_suspicions(p, w, f->id, err);
    json_end_object(w);
    return ok;
}

static bool add_all_feedback(struct person *p, struct json_writer *w, int64_t root,
                             struct error *err) {
    int64_t *ids = ARENA_ARRAY(p->view.arena, int64_t, EXPORT_RECORDS);
    size_t n;
    const struct principal *who = p->view.principal;
    if (!customer_feedback(p->view.s, who->workspace, root, EXPORT_RECORDS, ids, &n, err))
        return false;
    json_key(w, "feedback");
    json_begin_array(w);
    for (size_t at = 0; at < n; at += EXPORT_PAGE) {
        struct feedback_batch b = {0};
        size_t m = MIN(n - at, (size_t)EXPORT_PAGE);
        bool ok = feedback_load(p->view.s, &p->view.api->house->store, who->workspace, ids + at, m,
                                FEEDBACK_EVERYTHING, &b, err);
        for (size_t i = 0; ok && i < m; i++)
            ok = add_feedback(p, w, &b, i, err);
        feedback_batch_done(&b);
        if (!ok)
            return false;
    }
    json_end_array(w);
    return true;
}

static bool add_all_events(struct person *p, struct json_writer *w, int64_t root,
                           struct error *err) {
    struct event_position at = {INT64_MAX, INT64_MAX};
    const struct principal *who = p->view.principal;
    int64_t ids[EXPORT_PAGE], at_us[EXPORT_PAGE];
    size_t n;
    json_key(w, "events");
    json_begin_array(w);
    do {
        struct event_batch b = {0};
        bool ok =
            event_list(p->view.s, who->workspace, &(struct event_filter){.customer = root}, at,
                       EXPORT_PAGE, ids, at_us, &n, err) &&
            event_load(p->view.s, &p->view.api->house->store, who->workspace, ids, n, &b, err);
        for (size_t i = 0; ok && i < n; i++)
            event_json_add(w, &b.items[i], who, p->view.arena);
        event_batch_done(&b);
        if (!ok)
            return false;
        at = (struct event_position){n ? at_us[n - 1] : 0, n ? ids[n - 1] : 0};
    } while (n == EXPORT_PAGE);
    json_end_array(w);
    return true;
}

static bool read_export(struct sql *s, void *ctx, struct error *err) {
    struct person *p = ctx;
    const struct principal *who = p->view.principal;
    struct customer *c = ARENA_NEW(p->view.arena, struct customer);
    bool seen;
    struct json_writer w = json_writer_init(&p->out);
    strbuf_reset(&p->out);
    p->view.s = s;
    json_begin_object(&w);
    json_key(&w, "data");
    if (!customer_load(s, &p->view.api->house->store, who->workspace, p->id, p->view.arena, c,
                       err) ||
        !customer_json_begin(&p->view, &w, c->id, &seen, err))
        return false;
    if (!seen)
        return error_set(err, ERROR_NOT_FOUND, "没有这个客户", "there is no such customer");
    customer_json_profile(&p->view, &w, &c->profile);
    if (!customer_json_identities(&p->view, &w, c->id, err) ||
        !customer_json_merges(&p->view, &w, c->id, err) || !add_all_feedback(p, &w, c->id, err) ||
        !add_all_events(p, &w, c->id, err))
        return false;
    json_end_object(&w);
    json_end_object(&w);
    return true;
}

// Whoever asks sees all of it or nothing: half of a person's data is no answer to him.
static bool may_see_all(const struct principal *p, struct error *err) {
    return principal_may(p, PERMISSION_PERSONAL_READ) ||
           error_set(err, ERROR_FORBIDDEN, "需要查看个人信息的权限",
                     "needs the permission to read personal data");
}

static bool note_export(struct sql *s, void *ctx, struct error *err) {
    const struct person *p = ctx;
    char subject[AUDIT_SUBJECT];
    return audit_add(s, p->view.principal, "customer.export",
                     audit_subject(subject, "customer", p->id), STR(""), err);
}

static enum request_outcome get_export(struct request *r, void *ctx) {
    struct error e;
    struct person p = {.view = customer_view_of(r, ctx), .out = strbuf_init(EXPORT_MOST)};
    if (!api_path_id(r, "id", &p.id))
        return REQUEST_DONE;
    struct sql_db *db = p.view.api->house->store.db;
    actor_names_load(p.view.names);
    if (may_see_all(p.view.principal, &e) && sql_read(db, read_export, &p, &e) &&
        sql_write(db, note_export, &p, &e)) {
        reply_header(r, "Content-Disposition", STR("attachment; filename=\"customer.json\""));
        return api_ok(r, 200, &p.out);
    }
    strbuf_done(&p.out);
    return api_fail(r, &e);
}

// ── nothing ──

static bool erase(struct sql *s, void *ctx, struct error *err) {
    struct person *p = ctx;
    const struct principal *who = p->view.principal;
    const struct store *store = &p->view.api->house->store;
    char subject[AUDIT_SUBJECT];
    int64_t id = id_next(store->ids), now = clock_now_us();
    strbuf_reset(&p->out);
    if (!customer_erase(s, store, who->workspace, p->id, p->keep_counts, &p->erasure, err))
        return false;
    customer_certificate(&p->erasure, id, now, who->user, who->key, &p->out);
    return customer_certificate_store(s, who->workspace, id, now, p->erasure.customer,
                                      strbuf_str(&p->out), err) &&
           audit_add(s, who, "customer.erase",
                     audit_subject(subject, "customer", p->erasure.customer), strbuf_str(&p->out),
                     err);
}

// Facts and search follow the change rows; the answer says whether they have done so.
static void add_followed(struct person *p, struct str certificate, bool followed,
                         struct strbuf *ret) {
    CLEANUP(json_freep) struct json *j = NULL;
    struct json_writer w = json_writer_init(ret);
    (void)p;
    json_begin_object(&w);
    json_key(&w, "data");
    if (json_parse(certificate, &j, NULL))
        json_add_value(&w, j);
    else
        json_add_null(&w);
    json_key(&w, "meta");
    json_begin_object(&w);
    json_key(&w, "facts_and_search");
    json_add_cstr(&w, followed ? "removed" : "will follow");
    json_end_object(&w);
    json_end_object(&w);
}

static enum request_outcome post_erase(struct request *r, void *ctx) {
    const struct json *body;
    struct error e;
    struct person p = {.view = customer_view_of(r, ctx), .out = strbuf_init(64 * KIB)};
    if (!api_path_id(r, "id", &p.id) || !api_body(r, &body))
        return REQUEST_DONE;
    if (!json_bool(json_get(body, "confirm"), false))
        return api_invalid(r, "confirm",
                           (struct words){"应为 true：抹除不能撤销",
                                          "must be true: erasing cannot be taken back"});
    p.keep_counts = json_bool(json_get(body, "keep_counts"), false);
    struct house *h = p.view.api->house;
    if (!may_see_all(p.view.principal, &e) || !sql_write(h->store.db, erase, &p, &e)) {
        strbuf_done(&p.out);
        return api_fail(r, &e);
    }
    struct strbuf out = strbuf_init(128 * KIB);
    bool followed = follow_wait(h->follow, p.view.principal->workspace, FOLLOW_US);
    add_followed(&p, strbuf_str(&p.out), followed, &out);
    strbuf_done(&p.out);
    return api_ok(r, 200, &out);
}

static const struct api_route routes[] = {
    {.method = "GET",
     .path = "/api/v1/customers/{id}/export",
     .handler = get_export,
     .permission = PERMISSION_EXPORT,
     .whole = true,
     .tag = "customers",
     .summary = {"关于一位客户所保存的一切", "everything that is kept of one customer"},
     .reply = "CustomerExport"},
    {.method = "POST",
     .path = "/api/v1/customers/{id}/erase",
     .handler = post_erase,
     .permission = PERMISSION_FEEDBACK_DELETE,
     .whole = true,
     .body_limit = 64 * KIB,
     .tag = "customers",
     .summary =
         {"抹除一位客户的一切，给出凭证；keep_counts 保留不含个人信息的计数",
          "erases everything of one customer and gives a certificate; keep_counts leaves counts without anything of him"},
     .body = "CustomerEraseIn",
     .reply = "ErasureCertificate"},
};
const struct api_table customer_person_routes = API_TABLE(routes);
