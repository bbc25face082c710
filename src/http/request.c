// SPDX-License-Identifier: Apache-2.0
#include "http/inner.h"

// What an idle connection may keep for its next request.
#define KEEP_ARENA_BYTES (64 * KIB)
#define KEEP_BODY_BYTES  (64 * KIB)

struct arena *request_arena(struct request *r) {
    return &r->arena;
}

struct str request_id(const struct request *r) {
    return r->id;
}

struct str request_method(const struct request *r) {
    return r->method;
}

struct str request_path(const struct request *r) {
    return r->path;
}

struct str request_peer(const struct request *r) {
    struct connection *c = r->c;
    if (!c->peer[0]) {
        const union MHD_ConnectionInfo *info =
            MHD_get_connection_info(c->mhd, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
        peer_format(info ? info->client_addr : NULL, c->peer, sizeof c->peer);
    }
    return str_from(c->peer);
}

struct str request_param(const struct request *r, const char *name) {
    int i = r->route ? router_param_index(r->route, str_from(name)) : -1;
    return i < 0 ? STR("") : r->match.params[i];
}

struct str request_header(const struct request *r, const char *name) {
    const char *value;
    size_t len;
    if (MHD_lookup_connection_value_n(r->c->mhd, MHD_HEADER_KIND, name, strlen(name), &value,
                                      &len) == MHD_NO ||
        !value)
        return STR("");
    return str_make(value, len);
}

struct str request_cookie(const struct request *r, const char *name) {
    struct request *own = &r->c->request; // the same, to be written to
    if (!own->has_cookies) {
        own->has_cookies = true;
        cookies_parse(&own->arena, request_header(r, "Cookie"), &own->cookies);
    }
    return pairs_get(&own->cookies, str_from(name));
}

struct str request_body(const struct request *r) {
    return strbuf_str(&r->body);
}

const struct http_route *request_route(const struct request *r) {
    return r->route;
}

size_t request_n_query(const struct request *r) {
    return r->query.n;
}

struct str request_query_name(const struct request *r, size_t i) {
    return r->query.items[i].name;
}

struct str request_query_value(const struct request *r, size_t i) {
    return r->query.items[i].value;
}

struct str request_query(const struct request *r, const char *name) {
    return pairs_get(&r->query, str_from(name));
}

void request_set_user(struct request *r, void *user) {
    r->user = user;
}

void *request_user(const struct request *r) {
    return r->user;
}

void request_set_state(struct request *r, void *state, void (*done)(void *state)) {
    if (r->state_done)
        r->state_done(r->state);
    r->state = state;
    r->state_done = done;
}

void *request_state(const struct request *r) {
    return r->state;
}

void *request_ctx(const struct request *r) {
    return r->c->http->o.ctx;
}

void request_finish(struct request *r) {
    struct MHD_Connection *mhd = r->c->mhd; // before: after the exchange r may be another request
    int was = atomic_exchange(&r->answer, ANSWER_READY);
    if (was == ANSWER_READY)
        abort(); // finished twice
    if (was == ANSWER_SUSPENDED)
        MHD_resume_connection(mhd);
}

void request_end(struct request *r) {
    struct connection *c = r->c;
    if (r->state_done)
        r->state_done(r->state);
    reply_clear(r);
    if (r->body_reserved)
        atomic_fetch_sub(&c->http->body_bytes, r->body_reserved);
    atomic_store(&c->body_bytes, 0);
    struct arena arena = r->arena;
    if (arena.total_bytes > KEEP_ARENA_BYTES)
        arena_done(&arena);
    else
        arena_reset(&arena);
    struct strbuf body = r->body;
    if (body.cap > KEEP_BODY_BYTES)
        strbuf_done(&body);
    memset(r, 0, sizeof *r);
    r->c = c;
    r->arena = arena;
    r->body = (struct strbuf){.ptr = body.ptr, .cap = body.cap};
}

// ── language ──

// Weight of a language in an Accept-Language header, −1 if it is not named.
static double weight_of(struct str header, struct str lang) {
    struct str part;
    double best = -1;
    while (str_cut(&header, ',', &part)) {
        size_t at = str_find_char(part, ';');
        struct str tag = str_trim(str_slice(part, 0, at));
        struct str q = at == STR_NONE ? STR("") : str_trim(str_slice(part, at + 1, part.len));
        struct str primary = str_slice(tag, 0, str_find_char(tag, '-'));
        double weight = 1;
        if (str_starts(q, STR("q=")) && !str_to_double(str_slice(q, 2, q.len), &weight))
            continue;
        if (str_eq_nocase(primary, lang) && weight > best)
            best = weight;
    }
    return best;
}

enum lang request_lang(const struct request *r) {
    struct str header = request_header(r, "Accept-Language");
    if (r->problems && !str_has(header, STR("zh")))
        return LANG_EN;
    return weight_of(header, STR("en")) > weight_of(header, STR("zh")) ? LANG_EN : LANG_ZH;
}
