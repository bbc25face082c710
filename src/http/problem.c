// SPDX-License-Identifier: Apache-2.0
#include "http/inner.h"

#include "base/json.h"
#include "base/log.h"

#define PROBLEM_BYTES (256 * KIB)
#define MOST_PARAMS   100

static const struct {
    enum error_code code;
    int status;
} codes[] = {
    {ERROR_USAGE, 400},    {ERROR_INVALID, 400},     {ERROR_FORMAT, 400},
    {ERROR_LIMIT, 413},    {ERROR_NOT_FOUND, 404},   {ERROR_FORBIDDEN, 403},
    {ERROR_CONFLICT, 409}, {ERROR_UNSUPPORTED, 415}, {ERROR_UNAVAILABLE, 503},
    {ERROR_NO_SPACE, 507}, {ERROR_CANCELLED, 503},   {ERROR_IO, 500},
    {ERROR_CORRUPT, 500},  {ERROR_INTERNAL, 500},
};

static const struct {
    int status;
    struct words title;
} titles[] = {
    {400, {"请求有误", "Bad request"}},
    {401, {"需要登录", "Sign-in needed"}},
    {403, {"没有权限", "Not allowed"}},
    {404, {"没有找到", "Not found"}},
    {405, {"不支持此方法", "Method not allowed"}},
    {408, {"请求超时", "Request timed out"}},
    {409, {"有冲突", "Conflict"}},
    {410, {"已不存在", "Gone"}},
    {412, {"条件不成立", "Precondition failed"}},
    {413, {"请求过大", "Too large"}},
    {415, {"不支持这种内容", "Content not supported"}},
    {417, {"不支持此 Expect", "Expectation failed"}},
    {422, {"内容无法处理", "Content cannot be processed"}},
    {423, {"已锁定", "Locked"}},
    {428, {"缺少条件", "Precondition needed"}},
    {429, {"请求太频繁", "Too many requests"}},
    {431, {"请求头过大", "Request head too large"}},
    {500, {"服务器内部错误", "Internal error"}},
    {501, {"尚不支持", "Not supported"}},
    {502, {"上游服务出错", "Bad answer from another service"}},
    {503, {"暂时不可用", "Unavailable for the moment"}},
    {504, {"上游服务超时", "Another service did not answer"}},
    {507, {"存储空间不足", "No space left"}},
};

static int status_of(enum error_code code) {
    for (size_t i = 0; i < ARRAY_LEN(codes); i++)
        if (codes[i].code == code)
            return codes[i].status;
    return 500;
}

static const char *title_of(int status, enum lang lang) {
    for (size_t i = 0; i < ARRAY_LEN(titles); i++)
        if (titles[i].status == status)
            return words_in(titles[i].title, lang);
    return lang == LANG_ZH ? "错误" : "Error";
}

// Our own codes need no page of their own; what a handler names may have one.
static bool is_common(const char *code) {
    for (size_t i = 0; i < ARRAY_LEN(codes); i++)
        if (strcmp(error_code_name(codes[i].code), code) == 0)
            return true;
    return false;
}

static void add_params(struct json_writer *w, const struct error *err, enum lang lang,
                       const struct invalid_param *params, size_t n) {
    if (!n && !err->field[0])
        return;
    json_key(w, "invalid_params");
    json_begin_array(w);
    for (size_t i = 0; i < MIN(MAX(n, (size_t)1), (size_t)MOST_PARAMS); i++) {
        json_begin_object(w);
        json_key(w, "name");
        json_add_str(w, n ? params[i].name : str_from(err->field));
        json_key(w, "reason");
        json_add_cstr(w, n ? words_in(params[i].reason, lang) : error_text(err, lang));
        json_end_object(w);
    }
    json_end_array(w);
}

void reply_problem_status(struct request *r, int status, const char *code, const struct error *err,
                          const struct invalid_param *params, size_t n_params) {
    enum lang lang = request_lang(r);
    if (!code)
        code = error_code_name(err->code == ERROR_NONE ? ERROR_INTERNAL : err->code);
    struct error shown = *err;
    // what broke inside is for the log; paths and the like are not for strangers
    if (status == 500) {
        log_error("request %.*s: %s", STR_ARG(r->id), err->en);
        error_set(&shown, ERROR_INTERNAL, "服务器内部出错，请把请求编号告诉管理员：%.*s",
                  "the server has failed; tell the administrator the request id: %.*s",
                  STR_ARG(r->id));
    }
    if (r->problems) {
        r->problems(r, status, code, &shown, params, n_params);
        return;
    }
    CLEANUP(strbuf_done) struct strbuf sb = strbuf_init(PROBLEM_BYTES);
    struct json_writer w = json_writer_init(&sb);
    json_begin_object(&w);
    json_key(&w, "type");
    json_add_str(&w, is_common(code) ? STR("about:blank")
                                     : arena_printf(&r->arena, "/problems/%s", code));
    json_key(&w, "title");
    json_add_cstr(&w, title_of(status, lang));
    json_key(&w, "status");
    json_add_int(&w, status);
    json_key(&w, "detail");
    json_add_cstr(&w, error_text(&shown, lang));
    json_key(&w, "code");
    json_add_cstr(&w, code);
    json_key(&w, "requestId");
    json_add_str(&w, r->id);
    add_params(&w, &shown, lang, params, n_params);
    json_end_object(&w);
    reply_bytes(r, status, "application/problem+json", strbuf_str(&sb));
    reply_header(r, "Content-Language", lang == LANG_ZH ? STR("zh") : STR("en"));
}

void request_set_problems(struct request *r, http_problem_fn *fn) {
    r->problems = fn;
}

void reply_problem(struct request *r, const struct error *err) {
    reply_problem_status(r, status_of(err->code), NULL, err, NULL, 0);
}

void reply_error(struct request *r, int status, enum error_code code, const char *zh,
                 const char *en) {
    struct error err = {.code = code};
    snprintf(err.zh, sizeof err.zh, "%s", zh);
    snprintf(err.en, sizeof err.en, "%s", en);
    reply_problem_status(r, status, NULL, &err, NULL, 0);
}
