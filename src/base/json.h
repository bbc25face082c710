// SPDX-License-Identifier: Apache-2.0
// JSON in and out. Reading builds a tree in one arena; writing streams into a strbuf, so a large document is never
// a tree.
//
//     struct json *j;
//     if (!json_parse(text, &j, err)) return false;
//     struct str name = json_str(json_get(j, "name"));          // "" if absent or not a string
//     json_free(j);
//
//     struct json_writer w = json_writer_init(&sb);
//     json_begin_object(&w); json_key(&w, "n"); json_add_int(&w, 3); json_end_object(&w);
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include "base/error.h"
#include "base/strbuf.h"

enum json_kind {
    JSON_KIND_ABSENT, // what a look-up of something missing gives
    JSON_KIND_NULL,
    JSON_KIND_BOOL,
    JSON_KIND_NUMBER,
    JSON_KIND_STRING,
    JSON_KIND_ARRAY,
    JSON_KIND_OBJECT,
};

// a value; borrowed from the tree unless json_parse gave it; read by any number of threads
struct json;

// One JSON text, nothing after it but white space. Depth ≤ 2,048; duplicate keys: the last wins.
// Error ERROR_FORMAT names line and column. The caller frees with json_free.
bool json_parse(struct str text, struct json **ret, struct error *err) MUST_USE;
bool json_load(const char *path, size_t limit_bytes, struct json **ret, struct error *err) MUST_USE;
void json_free(struct json *root);
void json_freep(struct json **root); // for CLEANUP

// All of these take NULL and wrong types and answer with the empty value.
enum json_kind json_kind(const struct json *j);
const struct json *json_get(const struct json *object, const char *key);
const struct json *json_at(const struct json *array, size_t i);
size_t json_len(const struct json *array_or_object);
struct str json_str(const struct json *j);
double json_num(const struct json *j, double otherwise);
int64_t json_int(const struct json *j, int64_t otherwise);
bool json_bool(const struct json *j, bool otherwise);
bool json_is_whole(const struct json *j); // written without fraction and exponent, fits int64
// Members of an object in order: for (it = json_iter(o); it; it = json_iter_next(o, it)) …
void *json_iter(const struct json *object);
void *json_iter_next(const struct json *object, void *it);
struct str json_iter_key(void *it);
const struct json *json_iter_value(void *it);

struct json_writer {
    struct strbuf *out;
    uint64_t has_items; // bit d: something was written at depth d
    int depth;          // ≤ 60
    bool after_key;     // a key waits for its value
    bool pretty;        // two spaces a level; default compact
};

struct json_writer json_writer_init(struct strbuf *out);
void json_begin_object(struct json_writer *w);
void json_end_object(struct json_writer *w);
void json_begin_array(struct json_writer *w);
void json_end_array(struct json_writer *w);
void json_key(struct json_writer *w, const char *key);
void json_add_str(struct json_writer *w, struct str s);   // invalid UTF-8 becomes U+FFFD
void json_add_cstr(struct json_writer *w, const char *s); // NULL → null
void json_add_int(struct json_writer *w, int64_t v);
// trailing zeros dropped; nan, inf → null
void json_add_num(struct json_writer *w, double v, int decimals);
void json_add_bool(struct json_writer *w, bool v);
void json_add_null(struct json_writer *w);
void json_add_value(struct json_writer *w, const struct json *j); // copies a value that was read

#endif
