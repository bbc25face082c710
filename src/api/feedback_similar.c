// SPDX-License-Identifier: Apache-2.0
// GET /api/v1/feedback/{id}/similar: feedback that says about the same, best first. Near-duplicates by their sketches
// (nlp/neardup.h), the rest by words (api/alike.h); the answer says which.
#include "api/actor_names.h"
#include "api/alike.h"
#include "api/feedback_json.h"
#include "base/clock.h"
#include "nlp/neardup.h"
#include "work/follow.h"

#define MIN_SCORE 0.4 // below texts only share some words

struct finding {
    struct api *api;
    const struct principal *principal;
    struct arena *arena;
    int64_t id;
    size_t limit;
    struct alike alike;
    struct neardup_sketch sketch;
    struct feedback_batch batch; // the feedback itself, then the candidates in the order of the ids
    int64_t *ids;
    size_t n_ids;
};

static bool load(struct sql *s, void *ctx, struct error *err) {
    struct finding *f = ctx;
    return feedback_load(s, &f->api->house->store, f->principal->workspace, f->ids, f->n_ids,
                         FEEDBACK_EVERYTHING, &f->batch, err);
}

static bool read_ids(struct finding *f, int64_t *ids, size_t n, struct error *err) {
    f->ids = ids;
    f->n_ids = n;
    return sql_read(f->api->house->store.db, load, f, err);
}

static bool is_visible(const struct finding *f, const struct stored_feedback *s) {
    return s->found && s->deleted_us == TIME_NONE && feedback_in_scope(s, f->principal);
}

static bool read_source(struct finding *f, struct error *err) {
    if (!read_ids(f, &f->id, 1, err))
        return false;
    const struct stored_feedback *s = &f->batch.items[0];
    if (!s->found || !feedback_in_scope(s, f->principal))
        return error_set(err, ERROR_NOT_FOUND, "没有这条反馈", "there is no such feedback");
    struct str text = record_whole_text(&s->record, f->arena);
    neardup_sketch(text, &f->sketch);
    alike_terms(&f->alike, text);
    return true;
}

static bool is_copy(const struct finding *f, struct str text, double *ret_likeness) {
    struct neardup_sketch other;
    neardup_sketch(text, &other);
    if (f->sketch.exact && other.exact == f->sketch.exact) {
        *ret_likeness = 1;
        return true;
    }
    if (f->sketch.n_chars < NEARDUP_MIN_CHARS || other.n_chars < NEARDUP_MIN_CHARS)
        return false;
    *ret_likeness = neardup_similarity(&f->sketch, &other);
    return *ret_likeness >= NEARDUP_THRESHOLD;
}

// The candidates by the words of all of their text, not only those that are asked for.
static bool compare(struct finding *f, struct error *err) {
    alike_sort(&f->alike);
    f->alike.all.len = MIN(f->alike.all.len, (size_t)ALIKE_MOST);
    size_t n = f->alike.all.len;
    int64_t *ids = ARENA_ARRAY(f->arena, int64_t, n);
    for (size_t i = 0; i < n; i++)
        ids[i] = f->alike.all.items[i].id;
    if (!read_ids(f, ids, n, err))
        return false;
    for (size_t i = 0; i < n; i++) {
        struct alike_text *t = &f->alike.all.items[i];
        const struct stored_feedback *s = &f->batch.items[i];
        double likeness;
        t->score = 0;
        t->terms = i; // where it is in the batch: the terms have done their work
        if (t->id == f->id || !is_visible(f, s))
            continue;
        struct str text = record_whole_text(&s->record, f->arena);
        t->score = MIN(alike_score(&f->alike, text), 1.0);
        if (is_copy(f, text, &likeness))
            t->score = MAX(t->score, likeness);
    }
    alike_sort(&f->alike);
    return true;
}

static void write_found(struct finding *f, struct json_writer *w) {
    struct actor_names names = {
        .accounts = f->api->accounts, .workspace = f->principal->workspace, .arena = f->arena};
    actor_names_put(&names, &f->batch);
    json_begin_object(w);
    json_key(w, "data");
    json_begin_array(w);
    for (size_t i = 0; i < f->alike.all.len && i < f->limit; i++) {
        const struct alike_text *t = &f->alike.all.items[i];
        const struct stored_feedback *s = &f->batch.items[t->terms];
        double likeness;
        if (t->score < MIN_SCORE)
            break;
        feedback_json_add(w, s, f->principal, f->arena, true);
        json_key(w, "score");
        json_add_num(w, t->score, 4);
        json_key(w, "copy"); // says nearly the same word for word
        json_add_bool(w, is_copy(f, record_whole_text(&s->record, f->arena), &likeness));
        json_end_object(w);
    }
    json_end_array(w);
    json_key(w, "meta");
    json_begin_object(w);
    json_key(w, "limit");
    json_add_int(w, (int64_t)f->limit);
    json_key(w, "by");
    json_add_cstr(w, "words");
    json_end_object(w);
    json_end_object(w);
}

static enum request_outcome get_similar(struct request *r, void *ctx) {
    struct finding f = {.api = ctx,
                        .principal = request_user(r),
                        .arena = request_arena(r),
                        .limit = api_limit(r, 10)};
    struct error e;
    struct strbuf sb = strbuf_init(32 * MIB);
    struct json_writer w = json_writer_init(&sb);
    if (!api_path_id(r, "id", &f.id))
        return REQUEST_DONE;
    f.alike.arena = f.arena;
    f.alike.search = follow_search(f.api->house->follow, f.principal->workspace, &e);
    bool ok = f.alike.search && read_source(&f, &e) &&
              (f.alike.n_terms == 0 || (alike_weigh(&f.alike, &e) && compare(&f, &e)));
    if (ok)
        write_found(&f, &w);
    alike_done(&f.alike);
    feedback_batch_done(&f.batch);
    if (ok)
        return api_ok(r, 200, &sb);
    strbuf_done(&sb);
    return api_fail(r, &e);
}

static const struct api_param query[] = {
    {"limit", PARAM_INT, 1, 100, {"最多几条", "how many at most"}},
    {.name = NULL},
};

static const struct api_route routes[] = {
    {.method = "GET",
     .path = "/api/v1/feedback/{id}/similar",
     .handler = get_similar,
     .permission = PERMISSION_FEEDBACK_READ,
     .tag = "feedback",
     .summary = {"说得差不多的反馈，最像的在前", "feedback that says about the same, best first"},
     .query = query,
     .reply = "FeedbackList"},
};
const struct api_table feedback_similar_routes = API_TABLE(routes);
