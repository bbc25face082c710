// SPDX-License-Identifier: Apache-2.0
#include "work/behaviour.h"

#include <math.h>

#include "base/clock.h"
#include "collect/customer.h"

#define MAX_EVENTS  20 // of an order or a customer
#define WINDOW_US   (14 * US_PER_DAY)
#define MAX_COLUMNS (2 * RECORD_MAX_ATTRS)

// Names that measures and attributes of events have in the facts, when they are sent by their role.
static const struct {
    const char *role, *name;
} names[] = {
    {"amount", "订单金额"},
    {"delivery_days", "配送天数"},
    {"waiting_minutes", "等待时长"},
    {"refund_amount", "退款金额"},
    {"quantity", "数量"},
    {"response_minutes", "响应时长"},
    {"region", "省份"},
    {"city", "城市"},
    {"store", "门店"},
    {"courier", "快递公司"},
    {"agent", "客服"},
    {"member_level", "会员等级"},
    {"warehouse", "发货仓"},
    {"batch", "批次"},
    {"visit_minutes", "停留时长"},
    {"shift", "班次"},
    {"refund", "退货"},
    {"promotion", "活动"},
};

static struct str known_role(const struct record_attr *a) {
    if (a->role.len)
        return a->role;
    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        if (str_eq(a->name, str_from(names[i].role)) || str_eq(a->name, str_from(names[i].name)))
            return str_from(names[i].role);
    return STR("");
}

static struct str shown_name(struct str name) {
    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        if (str_eq(name, str_from(names[i].role)))
            return str_from(names[i].name);
    return name;
}

// ── columns of one feedback ──

struct gathering {
    const struct record *record;
    struct arena *arena;
    struct behaviour *ret;
};

static bool says_itself(const struct record_attr *list, size_t n, struct str name,
                        struct str role) {
    for (size_t i = 0; i < n; i++)
        if (str_eq(list[i].name, name) || (role.len && str_eq(list[i].role, role)))
            return true;
    return false;
}

static bool is_there(const struct gathering *g, struct str name, struct str role) {
    const struct record *r = g->record;
    if (says_itself(r->attributes, r->n_attributes, name, role) ||
        says_itself(r->customer.attributes, r->customer.n_attributes, name, role) ||
        (str_eq(role, STR("product")) && r->product.len))
        return true;
    for (size_t i = 0; i < g->ret->n; i++)
        if (str_eq(g->ret->columns[i].name, name))
            return true;
    return g->ret->n == MAX_COLUMNS;
}

static void put(struct gathering *g, struct behaviour_column c) {
    if (!is_there(g, c.name, c.role)) {
        c.name = arena_str(g->arena, c.name);
        c.role = arena_str(g->arena, c.role);
        c.text = arena_str(g->arena, c.text);
        g->ret->columns[g->ret->n++] = c;
    }
}

static void put_event(struct gathering *g, const struct event *e) {
    for (size_t i = 0; i < e->n_measures; i++) {
        const struct record_attr *m = &e->measures[i];
        struct behaviour_column c = {
            .name = shown_name(m->name), .role = known_role(m), .is_measure = true};
        if (str_to_double(m->value, &c.number))
            put(g, c);
    }
    for (size_t i = 0; i < e->n_attributes; i++) {
        const struct record_attr *t = &e->attributes[i];
        struct behaviour_column c = {
            .name = shown_name(t->name), .role = known_role(t), .text = t->value};
        c.is_measure = t->kind == RECORD_ATTR_NUMBER && str_to_double(t->value, &c.number);
        put(g, c);
    }
}

// From the order to the delivery, when nobody has counted the days; whether it came back.
static void put_derived(struct gathering *g, const struct event_batch *b) {
    int64_t ordered = TIME_NONE, delivered = TIME_NONE;
    bool returned = false;
    for (size_t i = 0; i < b->n; i++) {
        struct str type = b->items[i].event.type;
        if (str_eq(type, STR(EVENT_ORDER)))
            ordered = b->items[i].at_us;
        else if (str_eq(type, STR(EVENT_DELIVERY)))
            delivered = b->items[i].at_us;
        returned = returned || str_eq(type, STR(EVENT_RETURN));
    }
    if (ordered != TIME_NONE && delivered != TIME_NONE && delivered >= ordered)
        put(g, (struct behaviour_column){
                   .name = STR("配送天数"),
                   .role = STR("delivery_days"),
                   .is_measure = true,
                   .number = round((double)(delivered - ordered) / (double)US_PER_DAY * 10) / 10});
    if (ordered != TIME_NONE)
        put(g, (struct behaviour_column){.name = STR("退货"),
                                         .role = STR("refund"),
                                         .text = returned ? STR("是") : STR("否")});
}

// ── loading ──

struct loading {
    struct sql *s;
    const struct store *store;
    const struct workspace_keys *keys;
    int64_t workspace;
    struct spend_tiers tiers;
    struct arena *arena;
    struct event_batch events;
    struct behaviour_column columns[MAX_COLUMNS]; // of the feedback being looked at
};

static bool load_events(struct loading *l, const struct event_filter *f, struct error *err) {
    int64_t ids[MAX_EVENTS], at_us[MAX_EVENTS];
    size_t n;
    return event_list(l->s, l->workspace, f, (struct event_position){INT64_MAX, INT64_MAX},
                      MAX_EVENTS, ids, at_us, &n, err) &&
           event_load(l->s, l->store, l->workspace, ids, n, &l->events, err);
}

// The newest event of each type; events come newest first.
static void put_last_of_each(struct gathering *g, const struct event_batch *b) {
    for (size_t i = 0; i < b->n; i++) {
        bool first = true;
        for (size_t k = 0; k < i; k++)
            first = first && !str_eq(b->items[k].event.type, b->items[i].event.type);
        if (first)
            put_event(g, &b->items[i].event);
    }
}

static bool gather(struct loading *l, const struct stored_feedback *f, struct gathering *g,
                   struct error *err) {
    struct event_filter filter = {0};
    if (str_trim(f->record.order).len) {
        filter.has_order = true;
        customer_order_lookup(l->keys, f->record.order, filter.order);
        if (!load_events(l, &filter, err))
            return false;
        for (size_t i = 0; i < l->events.n; i++)
            put_event(g, &l->events.items[i].event);
        put_derived(g, &l->events);
        struct behaviour *b = g->ret;
        b->n_reasons += b->n_reasons < N_SUSPICION_RULES &&
                        suspicion_early(f, &l->events, &b->reasons[b->n_reasons]);
        if (l->events.n)
            return true;
    }
    if (!f->customer)
        return true;
    filter = (struct event_filter){.customer = f->customer,
                                   .from_us = f->occurred_us - WINDOW_US,
                                   .to_us = f->occurred_us + 1};
    if (!load_events(l, &filter, err))
        return false;
    put_last_of_each(g, &l->events);
    return true;
}

bool behaviour_segments(struct sql *s, int64_t workspace, int64_t customer, int64_t at_us,
                        struct segment_history *ret_history, int ret[N_SEGMENT_AXES],
                        struct error *err) {
    struct event_history h;
    struct spend_tiers tiers;
    if (!event_history(s, customer, at_us, &h, err) || !behaviour_tiers(s, workspace, &tiers, err))
        return false;
    *ret_history = (struct segment_history){.at_us = at_us,
                                            .first_us = h.first_us,
                                            .last_order_us = h.last_order_us,
                                            .n_orders = h.n_orders,
                                            .n_year = h.n_year,
                                            .spent_year = h.spent_year};
    for (int axis = 0; axis < N_SEGMENT_AXES; axis++)
        ret[axis] = segment_of((enum segment_axis)axis, ret_history, &tiers);
    return true;
}

static bool put_segments(struct loading *l, const struct stored_feedback *f, struct gathering *g,
                         struct error *err) {
    struct behaviour *b = g->ret;
    if (!f->customer)
        return true;
    if (!behaviour_segments(l->s, l->workspace, f->customer, f->occurred_us, &b->history,
                            b->segments, err))
        return false;
    for (int axis = 0; axis < N_SEGMENT_AXES; axis++)
        if (b->segments[axis] >= 0)
            put(g, (struct behaviour_column){
                       .name = str_from(segment_axes[axis].axis.name.zh),
                       .role = str_from(segment_axes[axis].axis.code),
                       .text = str_from(segment_axes[axis].values[b->segments[axis]].name.zh)});
    return true;
}

static bool load_one(struct loading *l, const struct stored_feedback *f, struct behaviour *ret,
                     struct error *err) {
    struct gathering g = {&f->record, l->arena, ret};
    for (int axis = 0; axis < N_SEGMENT_AXES; axis++)
        ret->segments[axis] = -1;
    if (!f->found || f->deleted_us != TIME_NONE)
        return true;
    ret->columns = l->columns;
    if (!suspicion_load(l->s, f->id, l->arena, ret->reasons, &ret->n_reasons, err) ||
        !put_segments(l, f, &g, err) || !gather(l, f, &g, err))
        return false;
    ret->suspect = ret->n_reasons && !suspicion_taken_back(f);
    ret->columns = ARENA_ARRAY(l->arena, struct behaviour_column, ret->n);
    memcpy(ret->columns, l->columns, ret->n * sizeof *ret->columns);
    return true;
}

bool behaviour_load(struct sql *s, const struct store *store, int64_t workspace,
                    const struct feedback_batch *b, struct arena *a, struct behaviour *ret,
                    struct error *err) {
    struct loading l = {.s = s,
                        .store = store,
                        .keys = vault_keys(store->vault, workspace, err),
                        .workspace = workspace,
                        .arena = a};
    bool ok = l.keys != NULL;
    for (size_t i = 0; ok && i < b->n; i++) {
        ret[i] = (struct behaviour){0};
        ok = load_one(&l, &b->items[i], &ret[i], err);
    }
    event_batch_done(&l.events);
    return ok;
}
