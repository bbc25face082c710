// SPDX-License-Identifier: Apache-2.0
// What kinds of customers there are, and where the tiers of spending begin.
#include <math.h>

#include "account/audit.h"
#include "api/api.h"
#include "work/behaviour.h"
#include "work/follow.h"

struct tiers {
    struct api *api;
    const struct principal *principal;
    double middle, high; // 0, 0: terciles
    struct spend_tiers now;
    bool fixed;
};

static bool read_tiers(struct sql *s, void *ctx, struct error *err) {
    struct tiers *t = ctx;
    return behaviour_tiers(s, t->principal->workspace, &t->now, err);
}

static void add_axis(struct json_writer *w, const struct segment_axis_label *l, enum lang lang) {
    json_begin_object(w);
    json_key(w, "code");
    json_add_cstr(w, l->axis.code);
    json_key(w, "name");
    json_add_cstr(w, words_in(l->axis.name, lang));
    json_key(w, "column"); // in filters and cross-tables
    json_add_cstr(w, l->axis.name.zh);
    json_key(w, "values");
    json_begin_array(w);
    for (int i = 0; i < l->n; i++) {
        json_begin_object(w);
        json_key(w, "code");
        json_add_cstr(w, l->values[i].code);
        json_key(w, "name");
        json_add_cstr(w, words_in(l->values[i].name, lang));
        json_key(w, "value");
        json_add_cstr(w, l->values[i].name.zh);
        json_end_object(w);
    }
    json_end_array(w);
    json_end_object(w);
}

static enum request_outcome get_segments(struct request *r, void *ctx) {
    struct error e;
    struct tiers t = {.api = ctx, .principal = request_user(r)};
    if (!sql_read(t.api->house->store.db, read_tiers, &t, &e))
        return api_fail(r, &e);
    struct strbuf out = strbuf_init(64 * KIB);
    struct json_writer w = json_writer_init(&out);
    json_begin_object(&w);
    json_key(&w, "data");
    json_begin_object(&w);
    json_key(&w, "segments");
    json_begin_array(&w);
    for (int axis = 0; axis < N_SEGMENT_AXES; axis++)
        add_axis(&w, &segment_axes[axis], request_lang(r));
    json_end_array(&w);
    json_key(&w, "spend_tiers");
    json_begin_object(&w);
    json_key(&w, "middle");
    json_add_num(&w, t.now.known ? t.now.middle : NAN, 2);
    json_key(&w, "high");
    json_add_num(&w, t.now.known ? t.now.high : NAN, 2);
    json_key(&w, "fixed");
    json_add_bool(&w, t.now.fixed);
    json_end_object(&w);
    json_end_object(&w);
    json_end_object(&w);
    return api_ok(r, 200, &out);
}

static bool write_tiers(struct sql *s, void *ctx, struct error *err) {
    const struct tiers *t = ctx;
    return behaviour_fix_tiers(s, t->principal->workspace, t->middle, t->high, err) &&
           audit_add(s, t->principal, "segment.tiers", STR(""), STR(""), err);
}

// Facts of all feedback follow: they are built anew in the background.
static enum request_outcome patch_segments(struct request *r, void *ctx) {
    const struct json *body, *tiers;
    struct error e;
    struct tiers t = {.api = ctx, .principal = request_user(r)};
    if (!api_body(r, &body))
        return REQUEST_DONE;
    tiers = json_get(body, "spend_tiers");
    if (json_kind(tiers) == JSON_KIND_OBJECT) {
        t.middle = json_num(json_get(tiers, "middle"), NAN);
        t.high = json_num(json_get(tiers, "high"), NAN);
        if (!(t.middle > 0 && t.high > t.middle && t.high < 1e12))
            return api_invalid(
                r, "spend_tiers",
                (struct words){"应有 middle 与 high，high 大于 middle，都大于 0",
                               "must have middle and high, high above middle, both above 0"});
    } else if (json_kind(tiers) != JSON_KIND_NULL) {
        return api_invalid(r, "spend_tiers",
                           (struct words){"应为 {middle, high}，或 null 用三等分",
                                          "must be {middle, high}, or null for terciles"});
    }
    if (!sql_write(t.api->house->store.db, write_tiers, &t, &e))
        return api_fail(r, &e);
    follow_rebuild(t.api->house->follow, t.principal->workspace);
    return get_segments(r, ctx);
}

static const struct api_route routes[] = {
    {.method = "GET",
     .path = "/api/v1/segments",
     .handler = get_segments,
     .permission = PERMISSION_FEEDBACK_READ,
     .tag = "customers",
     .summary = {"客户分群的种类与消费层级的起点",
                 "the kinds of customers, and where the tiers of spending begin"},
     .reply = "Segments"},
    {.method = "PATCH",
     .path = "/api/v1/segments",
     .handler = patch_segments,
     .permission = PERMISSION_WORKSPACE_WRITE,
     .body_limit = 64 * KIB,
     .tag = "customers",
     .summary = {"固定消费层级的起点；null 恢复为三等分",
                 "fixes where the tiers of spending begin; null: terciles"},
     .body = "SegmentsIn",
     .reply = "Segments"},
};
const struct api_table customer_segment_routes = API_TABLE(routes);
