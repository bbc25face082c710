// SPDX-License-Identifier: Apache-2.0
#include "api/assets.h"

#define INDEX "/index.html"

// form-action: sign-in is a form for password managers; data: for the small pictures of form controls.
const char assets_policy[] =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; font-src 'self'; manifest-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'";

static const char unbuilt_page[] =
    "<!doctype html><html lang=\"zh-CN\"><meta charset=\"utf-8\"><title>回声 Huisheng</title>"
    "<h1>回声在运行，但这个程序里没有控制台</h1>"
    "<p>装好 Node.js 18 以上，在源码目录运行 <code>make console build</code>，再启动一次。"
    "API 不受影响：<a href=\"/api/docs\">/api/docs</a></p>"
    "<h1 lang=\"en\">Huisheng is running, without its console</h1>"
    "<p lang=\"en\">Install Node.js 18 or later, run <code>make console build</code> in the "
    "source tree and start again. The API is not affected: "
    "<a href=\"/api/docs\">/api/docs</a></p></html>";

static const struct asset *find(const struct asset *table, size_t n, struct str path) {
    size_t low = 0;
    while (low < n) {
        size_t mid = low + (n - low) / 2;
        int order = str_cmp(str_from(table[mid].path), path);
        if (order == 0)
            return &table[mid];
        if (order < 0)
            low = mid + 1;
        else
            n = mid;
    }
    return NULL;
}

static bool is_below(struct str path, struct str folder) {
    return str_starts(path, folder) && (path.len == folder.len || path.ptr[folder.len] == '/');
}

// A page of the console has no dot in its last part; a file has one.
static bool is_page(struct str path) {
    if (str_eq(path, STR("/api/docs"))) // the one page below /api
        return true;
    for (size_t i = path.len; i > 0 && path.ptr[i - 1] != '/'; i--)
        if (path.ptr[i - 1] == '.')
            return false;
    return !is_below(path, STR("/api")) && !is_below(path, STR("/v1")) &&
           !is_below(path, STR("/assets"));
}

enum asset_answer asset_choose(const struct asset *table, size_t n, struct str path,
                               const struct asset **ret) {
    *ret = find(table, n, path);
    if (*ret)
        return ASSET_FILE;
    if (!is_page(path))
        return ASSET_NONE;
    *ret = find(table, n, STR(INDEX));
    return *ret ? ASSET_PAGE : ASSET_UNBUILT;
}

static enum request_outcome get_asset(struct request *r, UNUSED void *ctx) {
    const struct asset *a;
    struct error e;
    switch (asset_choose(console_assets, n_console_assets, request_path(r), &a)) {
    case ASSET_FILE:
    case ASSET_PAGE:
        reply_header(r, "Content-Security-Policy", str_from(assets_policy));
        reply_static_gzip(r, 200, a->type, str_make(a->gzip, a->gzip_bytes), a->immutable);
        break;
    case ASSET_NONE:
        error_set(&e, ERROR_NOT_FOUND, "没有这个地址", "there is nothing at this address");
        reply_problem(r, &e);
        break;
    case ASSET_UNBUILT:
        reply_header(r, "Content-Security-Policy", STR("default-src 'none'"));
        reply_header(r, "Cache-Control", STR("no-cache"));
        reply_static(r, 200, "text/html; charset=utf-8", str_from(unbuilt_page));
        break;
    }
    return REQUEST_DONE;
}

static const struct api_route routes[] = {
    {.method = "GET", .path = "/", .handler = get_asset, .quick = true, .hidden = true},
    {.method = "GET", .path = "/{rest*}", .handler = get_asset, .quick = true, .hidden = true},
};
const struct api_table asset_routes = API_TABLE(routes);
