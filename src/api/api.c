// SPDX-License-Identifier: Apache-2.0
#include "api/api.h"

#include "api/idempotency.h"
#include "api/metrics.h"
#include "api/rate.h"
#include "api/shape.h"
#include "base/clock.h"
#include "base/mem.h"

static void tell(void *ctx, int64_t workspace, const char *event, struct str json) {
    char topic[24];
    snprintf(topic, sizeof topic, "%" PRId64, workspace);
    event_publish(ctx, str_from(topic), event, json);
}

void api_open(struct house *h, struct api *ret) {
    *ret =
        (struct api){.house = h, .accounts = h->accounts, .hub = event_hub_new(), .public_url = ""};
    ret->in_flight = in_flight_new();
    ret->rate = rate_new();
    ret->metrics = metrics_new();
    h->options.tell = tell;
    h->options.tell_ctx = ret->hub;
}

void api_close(struct api *api) {
    in_flight_free(api->in_flight);
    rate_free(api->rate);
    metrics_free(api->metrics);
    event_hub_free(api->hub);
    *api = (struct api){0};
}

// ── reading ──

static void free_tree(void *state) {
    json_free(state);
}

bool api_body(struct request *r, const struct json **ret) {
    struct json *tree;
    struct error e;
    if (!json_parse(request_body(r), &tree, &e)) {
        reply_problem_status(r, 400, "invalid_json", &e, NULL, 0);
        return false;
    }
    request_set_state(r, tree, free_tree);
    const struct api_route *route = request_route(r)->about;
    struct shape_problem p;
    if (route->body && !route->own_checks && !shape_check(route->body, tree, &p)) {
        api_invalid(r, p.name, p.reason);
        return false;
    }
    *ret = tree;
    return true;
}

bool api_path_id(struct request *r, const char *name, int64_t *ret) {
    if (id_parse(request_param(r, name), ret))
        return true;
    struct error e;
    error_set(&e, ERROR_NOT_FOUND, "没有这个编号", "there is nothing with this id");
    reply_problem(r, &e);
    return false;
}

size_t api_limit(const struct request *r, size_t otherwise) {
    int64_t limit;
    return str_to_int64(request_query(r, "limit"), &limit) ? (size_t)limit : otherwise;
}

// ── cursors ──

#define CURSOR_CHECK 8

static bool cursor_check(struct request *r, const uint8_t position[16],
                         uint8_t ret[VAULT_LOOKUP_BYTES]) {
    const struct api *api = request_ctx(r);
    const struct principal *p = request_user(r);
    const struct workspace_keys *k = vault_keys(api->house->store.vault, p->workspace, NULL);
    if (k)
        vault_lookup(k, "cursor", str_make((const char *)position, 16), ret);
    return k != NULL;
}

static void put_i64(uint8_t *to, int64_t v) {
    for (int b = 0; b < 8; b++)
        to[b] = (uint8_t)((uint64_t)v >> (8 * b));
}

static int64_t get_i64(const uint8_t *from) {
    uint64_t v = 0;
    for (int b = 7; b >= 0; b--)
        v = v << 8 | from[b];
    return (int64_t)v;
}

bool api_cursor_read(struct request *r, struct api_cursor *ret) {
    struct str text = request_query(r, "cursor");
    *ret = (struct api_cursor){INT64_MAX, INT64_MAX};
    if (!text.len)
        return true;
    CLEANUP(strbuf_done) struct strbuf sb = strbuf_init(64);
    uint8_t check[VAULT_LOOKUP_BYTES];
    if (crypto_base64url_decode(text, &sb) && sb.len == 16 + CURSOR_CHECK &&
        cursor_check(r, (const uint8_t *)sb.ptr, check) &&
        crypto_equal(str_make(sb.ptr + 16, CURSOR_CHECK),
                     str_make((const char *)check, CURSOR_CHECK))) {
        *ret = (struct api_cursor){get_i64((const uint8_t *)sb.ptr),
                                   get_i64((const uint8_t *)sb.ptr + 8)};
        return true;
    }
    api_invalid(
        r, "cursor",
        (struct words){"不是本接口给出的 next_cursor", "is not a next_cursor that we gave"});
    return false;
}

struct str api_actor(struct request *r) {
    char buf[PRINCIPAL_ACTOR];
    return arena_str(request_arena(r), principal_actor(request_user(r), buf));
}

void api_cursor_add(struct request *r, struct json_writer *w, const struct api_cursor *next) {
    uint8_t bytes[16], check[VAULT_LOOKUP_BYTES];
    json_key(w, "next_cursor");
    if (next)
        put_i64(bytes, next->at_us);
    if (next)
        put_i64(bytes + 8, next->id);
    if (!next || !cursor_check(r, bytes, check)) {
        json_add_null(w);
        return;
    }
    CLEANUP(strbuf_done) struct strbuf plain = strbuf_init(64), text = strbuf_init(64);
    strbuf_add(&plain, str_make((const char *)bytes, 16));
    strbuf_add(&plain, str_make((const char *)check, CURSOR_CHECK));
    crypto_base64url(strbuf_str(&plain), &text);
    json_add_str(w, strbuf_str(&text));
}

// ── answering ──

enum request_outcome api_fail(struct request *r, const struct error *err) {
    reply_problem(r, err);
    return REQUEST_DONE;
}

enum request_outcome api_invalid(struct request *r, const char *name, struct words reason) {
    struct error e;
    error_set(&e, ERROR_INVALID, "请求中的 %s %s", "%s of the request %s", name,
              request_lang(r) == LANG_ZH ? reason.zh : reason.en);
    error_field(&e, name);
    struct invalid_param p = {str_from(name), reason};
    reply_problem_status(r, 400, "invalid_request", &e, &p, 1);
    return REQUEST_DONE;
}

enum request_outcome api_ok(struct request *r, int status, struct strbuf *json) {
    if (json->overflow) {
        struct error e;
        error_set(&e, ERROR_LIMIT, "答复太大，请缩小范围", "the answer is too large; ask for less");
        strbuf_done(json);
        return api_fail(r, &e);
    }
    reply_take(r, status, "application/json", json);
    return REQUEST_DONE;
}

void api_add_time(struct json_writer *w, const char *key, int64_t us) {
    char buf[40];
    json_key(w, key);
    if (us == TIME_NONE)
        json_add_null(w);
    else
        json_add_cstr(w, clock_format_iso(us, buf, sizeof buf));
}

void api_add_id(struct json_writer *w, const char *key, int64_t id) {
    char buf[ID_TEXT];
    json_key(w, key);
    if (id)
        json_add_cstr(w, id_format(id, buf));
    else
        json_add_null(w);
}

void api_add_text(struct json_writer *w, const char *key, struct str s) {
    json_key(w, key);
    json_add_str(w, s);
}

void api_add_when(struct json_writer *w, const char *key, int64_t us) { // 0: never
    api_add_time(w, key, us ? us : TIME_NONE);
}

enum request_outcome api_done(struct request *r, bool ok, const struct error *e) {
    if (!ok)
        return api_fail(r, e);
    reply_status(r, 204);
    return REQUEST_DONE;
}
