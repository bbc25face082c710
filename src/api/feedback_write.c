// SPDX-License-Identifier: Apache-2.0
// POST /api/v1/feedback: one record or up to 1,000, acknowledged when they are on disk. PATCH changes one.
#include "api/feedback_json.h"
#include "api/idempotency.h"
#include "api/metrics.h"
#include "base/clock.h"
#include "base/mem.h"
#include "collect/feedback_store.h"

#define BODY_LIMIT (32 * MIB)

// One request until its commit. In the arena of the request.
struct post {
    struct request *request;
    struct api *api;
    bool is_array;
    size_t n; // records given
    struct record *records;
    struct record_problems *problems; // [n]; n 0 where the record is good
    size_t *item_of;                  // [n]: index in items, SIZE_MAX for bad ones
    struct intake_item *items;
    struct intake_request intake;
    int64_t created, updated;
};

// ── the answer ──

static const char *const outcome_codes[] = {
    [INTAKE_CREATED] = "created", [INTAKE_UPDATED] = "updated", [INTAKE_UNCHANGED] = "unchanged"};

static void add_problems(struct json_writer *w, const struct record_problems *p, enum lang lang) {
    json_key(w, "error");
    json_begin_object(w);
    json_key(w, "code");
    json_add_cstr(w, "invalid");
    json_key(w, "invalid_params");
    json_begin_array(w);
    for (size_t i = 0; i < p->n; i++) {
        json_begin_object(w);
        json_key(w, "name");
        json_add_cstr(w, p->items[i].name);
        json_key(w, "reason");
        json_add_cstr(w, words_in(p->items[i].reason, lang));
        json_end_object(w);
    }
    json_end_array(w);
    json_end_object(w);
}

static void add_item(struct post *p, struct json_writer *w, size_t i) {
    json_begin_object(w);
    if (p->item_of[i] == SIZE_MAX) {
        add_problems(w, &p->problems[i], request_lang(p->request));
    } else {
        const struct intake_item *item = &p->items[p->item_of[i]];
        api_add_id(w, "id", item->id);
        json_key(w, "created");
        json_add_bool(w, item->outcome == INTAKE_CREATED);
        json_key(w, "outcome");
        json_add_cstr(w, outcome_codes[item->outcome]);
    }
    json_end_object(w);
}

static void add_meta(struct post *p, struct json_writer *w) {
    int64_t counts[3] = {0};
    for (size_t i = 0; i < p->intake.n_items; i++)
        counts[p->items[i].outcome]++;
    json_key(w, "meta");
    json_begin_object(w);
    for (size_t i = 0; i < ARRAY_LEN(counts); i++) {
        json_key(w, outcome_codes[i]);
        json_add_int(w, counts[i]);
    }
    json_key(w, "failed");
    json_add_int(w, (int64_t)(p->n - p->intake.n_items));
    json_end_object(w);
}

static void format_reply(struct intake_request *in, int *ret_status, struct strbuf *ret) {
    struct post *p = in->ctx;
    struct json_writer w = json_writer_init(ret);
    *ret_status = 201;
    json_begin_object(&w);
    json_key(&w, "data");
    if (p->is_array)
        json_begin_array(&w);
    for (size_t i = 0; i < p->n; i++)
        add_item(p, &w, i);
    if (p->is_array) {
        json_end_array(&w);
        add_meta(p, &w);
    } else {
        *ret_status = p->items[0].outcome == INTAKE_CREATED ? 201 : 200;
    }
    json_end_object(&w);
}

static void count(struct post *p) {
    int64_t created = 0, updated = 0;
    for (size_t i = 0; i < p->intake.n_items; i++) {
        created += p->items[i].outcome == INTAKE_CREATED;
        updated += p->items[i].outcome == INTAKE_UPDATED;
    }
    metrics_feedback(p->api->metrics, created, updated);
}

static void tell(struct post *p) {
    CLEANUP(strbuf_done) struct strbuf sb = strbuf_init(2 * KIB);
    struct json_writer w = json_writer_init(&sb);
    json_begin_object(&w);
    json_key(&w, "n");
    json_add_int(&w, (int64_t)p->intake.n_items);
    json_key(&w, "ids");
    json_begin_array(&w);
    for (size_t i = 0; i < MIN(p->intake.n_items, (size_t)20); i++) {
        char id[ID_TEXT];
        json_add_cstr(&w, id_format(p->items[i].id, id));
    }
    json_end_array(&w);
    json_end_object(&w);
    house_tell(p->api->house, p->intake.workspace, "feedback.created", strbuf_str(&sb));
}

// On a writer thread, after the commit.
static void answer(struct intake_request *in, bool ok, const struct error *err) {
    struct post *p = in->ctx;
    struct request *r = p->request;
    if (in->has_key)
        in_flight_leave(p->api->in_flight, in->key);
    if (!ok) {
        reply_problem(r, err);
    } else if (in->replay == INTAKE_OTHER_BODY) {
        struct error e;
        error_set(&e, ERROR_INVALID, "这个 Idempotency-Key 已用于另一个请求",
                  "this Idempotency-Key was used for another request");
        reply_problem_status(r, 422, "idempotency_key_reused", &e, NULL, 0);
    } else {
        if (!in->has_key)
            format_reply(in, &in->status, &in->reply);
        if (in->replay == INTAKE_REPLAYED) {
            reply_header(r, "Idempotency-Replayed", STR("true"));
        } else {
            count(p);
            tell(p);
        }
        reply_take(r, in->status, "application/json", &in->reply);
    }
    strbuf_done(&in->reply);
    request_finish(r);
}

// ── reading ──

static bool read_records(struct post *p, const struct json *body, const struct principal *who,
                         struct error *err) {
    struct arena *a = request_arena(p->request);
    const struct zone *zone = house_zone(p->api->house, who->workspace);
    p->is_array = json_kind(body) == JSON_KIND_ARRAY;
    p->n = p->is_array ? json_len(body) : 1;
    if (p->n > INTAKE_MAX_ITEMS)
        return error_set(
            err, ERROR_LIMIT, "一次最多 1,000 条，这里有 %zu 条；更多请用 /api/v1/feedback/import",
            "at most 1,000 records at once, here are %zu; use /api/v1/feedback/import for more",
            p->n);
    if (p->n == 0)
        return error_set(err, ERROR_INVALID, "数组是空的", "the array is empty");
    p->records = ARENA_ARRAY(a, struct record, p->n);
    p->problems = ARENA_ARRAY(a, struct record_problems, p->n);
    for (size_t i = 0; i < p->n; i++) {
        struct error e;
        if (!record_parse(p->is_array ? json_at(body, i) : body, zone, a, &p->records[i],
                          &p->problems[i], &e) &&
            p->problems[i].n == 0) { // no object
            p->problems[i].n = 1;
            snprintf(p->problems[i].items[0].name, sizeof p->problems[i].items[0].name, "%s",
                     p->is_array ? "item" : "body");
            p->problems[i].items[0].reason =
                (struct words){"应为 JSON 对象", "must be a JSON object"};
        }
        if (!p->records[i].source.len)
            p->records[i].source = who->key ? who->name : STR("console");
    }
    return true;
}

// Answers with what is wrong when nothing is right.
static enum request_outcome all_bad(struct post *p) {
    struct request *r = p->request;
    struct invalid_param params[RECORD_MAX_PROBLEMS];
    size_t n = 0;
    for (size_t i = 0; i < p->n && n < RECORD_MAX_PROBLEMS; i++)
        for (size_t k = 0; k < p->problems[i].n && n < RECORD_MAX_PROBLEMS; k++) {
            const char *name = p->problems[i].items[k].name;
            params[n++] = (struct invalid_param){
                p->is_array ? arena_printf(request_arena(r), "[%zu].%s", i, name) : str_from(name),
                p->problems[i].items[k].reason};
        }
    struct error e;
    error_set(&e, ERROR_INVALID, "反馈的内容有误，没有写入",
              "the feedback is not as it should be; nothing was written");
    reply_problem_status(r, 400, "invalid_feedback", &e, params, n);
    return REQUEST_DONE;
}

static bool prepare(struct post *p, struct error *err) {
    struct arena *a = request_arena(p->request);
    p->items = ARENA_ARRAY(a, struct intake_item, p->n);
    p->item_of = ARENA_ARRAY(a, size_t, p->n);
    size_t n = 0;
    for (size_t i = 0; i < p->n; i++) {
        p->item_of[i] = p->problems[i].n ? SIZE_MAX : n;
        if (p->problems[i].n == 0 && !intake_prepare(p->api->house->intake, &p->intake,
                                                     &p->records[i], 0, a, &p->items[n++], err))
            return false;
    }
    p->intake.items = p->items;
    p->intake.n_items = n;
    return true;
}

// False: answered.
static bool take_key(struct post *p, const struct principal *who) {
    struct request *r = p->request;
    struct str key = request_header(r, "Idempotency-Key");
    const struct workspace_keys *k = vault_keys(p->api->house->store.vault, who->workspace, NULL);
    if (!key.len || !k)
        return true;
    if (key.len > 255) {
        api_invalid(r, "Idempotency-Key",
                    (struct words){"超过 255 个字符", "is longer than 255 characters"});
        return false;
    }
    struct str whole = arena_printf(request_arena(r), "%" PRId64 ":%" PRId64 ":%.*s", who->user,
                                    who->key, STR_ARG(key));
    vault_lookup(k, "idempotency", whole, p->intake.key);
    crypto_sha256(request_body(r), p->intake.body_hash);
    p->intake.has_key = true;
    p->intake.format = format_reply;
    if (in_flight_enter(p->api->in_flight, p->intake.key))
        return true;
    struct error e;
    error_set(&e, ERROR_CONFLICT, "同一 Idempotency-Key 的请求还在处理",
              "a request with the same Idempotency-Key is still being worked on");
    reply_header(r, "Retry-After", STR("1"));
    reply_problem_status(r, 409, "idempotency_in_progress", &e, NULL, 0);
    return false;
}

static enum request_outcome post_feedback(struct request *r, void *ctx) {
    const struct principal *who = request_user(r);
    const struct json *body;
    struct error e;
    struct post *p = ARENA_NEW(request_arena(r), struct post);
    p->request = r;
    p->api = ctx;
    if (!api_body(r, &body))
        return REQUEST_DONE;
    if (!read_records(p, body, who, &e))
        return api_fail(r, &e);
    p->intake = (struct intake_request){.workspace = who->workspace,
                                        .actor = api_actor(r),
                                        .lane = LANE_LIVE,
                                        .done = answer,
                                        .ctx = p,
                                        .reply = strbuf_init(4 * MIB)};
    if (!prepare(p, &e))
        return api_fail(r, &e);
    if (p->intake.n_items == 0)
        return all_bad(p);
    if (!take_key(p, who))
        return REQUEST_DONE;
    intake_submit(p->api->house->intake, &p->intake);
    return REQUEST_KEPT;
}

// ── changing ──

struct patch {
    struct api *api;
    const struct principal *principal;
    struct arena *arena;
    int64_t id;
    const struct json *change;
    struct record_problems problems;
};

// Who may not read personal data was shown a masked text; sent back as it was shown it stays as it is.
static void keep_masked(const struct patch *p, const struct record *older, struct record *newer) {
    const struct {
        struct str was, *is;
    } texts[] = {{older->text, &newer->text},
                 {older->follow_up, &newer->follow_up},
                 {older->reply, &newer->reply}};
    for (size_t i = 0; i < ARRAY_LEN(texts); i++)
        if (str_eq(*texts[i].is, feedback_mask(texts[i].was, p->principal, p->arena)))
            *texts[i].is = texts[i].was;
}

static bool write_patch(struct sql *s, void *ctx, struct error *err) {
    struct patch *p = ctx;
    const struct store *store = &p->api->house->store;
    const struct zone *zone = house_zone(p->api->house, p->principal->workspace);
    struct feedback_batch batch = {0};
    struct record newer;
    char actor[PRINCIPAL_ACTOR];
    bool changed;
    p->problems.n = 0;
    bool ok = feedback_load(s, store, p->principal->workspace, &p->id, 1, 0, &batch, err);
    const struct stored_feedback *f = batch.items;
    ok = ok &&
         ((f->found && f->deleted_us == TIME_NONE && feedback_in_scope(f, p->principal)) ||
          error_set(err, ERROR_NOT_FOUND, "没有这条反馈", "there is no such feedback")) &&
         record_change(&f->record, p->change, zone, p->arena, &newer, &p->problems, err);
    if (ok) {
        keep_masked(p, &f->record, &newer);
        ok = feedback_update(s, store, p->principal->workspace, f, &newer,
                             principal_actor(p->principal, actor), &changed, err);
    }
    feedback_batch_done(&batch);
    return ok;
}

static enum request_outcome patch_feedback(struct request *r, void *ctx) {
    struct patch p = {.api = ctx, .principal = request_user(r), .arena = request_arena(r)};
    struct invalid_param bad[RECORD_MAX_PROBLEMS];
    struct error e;
    if (!api_path_id(r, "id", &p.id) || !api_body(r, &p.change))
        return REQUEST_DONE;
    if (json_kind(p.change) != JSON_KIND_OBJECT)
        return api_invalid(r, "body", (struct words){"应为 JSON 对象", "must be a JSON object"});
    if (sql_write(p.api->house->store.db, write_patch, &p, &e))
        return feedback_answer(r, p.api, p.id, 200);
    if (p.problems.n == 0)
        return api_fail(r, &e);
    for (size_t i = 0; i < p.problems.n; i++)
        bad[i] =
            (struct invalid_param){str_from(p.problems.items[i].name), p.problems.items[i].reason};
    reply_problem_status(r, 400, "invalid_feedback", &e, bad, p.problems.n);
    return REQUEST_DONE;
}

static const struct api_param no_query[] = {{.name = NULL}};

static const struct api_route routes[] = {
    {.method = "POST",
     .path = "/api/v1/feedback",
     .handler = post_feedback,
     .permission = PERMISSION_FEEDBACK_WRITE,
     .whole = true,
     .body_limit = BODY_LIMIT,
     .tag = "feedback",
     .summary = {"写入一条或最多 1,000 条反馈；提交后才答复",
                 "writes one feedback or up to 1,000; answered when they are on disk"},
     .query = no_query,
     .body = "FeedbackIn",
     .own_checks = true,
     .reply = "FeedbackWritten",
     .again = true,
     .success = 201},
    {.method = "PATCH",
     .path = "/api/v1/feedback/{id}",
     .handler = patch_feedback,
     .permission = PERMISSION_FEEDBACK_WRITE,
     .body_limit = MIB,
     .tag = "feedback",
     .summary =
         {"改一条反馈：给出的成员替换原来的，null 去掉；原来的版本保留，重新分析",
          "changes a feedback: members given replace, null takes away; the version before is kept, and it is analysed again"},
     .query = no_query,
     .body = "Record",
     .reply = "FeedbackOne"},
};
const struct api_table feedback_routes = API_TABLE(routes);
