// SPDX-License-Identifier: Apache-2.0
#include "api/hub.h"

#include <stdio.h>

#include "analyse/record_analysis.h"
#include "api/feedback_json.h"
#include "base/clock.h"
#include "base/utf8.h"

#define CURSOR_CHECK 8
#define STRONG       0.8 // |score| from which a sentiment is a very strong one
#define CORRECTED    0.8 // score of what a person has said instead of the model

// ── problems ──

static const struct {
    int status;
    const char *code;
    struct words title;
} problems[] = {
    {400, "bad_request", {"请求有误", "Bad Request"}},
    {401, "unauthorized", {"需要有效的密钥", "Unauthorized"}},
    {403, "forbidden", {"没有权限", "Forbidden"}},
    {404, "not_found", {"没有找到", "Not Found"}},
    {405, "method_not_allowed", {"不支持此方法", "Method Not Allowed"}},
    {409, "conflict", {"有冲突", "Conflict"}},
    {413, "content_too_large", {"请求过大", "Content Too Large"}},
    {429, "service_unavailable", {"请求太频繁", "Too Many Requests"}},
    {503, "service_unavailable", {"暂时不可用", "Service Unavailable"}},
};

static void add_param(struct json_writer *w, struct str name, const char *reason) {
    json_begin_object(w);
    json_key(w, "name");
    json_add_str(w, name);
    json_key(w, "reason");
    json_add_cstr(w, reason);
    json_end_object(w);
}

void hub_problem(struct request *r, int status, const char *own, const struct error *err,
                 const struct invalid_param *params, size_t n_params) {
    enum lang lang = request_lang(r);
    const char *code = "internal_server_error";
    struct words title = {"服务器内部错误", "Internal Server Error"};
    for (size_t i = 0; i < ARRAY_LEN(problems); i++)
        if (problems[i].status == status) {
            code = problems[i].code;
            title = problems[i].title;
        }
    bool invalid = status == 400 && (n_params || err->field[0]);
    if (invalid)
        code = "validation";
    if (own && strcmp(own, "tenant_write_conflict") == 0)
        code = own;
    CLEANUP(strbuf_done) struct strbuf sb = strbuf_init(64 * KIB);
    struct json_writer w = json_writer_init(&sb);
    json_begin_object(&w);
    json_key(&w, "type");
    json_add_str(&w, arena_printf(request_arena(r), "/problems/%s", code));
    json_key(&w, "title");
    json_add_cstr(&w, invalid ? (lang == LANG_ZH ? "参数有误" : "Validation Error")
                              : words_in(title, lang));
    json_key(&w, "status");
    json_add_int(&w, status);
    json_key(&w, "code");
    json_add_cstr(&w, code);
    json_key(&w, "detail");
    json_add_cstr(&w, error_text(err, lang));
    json_key(&w, "instance");
    json_add_str(&w, request_path(r));
    json_key(&w, "request_id");
    json_add_str(&w, request_id(r));
    if (invalid) {
        json_key(&w, "invalid_params");
        json_begin_array(&w);
        for (size_t i = 0; i < n_params; i++)
            add_param(&w, params[i].name, words_in(params[i].reason, lang));
        if (!n_params)
            add_param(&w, str_from(err->field), error_text(err, lang));
        json_end_array(&w);
    }
    json_end_object(&w);
    reply_bytes(r, status, "application/problem+json", strbuf_str(&sb));
}

// ── keys and ids ──

const struct workspace_keys *hub_keys(struct request *r) {
    const struct api *api = request_ctx(r);
    const struct principal *p = request_user(r);
    struct error e;
    const struct workspace_keys *k = vault_keys(api->house->store.vault, p->workspace, &e);
    if (!k)
        reply_problem(r, &e);
    return k;
}

bool hub_check_id(struct request *r, const char *name, struct str value, bool required) {
    if (!value.len && !required)
        return true;
    if (!str_trim(value).len) {
        api_invalid(r, name, (struct words){"是必填项", "is required"});
        return false;
    }
    if (utf8_count(value) > 255 || memchr(value.ptr, 0, value.len)) {
        api_invalid(r, name,
                    (struct words){"最多 255 个字符，且不能含 NUL",
                                   "must be at most 255 characters without NULL bytes"});
        return false;
    }
    return true;
}

static bool is_uuid(struct str s) {
    if (s.len != 36)
        return false;
    for (size_t i = 0; i < s.len; i++) {
        bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        if (dash ? s.ptr[i] != '-' : !isxdigit((unsigned char)s.ptr[i]))
            return false;
    }
    return true;
}

bool hub_path_id(struct request *r, int64_t *ret) {
    struct str text = request_param(r, "id");
    struct error e;
    if (!is_uuid(text)) {
        api_invalid(r, "id", (struct words){"应为 UUID", "must be a UUID"});
        return false;
    }
    if (id_parse(text, ret))
        return true;
    error_set(&e, ERROR_NOT_FOUND, "没有这个编号", "there is nothing with this id");
    reply_problem(r, &e);
    return false;
}

// ── cursors: order, time, id, check ──

#define CURSOR_BODY 17

static bool cursor_check(struct request *r, const uint8_t body[CURSOR_BODY],
                         uint8_t ret[VAULT_LOOKUP_BYTES]) {
    const struct api *api = request_ctx(r);
    const struct principal *p = request_user(r);
    const struct workspace_keys *k = vault_keys(api->house->store.vault, p->workspace, NULL);
    if (k)
        vault_lookup(k, "hub.cursor", str_make((const char *)body, CURSOR_BODY), ret);
    return k != NULL;
}

bool hub_cursor_read(struct request *r, uint8_t order, bool *ret_given,
                     struct feedback_position *ret) {
    struct str text = request_query(r, "cursor");
    *ret_given = text.len > 0;
    if (!text.len)
        return true;
    CLEANUP(strbuf_done) struct strbuf sb = strbuf_init(64);
    uint8_t check[VAULT_LOOKUP_BYTES];
    if (crypto_base64url_decode(text, &sb) && sb.len == CURSOR_BODY + CURSOR_CHECK &&
        (uint8_t)sb.ptr[0] == order && cursor_check(r, (const uint8_t *)sb.ptr, check) &&
        crypto_equal(str_make(sb.ptr + CURSOR_BODY, CURSOR_CHECK),
                     str_make((const char *)check, CURSOR_CHECK))) {
        memcpy(&ret->at_us, sb.ptr + 1, 8);
        memcpy(&ret->id, sb.ptr + 9, 8);
        return true;
    }
    api_invalid(r, "cursor",
                (struct words){"不是这个列表给出的 next_cursor",
                               "is not a next_cursor of this list in this order"});
    return false;
}

void hub_cursor_add(struct request *r, struct json_writer *w, uint8_t order,
                    const struct feedback_position *next) {
    uint8_t body[CURSOR_BODY], check[VAULT_LOOKUP_BYTES];
    body[0] = order;
    memcpy(body + 1, &next->at_us, 8);
    memcpy(body + 9, &next->id, 8);
    if (!cursor_check(r, body, check))
        return;
    CLEANUP(strbuf_done) struct strbuf plain = strbuf_init(64);
    CLEANUP(strbuf_done) struct strbuf text = strbuf_init(64);
    strbuf_add(&plain, str_make((const char *)body, CURSOR_BODY));
    strbuf_add(&plain, str_make((const char *)check, CURSOR_CHECK));
    crypto_base64url(strbuf_str(&plain), &text);
    json_key(w, "next_cursor");
    json_add_str(w, strbuf_str(&text));
}

// ── a record ──

struct hub_sentiment hub_sentiment_of(const struct stored_feedback *f, const struct hub_record *h) {
    struct hub_sentiment none = {NULL, 0};
    if (!f->analysis || f->analysed_version != f->version || !h->value_text.len ||
        !str_eq(h->field_type, STR("text")))
        return none;
    struct analysis_facts model, facts;
    analysis_facts_read(f->analysis, NULL, 0, &model);
    analysis_facts_read(f->analysis, f->corrections, f->n_corrections, &facts);
    if (facts.sentiment >= N_SENTIMENTS)
        return none;
    const struct json *probs = json_get(f->analysis, "sentiment_probs");
    double score = json_num(json_get(probs, "pos"), 0) - json_num(json_get(probs, "neg"), 0);
    if (facts.sentiment != model.sentiment)
        score = facts.sentiment == SENTIMENT_POS   ? CORRECTED
                : facts.sentiment == SENTIMENT_NEG ? -CORRECTED
                                                   : 0;
    switch ((enum sentiment)facts.sentiment) {
    case SENTIMENT_POS:
        return (struct hub_sentiment){score >= STRONG ? "very_positive" : "positive", score};
    case SENTIMENT_NEG:
        return (struct hub_sentiment){score <= -STRONG ? "very_negative" : "negative", score};
    default:
        return (struct hub_sentiment){"neutral", score};
    }
}

void hub_record_json(struct json_writer *w, const struct stored_feedback *f,
                     const struct hub_record *h, const struct principal *p, struct arena *a) {
    struct hub_record shown = *h;
    shown.collected_us = f->occurred_us;
    shown.value_text = feedback_mask(h->value_text, p, a);
    json_begin_object(w);
    api_add_id(w, "id", f->id);
    hub_record_add(&shown, w);
    hub_time_add(w, "created_at", id_time_us(f->id));
    hub_time_add(w, "updated_at", f->updated_us);
    struct hub_sentiment s = hub_sentiment_of(f, h);
    if (s.label) {
        json_key(w, "sentiment");
        json_add_cstr(w, s.label);
        json_key(w, "sentiment_score");
        json_add_num(w, s.score, 4);
    }
    json_end_object(w);
}
