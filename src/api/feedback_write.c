// SPDX-License-Identifier: Apache-2.0
// POST /api/v1/feedback: one record or up to 1,000, acknowledged when they are on disk. PATCH changes one.
#include "api/feedback_json.h"
#include "api/idempotency.h"
#include "api/metrics.h"
#include "api/posted.h"
#include "base/clock.h"
#include "base/mem.h"
#include "collect/feedback_store.h"

#define BODY_LIMIT (32 * MIB)

// One request until its commit. In the arena of the request.
struct post {
    struct api *api;
    struct posted posted;
    struct record *records;    // [posted.n]
    struct intake_item *items; // of the good ones, in their order
    struct intake_request intake;
    int64_t counts[N_INTAKE_OUTCOMES]; // after the commit
};

// ── the answer ──

static void outcome_of(const void *items, size_t k, int64_t *ret_id, enum intake_outcome *ret) {
    const struct intake_item *item = (const struct intake_item *)items + k;
    *ret_id = item->id;
    *ret = item->outcome;
}

static void format_reply(struct intake_request *in, int *ret_status, struct strbuf *ret) {
    struct post *p = in->ctx; // its counts may be overwritten: this may run again
    *ret_status = posted_format(&p->posted, outcome_of, p->items, ret, p->counts);
}

static void tell(const struct post *p) {
    int64_t ids[HOUSE_TELL_IDS];
    size_t n = MIN(p->intake.n_items, ARRAY_LEN(ids));
    for (size_t i = 0; i < n; i++)
        ids[i] = p->items[i].id;
    house_tell_feedback(p->api->house, p->intake.workspace, "feedback.created", ids, n,
                        (int64_t)p->intake.n_items);
}

// On a writer thread, after the commit.
static void answer(struct intake_request *in, bool ok, const struct error *err) {
    struct post *p = in->ctx;
    struct request *r = p->posted.request;
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
            metrics_feedback(p->api->metrics, p->counts[INTAKE_CREATED], p->counts[INTAKE_UPDATED]);
            tell(p);
        }
        reply_take(r, in->status, "application/json", &in->reply);
    }
    strbuf_done(&in->reply);
    request_finish(r);
}

// ── reading ──

static bool read_records(struct post *p, const struct principal *who, struct error *err) {
    struct posted *given = &p->posted;
    struct arena *a = request_arena(given->request);
    const struct zone *zone = house_zone(p->api->house, who->workspace);
    if (given->n > INTAKE_MAX_ITEMS)
        return error_set(
            err, ERROR_LIMIT, "一次最多 1,000 条，这里有 %zu 条；更多请用 /api/v1/feedback/import",
            "at most 1,000 records at once, here are %zu; use /api/v1/feedback/import for more",
            given->n);
    if (given->n == 0)
        return error_set(err, ERROR_INVALID, "数组是空的", "the array is empty");
    p->records = ARENA_ARRAY(a, struct record, given->n);
    for (size_t i = 0; i < given->n; i++) {
        if (!record_parse(posted_at(given, i), zone, a, &p->records[i], &given->problems[i], NULL))
            posted_refused(given, i);
        if (!p->records[i].source.len)
            p->records[i].source = posted_source(who);
    }
    return true;
}

static bool prepare(struct post *p, struct error *err) {
    const struct posted *given = &p->posted;
    struct arena *a = request_arena(given->request);
    size_t n = 0;
    p->items = ARENA_ARRAY(a, struct intake_item, given->n);
    for (size_t i = 0; i < given->n; i++)
        if (given->problems[i].n == 0 && !intake_prepare(p->api->house->intake, &p->intake,
                                                         &p->records[i], 0, a, &p->items[n++], err))
            return false;
    p->intake.items = p->items;
    p->intake.n_items = n;
    return true;
}

// False: answered.
static bool take_key(struct post *p, const struct principal *who) {
    struct request *r = p->posted.request;
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
    p->api = ctx;
    if (!api_body(r, &body))
        return REQUEST_DONE;
    posted_open(r, body, &p->posted);
    if (!read_records(p, who, &e))
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
        return posted_all_bad(
            &p->posted, "invalid_feedback",
            (struct words){"反馈的内容有误，没有写入",
                           "the feedback is not as it should be; nothing was written"});
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
     .body = "Record",
     .reply = "FeedbackOne"},
};
const struct api_table feedback_routes = API_TABLE(routes);
