// SPDX-License-Identifier: Apache-2.0
// Records that are about the same as a question or another record, by words: api/alike.h.
#include <stdio.h>

#include "api/alike.h"
#include "api/feedback_json.h"
#include "api/hub.h"
#include "work/follow.h"

#define MIN_SCORE   0.7
#define BODY_LIMIT  (64 * KIB)
#define ORDER       16 // of cursors
#define SCORE_SCALE 1e9

struct finding {
    struct api *api;
    const struct principal *principal;
    struct request *request;
    struct arena *arena;
    struct hub_hash tenant;
    int64_t self;       // not itself
    struct alike alike; // all: best first
    double min_score;
    size_t limit;
    bool has_after;
    struct feedback_position after; // (score, id)
    // loading
    struct hub_record hub;
    struct feedback_batch batch;
    int64_t *ids;
    size_t n_ids;
};

// ── comparing texts ──

static bool load_ids(struct sql *s, void *ctx, struct error *err) {
    struct finding *f = ctx;
    return feedback_load(s, &f->api->house->store, f->principal->workspace, f->ids, f->n_ids, 0,
                         &f->batch, err);
}

static bool compare_best(struct finding *f, struct error *err) {
    alike_sort(&f->alike);
    f->alike.all.len = MIN(f->alike.all.len, (size_t)ALIKE_MOST);
    f->ids = ARENA_ARRAY(f->arena, int64_t, f->alike.all.len);
    f->n_ids = f->alike.all.len;
    for (size_t i = 0; i < f->alike.all.len; i++)
        f->ids[i] = f->alike.all.items[i].id;
    if (!sql_read(f->api->house->store.db, load_ids, f, err))
        return false;
    for (size_t i = 0; i < f->alike.all.len; i++)
        f->alike.all.items[i].score =
            f->batch.items[i].found ? alike_score(&f->alike, f->batch.items[i].record.text) : 0;
    alike_sort(&f->alike);
    return true;
}

// ── answering ──

static int64_t position_of(double score) {
    return (int64_t)(score * SCORE_SCALE);
}

static bool is_after(const struct finding *f, const struct alike_text *s) {
    int64_t at = position_of(s->score);
    return !f->has_after || at < f->after.at_us || (at == f->after.at_us && s->id < f->after.id);
}

struct checking {
    struct finding *f;
    int64_t id;
    bool is_ours;
};

static bool check_one(struct sql *s, void *ctx, struct error *err) {
    struct checking *c = ctx;
    struct finding *f = c->f;
    struct hub_hash tenant;
    struct error e;
    c->is_ours = false;
    if (!hub_store_tenant(s, f->principal->workspace, c->id, &tenant, &e)) {
        if (e.code != ERROR_NOT_FOUND && err)
            *err = e;
        return e.code == ERROR_NOT_FOUND;
    }
    if (memcmp(&tenant, &f->tenant, sizeof tenant) != 0)
        return true;
    f->ids = &c->id;
    f->n_ids = 1;
    if (!load_ids(s, f, err))
        return false;
    const struct stored_feedback *fb = &f->batch.items[0];
    c->is_ours =
        fb->found && hub_record_load(&fb->record, &f->hub) && feedback_in_scope(fb, f->principal);
    return true;
}

static void add_result(struct finding *f, struct json_writer *w, const struct alike_text *s) {
    json_begin_object(w);
    api_add_id(w, "feedback_record_id", s->id);
    json_key(w, "score");
    json_add_num(w, s->score, 4);
    json_key(w, "field_label");
    json_add_str(w, f->hub.field_label);
    json_key(w, "value_text");
    json_add_str(w, feedback_mask(f->hub.value_text, f->principal, f->arena));
    json_end_object(w);
}

static bool add_results(struct finding *f, struct json_writer *w, struct error *err) {
    size_t given = 0;
    struct alike_text last = {0};
    bool more = false;
    json_key(w, "data");
    json_begin_array(w);
    for (size_t i = 0; i < f->alike.all.len && !more && f->alike.all.items[i].score >= f->min_score;
         i++) {
        const struct alike_text *s = &f->alike.all.items[i];
        struct checking c = {f, s->id, false};
        if (s->id == f->self || !is_after(f, s))
            continue;
        if (!sql_read(f->api->house->store.db, check_one, &c, err))
            return false;
        more = c.is_ours && given == f->limit;
        if (!c.is_ours || more)
            continue;
        add_result(f, w, s);
        last = *s;
        given++;
    }
    json_end_array(w);
    json_key(w, "limit");
    json_add_int(w, (int64_t)f->limit);
    if (more)
        hub_cursor_add(f->request, w, ORDER,
                       &(struct feedback_position){position_of(last.score), last.id});
    return true;
}

static enum request_outcome answer(struct finding *f, bool ok, struct error *err) {
    struct strbuf sb = strbuf_init(16 * MIB);
    struct json_writer w = json_writer_init(&sb);
    json_begin_object(&w);
    ok = ok && add_results(f, &w, err);
    json_end_object(&w);
    alike_done(&f->alike);
    feedback_batch_done(&f->batch);
    if (ok)
        return api_ok(f->request, 200, &sb);
    strbuf_done(&sb);
    return api_fail(f->request, err);
}

static bool finding_open(struct request *r, struct api *api, struct finding *f) {
    struct error e;
    *f = (struct finding){.api = api,
                          .principal = request_user(r),
                          .request = r,
                          .arena = request_arena(r),
                          .min_score = MIN_SCORE,
                          .limit = api_limit(r, 10)};
    struct str least = request_query(r, "min_score");
    if (least.len &&
        (!str_to_double(least, &f->min_score) || f->min_score < 0 || f->min_score > 1)) {
        api_invalid(r, "min_score",
                    (struct words){"应为 0 到 1 的数", "must be a number from 0 to 1"});
        return false;
    }
    if (!hub_cursor_read(r, ORDER, &f->has_after, &f->after))
        return false;
    f->alike.arena = f->arena;
    f->alike.search = follow_search(api->house->follow, f->principal->workspace, &e);
    if (f->alike.search)
        return true;
    reply_problem_status(r, 503, NULL, &e, NULL, 0);
    return false;
}

static enum request_outcome semantic(struct request *r, void *ctx) {
    const struct workspace_keys *k = hub_keys(r);
    struct finding f;
    struct error e;
    const struct json *body;
    if (!k || !finding_open(r, ctx, &f) || !api_body(r, &body))
        return REQUEST_DONE;
    struct str query = json_str(json_get(body, "query")),
               tenant = json_str(json_get(body, "tenant_id"));
    if (!str_trim(query).len)
        return api_invalid(r, "query", (struct words){"是必填项", "is required"});
    if (!hub_check_id(r, "tenant_id", tenant, true))
        return REQUEST_DONE;
    f.tenant = hub_hash(k, HUB_WORD_TENANT, tenant);
    alike_terms(&f.alike, query);
    bool ok = alike_weigh(&f.alike, &e);
    alike_sort(&f.alike);
    return answer(&f, ok, &e);
}

static bool load_source(struct sql *s, void *ctx, struct error *err) {
    struct finding *f = ctx;
    f->ids = &f->self;
    f->n_ids = 1;
    if (!hub_store_tenant(s, f->principal->workspace, f->self, &f->tenant, err) ||
        !load_ids(s, f, err))
        return false;
    const struct stored_feedback *fb = &f->batch.items[0];
    return (fb->found && hub_record_load(&fb->record, &f->hub) &&
            feedback_in_scope(fb, f->principal)) ||
           error_set(err, ERROR_NOT_FOUND, "没有这条记录", "feedback record not found");
}

static enum request_outcome similar(struct request *r, void *ctx) {
    struct finding f;
    struct error e;
    int64_t id;
    if (!hub_path_id(r, &id) || !finding_open(r, ctx, &f))
        return REQUEST_DONE;
    f.self = id;
    bool ok = sql_read(f.api->house->store.db, load_source, &f, &e);
    if (ok) {
        alike_terms(&f.alike, f.hub.value_text);
        ok = alike_weigh(&f.alike, &e) && compare_best(&f, &e);
    }
    return answer(&f, ok, &e);
}

static const struct api_param query[] = {
    {"limit", PARAM_INT, 1, 100, {"最多几条", "how many at most"}},
    HUB_PARAM("cursor"),
    HUB_PARAM("min_score"),
    {.name = NULL},
};

#define HUB_ROUTE .permission = PERMISSION_FEEDBACK_READ, .problems = hub_problem, .tag = "hub"

static const struct api_route routes[] = {
    {.method = "POST",
     .path = "/v1/feedback-records/search/semantic",
     .handler = semantic,
     .body_limit = BODY_LIMIT,
     .summary = {"找与问题有关的记录", "finds records about a question"},
     .query = query,
     .body = "HubSearchIn",
     .own_checks = true,
     .reply = "HubSearch",
     HUB_ROUTE},
    {.method = "GET",
     .path = "/v1/feedback-records/{id}/similar",
     .handler = similar,
     .summary = {"找相近的记录", "finds records like this one"},
     .query = query,
     .reply = "HubSearch",
     HUB_ROUTE},
};
const struct api_table hub_search_routes = API_TABLE(routes);
