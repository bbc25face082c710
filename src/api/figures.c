// SPDX-License-Identifier: Apache-2.0
#include "api/figures.h"

#include <stdio.h>

#include "base/clock.h"
#include "work/follow.h"

// ── period ──

static const struct {
    const char *name;
    int days;
} spans[] = {{"7d", 7}, {"30d", 30}, {"90d", 90}, {"365d", 365}};

static bool read_period(struct request *r, struct figures *f) {
    struct str text = request_query(r, "period"), compare = request_query(r, "compare");
    int days = text.len ? 0 : 30;
    bool all = str_eq(text, STR("all"));
    for (size_t i = 0; i < ARRAY_LEN(spans); i++)
        if (str_eq(text, str_from(spans[i].name)))
            days = spans[i].days;
    if (days)
        f->now = (struct period){f->as_of + 1 - days, f->as_of + 1};
    else if (all)
        f->now = PERIOD_ALL;
    else if (!period_parse(text, &f->now)) {
        api_invalid(r, "period",
                    (struct words){"应为 7d、30d、90d、365d、all 或 起..止",
                                   "must be 7d, 30d, 90d, 365d, all or FROM..TO"});
        return false;
    }
    if (compare.len && !str_eq(compare, STR("previous")) && !str_eq(compare, STR("none"))) {
        api_invalid(r, "compare",
                    (struct words){"应为 previous 或 none", "must be previous or none"});
        return false;
    }
    f->has_before = !all && !str_eq(compare, STR("none"));
    f->before = (struct period){f->now.from - period_days(f->now), f->now.from};
    return true;
}

// ── opening ──

static void narrow_to_nothing(struct query *q) {
    q->from_day = 0;
    q->to_day = 0;
}

static bool open_view(struct figures *f, struct error *err) {
    struct fact_store *store = follow_facts(f->api->house->follow, f->principal->workspace, err);
    if (!store)
        return false;
    f->view = fact_store_view(store);
    struct error e = {0};
    struct query base = query_init(GRAIN_FEEDBACK);
    if (!filter_query(&f->filter, fact_view_facts(f->view), f->arena, &base, &e)) {
        if (e.code != ERROR_NONE) {
            *err = e;
            return false;
        }
        narrow_to_nothing(&base);
    }
    fact_view_narrow(f->view, &base);
    const struct facts *facts = fact_view_facts(f->view);
    f->has_data = facts_count(facts) > 0;
    return !f->has_data || layout_attach(&f->layout, facts, 1, err);
}

bool figures_open(struct request *r, void *ctx, struct figures *ret) {
    struct figures *f = ret;
    struct error e;
    *f = (struct figures){.request = r,
                          .api = ctx,
                          .principal = request_user(r),
                          .arena = request_arena(r),
                          .lang = request_lang(r)};
    f->zone = house_zone(f->api->house, f->principal->workspace);
    f->taxonomy = house_taxonomy(f->api->house, f->principal->workspace);
    if (!filter_parse(r, &f->filter))
        return false;
    if (!open_view(f, &e)) {
        figures_close(f);
        api_fail(r, &e);
        return false;
    }
    int32_t today = (int32_t)zone_local_days(f->zone, clock_now_us());
    f->as_of = f->has_data && f->layout.has_days ? MIN(today, f->layout.last_day) : today;
    if (!read_period(r, f)) {
        figures_close(f);
        return false;
    }
    return true;
}

void figures_close(struct figures *f) {
    if (f->has_data)
        layout_done(&f->layout);
    fact_view_free(f->view);
    f->view = NULL;
    f->has_data = false;
}

// ── the way back to the feedback ──

static void add_encoded(struct strbuf *sb, struct str s) {
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.ptr[i];
        if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
            strchr("-_.~", c))
            strbuf_addc(sb, (char)c);
        else
            strbuf_addf(sb, "%%%02X", c);
    }
}

static void add_condition(struct strbuf *sb, struct str name, struct str value) {
    if (sb->len)
        strbuf_addc(sb, '&');
    add_encoded(sb, name);
    strbuf_addc(sb, '=');
    add_encoded(sb, value);
}

static bool is_replaced(struct str name, const struct figures *f, const struct figure_link *extra) {
    char field[120];
    if (str_starts(name, STR("filter[occurred_at]")))
        return f->now.from != INT32_MIN;
    for (const struct figure_link *e = extra; e && e->field; e++) {
        snprintf(field, sizeof field, "filter[%s]", e->field);
        if (str_starts(name, str_from(field)))
            return true;
    }
    return false;
}

static void add_day(struct strbuf *sb, const char *op, int32_t day) {
    char name[40], date[16];
    snprintf(name, sizeof name, "filter[occurred_at][%s]", op);
    add_condition(sb, str_from(name), str_from(clock_format_date(day, date, sizeof date)));
}

void figure_filter(const struct figures *f, struct json_writer *w,
                   const struct figure_link *extra) {
    CLEANUP(strbuf_done) struct strbuf sb = strbuf_init(32 * KIB);
    struct request *r = f->request;
    for (size_t i = 0; i < request_n_query(r); i++) {
        struct str name = request_query_name(r, i);
        if (str_starts(name, STR("filter[")) && !is_replaced(name, f, extra))
            add_condition(&sb, name, request_query_value(r, i));
    }
    if (f->now.from != INT32_MIN)
        add_day(&sb, "gte", f->now.from);
    if (f->now.to != INT32_MAX)
        add_day(&sb, "lt", f->now.to);
    for (const struct figure_link *e = extra; e && e->field; e++) {
        char name[120];
        snprintf(name, sizeof name, "filter[%s][in]", e->field);
        add_condition(&sb, str_from(name), e->value);
    }
    json_key(w, "filter");
    json_add_str(w, strbuf_str(&sb));
}

void figure_score(struct json_writer *w, struct estimate e) {
    json_begin_object(w);
    json_key(w, "value");
    json_add_num(w, e.has ? e.value : NAN, 4);
    json_key(w, "interval");
    if (e.has) {
        json_begin_array(w);
        json_add_num(w, e.low, 4);
        json_add_num(w, e.high, 4);
        json_end_array(w);
    } else {
        json_add_null(w);
    }
    json_key(w, "n");
    json_add_int(w, e.n);
}

void figure_days(struct json_writer *w, const char *key, struct period p) {
    char date[16];
    json_key(w, key);
    json_begin_object(w);
    json_key(w, "from");
    json_add_cstr(w, p.from == INT32_MIN ? NULL : clock_format_date(p.from, date, sizeof date));
    json_key(w, "to");
    json_add_cstr(w, p.to == INT32_MAX ? NULL : clock_format_date(p.to - 1, date, sizeof date));
    json_end_object(w);
}
