// SPDX-License-Identifier: Apache-2.0
// POST /api/v1/workspace/demo: fills an empty workspace with the demo company, in the background.
#include <stdio.h>

#include "account/audit.h"
#include "account/workspace.h"
#include "api/api.h"
#include "base/clock.h"
#include "collect/feedback_store.h"
#include "work/demo.h"
#include "work/demo_stage.h"

#define FEWEST         100
#define SETTINGS_BYTES (64 * KIB)
#define PATIENCE_US    (10 * 60 * US_PER_SECOND) // a second request meanwhile is one too many

struct filling {
    struct api *api;
    const struct principal *principal;
    int64_t id, n_feedback;
    struct arena arena;
};

// The settings with the moment of the request in them; false where there was one not long ago.
static bool note(struct filling *f, struct workspace *w, struct error *err) {
    CLEANUP(json_freep) struct json *settings = NULL;
    CLEANUP(strbuf_done) struct strbuf sb = strbuf_init(SETTINGS_BYTES);
    struct json_writer out = json_writer_init(&sb);
    int64_t now = clock_now_us();
    if (!json_parse(w->settings.len ? w->settings : STR("{}"), &settings, err))
        return false;
    if (now - json_int(json_get(settings, "demo_us"), 0) < PATIENCE_US)
        return error_set(err, ERROR_CONFLICT, "演示数据正在载入",
                         "the demo data is being loaded already");
    json_begin_object(&out);
    for (void *it = json_iter(settings); it; it = json_iter_next(settings, it)) {
        if (str_eq(json_iter_key(it), STR("demo_us")))
            continue;
        json_key(&out, arena_str(&f->arena, json_iter_key(it)).ptr);
        json_add_value(&out, json_iter_value(it));
    }
    json_key(&out, "demo_us");
    json_add_int(&out, now);
    json_end_object(&out);
    w->settings = arena_str(&f->arena, strbuf_str(&sb));
    return !sb.overflow || error_set(err, ERROR_LIMIT, "工作区的设置太大",
                                     "the settings of the workspace are too large");
}

static bool fill(struct sql *s, void *ctx, struct error *err) {
    struct filling *f = ctx;
    int64_t workspace = f->principal->workspace, there;
    struct workspace w;
    char lock[64], subject[AUDIT_SUBJECT];
    arena_reset(&f->arena);
    snprintf(lock, sizeof lock, "workspace/%" PRId64, workspace);
    if (!sql_lock(s, lock, err) || !workspace_load_in(s, workspace, &f->arena, &w, err) ||
        !feedback_count(s, workspace, &(struct feedback_filter){.deleted = false}, &there, err))
        return false;
    if (there)
        return error_set(err, ERROR_CONFLICT, "工作区里已有反馈，演示数据只能载入空的工作区",
                         "the workspace has feedback: demo data goes into an empty one only");
    if (!note(f, &w, err))
        return false;
    if (!w.industry.len)
        w.industry = STR(DEMO_INDUSTRY);
    w.updated_us = clock_now_us();
    return workspace_insert(s, &w, err) && demo_promise(s, workspace, f->id, f->n_feedback, err) &&
           audit_add(s, f->principal, "workspace.demo",
                     audit_subject(subject, "workspace", workspace), STR(""), err);
}

// False: answered.
static bool read_wish(struct request *r, int64_t *ret) {
    const struct json *body, *n;
    *ret = DEMO_FEEDBACK;
    if (str_trim(request_body(r)).len == 0)
        return true;
    if (!api_body(r, &body))
        return false;
    n = json_get(body, "feedback");
    if (json_kind(body) == JSON_KIND_OBJECT && !n)
        return true;
    *ret = json_is_whole(n) ? json_int(n, 0) : 0;
    if (*ret >= FEWEST && *ret <= DEMO_FEEDBACK)
        return true;
    api_invalid(
        r, "feedback",
        (struct words){"应为 100 到 20,000 的整数", "must be a whole number from 100 to 20,000"});
    return false;
}

static enum request_outcome post_demo(struct request *r, void *ctx) {
    struct filling f = {.api = ctx, .principal = request_user(r)};
    struct error e;
    if (!read_wish(r, &f.n_feedback))
        return REQUEST_DONE;
    f.id = id_next(f.api->house->store.ids);
    // Without keys nothing could be written later: they are made here, where somebody waits for the answer.
    bool ok = vault_keys(f.api->house->store.vault, f.principal->workspace, &e) &&
              sql_write(f.api->house->store.db, fill, &f, &e);
    arena_done(&f.arena);
    if (!ok)
        return api_fail(r, &e);
    house_forget_place(f.api->house, f.principal->workspace);
    struct strbuf sb = strbuf_init(KIB);
    struct json_writer w = json_writer_init(&sb);
    json_begin_object(&w);
    json_key(&w, "data");
    json_begin_object(&w);
    api_add_id(&w, "id", f.id);
    json_key(&w, "feedback");
    json_add_int(&w, f.n_feedback);
    json_end_object(&w);
    json_end_object(&w);
    return api_ok(r, 202, &sb);
}

static const struct api_route routes[] = {
    {.method = "POST",
     .path = "/api/v1/workspace/demo",
     .handler = post_demo,
     .permission = PERMISSION_WORKSPACE_WRITE,
     .whole = true,
     .body_limit = 4 * KIB,
     .tag = "workspace",
     .summary =
         {"把演示数据载入空的工作区，在后台进行（事件 demo.progress）",
          "loads the demo data into an empty workspace, in the background (event demo.progress)"},
     .body = "DemoIn",
     .body_optional = true,
     .reply = "DemoPromised",
     .success = 202},
};
const struct api_table demo_routes = API_TABLE(routes);
