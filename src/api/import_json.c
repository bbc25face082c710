// SPDX-License-Identifier: Apache-2.0
#include "api/import_json.h"

#include <stdio.h>

#include "api/feedback_json.h"
#include "base/clock.h"
#include "base/utf8.h"

#define NAME_MOST 255

// What was written as JSON when the file was understood; null when it was not yet.
static void add_stored(struct json_writer *w, const char *key, struct str json) {
    struct json *tree;
    json_key(w, key);
    if (!json.len || !json_parse(json, &tree, NULL)) {
        json_add_null(w);
        return;
    }
    json_add_value(w, tree);
    json_free(tree);
}

static void add_url(struct json_writer *w, const char *key, const struct import *im, bool there,
                    const char *file) {
    char id[ID_TEXT], url[100];
    json_key(w, key);
    if (!there) {
        json_add_null(w);
        return;
    }
    snprintf(url, sizeof url, "/api/v1/imports/%s/%s", id_format(im->id, id), file);
    json_add_cstr(w, url);
}

void import_json_add(struct json_writer *w, const struct import *im, enum lang lang) {
    struct str problem = lang == LANG_ZH ? im->about.problem_zh : im->about.problem_en;
    json_begin_object(w);
    api_add_id(w, "id", im->id);
    json_key(w, "file_name");
    json_add_str(w, im->about.file_name);
    json_key(w, "bytes");
    json_add_int(w, im->bytes);
    json_key(w, "state");
    json_add_cstr(w, import_state_code(im->state));
    json_key(w, "problem");
    if (problem.len)
        json_add_str(w, problem);
    else
        json_add_null(w);
    add_stored(w, "mapping", im->about.mapping);
    add_stored(w, "understood", im->about.understood);
    json_key(w, "map");
    json_add_str(w, im->about.map);
    json_key(w, "sheet");
    json_add_str(w, im->about.sheet);
    json_key(w, "time_zone");
    json_add_str(w, im->about.time_zone);
    json_key(w, "counts");
    json_begin_object(w);
    import_counts_add(w, &im->counts);
    json_end_object(w);
    json_key(w, "progress");
    json_begin_object(w);
    json_key(w, "rows");
    json_add_int(w, im->counts.read);
    json_key(w, "share");
    json_add_num(w, im->share, 4);
    json_end_object(w);
    add_url(w, "errors_url", im, im->has_errors, "errors.csv");
    add_url(w, "report_url", im, im->has_report, "report.html");
    api_add_time(w, "created_at", im->created_us);
    api_add_time(w, "updated_at", im->updated_us);
    json_key(w, "by");
    json_add_str(w, im->about.by);
    json_end_object(w);
}

void import_json_add_check(struct json_writer *w, const struct import_check *c,
                           const struct principal *p, struct arena *a, enum lang lang) {
    json_key(w, "estimated");
    json_add_bool(w, c->is_cut);
    json_key(w, "sample");
    json_begin_array(w);
    for (size_t i = 0; i < c->n_sample; i++) {
        const struct intake_item *item = &c->first->items[i];
        struct stored_feedback f = {.id = item->id,
                                    .found = true,
                                    .occurred_us = item->occurred_us,
                                    .updated_us = c->import.created_us,
                                    .deleted_us = TIME_NONE,
                                    .import = c->import.id,
                                    .version = 1,
                                    .record = c->first->records[i]};
        feedback_json_add(w, &f, p, a, false);
    }
    json_end_array(w);
    json_key(w, "rejects");
    json_begin_array(w);
    for (size_t i = 0; i < c->n_rejects; i++) {
        const struct import_reject *r = &c->rejects[i];
        json_begin_object(w);
        json_key(w, "file");
        json_add_str(w, r->file);
        json_key(w, "row");
        json_add_int(w, (int64_t)r->row);
        json_key(w, "column");
        json_add_str(w, r->column);
        json_key(w, "reason");
        json_add_cstr(w, words_in(r->reason, lang));
        json_key(w, "sample");
        json_add_str(w, r->sample);
        json_end_object(w);
    }
    json_end_array(w);
    json_key(w, "n_rejects");
    json_add_int(w, (int64_t)c->n_all_rejects);
}

// "score@1-10": the scale stands behind the column's name in the text.
bool import_json_map(const struct json *map, struct strbuf *ret, struct error *err) {
    enum json_kind kind = json_kind(map);
    if (kind == JSON_KIND_ABSENT || kind == JSON_KIND_NULL)
        return true;
    if (kind != JSON_KIND_OBJECT) {
        error_set(err, ERROR_INVALID, "map 应为对象：{\"列名\": \"含义\"}",
                  "map must be an object: {\"column\": \"role\"}");
        return error_field(err, "map");
    }
    for (void *it = json_iter(map); it; it = json_iter_next(map, it)) {
        struct str column = json_iter_key(it), role = json_str(json_iter_value(it));
        if (!role.len)
            continue; // left to detection
        if (str_find_char(column, '"') != STR_NONE || str_find_char(role, '"') != STR_NONE ||
            str_find_char(role, ',') != STR_NONE || str_find_char(role, '=') != STR_NONE) {
            error_set(err, ERROR_INVALID, "列名或含义里有不能用的字符：%.*s",
                      "a column or role with a character that cannot be used: %.*s",
                      STR_ARG(column));
            return error_field(err, "map");
        }
        size_t at = str_find_char(role, '@');
        struct str scale = at == STR_NONE ? (struct str){"", 0} : str_slice(role, at, role.len);
        strbuf_addf(ret, "%s%.*s=\"%.*s\"%.*s", ret->len ? "," : "",
                    STR_ARG(str_slice(role, 0, at == STR_NONE ? role.len : at)), STR_ARG(column),
                    STR_ARG(scale));
    }
    if (!ret->overflow)
        return true;
    error_set(err, ERROR_LIMIT, "列的对应关系太长", "the map is too long");
    return error_field(err, "map");
}

static int hex_value(char c) {
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

// Folders in front of the name are taken off.
struct str import_json_file_name(struct str s, struct arena *a) {
    CLEANUP(strbuf_done) struct strbuf sb = strbuf_init(8 * KIB);
    for (size_t i = 0; i < s.len; i++) {
        int high = i + 2 < s.len ? hex_value(s.ptr[i + 1]) : -1;
        int low = i + 2 < s.len ? hex_value(s.ptr[i + 2]) : -1;
        bool coded = s.ptr[i] == '%' && high >= 0 && low >= 0;
        char c = coded ? (char)(high * 16 + low) : s.ptr[i];
        i += coded ? 2 : 0;
        if (c == '/' || c == '\\')
            strbuf_reset(&sb);
        else if ((unsigned char)c >= 0x20 && c != 0x7F)
            strbuf_addc(&sb, c);
    }
    struct str name = utf8_cut(str_trim(strbuf_str(&sb)), NAME_MOST);
    if (!name.len || !utf8_is_valid(name))
        return STR("file");
    return arena_str(a, name);
}
