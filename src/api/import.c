// SPDX-License-Identifier: Apache-2.0
// Imports: a file is handed over, looked at, taken in, and taken back.
#include "api/api.h"
#include "api/import_json.h"
#include "base/utf8.h"
#include "collect/import_file.h"

#define UPLOAD_MS   (60 * 60 * INT64_C(1000)) // a slow line may take an hour
#define JSON_MOST   (64 * KIB)
#define NAME_MOST   255
#define ERRORS_MOST (256 * MIB)

// ── answering ──

static enum request_outcome answer(struct request *r, int status, const struct import *im) {
    struct strbuf sb = strbuf_init(4 * MIB);
    struct json_writer w = json_writer_init(&sb);
    json_begin_object(&w);
    json_key(&w, "data");
    import_json_add(&w, im, request_lang(r));
    json_end_object(&w);
    return api_ok(r, status, &sb);
}

static bool load(struct request *r, struct import *ret, struct error *err) {
    struct api *api = request_ctx(r);
    const struct principal *p = request_user(r);
    int64_t id;
    if (!id_parse(request_param(r, "id"), &id))
        return error_set(err, ERROR_NOT_FOUND, "没有这次导入", "there is no such import");
    return imports_load(api->house, p->workspace, id, request_arena(r), ret, err);
}

static enum request_outcome answer_loaded(struct request *r, int status) {
    struct import im;
    struct error e;
    if (!load(r, &im, &e))
        return api_fail(r, &e);
    return answer(r, status, &im);
}

// ── uploading ──

struct receiving {
    struct import_upload *upload; // NULL once committed
    int64_t id;
};

static void stop_receiving(void *state) {
    struct receiving *v = state; // in the request's arena
    import_upload_discard(v->upload);
    v->upload = NULL;
}

static bool receive(struct request *r, struct str piece, struct error *err) {
    struct api *api = request_ctx(r);
    struct receiving *v = request_state(r);
    if (!v) {
        v = ARENA_NEW(request_arena(r), struct receiving);
        v->id = id_next(api->house->store.ids);
        if (!import_upload_begin(api->house->options.data_dir, v->id, &v->upload, err))
            return false;
        request_set_state(r, v, stop_receiving);
    }
    return import_upload_add(v->upload, piece, err);
}

static enum request_outcome upload(struct request *r, void *ctx) {
    struct api *api = ctx;
    const struct principal *p = request_user(r);
    struct receiving *v = request_state(r);
    struct error e;
    int64_t bytes;
    uint8_t key[CRYPTO_KEY_BYTES];
    if (!v || !v->upload) {
        error_set(&e, ERROR_INVALID, "请求里没有文件", "there is no file in the request");
        return api_fail(r, &e);
    }
    struct import_upload *u = v->upload;
    v->upload = NULL;
    if (!import_upload_commit(u, &bytes, key, &e))
        return api_fail(r, &e);
    bool ok = imports_add(api->house, p->workspace, p, p->name, v->id,
                          import_json_file_name(request_header(r, "X-File-Name"), request_arena(r)),
                          bytes, key, request_lang(r), &e);
    crypto_wipe(key, sizeof key);
    struct import im;
    if (!ok)
        import_part_remove(api->house->options.data_dir, v->id, IMPORT_PART_FILE);
    if (!ok || !imports_load(api->house, p->workspace, v->id, request_arena(r), &im, &e))
        return api_fail(r, &e);
    return answer(r, 201, &im);
}

// ── looking ──

static enum request_outcome list(struct request *r, void *ctx) {
    struct api *api = ctx;
    const struct principal *p = request_user(r);
    struct api_cursor cursor;
    struct error e;
    if (!api_cursor_read(r, &cursor))
        return REQUEST_DONE;
    struct import *found;
    size_t limit = api_limit(r, 20), n_found;
    if (!imports_list(api->house, p->workspace, cursor.id, limit + 1, request_arena(r), &found,
                      &n_found, &e))
        return api_fail(r, &e);
    struct strbuf sb = strbuf_init(32 * MIB);
    struct json_writer w = json_writer_init(&sb);
    bool more = n_found > limit;
    size_t n = MIN(n_found, limit);
    json_begin_object(&w);
    json_key(&w, "data");
    json_begin_array(&w);
    for (size_t i = 0; i < n; i++)
        import_json_add(&w, &found[i], request_lang(r));
    json_end_array(&w);
    json_key(&w, "meta");
    json_begin_object(&w);
    json_key(&w, "limit");
    json_add_int(&w, (int64_t)limit);
    struct api_cursor next = {0, more ? found[n - 1].id : 0};
    api_cursor_add(r, &w, more ? &next : NULL);
    json_end_object(&w);
    json_end_object(&w);
    return api_ok(r, 200, &sb);
}

static enum request_outcome get(struct request *r, UNUSED void *ctx) {
    return answer_loaded(r, 200);
}

// ── doing ──

// Members of the body, all of which may be absent; no body at all is fine. On false it was answered.
static bool read_settings(struct request *r, struct import_settings *ret) {
    static const char *const known[] = {"map", "sheet", "time_zone"};
    struct arena *a = request_arena(r);
    const struct json *body = NULL;
    struct error e;
    *ret = (struct import_settings){.lang = request_lang(r)};
    if (request_body(r).len == 0)
        return true;
    if (!api_body(r, &body))
        return false;
    for (void *it = json_iter(body); it; it = json_iter_next(body, it)) {
        bool found = false;
        for (size_t i = 0; i < ARRAY_LEN(known); i++)
            found = found || str_eq(json_iter_key(it), str_from(known[i]));
        if (!found) {
            api_invalid(r, "body",
                        (struct words){"有不认识的字段", "has a member that is not known"});
            return false;
        }
    }
    if (json_kind(body) != JSON_KIND_OBJECT) {
        api_invalid(r, "body", (struct words){"应为 JSON 对象", "must be a JSON object"});
        return false;
    }
    CLEANUP(strbuf_done) struct strbuf map = strbuf_init(256 * KIB);
    if (!import_json_map(json_get(body, "map"), &map, &e)) {
        api_fail(r, &e);
        return false;
    }
    struct str *texts = ARENA_ARRAY(a, struct str, 3);
    texts[0] = arena_str(a, strbuf_str(&map));
    texts[1] = arena_str(a, utf8_cut(json_str(json_get(body, "sheet")), 200));
    texts[2] = arena_str(a, utf8_cut(json_str(json_get(body, "time_zone")), 60));
    ret->map = json_get(body, "map") ? &texts[0] : NULL;
    ret->sheet = json_get(body, "sheet") ? &texts[1] : NULL;
    ret->time_zone = json_get(body, "time_zone") ? &texts[2] : NULL;
    return true;
}

static enum request_outcome check(struct request *r, void *ctx) {
    struct api *api = ctx;
    const struct principal *p = request_user(r);
    struct import_settings settings;
    struct import_check c;
    struct error e;
    int64_t id;
    if (!api_path_id(r, "id", &id) || !read_settings(r, &settings))
        return REQUEST_DONE;
    if (!imports_check(api->house, p->workspace, id, &settings, &c, &e))
        return api_fail(r, &e);
    struct strbuf sb = strbuf_init(32 * MIB);
    struct json_writer w = json_writer_init(&sb);
    json_begin_object(&w);
    json_key(&w, "data");
    import_json_add(&w, &c.import, request_lang(r));
    import_json_add_check(&w, &c, p, request_arena(r), request_lang(r));
    json_end_object(&w);
    import_check_done(&c);
    return api_ok(r, 200, &sb);
}

static enum request_outcome start(struct request *r, void *ctx) {
    struct api *api = ctx;
    const struct principal *p = request_user(r);
    struct import_settings settings;
    struct error e;
    int64_t id;
    if (!api_path_id(r, "id", &id) || !read_settings(r, &settings))
        return REQUEST_DONE;
    if (!imports_start(api->house, p->workspace, p, id, &settings, &e))
        return api_fail(r, &e);
    return answer_loaded(r, 202);
}

static enum request_outcome act(struct request *r, struct api *api,
                                bool (*fn)(struct house *, int64_t, const struct principal *,
                                           int64_t, struct error *)) {
    const struct principal *p = request_user(r);
    struct error e;
    int64_t id;
    if (!api_path_id(r, "id", &id))
        return REQUEST_DONE;
    if (!fn(api->house, p->workspace, p, id, &e))
        return api_fail(r, &e);
    return answer_loaded(r, 202);
}

static enum request_outcome cancel(struct request *r, void *ctx) {
    return act(r, ctx, imports_cancel);
}

static enum request_outcome undo(struct request *r, void *ctx) {
    return act(r, ctx, imports_undo);
}

static enum request_outcome remove_import(struct request *r, void *ctx) {
    struct api *api = ctx;
    const struct principal *p = request_user(r);
    struct error e;
    int64_t id;
    if (!api_path_id(r, "id", &id))
        return REQUEST_DONE;
    if (!imports_remove(api->house, p->workspace, p, id, &e))
        return api_fail(r, &e);
    reply_status(r, 204);
    return REQUEST_DONE;
}

// ── what came of it ──

// A cell that a spreadsheet would take for a formula is made text.
static void add_cell(struct strbuf *sb, struct str s) {
    bool formula = s.len && strchr("=+-@\t\r", s.ptr[0]);
    strbuf_addc(sb, '"');
    if (formula)
        strbuf_addc(sb, '\'');
    for (size_t i = 0; i < s.len; i++) {
        if (s.ptr[i] == '"')
            strbuf_addc(sb, '"');
        strbuf_addc(sb, s.ptr[i]);
    }
    strbuf_addc(sb, '"');
}

struct errors {
    struct strbuf line, csv;
    enum lang lang;
};

static void add_error(struct errors *x) {
    struct json *tree;
    if (x->line.overflow || !json_parse(strbuf_str(&x->line), &tree, NULL))
        return;
    add_cell(&x->csv, json_str(json_at(tree, 0)));
    strbuf_addf(&x->csv, ",%" PRId64 ",", json_int(json_at(tree, 1), 0));
    add_cell(&x->csv, json_str(json_at(tree, 2)));
    strbuf_addc(&x->csv, ',');
    add_cell(&x->csv, json_str(json_at(tree, x->lang == LANG_ZH ? 3 : 4)));
    strbuf_addc(&x->csv, ',');
    add_cell(&x->csv, json_str(json_at(tree, 5)));
    strbuf_adds(&x->csv, "\r\n");
    json_free(tree);
}

static bool take_errors(void *ctx, struct str plain, UNUSED struct error *err) {
    struct errors *x = ctx;
    while (plain.len) {
        size_t end = str_find_char(plain, '\n');
        strbuf_add(&x->line, str_slice(plain, 0, MIN(end, plain.len)));
        if (end == STR_NONE)
            break;
        add_error(x);
        strbuf_reset(&x->line);
        plain = str_slice(plain, end + 1, plain.len);
    }
    return true;
}

static enum request_outcome errors_csv(struct request *r, void *ctx) {
    struct api *api = ctx;
    struct import im;
    struct error e;
    struct errors x = {strbuf_init(64 * KIB), strbuf_init(ERRORS_MOST), request_lang(r)};
    strbuf_adds(&x.csv, "\xEF\xBB\xBF");
    strbuf_adds(&x.csv, x.lang == LANG_ZH ? "文件,行,列,原因,内容\r\n"
                                          : "file,row,column,reason,sample\r\n");
    bool ok = load(r, &im, &e) &&
              (!im.has_errors || import_part_read(api->house->options.data_dir, &im,
                                                  IMPORT_PART_ERRORS, take_errors, &x, &e));
    strbuf_done(&x.line);
    if (!ok) {
        strbuf_done(&x.csv);
        return api_fail(r, &e);
    }
    reply_header(r, "Content-Disposition", STR("attachment; filename=\"errors.csv\""));
    reply_header(r, "Cache-Control", STR("no-store"));
    reply_take(r, 200, "text/csv; charset=utf-8", &x.csv);
    return REQUEST_DONE;
}

static bool take_page(void *ctx, struct str plain, UNUSED struct error *err) {
    strbuf_add(ctx, plain);
    return true;
}

static enum request_outcome report_html(struct request *r, void *ctx) {
    struct api *api = ctx;
    struct import im;
    struct error e;
    struct strbuf page = strbuf_init(4 * MIB);
    bool ok = load(r, &im, &e);
    if (ok && !im.has_report)
        ok = error_set(&e, ERROR_NOT_FOUND, "这次导入还没有报告", "the import has no report yet");
    ok = ok && import_part_read(api->house->options.data_dir, &im, IMPORT_PART_REPORT, take_page,
                                &page, &e);
    if (!ok) {
        strbuf_done(&page);
        return api_fail(r, &e);
    }
    // It quotes customers: whatever slipped through the page's own escaping runs without the session's origin.
    reply_header(r, "Content-Security-Policy",
                 STR("sandbox allow-scripts; default-src 'none'; style-src 'unsafe-inline'; "
                     "script-src 'unsafe-inline'; img-src data:; font-src data:"));
    reply_header(r, "Cache-Control", STR("no-store"));
    reply_take(r, 200, "text/html; charset=utf-8", &page);
    return REQUEST_DONE;
}

static const struct api_param list_query[] = {API_LIST_PARAMS, {.name = NULL}};

static const struct api_route routes[] = {
    {.method = "POST",
     .path = "/api/v1/imports",
     .handler = upload,
     .sink = receive,
     .permission = PERMISSION_IMPORT,
     .whole = true,
     .body_limit = IMPORT_MAX_BYTES,
     .deadline_ms = UPLOAD_MS,
     .tag = "imports",
     .summary = {"上传一个文件：请求体就是文件，名称在 X-File-Name（百分号编码）",
                 "uploads a file: the body is the file, its name in X-File-Name (percent-encoded)"},
     .body_type = "application/octet-stream",
     .reply = "Import",
     .success = 201},
    {.method = "GET",
     .path = "/api/v1/imports",
     .handler = list,
     .permission = PERMISSION_IMPORT,
     .whole = true,
     .tag = "imports",
     .summary = {"所有导入，最新的在前", "all imports, the newest first"},
     .query = list_query,
     .reply = "ImportList"},
    {.method = "GET",
     .path = "/api/v1/imports/{id}",
     .handler = get,
     .permission = PERMISSION_IMPORT,
     .whole = true,
     .tag = "imports",
     .summary = {"一次导入", "one import"},
     .reply = "Import"},
    {.method = "DELETE",
     .path = "/api/v1/imports/{id}",
     .handler = remove_import,
     .permission = PERMISSION_IMPORT,
     .tag = "imports",
     .summary =
         {"删除导入的文件、报告和记录；已导入的反馈保留，但不能再整体撤销",
          "removes the file, report and record of an import; its feedback stays, and can no longer be undone together"},
     .success = 204},
    {.method = "POST",
     .path = "/api/v1/imports/{id}/check",
     .handler = check,
     .permission = PERMISSION_IMPORT,
     .whole = true,
     .body_limit = JSON_MOST,
     .tag = "imports",
     .summary =
         {"试读：列的含义、会新增和更新多少、样例、有问题的行；不写入任何反馈",
          "a dry run: what the columns are, how many would be created and updated, a sample, bad rows; writes no feedback"},
     .body = "ImportSettings",
     .body_optional = true,
     .reply = "ImportCheck"},
    {.method = "POST",
     .path = "/api/v1/imports/{id}/start",
     .handler = start,
     .permission = PERMISSION_IMPORT,
     .whole = true,
     .body_limit = JSON_MOST,
     .tag = "imports",
     .summary = {"开始导入；进度在 import.progress 事件里",
                 "starts the import; its progress is in the events import.progress"},
     .body = "ImportSettings",
     .body_optional = true,
     .reply = "Import",
     .success = 202},
    {.method = "POST",
     .path = "/api/v1/imports/{id}/cancel",
     .handler = cancel,
     .permission = PERMISSION_IMPORT,
     .whole = true,
     .body_limit = JSON_MOST,
     .tag = "imports",
     .summary = {"停止导入；已写入的保留，可再开始或撤销",
                 "stops an import; what is in stays, and it can be started again or undone"},
     .reply = "Import",
     .success = 202},
    {.method = "POST",
     .path = "/api/v1/imports/{id}/undo",
     .handler = undo,
     .permission = PERMISSION_FEEDBACK_DELETE,
     .whole = true,
     .body_limit = JSON_MOST,
     .tag = "imports",
     .summary =
         {"撤销整个导入：新增的删除，更新的恢复；此后又被改动的保留",
          "takes a whole import back: created feedback is deleted, updated put back; what was changed since is left"},
     .reply = "Import",
     .success = 202},
    {.method = "GET",
     .path = "/api/v1/imports/{id}/errors.csv",
     .handler = errors_csv,
     .permission = PERMISSION_IMPORT,
     .whole = true,
     .tag = "imports",
     .summary = {"没有照原样接收的行", "rows that were not taken as they stood"},
     .reply_type = "text/csv"},
    {.method = "GET",
     .path = "/api/v1/imports/{id}/report.html",
     .handler = report_html,
     .permission = PERMISSION_IMPORT,
     .whole = true,
     .tag = "imports",
     .summary = {"这个文件的报告，与命令行所做的相同",
                 "the report of the file, the same as the command line makes"},
     .reply_type = "text/html"},
};
const struct api_table import_routes = API_TABLE(routes);
