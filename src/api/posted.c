// SPDX-License-Identifier: Apache-2.0
#include "api/posted.h"

#include <stdio.h>

void posted_open(struct request *r, const struct json *body, struct posted *ret) {
    bool is_array = json_kind(body) == JSON_KIND_ARRAY;
    size_t n = is_array ? json_len(body) : 1;
    *ret = (struct posted){.request = r, .body = body, .is_array = is_array, .n = n};
    if (n <= INTAKE_MAX_ITEMS)
        ret->problems = ARENA_ARRAY(request_arena(r), struct record_problems, n);
}

const struct json *posted_at(const struct posted *p, size_t i) {
    return p->is_array ? json_at(p->body, i) : p->body;
}

void posted_refused(struct posted *p, size_t i) {
    struct record_problems *problems = &p->problems[i];
    if (problems->n)
        return;
    problems->n = 1;
    snprintf(problems->items[0].name, sizeof problems->items[0].name, "%s",
             p->is_array ? "item" : "body");
    problems->items[0].reason = (struct words){"应为 JSON 对象", "must be a JSON object"};
}

struct str posted_source(const struct principal *who) {
    return who->key ? who->name : STR("console");
}

enum request_outcome posted_all_bad(const struct posted *p, const char *code, struct words what) {
    struct request *r = p->request;
    struct invalid_param params[RECORD_MAX_PROBLEMS];
    size_t n = 0;
    for (size_t i = 0; i < p->n && n < RECORD_MAX_PROBLEMS; i++)
        for (size_t k = 0; k < p->problems[i].n && n < RECORD_MAX_PROBLEMS; k++) {
            const char *name = p->problems[i].items[k].name;
            params[n++] = (struct invalid_param){
                p->is_array ? arena_printf(request_arena(r), "[%zu].%s", i, name) : str_from(name),
                p->problems[i].items[k].reason};
        }
    struct error e = {.code = ERROR_INVALID};
    snprintf(e.zh, sizeof e.zh, "%s", what.zh);
    snprintf(e.en, sizeof e.en, "%s", what.en);
    reply_problem_status(r, 400, code, &e, params, n);
    return REQUEST_DONE;
}

// ── the answer ──

// {"error":{"code":"invalid","invalid_params":[…]}}
static void add_bad(const struct posted *p, size_t i, struct json_writer *w) {
    const struct record_problems *problems = &p->problems[i];
    enum lang lang = request_lang(p->request);
    json_begin_object(w);
    json_key(w, "error");
    json_begin_object(w);
    json_key(w, "code");
    json_add_cstr(w, "invalid");
    json_key(w, "invalid_params");
    json_begin_array(w);
    for (size_t k = 0; k < problems->n; k++) {
        json_begin_object(w);
        json_key(w, "name");
        json_add_cstr(w, problems->items[k].name);
        json_key(w, "reason");
        json_add_cstr(w, words_in(problems->items[k].reason, lang));
        json_end_object(w);
    }
    json_end_array(w);
    json_end_object(w);
    json_end_object(w);
}

// {"id":…,"created":…,"outcome":…}
static void add_good(struct json_writer *w, int64_t id, enum intake_outcome outcome) {
    json_begin_object(w);
    api_add_id(w, "id", id);
    json_key(w, "created");
    json_add_bool(w, outcome == INTAKE_CREATED);
    json_key(w, "outcome");
    json_add_cstr(w, intake_outcome_code(outcome));
    json_end_object(w);
}

void posted_add_counts(struct json_writer *w, const int64_t counts[N_INTAKE_OUTCOMES],
                       int64_t failed) {
    for (int i = 0; i < N_INTAKE_OUTCOMES; i++) {
        json_key(w, intake_outcome_code((enum intake_outcome)i));
        json_add_int(w, counts[i]);
    }
    json_key(w, "failed");
    json_add_int(w, failed);
}

int posted_format(const struct posted *p, posted_outcome_fn *outcome_of, const void *items,
                  struct strbuf *out, int64_t ret_counts[N_INTAKE_OUTCOMES]) {
    struct json_writer w = json_writer_init(out);
    size_t good = 0;
    for (int i = 0; i < N_INTAKE_OUTCOMES; i++)
        ret_counts[i] = 0;
    json_begin_object(&w);
    json_key(&w, "data");
    if (p->is_array)
        json_begin_array(&w);
    for (size_t i = 0; i < p->n; i++) {
        int64_t id;
        enum intake_outcome outcome;
        if (p->problems[i].n) {
            add_bad(p, i, &w);
        } else {
            outcome_of(items, good++, &id, &outcome);
            ret_counts[outcome]++;
            add_good(&w, id, outcome);
        }
    }
    if (p->is_array) {
        json_end_array(&w);
        json_key(&w, "meta");
        json_begin_object(&w);
        posted_add_counts(&w, ret_counts, (int64_t)(p->n - good));
        json_end_object(&w);
    }
    json_end_object(&w);
    return p->is_array || ret_counts[INTAKE_CREATED] ? 201 : 200;
}
