// SPDX-License-Identifier: Apache-2.0
// The values of a tree, and trees from files.
#include "base/json.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/json_inner.h"

// Puts the path in front of what json_parse said.
static bool in_file(struct error *err, const char *path, const struct error *cause) {
    if (err) {
        *err = (struct error){.code = cause->code};
        snprintf(err->zh, sizeof err->zh, "%.160s：%.300s", path, cause->zh);
        snprintf(err->en, sizeof err->en, "%.160s: %.300s", path, cause->en);
    }
    return false;
}

bool json_load(const char *path, size_t limit_bytes, struct json **ret, struct error *err) {
    FILE *f = fopen(path, "rbe");
    if (!f)
        return error_errno(err, errno, "无法读取", "cannot read", path);
    CLEANUP(strbuf_done) struct strbuf sb = strbuf_init(limit_bytes);
    char buf[8192];
    size_t n;
    while ((n = fread(buf, 1, sizeof buf, f)) > 0)
        strbuf_add(&sb, str_make(buf, n));
    int failed = ferror(f) ? errno : 0;
    fclose(f);
    if (failed)
        return error_errno(err, failed, "无法读取", "cannot read", path);
    if (sb.overflow)
        return error_set(err, ERROR_LIMIT, "%s 超过 %zu 字节", "%s is larger than %zu bytes", path,
                         limit_bytes);
    struct error cause;
    return json_parse(strbuf_str(&sb), ret, &cause) || in_file(err, path, &cause);
}

void json_free(struct json *root) {
    if (root)
        json_tree_free(root);
}

void json_freep(struct json **root) {
    json_free(*root);
    *root = NULL;
}

enum json_kind json_kind(const struct json *j) {
    return j ? (enum json_kind)j->kind : JSON_KIND_ABSENT;
}

const struct json *json_get(const struct json *object, const char *key) {
    if (json_kind(object) != JSON_KIND_OBJECT)
        return NULL;
    size_t len = strlen(key);
    for (size_t i = 0; i < object->n; i++) {
        struct str k = object->members[i].key;
        if (k.len == len && memcmp(k.ptr, key, len) == 0)
            return &object->members[i].value;
    }
    return NULL;
}

const struct json *json_at(const struct json *array, size_t i) {
    return json_kind(array) == JSON_KIND_ARRAY && i < array->n ? &array->items[i] : NULL;
}

size_t json_len(const struct json *j) {
    enum json_kind kind = json_kind(j);
    return kind == JSON_KIND_OBJECT || kind == JSON_KIND_ARRAY ? j->n : 0;
}

struct str json_str(const struct json *j) {
    return json_kind(j) == JSON_KIND_STRING ? str_make(j->text, j->n) : STR("");
}

double json_num(const struct json *j, double otherwise) {
    if (json_kind(j) != JSON_KIND_NUMBER)
        return otherwise;
    return j->is_whole ? (double)j->whole : strtod(j->text, NULL);
}

int64_t json_int(const struct json *j, int64_t otherwise) {
    return json_is_whole(j) ? j->whole : otherwise;
}

bool json_bool(const struct json *j, bool otherwise) {
    return json_kind(j) == JSON_KIND_BOOL ? j->is_true : otherwise;
}

bool json_is_whole(const struct json *j) {
    return json_kind(j) == JSON_KIND_NUMBER && j->is_whole;
}

void *json_iter(const struct json *object) {
    return json_len(object) && object->kind == JSON_KIND_OBJECT ? (void *)(uintptr_t)object->members
                                                                : NULL;
}

void *json_iter_next(const struct json *object, void *it) {
    const struct json_member *next = (const struct json_member *)it + 1;
    return next < object->members + object->n ? (void *)(uintptr_t)next : NULL;
}

struct str json_iter_key(void *it) {
    return ((const struct json_member *)it)->key;
}

const struct json *json_iter_value(void *it) {
    return &((const struct json_member *)it)->value;
}
