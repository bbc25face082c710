// SPDX-License-Identifier: Apache-2.0
// What stands before every handler: who asks, may he, are the query keys known, is it too often.
#include <stdio.h>

#include "account/api_key.h"
#include "account/session.h"
#include "api/api.h"
#include "api/metrics.h"
#include "api/rate.h"
#include "base/clock.h"
#include "base/log.h"

#define KEY_PER_SECOND 20000.0 // a key or session; above, 429
#define KEY_BURST      40000.0
#define ADDRESS_BURST  60.0 // sign-in and set-up, an address

static bool refuse(struct request *r, int status, const char *code, const char *zh,
                   const char *en) {
    struct error e;
    error_set(&e, status == 401 || status == 403 ? ERROR_FORBIDDEN : ERROR_INVALID, "%s", "%s",
              request_lang(r) == LANG_ZH ? zh : en);
    if (status == 401)
        reply_header(r, "WWW-Authenticate", STR("Bearer realm=\"huisheng\""));
    reply_problem_status(r, status, code, &e, NULL, 0);
    return false;
}

// ── query keys ──

static bool is_filter(struct str name) {
    return str_starts(name, STR("filter[")) && str_ends(name, STR("]"));
}

static bool check_value(struct request *r, const struct api_param *p, const char *shown,
                        struct str value) {
    int64_t n;
    if (p->type != PARAM_INT || (str_to_int64(value, &n) && n >= p->low && n <= p->high))
        return true;
    char zh[80], en[80];
    snprintf(zh, sizeof zh, "应为 %" PRId64 "–%" PRId64 " 的整数", p->low, p->high);
    snprintf(en, sizeof en, "must be a whole number of %" PRId64 "–%" PRId64, p->low, p->high);
    api_invalid(r, shown, (struct words){zh, en});
    return false;
}

static bool check_query(struct request *r, const struct api_route *route) {
    for (size_t i = 0; i < request_n_query(r); i++) {
        struct str name = request_query_name(r, i);
        const struct api_param *p = route->query;
        while (p && p->name && !str_eq(name, str_from(p->name)) &&
               !(is_filter(name) && str_eq(str_from(p->name), STR("filter[*]"))))
            p++;
        char shown[80];
        snprintf(shown, sizeof shown, "%.*s", (int)MIN(name.len, (size_t)60), name.ptr);
        if (!p || !p->name) {
            api_invalid(r, shown,
                        (struct words){"不是这个接口的参数", "is no parameter of this operation"});
            return false;
        }
        if (!check_value(r, p, shown, request_query_value(r, i)))
            return false;
    }
    return true;
}

// ── who asks ──

static struct str key_of(const struct request *r) {
    struct str bearer = request_header(r, "Authorization"), prefix = STR("Bearer ");
    if (bearer.len > prefix.len && str_eq_nocase(str_slice(bearer, 0, prefix.len), prefix))
        return str_trim(str_slice(bearer, prefix.len, bearer.len));
    return request_header(r, "x-api-key");
}

// *ret stays NULL for nobody.
static bool find_principal(struct request *r, struct api *api, struct principal **ret) {
    struct str key = key_of(r), cookie = request_cookie(r, SESSION_COOKIE);
    struct principal *p = ARENA_NEW(request_arena(r), struct principal);
    struct error e = {0};
    bool ok;
    if (!key.len && !cookie.len)
        return true;
    if (key.len)
        ok = api_key_find(api->accounts, key, request_arena(r), p, &e);
    else
        ok = session_find(api->accounts, cookie, request_arena(r), p, &e);
    if (ok) {
        *ret = p;
        return true;
    }
    if (e.code == ERROR_NOT_FOUND || e.code == ERROR_FORBIDDEN)
        return true;
    reply_problem(r, &e); // the store does not answer: that is not a wrong key
    return false;
}

static bool check_rate(struct request *r, struct api *api, struct str key, double per_second,
                       double burst) {
    int wait_s;
    if (rate_take(api->rate, key, per_second, burst, clock_monotonic_us(), &wait_s))
        return true;
    char seconds[16];
    snprintf(seconds, sizeof seconds, "%d", MAX(wait_s, 1));
    reply_header(r, "Retry-After", str_from(seconds));
    return refuse(r, 429, "too_many_requests", "请求太频繁，请稍后再试",
                  "too many requests; try again later");
}

static bool is_safe(struct str method) {
    return str_eq(method, STR("GET")) || str_eq(method, STR("HEAD")) ||
           str_eq(method, STR("OPTIONS"));
}

static bool check_csrf(struct request *r, const struct principal *p) {
    if (p->key || is_safe(request_method(r)) ||
        crypto_equal(request_header(r, "X-CSRF-Token"), p->csrf))
        return true;
    return refuse(r, 403, "csrf", "页面已过期，请刷新后重试",
                  "the page is out of date; reload it and try again");
}

static bool check_permission(struct request *r, const struct api_route *route,
                             const struct principal *p) {
    if (route->permission == PERMISSION_NONE)
        return true;
    if (!p)
        return refuse(r, 401, "unauthorized", "请先登录，或给出有效的 API 密钥",
                      "sign in, or give a valid API key");
    if (route->permission != PERMISSION_SIGNED_IN && !principal_may(p, route->permission)) {
        struct error e;
        error_set(&e, ERROR_FORBIDDEN, "没有权限：需要 %s", "not permitted: %s is needed",
                  permission_code(route->permission));
        reply_problem_status(r, 403, "forbidden", &e, NULL, 0);
        return false;
    }
    if (route->whole && p->n_scope)
        return refuse(r, 403, "data_scope", "您的数据范围受限，不能使用这个接口",
                      "your data scope does not let you use this operation");
    if (!p->workspace && !route->no_workspace)
        return refuse(r, 403, "no_workspace", "请先选择工作区", "choose a workspace first");
    return true;
}

bool api_guard(struct request *r, void *ctx) {
    struct api *api = ctx;
    const struct api_route *route = request_route(r)->about;
    struct principal *p = NULL;
    request_set_problems(r, route->problems);
    if (route->hidden && route->permission == PERMISSION_NONE)
        return true;
    if (!find_principal(r, api, &p))
        return false;
    request_set_user(r, p);
    struct str who = p ? arena_printf(request_arena(r), "%c%" PRId64, p->key ? 'k' : 'u',
                                      p->key ? p->key : p->user)
                       : request_peer(r);
    bool slow = !p && !is_safe(request_method(r));
    return check_rate(r, api, who, slow ? 1.0 : KEY_PER_SECOND, slow ? ADDRESS_BURST : KEY_BURST) &&
           check_permission(r, route, p) &&
           (!p || route->permission == PERMISSION_NONE || check_csrf(r, p)) &&
           check_query(r, route);
}

void api_after(struct request *r, int status, size_t reply_bytes, int64_t took_us, void *ctx) {
    struct api *api = ctx;
    const struct http_route *route = request_route(r);
    metrics_request(api->metrics, route ? route->method : NULL, route ? route->path : NULL, status,
                    took_us);
    if (!log_enabled(LOG_INFO))
        return;
    char code[16], bytes[24], ms[32];
    snprintf(code, sizeof code, "%d", status);
    snprintf(bytes, sizeof bytes, "%zu", reply_bytes);
    snprintf(ms, sizeof ms, "%.1f", (double)took_us / 1000);
    const struct log_field fields[] = {
        {"request", request_id(r), false}, {"method", request_method(r), false},
        {"path", request_path(r), false},  {"status", str_from(code), true},
        {"bytes", str_from(bytes), true},  {"ms", str_from(ms), true},
    };
    log_fields(LOG_INFO, "request", fields, ARRAY_LEN(fields));
}
