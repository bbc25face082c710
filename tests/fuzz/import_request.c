// SPDX-License-Identifier: Apache-2.0
// What a request says of an import: its file's name (the first line), and the map of its columns (the rest, JSON).
#include "api/import_json.h"

#include "base/utf8.h"
#include "collect/mapping.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_name(struct str header) {
    struct arena a = {0};
    struct str name = import_json_file_name(header, &a);
    if (name.len == 0 || !utf8_is_valid(name) || utf8_count(name) > 255)
        abort();
    for (size_t i = 0; i < name.len; i++)
        if ((unsigned char)name.ptr[i] < 0x20 || strchr("/\\\x7F", name.ptr[i]))
            abort();
    arena_done(&a);
}

static bool is_column_of(const struct json *map, struct str column) {
    for (void *it = json_iter(map); it; it = json_iter_next(map, it))
        if (str_eq(json_iter_key(it), column))
            return true;
    return false;
}

static void check_map(struct str text) {
    CLEANUP(json_freep) struct json *tree = NULL;
    CLEANUP(strbuf_done) struct strbuf map = strbuf_init(MIB);
    struct mapping m;
    struct error err;
    if (!json_parse(text, &tree, &err) || !import_json_map(tree, &map, &err) ||
        !mapping_parse(strbuf_str(&map), &m, &err))
        return;
    for (size_t i = 0; i < m.len; i++) // nothing but what was said of a column
        if (m.items[i].number == 0 && !is_column_of(tree, m.items[i].column))
            abort();
    mapping_done(&m);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct str all = str_make((const char *)data, size), name;
    if (!str_cut(&all, '\n', &name))
        return 0;
    check_name(name);
    check_map(all);
    return 0;
}
