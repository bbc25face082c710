// SPDX-License-Identifier: Apache-2.0
// Records that are about the same as a question or another record. Without embeddings likeness is told from words: each term (search/units.h)
// counts the more the fewer texts have it (inverse document frequency: Spärck Jones 1972).
//
//     question:  score = weight of its terms that a text has ÷ weight of all its terms
//     record:    score = √(2 · weight of common terms ÷ weight of both), so that equal texts have 1
#include <stdio.h>
#include <stdlib.h>

#include "api/feedback_json.h"
#include "api/hub.h"
#include "base/map.h"
#include "base/mem.h"
#include "base/vec.h"
#include "search/search.h"
#include "search/units.h"
#include "work/follow.h"

#define MOST_TERMS  48
#define MOST_FOUND  100000 // texts looked at for a term
#define MOST_ALIKE  400    // candidates whose texts are compared
#define MIN_SCORE   0.7
#define BODY_LIMIT  (64 * KIB)
#define ORDER       16 // of cursors
#define SCORE_SCALE 1e9

struct term {
    struct str text;
    double weight;
};

struct scored {
    int64_t id;
    double score;
};

struct finding {
    struct api *api;
    const struct principal *principal;
    struct request *request;
    struct search *search;
    struct arena *arena;
    struct hub_hash tenant;
    int64_t self; // not itself
    struct term terms[MOST_TERMS];
    size_t n_terms;
    double whole; // weight of all terms
    struct {
        VEC(struct scored);
    } all; // best first
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

// ── terms ──

static bool is_known(const struct finding *f, struct str term) {
    for (size_t i = 0; i < f->n_terms; i++)
        if (str_eq(f->terms[i].text, term))
            return true;
    return false;
}

static void take_terms(struct finding *f, struct str text) {
    CLEANUP(units_done) struct units u = {0};
    units_read(&u, text);
    for (size_t i = 0; i < u.len && f->n_terms < MOST_TERMS; i++) {
        // The last of several ideographs is in the pair before.
        bool tail = u.items[i].joined && !(i + 1 < u.len && u.items[i + 1].joined);
        struct str term = units_term(&u, i);
        if (!tail && !is_known(f, term))
            f->terms[f->n_terms++].text = arena_str(f->arena, term);
    }
}

// Weighs the terms and adds each one's weight to the texts that have it.
static bool weigh(struct finding *f, struct error *err) {
    double n = (double)search_stats(f->search).documents + 1;
    CLEANUP(mem_freep) int64_t *ids = NEW_ARRAY(int64_t, MOST_FOUND);
    struct map_u64 at = {0};
    bool ok = true;
    for (size_t t = 0; ok && t < f->n_terms; t++) {
        size_t found = 0;
        struct search_query q = {.text =
                                     arena_printf(f->arena, "\"%.*s\"", STR_ARG(f->terms[t].text)),
                                 .limit = MOST_FOUND};
        ok = search_find(f->search, &q, ids, &found, err);
        f->terms[t].weight = log(1 + n / ((double)found + 0.5));
        f->whole += f->terms[t].weight;
        for (size_t i = 0; ok && i < found; i++) {
            uint64_t index;
            if (!map_u64_get(&at, (uint64_t)ids[i], &index)) {
                index = f->all.len;
                map_u64_put(&at, (uint64_t)ids[i], index);
                vec_push(&f->all, ((struct scored){.id = ids[i]}));
            }
            f->all.items[index].score += f->terms[t].weight;
        }
    }
    map_u64_done(&at);
    for (size_t i = 0; i < f->all.len; i++)
        f->all.items[i].score /= f->whole;
    return ok;
}

static int best_first(const void *a, const void *b) {
    const struct scored *x = a, *y = b;
    if (x->score != y->score)
        return x->score < y->score ? 1 : -1;
    return (x->id < y->id) - (x->id > y->id);
}

static void sort_found(struct finding *f) {
    if (f->all.len)
        qsort(f->all.items, f->all.len, sizeof *f->all.items, best_first);
}

// ── comparing texts ──

static bool load_ids(struct sql *s, void *ctx, struct error *err) {
    struct finding *f = ctx;
    return feedback_load(s, &f->api->house->store, f->principal->workspace, f->ids, f->n_ids, 0,
                         &f->batch, err);
}

// Terms of the other text that the first does not have weigh as much as the first's do on average.
static double alike(const struct finding *f, struct str text) {
    CLEANUP(units_done) struct units u = {0};
    units_read(&u, text);
    bool has[MOST_TERMS] = {false};
    double common = 0, strange = 0, mean = f->whole / (double)MAX(f->n_terms, (size_t)1);
    for (size_t i = 0; i < u.len; i++) {
        if (u.items[i].joined && !(i + 1 < u.len && u.items[i + 1].joined))
            continue;
        struct str term = units_term(&u, i);
        size_t t = 0;
        while (t < f->n_terms && !str_eq(f->terms[t].text, term))
            t++;
        if (t == f->n_terms)
            strange += mean;
        else if (!has[t])
            common += f->terms[t].weight;
        if (t < f->n_terms)
            has[t] = true;
    }
    return sqrt(2 * common / (f->whole + common + strange));
}

static bool compare_best(struct finding *f, struct error *err) {
    sort_found(f);
    f->all.len = MIN(f->all.len, (size_t)MOST_ALIKE);
    f->ids = ARENA_ARRAY(f->arena, int64_t, f->all.len);
    f->n_ids = f->all.len;
    for (size_t i = 0; i < f->all.len; i++)
        f->ids[i] = f->all.items[i].id;
    if (!sql_read(f->api->house->store.db, load_ids, f, err))
        return false;
    for (size_t i = 0; i < f->all.len; i++)
        f->all.items[i].score =
            f->batch.items[i].found ? alike(f, f->batch.items[i].record.text) : 0;
    sort_found(f);
    return true;
}

// ── answering ──

static int64_t position_of(double score) {
    return (int64_t)(score * SCORE_SCALE);
}

static bool is_after(const struct finding *f, const struct scored *s) {
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

static void add_result(struct finding *f, struct json_writer *w, const struct scored *s) {
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
    struct scored last = {0};
    bool more = false;
    json_key(w, "data");
    json_begin_array(w);
    for (size_t i = 0; i < f->all.len && !more && f->all.items[i].score >= f->min_score; i++) {
        const struct scored *s = &f->all.items[i];
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
    vec_done(&f->all);
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
    f->search = follow_search(api->house->follow, f->principal->workspace, &e);
    if (f->search)
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
    take_terms(&f, query);
    bool ok = weigh(&f, &e);
    sort_found(&f);
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
        take_terms(&f, f.hub.value_text);
        ok = weigh(&f, &e) && compare_best(&f, &e);
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
