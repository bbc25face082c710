// SPDX-License-Identifier: Apache-2.0
// POST /api/v1/feedback/import: any number of records, one JSON object a line, written while they come. A line that
// is wrong does not stop the others.
#include "api/api.h"
#include "api/metrics.h"
#include "api/posted.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/utf8.h"

#define BODY_LIMIT  (4 * GIB)
#define DEADLINE_MS (60 * 60 * INT64_C(1000))
#define LINE_MOST   MIB
#define BATCH       INTAKE_MAX_ITEMS
#define ERRORS_MOST 100

struct line_error {
    int64_t line;
    struct words detail; // arena of the request
};

struct stream {
    struct request *request;
    struct api *api;
    struct strbuf line; // what has come of the line at hand
    bool too_long;      // the rest of it is passed over
    int64_t n_lines;
    // the batch at hand
    struct arena arena;
    struct json *trees[BATCH];
    struct record records[BATCH];
    struct intake_item items[BATCH];
    size_t n;
    // the answer
    int64_t counts[N_INTAKE_OUTCOMES], failed;
    struct line_error errors[ERRORS_MOST];
    size_t n_errors;
};

static void forget_batch(struct stream *s) {
    for (size_t i = 0; i < s->n; i++)
        json_free(s->trees[i]);
    s->n = 0;
    arena_reset(&s->arena);
}

static void end_stream(void *state) {
    struct stream *s = state;
    forget_batch(s);
    arena_done(&s->arena);
    strbuf_done(&s->line);
    free(s);
}

static struct stream *stream_of(struct request *r) {
    struct stream *s = request_state(r);
    if (s)
        return s;
    s = NEW(struct stream);
    s->request = r;
    s->api = request_ctx(r);
    s->line = strbuf_init(LINE_MOST);
    request_set_state(r, s, end_stream);
    return s;
}

static void refuse(struct stream *s, const struct error *e) {
    s->failed++;
    if (s->n_errors == ERRORS_MOST)
        return;
    struct arena *a = request_arena(s->request);
    s->errors[s->n_errors++] = (struct line_error){
        s->n_lines, {arena_str(a, str_from(e->zh)).ptr, arena_str(a, str_from(e->en)).ptr}};
}

static bool write_batch(struct stream *s, struct error *err) {
    const struct principal *who = request_user(s->request);
    char actor[PRINCIPAL_ACTOR];
    struct intake_request in = {.workspace = who->workspace,
                                .actor = principal_actor(who, actor),
                                .lane = LANE_BULK,
                                .items = s->items};
    for (size_t i = 0; i < s->n; i++)
        if (!intake_prepare(s->api->house->intake, &in, &s->records[i], 0, &s->arena, &s->items[i],
                            err))
            return false;
    in.n_items = s->n;
    if (s->n && !intake_write(s->api->house->intake, &in, err))
        return false;
    int64_t counts[N_INTAKE_OUTCOMES] = {0};
    for (size_t i = 0; i < s->n; i++)
        counts[s->items[i].outcome]++;
    for (size_t i = 0; i < ARRAY_LEN(counts); i++)
        s->counts[i] += counts[i];
    metrics_feedback(s->api->metrics, counts[INTAKE_CREATED], counts[INTAKE_UPDATED]);
    forget_batch(s);
    return true;
}

static bool take_record(struct stream *s, struct str text, struct error *err) {
    const struct principal *who = request_user(s->request);
    struct record_problems problems = {.n = 0};
    struct record *r = &s->records[s->n];
    if (!utf8_is_valid(text))
        return error_set(err, ERROR_FORMAT, "不是 UTF-8", "is not UTF-8");
    if (!json_parse(text, &s->trees[s->n], err))
        return false;
    if (!record_parse(s->trees[s->n], house_zone(s->api->house, who->workspace), &s->arena, r,
                      &problems, err)) {
        json_free(s->trees[s->n]);
        return false;
    }
    if (!r->source.len)
        r->source = posted_source(who);
    s->n++;
    return true;
}

// The line at hand is complete. False only when the store fails.
static bool take_line(struct stream *s, struct error *err) {
    struct error e;
    struct str text = str_trim(strbuf_str(&s->line));
    s->n_lines++;
    if (s->too_long) {
        error_set(&e, ERROR_LIMIT, "一行超过 1 MiB", "the line is longer than 1 MiB");
        refuse(s, &e);
    } else if (text.len && !take_record(s, text, &e)) {
        refuse(s, &e);
    }
    s->too_long = false;
    strbuf_reset(&s->line);
    return s->n < BATCH || write_batch(s, err);
}

static bool receive(struct request *r, struct str piece, struct error *err) {
    struct stream *s = stream_of(r);
    while (piece.len) {
        size_t end = str_find_char(piece, '\n');
        strbuf_add(&s->line, str_slice(piece, 0, MIN(end, piece.len)));
        s->too_long = s->too_long || s->line.overflow;
        if (end == STR_NONE)
            return true;
        if (!take_line(s, err))
            return false;
        piece = str_slice(piece, end + 1, piece.len);
    }
    return true;
}

static enum request_outcome answer(struct stream *s) {
    struct strbuf sb = strbuf_init(MIB);
    struct json_writer w = json_writer_init(&sb);
    json_begin_object(&w);
    json_key(&w, "meta");
    json_begin_object(&w);
    posted_add_counts(&w, s->counts, s->failed);
    json_end_object(&w);
    json_key(&w, "errors");
    json_begin_array(&w);
    for (size_t i = 0; i < s->n_errors; i++) {
        json_begin_object(&w);
        json_key(&w, "line");
        json_add_int(&w, s->errors[i].line);
        json_key(&w, "detail");
        json_add_cstr(&w, words_in(s->errors[i].detail, request_lang(s->request)));
        json_end_object(&w);
    }
    json_end_array(&w);
    json_end_object(&w);
    return api_ok(s->request, 200, &sb);
}

static enum request_outcome import_ndjson(struct request *r, UNUSED void *ctx) {
    struct stream *s = stream_of(r);
    struct error e;
    if ((s->line.len || s->too_long) && !take_line(s, &e)) // a last line without its end
        return api_fail(r, &e);
    if (!write_batch(s, &e))
        return api_fail(r, &e);
    if (s->n_lines == 0)
        return api_invalid(r, "body", (struct words){"是空的", "is empty"});
    if (s->counts[INTAKE_CREATED] + s->counts[INTAKE_UPDATED])
        house_tell_feedback(s->api->house, ((const struct principal *)request_user(r))->workspace,
                            "feedback.created", NULL, 0,
                            s->counts[INTAKE_CREATED] + s->counts[INTAKE_UPDATED]);
    return answer(s);
}

static const struct api_route routes[] = {
    {.method = "POST",
     .path = "/api/v1/feedback/import",
     .handler = import_ndjson,
     .sink = receive,
     .permission = PERMISSION_FEEDBACK_WRITE,
     .whole = true,
     .body_limit = BODY_LIMIT,
     .deadline_ms = DEADLINE_MS,
     .tag = "feedback",
     .summary =
         {"成批写入：每行一条反馈（NDJSON），边收边写；有误的行不影响其他行",
          "writes many: one feedback a line (NDJSON), while they come; a wrong line does not stop others"},
     .body = "FeedbackIn",
     .body_type = "application/x-ndjson",
     .reply = "FeedbackImported"},
};
const struct api_table import_ndjson_routes = API_TABLE(routes);
