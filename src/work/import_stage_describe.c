// SPDX-License-Identifier: Apache-2.0
// What was understood of a file, as the API shows it.
#include "base/json.h"
#include "work/import_stage.h"

#define DESCRIBE_LIMIT MIB

static void add_member(struct json_writer *w, const char *key, struct str value) {
    json_key(w, key);
    json_add_str(w, value);
}

static void add_columns(struct json_writer *w, const struct source *s, enum lang lang) {
    size_t n_files, n;
    const struct source_info *files = source_files(s, &n_files);
    const struct source_column *columns = source_columns(s, &n);
    json_begin_array(w);
    for (size_t i = 0; i < n; i++) {
        json_begin_object(w);
        add_member(w, "file", files[columns[i].file].name);
        add_member(w, "column", columns[i].name);
        add_member(w, "role", columns[i].role);
        json_key(w, "meaning");
        json_add_cstr(w, words_in(columns[i].meaning, lang));
        json_key(w, "filled");
        json_add_num(w, columns[i].filled, 4);
        json_key(w, "used");
        json_add_bool(w, columns[i].used);
        json_key(w, "by_map");
        json_add_bool(w, columns[i].by_map);
        json_end_object(w);
    }
    json_end_array(w);
}

static void add_notes(struct json_writer *w, const struct source_info *files, size_t n_files,
                      enum lang lang) {
    json_key(w, "notes");
    json_begin_array(w);
    for (size_t i = 0; i < n_files; i++)
        for (size_t k = 0; k < files[i].n_notes; k++)
            json_add_cstr(w, words_in(files[i].notes[k], lang));
    json_end_array(w);
}

static void add_files(struct json_writer *w, const struct source_info *files, size_t n_files) {
    json_key(w, "files");
    json_begin_array(w);
    for (size_t i = 0; i < n_files; i++) {
        json_begin_object(w);
        add_member(w, "name", files[i].name);
        add_member(w, "kind", files[i].kind);
        add_member(w, "channel", files[i].channel);
        json_key(w, "read");
        json_add_int(w, (int64_t)files[i].read);
        json_key(w, "used");
        json_add_int(w, (int64_t)files[i].used);
        json_end_object(w);
    }
    json_end_array(w);
}

static void add_understood(struct json_writer *w, const struct source *s, enum lang lang) {
    size_t n;
    const struct source_info *files = source_files(s, &n);
    int64_t rows = 0;
    for (size_t i = 0; i < n; i++)
        rows += (int64_t)files[i].read;
    json_begin_object(w);
    add_member(w, "kind", n ? files[0].kind : (struct str){"", 0});
    add_member(w, "channel", n ? files[0].channel : (struct str){"", 0});
    add_member(w, "platform",
               !n                ? (struct str){"", 0}
               : lang == LANG_ZH ? files[0].platform_zh
                                 : files[0].platform_en);
    json_key(w, "rows");
    json_add_int(w, rows);
    add_member(w, "text_column", source_schema(s)->text_name);
    add_member(w, "time_column", source_schema(s)->time_name);
    add_notes(w, files, n, lang);
    add_files(w, files, n);
    json_end_object(w);
}

// A table of thousands of columns is not told in full.
static struct str kept(const struct strbuf *sb, struct arena *a) {
    return sb->overflow ? (struct str){"", 0} : arena_str(a, strbuf_str(sb));
}

void import_describe(struct import *im, const struct source *s, enum lang lang, struct arena *a) {
    CLEANUP(strbuf_done) struct strbuf mapping = strbuf_init(DESCRIBE_LIMIT);
    CLEANUP(strbuf_done) struct strbuf understood = strbuf_init(DESCRIBE_LIMIT / 2);
    struct json_writer w = json_writer_init(&mapping);
    add_columns(&w, s, lang);
    w = json_writer_init(&understood);
    add_understood(&w, s, lang);
    im->about.mapping = kept(&mapping, a);
    im->about.understood = kept(&understood, a);
}
