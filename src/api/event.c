// SPDX-License-Identifier: Apache-2.0
// POST /api/v1/events: one event or up to 1,000, acknowledged when they are on disk; GET lists them.
#include <stdio.h>

#include "api/customer_json.h"
#include "base/clock.h"
#include "collect/timestamp.h"

#define BODY_LIMIT (32 * MIB)

static const char *const outcome_codes[] = {
    [INTAKE_CREATED] = "created", [INTAKE_UPDATED] = "updated", [INTAKE_UNCHANGED] = "unchanged"};

struct post {
    struct request *request;
    struct api *api;
    const struct principal *who;
    bool is_array;
    size_t n, n_items;
    struct event *events;
    struct record_problems *problems; // [n]; n 0 where the event is good
    struct event_item *items;
    size_t *item_of; // [n]
};

// ── reading ──

static bool read_events(struct post *p, const struct json *body, struct error *err) {
    struct arena *a = request_arena(p->request);
    const struct zone *zone = house_zone(p->api->house, p->who->workspace);
    p->is_array = json_kind(body) == JSON_KIND_ARRAY;
    p->n = p->is_array ? json_len(body) : 1;
    if (p->n > EVENT_MAX_ITEMS)
        return error_set(err, ERROR_LIMIT, "一次最多 1,000 个事件，这里有 %zu 个",
                         "at most 1,000 events at once, here are %zu", p->n);
    if (p->n == 0)
        return error_set(err, ERROR_INVALID, "数组是空的", "the array is empty");
    p->events = ARENA_ARRAY(a, struct event, p->n);
    p->problems = ARENA_ARRAY(a, struct record_problems, p->n);
    p->items = ARENA_ARRAY(a, struct event_item, p->n);
    p->item_of = ARENA_ARRAY(a, size_t, p->n);
    for (size_t i = 0; i < p->n; i++) {
        struct record_problems *problems = &p->problems[i];
        if (!event_parse(p->is_array ? json_at(body, i) : body, zone, a, &p->events[i], problems,
                         NULL) &&
            problems->n == 0) { // no object
            problems->n = 1;
            snprintf(problems->items[0].name, sizeof problems->items[0].name, "%s",
                     p->is_array ? "item" : "body");
            problems->items[0].reason = (struct words){"应为 JSON 对象", "must be a JSON object"};
        }
        if (problems->n)
            continue;
        if (!p->events[i].source.len)
            p->events[i].source = p->who->key ? p->who->name : STR("console");
        p->item_of[i] = p->n_items;
        if (!event_prepare(&p->api->house->store, p->who->workspace, &p->events[i], a,
                           &p->items[p->n_items++], err))
            return false;
    }
    return true;
}

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
    error_set(&e, ERROR_INVALID, "事件的内容有误，没有写入",
              "the event is not as it should be; nothing was written");
    reply_problem_status(r, 400, "invalid_event", &e, params, n);
    return REQUEST_DONE;
}

// ── answering ──

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

static void add_item(struct post *p, struct json_writer *w, size_t i, int64_t counts[3]) {
    json_begin_object(w);
    if (p->problems[i].n) {
        add_problems(w, &p->problems[i], request_lang(p->request));
    } else {
        const struct event_item *item = &p->items[p->item_of[i]];
        counts[item->outcome]++;
        api_add_id(w, "id", item->id);
        json_key(w, "created");
        json_add_bool(w, item->outcome == INTAKE_CREATED);
        json_key(w, "outcome");
        json_add_cstr(w, outcome_codes[item->outcome]);
    }
    json_end_object(w);
}

static enum request_outcome answer(struct post *p) {
    int64_t counts[3] = {0};
    struct strbuf out = strbuf_init(4 * MIB);
    struct json_writer w = json_writer_init(&out);
    json_begin_object(&w);
    json_key(&w, "data");
    if (p->is_array)
        json_begin_array(&w);
    for (size_t i = 0; i < p->n; i++)
        add_item(p, &w, i, counts);
    if (p->is_array) {
        json_end_array(&w);
        json_key(&w, "meta");
        json_begin_object(&w);
        for (size_t i = 0; i < ARRAY_LEN(counts); i++) {
            json_key(&w, outcome_codes[i]);
            json_add_int(&w, counts[i]);
        }
        json_key(&w, "failed");
        json_add_int(&w, (int64_t)(p->n - p->n_items));
        json_end_object(&w);
    }
    json_end_object(&w);
    return api_ok(p->request, p->is_array || counts[INTAKE_CREATED] ? 201 : 200, &out);
}

static enum request_outcome post_events(struct request *r, void *ctx) {
    const struct json *body;
    struct error e;
    struct post *p = ARENA_NEW(request_arena(r), struct post);
    p->request = r;
    p->api = ctx;
    p->who = request_user(r);
    if (!api_body(r, &body))
        return REQUEST_DONE;
    if (!read_events(p, body, &e))
        return api_fail(r, &e);
    if (p->n_items == 0)
        return all_bad(p);
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

static const struct api_param no_query[] = {{.name = NULL}};
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
     .query = no_query,
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
