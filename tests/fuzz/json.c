// SPDX-License-Identifier: Apache-2.0
// Any bytes: json_parse refuses what jansson refuses and reads what jansson reads; the writer turns the tree into text
// that is read as the same again.
#include "base/json.h"

#include <jansson.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool same(const struct json *ours, const json_t *theirs);

static bool same_members(const struct json *ours, const json_t *theirs) {
    void *it = json_iter(ours);
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)theirs, key, value) {
        if (!it || !str_eq(json_iter_key(it), str_from(key)) ||
            json_get(ours, key) != json_iter_value(it) || !same(json_iter_value(it), value))
            return false;
        it = json_iter_next(ours, it);
    }
    return !it;
}

static bool same(const struct json *ours, const json_t *theirs) {
    switch (json_typeof(theirs)) {
    case JSON_OBJECT:
        return json_kind(ours) == JSON_KIND_OBJECT && json_len(ours) == json_object_size(theirs) &&
               same_members(ours, theirs);
    case JSON_ARRAY:
        if (json_kind(ours) != JSON_KIND_ARRAY || json_len(ours) != json_array_size(theirs))
            return false;
        for (size_t i = 0; i < json_len(ours); i++)
            if (!same(json_at(ours, i), json_array_get(theirs, i)))
                return false;
        return true;
    case JSON_STRING:
        return json_kind(ours) == JSON_KIND_STRING &&
               str_eq(json_str(ours),
                      str_make(json_string_value(theirs), json_string_length(theirs)));
    case JSON_INTEGER:
        return json_is_whole(ours) && json_int(ours, 0) == json_integer_value(theirs);
    case JSON_REAL: {
        double a = json_num(ours, 0), b = json_real_value(theirs);
        return !json_is_whole(ours) && memcmp(&a, &b, sizeof a) == 0;
    }
    case JSON_TRUE:
    case JSON_FALSE:
        return json_kind(ours) == JSON_KIND_BOOL && json_bool(ours, false) == json_is_true(theirs);
    default:
        return json_kind(ours) == JSON_KIND_NULL;
    }
}

static struct json *read_or_die(const struct strbuf *text) {
    struct json *j;
    if (!json_parse(strbuf_str(text), &j, NULL))
        abort();
    return j;
}

static void check_written(const struct json *j, const json_t *theirs) {
    CLEANUP(strbuf_done) struct strbuf out = strbuf_init(64 * MIB);
    struct json_writer w = json_writer_init(&out);
    json_add_value(&w, j);
    CLEANUP(json_freep) struct json *again = read_or_die(&out);
    if (theirs && !same(again, theirs))
        abort();
}

static void check_string(struct str bytes) {
    CLEANUP(strbuf_done) struct strbuf out = strbuf_init(64 * MIB);
    struct json_writer w = json_writer_init(&out);
    json_add_str(&w, bytes);
    CLEANUP(json_freep) struct json *j = read_or_die(&out); // it is always a string
    if (json_kind(j) != JSON_KIND_STRING)
        abort();
}

// What goes so deep that jansson, which counts scalars as a level, gives up one level earlier is not held against us.
#define DEPTH 2048

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct str text = str_make((const char *)data, size);
    CLEANUP(json_freep) struct json *j = NULL;
    json_error_t e = {0};
    check_string(text);
    bool ok = json_parse(text, &j, NULL);
    json_t *theirs = json_loadb(size ? text.ptr : "", size, JSON_DECODE_ANY | JSON_ALLOW_NUL, &e);
    bool too_deep = !theirs && size > DEPTH && strstr(e.text, "depth");
    bool has_nul = size && memchr(data, '\0', size); // jansson takes it for the end
    if (has_nul && ok)
        abort();
    if (!has_nul && !too_deep && (ok != (theirs != NULL) || (ok && !same(j, theirs))))
        abort();
    if (ok)
        check_written(j, theirs);
    json_decref(theirs);
    return 0;
}
