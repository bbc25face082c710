// SPDX-License-Identifier: Apache-2.0
// Health, metrics, status, the stream of events, parked work.
#include "account/audit.h"
#include "api/api.h"
#include "api/list_page.h"
#include "api/metrics.h"
#include "base/clock.h"
#include "olap/store.h"
#include "search/search.h"
#include "work/follow.h"
#include "work/pipeline.h"
#include "work/upkeep.h"

struct queues {
    int64_t workspace;
    struct queue_status status;
    struct arena *arena;
    struct parked *parked;
    size_t n_parked;
    int64_t seq;
};

static bool read_queues(struct sql *s, void *ctx, struct error *err) {
    struct queues *q = ctx;
    return pipeline_status(s, q->workspace, &q->status, err);
}

// The store answers: that is what a load balancer wants to know. Facts and search behind are no reason to take a
// node out.
static enum request_outcome get_health(struct request *r, void *ctx) {
    struct api *api = ctx;
    struct queues q = {0};
    struct error e;
    if (!sql_read(api->house->store.db, read_queues, &q, &e)) {
        reply_problem_status(r, 503, "store_unavailable", &e, NULL, 0);
        return REQUEST_DONE;
    }
    // What only looks for a word gets one; Hub's clients ask so.
    if (str_eq(request_header(r, "Accept"), STR("text/plain"))) {
        reply_bytes(r, 200, "text/plain; charset=utf-8", STR("OK"));
        return REQUEST_DONE;
    }
    reply_json(r, 200, STR("{\"status\":\"ok\",\"version\":\"" HUISHENG_VERSION "\"}"));
    return REQUEST_DONE;
}

static enum request_outcome get_metrics(struct request *r, void *ctx) {
    struct api *api = ctx;
    struct strbuf sb = strbuf_init(MIB);
    struct queues q = {0};
    metrics_format(api->metrics, &sb);
    bool up = sql_read(api->house->store.db, read_queues, &q, NULL);
    strbuf_addf(&sb, "# TYPE huisheng_store_up gauge\nhuisheng_store_up %d\n", up);
    if (up)
        strbuf_addf(
            &sb,
            "# TYPE huisheng_outbox_waiting gauge\nhuisheng_outbox_waiting{lane=\"live\"} %" PRId64
            "\nhuisheng_outbox_waiting{lane=\"bulk\"} %" PRId64
            "\n# TYPE huisheng_outbox_parked gauge\nhuisheng_outbox_parked %" PRId64
            "\n# TYPE huisheng_outbox_oldest_seconds gauge\nhuisheng_outbox_oldest_seconds %.3f\n",
            q.status.waiting[0], q.status.waiting[1], q.status.n_parked,
            q.status.oldest_us == TIME_NONE ? 0.0
                                            : (double)(clock_now_us() - q.status.oldest_us) / 1e6);
    reply_take(r, 200, "text/plain; version=0.0.4", &sb);
    return REQUEST_DONE;
}

// ── status ──

static void add_queue(struct json_writer *w, const char *lane, int64_t waiting, int64_t oldest_us) {
    json_begin_object(w);
    json_key(w, "name");
    json_add_cstr(w, lane);
    json_key(w, "waiting");
    json_add_int(w, waiting);
    api_add_time(w, "oldest_at", oldest_us);
    json_key(w, "oldest_s");
    if (oldest_us == TIME_NONE || !waiting)
        json_add_null(w);
    else
        json_add_int(w, (clock_now_us() - oldest_us) / US_PER_SECOND);
    json_end_object(w);
}

static void add_followers(struct json_writer *w, struct api *api, int64_t workspace) {
    struct follow_status f = follow_status(api->house->follow, workspace);
    struct search *search = follow_search(api->house->follow, workspace, NULL);
    json_key(w, "facts");
    json_begin_object(w);
    json_key(w, "behind");
    json_add_int(w, f.behind);
    json_key(w, "rebuilding");
    json_add_bool(w, f.rebuilding);
    json_key(w, "rebuilt");
    json_add_int(w, f.rebuilt);
    json_key(w, "problem");
    json_add_cstr(w, f.facts_problem[0] ? f.facts_problem : NULL);
    json_end_object(w);
    json_key(w, "search");
    json_begin_object(w);
    if (search) {
        struct search_stats s = search_stats(search);
        json_key(w, "documents");
        json_add_int(w, (int64_t)s.documents);
        json_key(w, "bytes");
        json_add_int(w, (int64_t)s.bytes_on_disk);
    }
    json_key(w, "problem");
    json_add_cstr(w, f.search_problem[0] ? f.search_problem : NULL);
    json_end_object(w);
}

// After a rotation of keys; on a store of several nodes it is one of them that does it, and only that one knows.
static void add_reseal(struct json_writer *w, struct api *api) {
    struct reseal_status s = upkeep_reseal_status(api->house->upkeep);
    json_key(w, "reseal");
    json_begin_object(w);
    json_key(w, "running");
    json_add_bool(w, s.running);
    json_key(w, "left");
    json_add_int(w, s.left);
    json_key(w, "done");
    json_add_int(w, s.done);
    json_key(w, "damaged");
    json_add_int(w, s.damaged);
    json_end_object(w);
}

static enum request_outcome get_status(struct request *r, void *ctx) {
    struct api *api = ctx;
    const struct principal *p = request_user(r);
    struct queues q = {.workspace = p->workspace};
    struct error e;
    if (!sql_read(api->house->store.db, read_queues, &q, &e))
        return api_fail(r, &e);
    struct strbuf sb = strbuf_init(MIB);
    struct json_writer w = json_writer_init(&sb);
    json_begin_object(&w);
    json_key(&w, "version");
    json_add_cstr(&w, HUISHENG_VERSION);
    json_key(&w, "uptime_s");
    json_add_int(&w, (clock_now_us() - api->house->started_us) / US_PER_SECOND);
    json_key(&w, "store");
    json_add_cstr(&w,
                  sql_engine(api->house->store.db) == SQL_ENGINE_SQLITE ? "sqlite" : "postgresql");
    json_key(&w, "model");
    json_begin_object(&w);
    json_key(&w, "name");
    json_add_str(&w, model_name(api->house->model));
    json_end_object(&w);
    add_followers(&w, api, p->workspace);
    json_key(&w, "queues");
    json_begin_array(&w);
    add_queue(&w, "live", q.status.waiting[0], q.status.oldest_us);
    add_queue(&w, "bulk", q.status.waiting[1], q.status.oldest_us);
    json_end_array(&w);
    json_key(&w, "jobs");
    json_begin_object(&w);
    json_key(&w, "parked");
    json_add_int(&w, q.status.n_parked);
    json_end_object(&w);
    add_reseal(&w, api);
    json_end_object(&w);
    return api_ok(r, 200, &sb);
}

// ── parked work ──

static bool read_parked(struct sql *s, void *ctx, struct error *err) {
    struct queues *q = ctx;
    return pipeline_parked(s, q->workspace, 1000, q->arena, &q->parked, &q->n_parked, err);
}

static void add_job(struct json_writer *w, const struct parked *j) {
    char id[24];
    snprintf(id, sizeof id, "%" PRId64, j->seq);
    json_begin_object(w);
    json_key(w, "id");
    json_add_cstr(w, id);
    json_key(w, "kind");
    json_add_str(w, j->event);
    json_key(w, "state");
    json_add_cstr(w, "parked");
    json_key(w, "error");
    json_add_str(w, j->problem);
    json_key(w, "attempts");
    json_add_int(w, j->attempts);
    json_key(w, "n");
    json_add_int(w, j->n_ids);
    api_add_time(w, "at", j->created_us);
    json_end_object(w);
}

static enum request_outcome get_jobs(struct request *r, void *ctx) {
    struct api *api = ctx;
    const struct principal *p = request_user(r);
    struct queues q = {.workspace = p->workspace, .arena = request_arena(r)};
    struct list_page page;
    struct error e;
    if (!sql_read(api->house->store.db, read_parked, &q, &e))
        return api_fail(r, &e);
    if (!list_page_of(r, q.n_parked, &page))
        return REQUEST_DONE;
    struct strbuf sb = strbuf_init(MIB);
    struct json_writer w = json_writer_init(&sb);
    list_begin(&w);
    for (size_t i = page.from; i < page.to; i++)
        add_job(&w, &q.parked[i]);
    list_end(r, &w, &page);
    return api_ok(r, 200, &sb);
}

static bool retry(struct sql *s, void *ctx, struct error *err) {
    struct queues *q = ctx;
    return pipeline_retry(s, q->workspace, q->seq, err);
}

static enum request_outcome post_retry(struct request *r, void *ctx) {
    struct api *api = ctx;
    const struct principal *p = request_user(r);
    struct queues q = {.workspace = p->workspace};
    struct error e;
    if (!str_to_int64(request_param(r, "seq"), &q.seq))
        q.seq = 0;
    if (!sql_write(api->house->store.db, retry, &q, &e))
        return api_fail(r, &e);
    reply_status(r, 204);
    return REQUEST_DONE;
}

// ── rebuilding ──

struct rebuilding {
    const struct principal *by;
};

static bool note_rebuild(struct sql *s, void *ctx, struct error *err) {
    const struct rebuilding *b = ctx;
    return audit_add(s, b->by, "system.rebuild", STR(""), STR(""), err);
}

static enum request_outcome post_rebuild(struct request *r, void *ctx) {
    struct api *api = ctx;
    struct rebuilding b = {request_user(r)};
    struct error e;
    if (!sql_write(api->house->store.db, note_rebuild, &b, &e))
        return api_fail(r, &e);
    follow_rebuild(api->house->follow, b.by->workspace);
    reply_json(r, 202, STR("{\"rebuilding\":true}"));
    return REQUEST_DONE;
}

// ── events ──

static enum request_outcome get_stream(struct request *r, void *ctx) {
    struct api *api = ctx;
    const struct principal *p = request_user(r);
    reply_events(r, api->hub, arena_printf(request_arena(r), "%" PRId64, p->workspace));
    return REQUEST_DONE;
}

static const struct api_param list_query[] = {API_LIST_PARAMS, {.name = NULL}};

static const struct api_route routes[] = {
    {.method = "GET",
     .path = "/health",
     .handler = get_health,
     .tag = "system",
     .summary = {"是否能工作", "whether it can work"},
     .reply = "Health"},
    {.method = "GET",
     .path = "/metrics",
     .handler = get_metrics,
     .permission = PERMISSION_SYSTEM_READ,
     .no_workspace = true,
     .tag = "system",
     .summary = {"Prometheus 指标", "figures for Prometheus"},
     .reply_type = "text/plain"},
    {.method = "GET",
     .path = "/api/v1/status",
     .handler = get_status,
     .permission = PERMISSION_SYSTEM_READ,
     .tag = "system",
     .summary = {"运行状态", "how it is running"},
     .reply = "Status"},
    {.method = "GET",
     .path = "/api/v1/jobs",
     .handler = get_jobs,
     .permission = PERMISSION_SYSTEM_READ,
     .tag = "system",
     .summary = {"搁置的工作", "work that was parked"},
     .query = list_query,
     .reply = "Jobs"},
    {.method = "POST",
     .path = "/api/v1/jobs/{seq}/retry",
     .handler = post_retry,
     .permission = PERMISSION_SYSTEM_WRITE,
     .tag = "system",
     .summary = {"重新开始", "starts it again"},
     .success = 204},
    {.method = "POST",
     .path = "/api/v1/rebuild",
     .handler = post_rebuild,
     .permission = PERMISSION_SYSTEM_WRITE,
     .tag = "system",
     .summary = {"重新生成统计和搜索", "builds facts and search again"},
     .success = 202},
    {.method = "GET",
     .path = "/api/v1/stream",
     .handler = get_stream,
     .permission = PERMISSION_FEEDBACK_READ,
     .tag = "system",
     .summary = {"服务器推送事件", "server-sent events"},
     .reply_type = "text/event-stream"},
};
const struct api_table system_routes = API_TABLE(routes);
