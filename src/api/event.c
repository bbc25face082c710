// SPDX-License-Identifier: Apache-2.0
// POST /api/v1/events: one event or up to 1,000, acknowledged when they are on disk; GET lists them.
#include "api/customer_json.h"
#include "api/posted.h"
#include "base/clock.h"
#include "collect/timestamp.h"

#define BODY_LIMIT (32 * MIB)

struct post {
    struct api *api;
    const struct principal *who;
    struct posted posted;
    struct event *events;     // [posted.n]
    struct event_item *items; // of the good ones, in their order
    size_t n_items;
};

// ── reading ──

static bool read_events(struct post *p, struct error *err) {
    struct posted *given = &p->posted;
    struct arena *a = request_arena(given->request);
    const struct zone *zone = house_zone(p->api->house, p->who->workspace);
    if (given->n > EVENT_MAX_ITEMS)
        return error_set(err, ERROR_LIMIT, "一次最多 1,000 个事件，这里有 %zu 个",
                         "at most 1,000 events at once, here are %zu", given->n);
    if (given->n == 0)
        return error_set(err, ERROR_INVALID, "数组是空的", "the array is empty");
    p->events = ARENA_ARRAY(a, struct event, given->n);
    p->items = ARENA_ARRAY(a, struct event_item, given->n);
    for (size_t i = 0; i < given->n; i++) {
        struct event *e = &p->events[i];
        if (!event_parse(posted_at(given, i), zone, a, e, &given->problems[i], NULL)) {
            posted_refused(given, i);
            continue;
        }
        if (!e->source.len)
            e->source = posted_source(p->who);
        if (!event_prepare(&p->api->house->store, p->who->workspace, e, a, &p->items[p->n_items++],
                           err))
            return false;
    }
    return true;
}

static void outcome_of(const void *items, size_t k, int64_t *ret_id, enum intake_outcome *ret) {
    const struct event_item *item = (const struct event_item *)items + k;
    *ret_id = item->id;
    *ret = item->outcome;
}

static enum request_outcome answer(struct post *p) {
    int64_t counts[N_INTAKE_OUTCOMES];
    struct strbuf out = strbuf_init(4 * MIB);
    int status = posted_format(&p->posted, outcome_of, p->items, &out, counts);
    return api_ok(p->posted.request, status, &out);
}

static enum request_outcome post_events(struct request *r, void *ctx) {
    const struct json *body;
    struct error e;
    struct post *p = ARENA_NEW(request_arena(r), struct post);
    p->api = ctx;
    p->who = request_user(r);
    if (!api_body(r, &body))
        return REQUEST_DONE;
    posted_open(r, body, &p->posted);
    if (!read_events(p, &e))
        return api_fail(r, &e);
    if (p->n_items == 0)
        return posted_all_bad(
            &p->posted, "invalid_event",
            (struct words){"事件的内容有误，没有写入",
                           "the event is not as it should be; nothing was written"});
    if (!event_write(&p->api->house->store, p->who->workspace, p->items, p->n_items, LANE_LIVE, &e))
        return api_fail(r, &e);
    return answer(p);
}

// ── listing ──

struct listing {
    struct request *request;
    struct api *api;
    const struct principal *who;
    struct event_filter filter;
    struct api_cursor at;
    size_t limit;
    struct strbuf out;
};

static bool read_list(struct sql *s, void *ctx, struct error *err) {
    struct listing *l = ctx;
    int64_t ids[100], at_us[100];
    size_t n;
    struct event_batch b = {0};
    struct json_writer w = json_writer_init(&l->out);
    strbuf_reset(&l->out);
    bool ok =
        event_list(s, l->who->workspace, &l->filter, (struct event_position){l->at.at_us, l->at.id},
                   l->limit, ids, at_us, &n, err) &&
        event_load(s, &l->api->house->store, l->who->workspace, ids, n, &b, err);
    json_begin_object(&w);
    json_key(&w, "data");
    json_begin_array(&w);
    for (size_t i = 0; ok && i < n; i++)
        event_json_add(&w, &b.items[i], l->who, request_arena(l->request));
    json_end_array(&w);
    json_key(&w, "meta");
    json_begin_object(&w);
    json_key(&w, "limit");
    json_add_int(&w, (int64_t)l->limit);
    struct api_cursor next = {ok && n ? at_us[n - 1] : 0, ok && n ? ids[n - 1] : 0};
    api_cursor_add(l->request, &w, ok && n == l->limit ? &next : NULL);
    json_end_object(&w);
    json_end_object(&w);
    event_batch_done(&b);
    return ok;
}

static bool read_time(struct request *r, const struct zone *zone, const char *name, int64_t *ret) {
    struct str text = request_query(r, name);
    struct time_format format = {.number = TIME_NUMBER_NONE, .zone = zone};
    struct timestamp t;
    if (!text.len)
        return true;
    if (!timestamp_parse(&format, text, &t)) {
        api_invalid(r, name, (struct words){"应为时间", "must be a time"});
        return false;
    }
    *ret = t.us;
    return true;
}

static bool read_query(struct listing *l, struct request *r) {
    const struct zone *zone = house_zone(l->api->house, l->who->workspace);
    const struct workspace_keys *k =
        vault_keys(l->api->house->store.vault, l->who->workspace, NULL);
    struct str customer = request_query(r, "customer_id"),
               order = str_trim(request_query(r, "order"));
    l->filter.type = request_query(r, "type");
    if (order.len && k) {
        l->filter.has_order = true;
        customer_order_lookup(k, order, l->filter.order);
    }
    if (customer.len && !id_parse(customer, &l->filter.customer)) {
        api_invalid(r, "customer_id", (struct words){"应为编号", "must be an id"});
        return false;
    }
    return read_time(r, zone, "from", &l->filter.from_us) &&
           read_time(r, zone, "to", &l->filter.to_us) && api_cursor_read(r, &l->at);
}

// Events carry no column of the data scope: whoever has one sees those of customers he may see, beside them, and
// does not come here.
static enum request_outcome list_events(struct request *r, void *ctx) {
    struct error e;
    struct listing l = {.request = r,
                        .api = ctx,
                        .who = request_user(r),
                        .limit = api_limit(r, 20),
                        .out = strbuf_init(16 * MIB)};
    if (!read_query(&l, r))
        return REQUEST_DONE;
    if (sql_read(l.api->house->store.db, read_list, &l, &e))
        return api_ok(r, 200, &l.out);
    strbuf_done(&l.out);
    return api_fail(r, &e);
}

static const struct api_param list_query[] = {
    API_LIST_PARAMS,
    {"type",
     PARAM_TEXT,
     0,
     0,
     {"order、delivery、return、visit …", "order, delivery, return, visit …"}},
    {"customer_id", PARAM_ID, 0, 0, {"客户编号", "id of a customer"}},
    {"order", PARAM_TEXT, 0, 0, {"订单号", "order number"}},
    {"from", PARAM_TEXT, 0, 0, {"从此时起", "from this time on"}},
    {"to", PARAM_TEXT, 0, 0, {"到此时止（不含）", "up to this time, exclusive"}},
    {.name = NULL}};

static const struct api_route routes[] = {
    {.method = "POST",
     .path = "/api/v1/events",
     .handler = post_events,
     .permission = PERMISSION_EVENT_WRITE,
     .whole = true,
     .body_limit = BODY_LIMIT,
     .tag = "events",
     .summary =
         {"写入一个或最多 1,000 个事件：订单、签收、退货、到店；同一编号再来即更新",
          "writes one event or up to 1,000: orders, deliveries, returns, visits; the same id again updates"},
     .body = "EventIn",
     .own_checks = true,
     .reply = "EventsWritten",
     .again = true,
     .success = 201},
    {.method = "GET",
     .path = "/api/v1/events",
     .handler = list_events,
     .permission = PERMISSION_CUSTOMER_READ,
     .whole = true,
     .tag = "events",
     .summary = {"列出事件，新的在前", "lists events, newest first"},
     .query = list_query,
     .reply = "EventList"},
};
const struct api_table event_routes = API_TABLE(routes);
