// SPDX-License-Identifier: Apache-2.0
// Feedback listed: by the rows, the facts or the search index, whichever leaves least to look at.
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

// Where candidates come from: the one of the three that leaves fewest to look at. Every one is held against the
// filter before it is shown.
struct candidates {
    int64_t ids[CHUNK_ROWS], at_us[CHUNK_ROWS];
    size_t n;
    bool end;
};

struct listing {
    struct request *request;
    struct api *api;
    const struct principal *principal;
    struct api_filter filter;
    struct feedback_filter rows;
    struct api_cursor at; // last one looked at
    bool oldest_first, deleted;
    size_t limit, n;
    bool more;              // there may be more after `at`
    struct fact_view *view; // NULL: facts are not asked
    struct query query;
    struct search *search; // NULL: no words are looked for
    struct feedback_batch batch;
    struct actor_names names;
    struct candidates found;
    struct json_writer *w;
};

static bool read_rows(struct sql *s, void *ctx, struct error *err) {
    struct listing *l = ctx;
    struct candidates *c = &l->found;
    if (!l->view && !l->search) {
        if (!feedback_list(s, l->principal->workspace, &l->rows,
                           (struct feedback_position){l->at.at_us, l->at.id}, l->oldest_first,
                           CHUNK_ROWS, c->ids, c->at_us, &c->n, err))
            return false;
        c->end = c->n < CHUNK_ROWS;
    }
    return feedback_load(s, &l->api->house->store, l->principal->workspace, c->ids, c->n,
                         FEEDBACK_EVERYTHING, &l->batch, err);
}

static bool find_candidates(struct listing *l, struct error *err) {
    struct candidates *c = &l->found;
    c->n = 0;
    if (l->search) {
        struct search_query q = {.text = l->filter.search,
                                 .before = l->at.id == INT64_MAX ? 0 : l->at.id,
                                 .limit = CHUNK_ROWS};
        if (!search_find(l->search, &q, c->ids, &c->n, err))
            return false;
        for (size_t i = 0; i < c->n; i++)
            c->at_us[i] = 0;
        c->end = c->n < CHUNK_ROWS;
    } else if (l->view) {
        struct fact_page page = {l->at.at_us, l->at.id, CHUNK_ROWS};
        if (!fact_view_list(l->view, &l->query, &page, c->ids, c->at_us, &c->n, err))
            return false;
        c->end = c->n < CHUNK_ROWS;
    }
    return sql_read(l->api->house->store.db, read_rows, l, err);
}

static void show(struct listing *l, const struct stored_feedback *f) {
    feedback_json_add(l->w, f, l->principal, request_arena(l->request), false);
    l->n++;
}

static bool fill_page(struct listing *l, struct error *err) {
    l->more = true;
    for (size_t looked = 0; l->n < l->limit && l->more && looked < SCAN_MOST;
         looked += l->found.n) {
        if (!find_candidates(l, err))
            return false;
        actor_names_put(&l->names, &l->batch);
        l->more = !l->found.end;
        for (size_t i = 0; i < l->found.n && l->n < l->limit; i++) {
            const struct stored_feedback *f = &l->batch.items[i];
            l->at = (struct api_cursor){l->found.at_us[i], l->found.ids[i]};
            if (f->found && (f->deleted_us != TIME_NONE) == l->deleted &&
                filter_matches(&l->filter, f))
                show(l, f);
            l->more = l->more || (l->n == l->limit && i + 1 < l->found.n);
        }
    }
    return true;
}

// Words are asked of the index, what only facts know of the facts; without either the rows answer.
static bool choose_source(struct listing *l, bool *ret_nothing, struct error *err) {
    struct error e = {0};
    *ret_nothing = false;
    if (l->filter.search.len) {
        l->search = follow_search(l->api->house->follow, l->principal->workspace, err);
        return l->search != NULL;
    }
    if (!l->filter.needs_facts || l->oldest_first || l->deleted)
        return true;
    struct fact_store *facts = follow_facts(l->api->house->follow, l->principal->workspace, &e);
    if (!facts)
        return true; // slower, but right
    l->view = fact_store_view(facts);
    l->query = query_init(GRAIN_FEEDBACK);
    if (filter_query(&l->filter, fact_view_facts(l->view), request_arena(l->request), &l->query,
                     &e))
        return true;
    *ret_nothing = e.code == ERROR_NONE;
    if (!*ret_nothing && err)
        *err = e;
    return *ret_nothing;
}

static bool list_open(struct listing *l, struct request *r, struct api *api) {
    *l = (struct listing){
        .request = r, .api = api, .principal = request_user(r), .limit = api_limit(r, 20)};
    l->names = actor_names_of(r, api);
    struct str sort = request_query(r, "sort");
    l->oldest_first = str_eq(sort, STR("occurred_at"));
    l->deleted = str_eq(request_query(r, "deleted"), STR("true"));
    if (sort.len && !l->oldest_first && !str_eq(sort, STR("-occurred_at"))) {
        api_invalid(r, "sort",
                    (struct words){"应为 occurred_at 或 -occurred_at",
                                   "must be occurred_at or -occurred_at"});
        return false;
    }
    if (!filter_parse(r, &l->filter) || !api_cursor_read(r, &l->at))
        return false;
    if (l->oldest_first && l->at.id == INT64_MAX)
        l->at = (struct api_cursor){INT64_MIN, 0};
    filter_rows(&l->filter, api, &l->rows);
    l->rows.deleted = l->deleted;
    return true;
}

static enum request_outcome list_feedback(struct request *r, void *ctx) {
    struct listing l;
    struct error e;
    if (!list_open(&l, r, ctx))
        return REQUEST_DONE;
    struct strbuf sb = strbuf_init(64 * MIB);
    struct json_writer w = json_writer_init(&sb);
    bool nothing = false;
    l.w = &w;
    json_begin_object(&w);
    json_key(&w, "data");
    json_begin_array(&w);
    bool ok = choose_source(&l, &nothing, &e) && (nothing || fill_page(&l, &e));
    json_end_array(&w);
    json_key(&w, "meta");
    json_begin_object(&w);
    json_key(&w, "limit");
    json_add_int(&w, (int64_t)l.limit);
    api_cursor_add(r, &w, l.more ? &l.at : NULL);
    json_end_object(&w);
    json_end_object(&w);
    fact_view_free(l.view);
    feedback_batch_done(&l.batch);
    if (ok)
        return api_ok(r, 200, &sb);
    strbuf_done(&sb);
    return api_fail(r, &e);
}

static const struct api_param list_query[] = {
    API_LIST_PARAMS,
    API_FILTER_PARAM,
    {"q", PARAM_TEXT, 0, 0, {"全文检索：词、\"短语\"、-排除", "words, \"phrases\", -excluded"}},
    {"sort",
     PARAM_TEXT,
     0,
     0,
     {"-occurred_at（默认）或 occurred_at", "-occurred_at (default) or occurred_at"}},
    {"deleted", PARAM_TEXT, 0, 0, {"true：已删除的", "true: those that were deleted"}},
    {.name = NULL},
};

static const struct api_route routes[] = {
    {.method = "GET",
     .path = "/api/v1/feedback",
     .handler = list_feedback,
     .permission = PERMISSION_FEEDBACK_READ,
     .tag = "feedback",
     .summary = {"列出反馈，新的在前", "lists feedback, newest first"},
     .query = list_query,
     .reply = "FeedbackList"},
};
const struct api_table feedback_list_routes = API_TABLE(routes);
