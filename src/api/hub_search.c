// SPDX-License-Identifier: Apache-2.0
// Records that are about the same as a question or another record. Without embeddings likeness is told from words. A
// unit of a text (a word, an ideograph: search/units.h) is covered by another text that has a term with it; it
// counts the more the fewer texts have its most frequent term (inverse document frequency: Spärck Jones 1972), so
// that pairs across two words do no harm.
//
//     question:  score = weight of its units that a text covers ÷ weight of all of them
//     record:    score = √(weight of the covered units of both ÷ weight of all units of both): 1 for equal texts
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

#define MOST_TERMS  64 // as many as a word has bits
#define MOST_UNITS  160
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

struct unit_terms { // indices of the terms that a unit is in; −1: none
    int own, before;
};

struct scored {
    int64_t id;
    uint64_t terms; // bits of those it has
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
    struct unit_terms units[MOST_UNITS];
    size_t n_units;
    double whole; // weight of all units
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

static int find_term(const struct finding *f, struct str term) {
    for (size_t i = 0; i < f->n_terms; i++)
        if (str_eq(f->terms[i].text, term))
            return (int)i;
    return -1;
}

// The last of several ideographs is in the pair before only.
static bool is_tail(const struct units *u, size_t i) {
    return u->items[i].joined && !(i + 1 < u->len && u->items[i + 1].joined);
}

// The terms of unit i, looked up by `f`.
static struct unit_terms terms_of(const struct finding *f, const struct units *u, size_t i) {
    return (struct unit_terms){
        .own = is_tail(u, i) ? -1 : find_term(f, units_term(u, i)),
        .before = u->items[i].joined ? find_term(f, units_term(u, i - 1)) : -1,
    };
}

static void take_terms(struct finding *f, struct str text) {
    CLEANUP(units_done) struct units u = {0};
    units_read(&u, text);
    f->n_units = MIN(u.len, (size_t)MOST_UNITS);
    for (size_t i = 0; i < f->n_units; i++)
        if (!is_tail(&u, i) && f->n_terms < MOST_TERMS && find_term(f, units_term(&u, i)) < 0)
            f->terms[f->n_terms++].text = arena_str(f->arena, units_term(&u, i));
    for (size_t i = 0; i < f->n_units; i++)
        f->units[i] = terms_of(f, &u, i);
}

static double weight_of(const struct finding *f, struct unit_terms u) {
    double own = u.own < 0 ? INFINITY : f->terms[u.own].weight;
    double before = u.before < 0 ? INFINITY : f->terms[u.before].weight;
    return isinf(own) && isinf(before) ? 0 : MIN(own, before);
}

static bool is_covered(struct unit_terms u, uint64_t terms) {
    return (u.own >= 0 && terms >> u.own & 1) || (u.before >= 0 && terms >> u.before & 1);
}

// Weight of the units of the question that a text with these terms covers.
static double covered(const struct finding *f, uint64_t terms) {
    double sum = 0;
    for (size_t i = 0; i < f->n_units; i++)
        if (is_covered(f->units[i], terms))
            sum += weight_of(f, f->units[i]);
    return sum;
}

// Weighs the terms, and scores the texts that have some.
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
        for (size_t i = 0; ok && i < found; i++) {
            uint64_t index;
            if (!map_u64_get(&at, (uint64_t)ids[i], &index)) {
                index = f->all.len;
                map_u64_put(&at, (uint64_t)ids[i], index);
                vec_push(&f->all, ((struct scored){.id = ids[i]}));
            }
            f->all.items[index].terms |= UINT64_C(1) << t;
        }
    }
    map_u64_done(&at);
    f->whole = covered(f, UINT64_MAX);
    for (size_t i = 0; i < f->all.len; i++)
        f->all.items[i].score = covered(f, f->all.items[i].terms) / f->whole;
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

// Units of the other text that the first does not have weigh as much as the first's do on average.
static double alike(const struct finding *f, struct str text) {
    CLEANUP(units_done) struct units u = {0};
    units_read(&u, text);
    double common = 0, whole = 0, mean = f->whole / (double)MAX(f->n_units, (size_t)1);
    uint64_t terms = 0;
    for (size_t i = 0; i < u.len; i++) {
        struct unit_terms t = terms_of(f, &u, i);
        double weight = weight_of(f, t);
        terms |= t.own < 0 ? 0 : UINT64_C(1) << t.own;
        common += weight;
        whole += weight > 0 ? weight : mean;
    }
    return sqrt((common + covered(f, terms)) / (whole + f->whole));
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
