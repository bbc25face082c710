// SPDX-License-Identifier: Apache-2.0
// One feedback looked at; deleted and brought back, corrected, many at once.
#include "api/actor_names.h"
#include "api/feedback_json.h"
#include "api/filter.h"
#include "base/clock.h"
#include "olap/store.h"
#include "search/search.h"
#include "work/behaviour.h"
#include "work/follow.h"

#define SCAN_MOST                                                                                  \
    20000 // rows looked at for one page; a page may come back shorter, with a cursor to go on
#define CHUNK_ROWS 200

// ── one ──

struct one {
    struct api *api;
    const struct principal *principal;
    int64_t id;
    bool with_history;
    struct feedback_batch batch;
    struct feedback_version *versions;
    size_t n_versions;
    struct behaviour behaviour; // with the history
    struct arena arena;
};

static bool not_found(struct error *err) {
    return error_set(err, ERROR_NOT_FOUND, "没有这条反馈", "there is no such feedback");
}

static bool read_one(struct sql *s, void *ctx, struct error *err) {
    struct one *o = ctx;
    return feedback_load(s, &o->api->house->store, o->principal->workspace, &o->id, 1,
                         FEEDBACK_EVERYTHING, &o->batch, err) &&
           (!o->with_history ||
            (feedback_history(s, &o->api->house->store, o->principal->workspace, o->id, &o->batch,
                              &o->versions, &o->n_versions, err) &&
             behaviour_load(s, &o->api->house->store, o->principal->workspace, &o->batch, &o->arena,
                            &o->behaviour, err)));
}

// Outside of the data scope it does not exist for the one who asks.
static bool load_one(struct one *o, struct error *err) {
    if (!sql_read(o->api->house->store.db, read_one, o, err))
        return false;
    return (o->batch.items[0].found && feedback_in_scope(&o->batch.items[0], o->principal)) ||
           not_found(err);
}

static void add_history(struct json_writer *w, const struct one *o, struct actor_names *names,
                        struct arena *a) {
    const struct record *later = &o->batch.items[0].record;
    json_key(w, "history");
    json_begin_array(w);
    for (size_t i = 0; i < o->n_versions; i++) {
        const struct feedback_version *v = &o->versions[i];
        json_begin_object(w);
        json_key(w, "version");
        json_add_int(w, v->version + 1);
        api_add_time(w, "at", v->at_us);
        json_key(w, "by");
        json_add_str(w, actor_name(names, v->actor));
        api_add_id(w, "import_id", v->import);
        json_key(w, "changes");
        feedback_changes_add(w, &v->record, later, o->principal, a);
        json_end_object(w);
        later = &v->record;
    }
    json_end_array(w);
}

// What stands beside it in the facts, and what about it is suspicious.
static void add_behaviour(struct json_writer *w, const struct one *o, struct request *r) {
    const struct behaviour *b = &o->behaviour;
    struct arena *a = request_arena(r);
    json_key(w, "behaviour");
    json_begin_array(w);
    for (size_t i = 0; i < b->n; i++) {
        const struct behaviour_column *c = &b->columns[i];
        json_begin_object(w);
        json_key(w, "name");
        json_add_str(w, c->name);
        json_key(w, "value");
        if (c->is_measure)
            json_add_num(w, c->number, 6);
        else
            json_add_str(w, feedback_mask(c->text, o->principal, a));
        json_end_object(w);
    }
    json_end_array(w);
    json_key(w, "suspect");
    json_add_bool(w, b->suspect);
    json_key(w, "suspicions");
    json_begin_array(w);
    for (size_t i = 0; i < b->n_reasons; i++)
        json_add_str(w, suspicion_because(&b->reasons[i], request_lang(r), a));
    json_end_array(w);
}

static enum request_outcome answer_one(struct request *r, struct one *o, int status) {
    struct error e;
    struct strbuf sb = strbuf_init(16 * MIB);
    struct json_writer w = json_writer_init(&sb);
    struct actor_names names = actor_names_of(r, o->api);
    bool ok = load_one(o, &e);
    if (ok) {
        actor_names_put(&names, &o->batch);
        json_begin_object(&w);
        json_key(&w, "data");
        feedback_json_add(&w, &o->batch.items[0], o->principal, request_arena(r), true);
        if (o->with_history)
            add_history(&w, o, &names, request_arena(r));
        if (o->with_history)
            add_behaviour(&w, o, r);
        json_end_object(&w);
        json_end_object(&w);
    }
    feedback_batch_done(&o->batch);
    arena_done(&o->arena);
    if (ok)
        return api_ok(r, status, &sb);
    strbuf_done(&sb);
    return api_fail(r, &e);
}

static enum request_outcome get_feedback(struct request *r, void *ctx) {
    struct one o = {.api = ctx, .principal = request_user(r), .with_history = true};
    return api_path_id(r, "id", &o.id) ? answer_one(r, &o, 200) : REQUEST_DONE;
}

enum request_outcome feedback_answer(struct request *r, struct api *api, int64_t id, int status) {
    struct one o = {.api = api, .principal = request_user(r), .id = id, .with_history = true};
    return answer_one(r, &o, status);
}

// ── deleting ──

struct deleting {
    struct api *api;
    const struct principal *principal;
    const int64_t *ids;
    size_t n;
    bool deleted;
    int64_t changed;
};

static bool set_deleted(struct sql *s, void *ctx, struct error *err) {
    struct deleting *d = ctx;
    struct feedback_batch batch = {0};
    bool ok = feedback_load(s, &d->api->house->store, d->principal->workspace, d->ids, d->n, 0,
                            &batch, err);
    for (size_t i = 0; ok && i < d->n; i++)
        if (batch.items[i].found && !feedback_in_scope(&batch.items[i], d->principal))
            ok = not_found(err);
    feedback_batch_done(&batch);
    return ok && feedback_set_deleted(s, d->principal->workspace, d->ids, d->n, d->deleted,
                                      &d->changed, err);
}

static enum request_outcome delete_or_restore(struct request *r, struct api *api, bool deleted) {
    int64_t id;
    struct error e;
    if (!api_path_id(r, "id", &id))
        return REQUEST_DONE;
    struct deleting d = {
        .api = api, .principal = request_user(r), .ids = &id, .n = 1, .deleted = deleted};
    if (!sql_write(api->house->store.db, set_deleted, &d, &e) || (d.changed == 0 && !not_found(&e)))
        return api_fail(r, &e);
    if (deleted) {
        reply_status(r, 204);
        return REQUEST_DONE;
    }
    struct one o = {.api = api, .principal = d.principal, .id = id};
    return answer_one(r, &o, 200);
}

static enum request_outcome delete_feedback(struct request *r, void *ctx) {
    return delete_or_restore(r, ctx, true);
}

static enum request_outcome restore_feedback(struct request *r, void *ctx) {
    return delete_or_restore(r, ctx, false);
}

// ── correcting ──

struct correcting {
    struct api *api;
    const struct principal *principal;
    const int64_t *ids;
    size_t n;
    struct str field;
    const struct json *value; // NULL: taken back
};

static bool correct(struct sql *s, void *ctx, struct error *err) {
    struct correcting *c = ctx;
    const struct store *store = &c->api->house->store;
    struct feedback_batch batch = {0};
    bool ok = feedback_load(s, store, c->principal->workspace, c->ids, c->n, FEEDBACK_ANALYSIS,
                            &batch, err);
    for (size_t i = 0; ok && i < c->n; i++) {
        const struct stored_feedback *f = &batch.items[i];
        char field[32], actor[PRINCIPAL_ACTOR];
        snprintf(field, sizeof field, "%.*s", STR_ARG(c->field));
        ok = (f->found && feedback_in_scope(f, c->principal)) || not_found(err);
        ok = ok && feedback_correct(s, store, c->principal->workspace, f->id, c->field, c->value,
                                    json_get(f->analysis, field),
                                    principal_actor(c->principal, actor), err);
    }
    feedback_batch_done(&batch);
    return ok;
}

static bool is_dimensions(const struct json *v) {
    if (json_kind(v) != JSON_KIND_ARRAY || json_len(v) > N_DIMENSIONS)
        return false;
    for (size_t i = 0; i < json_len(v); i++)
        if (label_find(dimension_labels, N_DIMENSIONS, json_str(json_get(json_at(v, i), "code"))) <
                0 ||
            label_find(sentiment_labels, N_SENTIMENTS,
                       json_str(json_get(json_at(v, i), "polarity"))) < 0)
            return false;
    return true;
}

static bool is_quality(struct str code) {
    for (int q = 0; q < N_QUALITIES; q++)
        if (str_eq(code, str_from(quality_kinds[q].code)))
            return true;
    return false;
}

// False: answered.
static bool check_correction(struct request *r, struct str field, const struct json *value) {
    int64_t level = json_int(value, -1);
    bool known = true, ok = false;
    if (str_eq(field, STR("sentiment")))
        ok = label_find(sentiment_labels, N_SENTIMENTS, json_str(value)) >= 0;
    else if (str_eq(field, STR("urgency")))
        ok = level >= 0 && level < N_URGENCIES;
    else if (str_eq(field, STR("dimensions")))
        ok = is_dimensions(value);
    else if (str_eq(field, STR("validity")))
        ok = is_quality(json_str(value));
    else if (str_eq(field, STR("suspect")))
        ok = json_kind(value) == JSON_KIND_BOOL;
    else
        known = false;
    if (!known)
        api_invalid(r, "field",
                    (struct words){"应为 sentiment、urgency、dimensions、validity 或 suspect",
                                   "must be sentiment, urgency, dimensions, validity or suspect"});
    else if (!ok)
        api_invalid(
            r, "value",
            (struct words){"不是这个字段可以有的值", "is no value that this field may have"});
    return known && ok;
}

static enum request_outcome post_correction(struct request *r, void *ctx) {
    int64_t id;
    const struct json *body;
    struct error e;
    if (!api_path_id(r, "id", &id) || !api_body(r, &body))
        return REQUEST_DONE;
    struct correcting c = {.api = ctx,
                           .principal = request_user(r),
                           .ids = &id,
                           .n = 1,
                           .field = json_str(json_get(body, "field")),
                           .value = json_get(body, "value")};
    if (!check_correction(r, c.field, c.value))
        return REQUEST_DONE;
    if (!sql_write(c.api->house->store.db, correct, &c, &e))
        return api_fail(r, &e);
    struct one o = {.api = ctx, .principal = c.principal, .id = id};
    return answer_one(r, &o, 201);
}

static enum request_outcome delete_correction(struct request *r, void *ctx) {
    int64_t id;
    struct error e;
    if (!api_path_id(r, "id", &id))
        return REQUEST_DONE;
    struct correcting c = {.api = ctx,
                           .principal = request_user(r),
                           .ids = &id,
                           .n = 1,
                           .field = request_param(r, "field")};
    if (!sql_write(c.api->house->store.db, correct, &c, &e))
        return api_fail(r, &e);
    reply_status(r, 204);
    return REQUEST_DONE;
}

// ── many at once ──

static bool read_ids(struct request *r, const struct json *list, int64_t **ret, size_t *ret_n) {
    size_t n = json_len(list);
    *ret = ARENA_ARRAY(request_arena(r), int64_t, n);
    *ret_n = n;
    bool ok = json_kind(list) == JSON_KIND_ARRAY && n >= 1 && n <= 1000;
    for (size_t i = 0; ok && i < n; i++)
        ok = id_parse(json_str(json_at(list, i)), &(*ret)[i]);
    if (!ok)
        api_invalid(r, "ids",
                    (struct words){"应为 1–1,000 个编号的数组", "must be an array of 1–1,000 ids"});
    return ok;
}

static enum request_outcome post_bulk(struct request *r, void *ctx) {
    struct api *api = ctx;
    const struct json *body;
    const struct principal *p = request_user(r);
    struct error e;
    int64_t *ids;
    size_t n;
    if (!api_body(r, &body) || !read_ids(r, json_get(body, "ids"), &ids, &n))
        return REQUEST_DONE;
    struct str action = json_str(json_get(body, "action"));
    bool deletes = str_eq(action, STR("delete")), restores = str_eq(action, STR("restore"));
    struct deleting d = {.api = api, .principal = p, .ids = ids, .n = n, .deleted = deletes};
    struct correcting c = {.api = api,
                           .principal = p,
                           .ids = ids,
                           .n = n,
                           .field = json_str(json_get(body, "field")),
                           .value = json_get(body, "value")};
    if (!deletes && !restores && !str_eq(action, STR("correct")))
        return api_invalid(r, "action",
                           (struct words){"应为 delete、restore 或 correct",
                                          "must be delete, restore or correct"});
    if (deletes || restores) {
        if (!principal_may(p, PERMISSION_FEEDBACK_DELETE)) {
            error_set(&e, ERROR_FORBIDDEN, "没有权限：需要 feedback:delete",
                      "not permitted: feedback:delete is needed");
            return api_fail(r, &e);
        }
        if (!sql_write(api->house->store.db, set_deleted, &d, &e))
            return api_fail(r, &e);
    } else {
        bool takes_back = json_kind(c.value) == JSON_KIND_NULL;
        c.value = takes_back ? NULL : c.value;
        if (!takes_back && !check_correction(r, c.field, c.value))
            return REQUEST_DONE;
        if (!sql_write(api->house->store.db, correct, &c, &e))
            return api_fail(r, &e);
        d.changed = (int64_t)n;
    }
    struct strbuf sb = strbuf_init(KIB);
    strbuf_addf(&sb, "{\"meta\":{\"changed\":%" PRId64 "}}", d.changed);
    return api_ok(r, 200, &sb);
}

static const struct api_route routes[] = {
    {.method = "POST",
     .path = "/api/v1/feedback/bulk",
     .handler = post_bulk,
     .permission = PERMISSION_FEEDBACK_WRITE,
     .body_limit = MIB,
     .tag = "feedback",
     .summary = {"一次删除、恢复或更正多条", "deletes, restores or corrects many"},
     .body = "Bulk",
     .reply = "Changed"},
    {.method = "GET",
     .path = "/api/v1/feedback/{id}",
     .handler = get_feedback,
     .permission = PERMISSION_FEEDBACK_READ,
     .tag = "feedback",
     .summary = {"一条反馈及其历史", "one feedback with its history"},
     .reply = "FeedbackOne"},
    {.method = "DELETE",
     .path = "/api/v1/feedback/{id}",
     .handler = delete_feedback,
     .permission = PERMISSION_FEEDBACK_DELETE,
     .tag = "feedback",
     .summary = {"删除，30 天内可恢复", "deletes; can be restored for 30 days"},
     .success = 204},
    {.method = "POST",
     .path = "/api/v1/feedback/{id}/restore",
     .handler = restore_feedback,
     .permission = PERMISSION_FEEDBACK_DELETE,
     .tag = "feedback",
     .summary = {"恢复已删除的反馈", "restores a deleted feedback"},
     .reply = "FeedbackOne"},
    {.method = "POST",
     .path = "/api/v1/feedback/{id}/corrections",
     .handler = post_correction,
     .permission = PERMISSION_FEEDBACK_WRITE,
     .body_limit = 64 * KIB,
     .tag = "feedback",
     .summary = {"更正模型的判断", "corrects what the model says"},
     .body = "Correction",
     .reply = "FeedbackOne",
     .success = 201},
    {.method = "DELETE",
     .path = "/api/v1/feedback/{id}/corrections/{field}",
     .handler = delete_correction,
     .permission = PERMISSION_FEEDBACK_WRITE,
     .tag = "feedback",
     .summary = {"撤回更正", "takes a correction back"},
     .success = 204},
};
const struct api_table feedback_read_routes = API_TABLE(routes);
