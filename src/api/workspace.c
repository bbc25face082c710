// SPDX-License-Identifier: Apache-2.0
// The workspace one is in, and another beside it.
#include "account/workspace.h"

#include "api/api.h"
#include "work/follow.h"

#define BODY_LIMIT (64 * KIB)

static void add_text(struct json_writer *w, const char *key, struct str s) {
    json_key(w, key);
    json_add_str(w, s);
}

static enum request_outcome answer(struct request *r, struct api *api, int64_t id, int status) {
    struct workspace ws;
    struct error e;
    if (!workspace_load(api->accounts, id, request_arena(r), &ws, &e))
        return api_fail(r, &e);
    struct strbuf sb = strbuf_init(256 * KIB);
    struct json_writer w = json_writer_init(&sb);
    json_begin_object(&w);
    json_key(&w, "data");
    json_begin_object(&w);
    api_add_id(&w, "id", ws.id);
    add_text(&w, "name", ws.name);
    add_text(&w, "time_zone", ws.time_zone);
    add_text(&w, "industry", ws.industry);
    api_add_time(&w, "created_at", ws.created_us);
    json_end_object(&w);
    json_end_object(&w);
    return api_ok(r, status, &sb);
}

static enum request_outcome get_workspace(struct request *r, void *ctx) {
    return answer(r, ctx, ((const struct principal *)request_user(r))->workspace, 200);
}

static enum request_outcome patch_workspace(struct request *r, void *ctx) {
    struct api *api = ctx;
    const struct principal *p = request_user(r);
    const struct json *body;
    struct error e;
    if (!api_body(r, &body))
        return REQUEST_DONE;
    struct str name = json_str(json_get(body, "name")),
               zone = json_str(json_get(body, "time_zone")),
               industry = json_str(json_get(body, "industry"));
    struct workspace_change c = {.name = json_get(body, "name") ? &name : NULL,
                                 .time_zone = json_get(body, "time_zone") ? &zone : NULL,
                                 .industry = json_get(body, "industry") ? &industry : NULL};
    if (!workspace_update(api->accounts, p, p->workspace, &c, &e))
        return api_fail(r, &e);
    house_forget_place(api->house, p->workspace);
    if (c.time_zone) // the days of everything are others now
        follow_rebuild(api->house->follow, p->workspace);
    return answer(r, api, p->workspace, 200);
}

static enum request_outcome post_workspace(struct request *r, void *ctx) {
    struct api *api = ctx;
    const struct json *body;
    int64_t id;
    struct error e;
    if (!api_body(r, &body))
        return REQUEST_DONE;
    struct workspace w = {.name = json_str(json_get(body, "name")),
                          .time_zone = json_str(json_get(body, "time_zone")),
                          .industry = json_str(json_get(body, "industry"))};
    if (!workspace_create(api->accounts, request_user(r), &w, &id, &e))
        return api_fail(r, &e);
    return answer(r, api, id, 201);
}

static const struct api_param no_query[] = {{.name = NULL}};

static const struct api_route routes[] = {
    {.method = "GET",
     .path = "/api/v1/workspace",
     .handler = get_workspace,
     .permission = PERMISSION_FEEDBACK_READ,
     .tag = "workspace",
     .summary = {"工作区", "the workspace"},
     .query = no_query,
     .reply = "Workspace"},
    {.method = "PATCH",
     .path = "/api/v1/workspace",
     .handler = patch_workspace,
     .permission = PERMISSION_WORKSPACE_WRITE,
     .body_limit = BODY_LIMIT,
     .tag = "workspace",
     .summary = {"修改名称、时区、行业", "changes name, time zone, industry"},
     .query = no_query,
     .body = "WorkspaceChange",
     .reply = "Workspace"},
    {.method = "POST",
     .path = "/api/v1/workspaces",
     .handler = post_workspace,
     .permission = PERMISSION_WORKSPACE_CREATE,
     .body_limit = BODY_LIMIT,
     .tag = "workspace",
     .summary = {"另建一个工作区，自己是所有者；用 PATCH /session 切换过去",
                 "makes another workspace and its owner of oneself; PATCH /session goes there"},
     .query = no_query,
     .body = "WorkspaceIn",
     .reply = "Workspace",
     .success = 201},
};
const struct api_table workspace_routes = API_TABLE(routes);
