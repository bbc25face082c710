// SPDX-License-Identifier: Apache-2.0
#include "nlp/model_files.h"

#include <stdio.h>

#include "base/strbuf.h"
#include "nlp/labels.h"

#define MAX_FILE_BYTES (256 * KIB)

bool model_load_json(const char *dir, const char *file, struct json **ret, struct error *err) {
    CLEANUP(strbuf_done) struct strbuf path = strbuf_init(8 * KIB);
    strbuf_addf(&path, "%s/%s", dir, file);
    return json_load(strbuf_cstr(&path), MAX_FILE_BYTES, ret, err);
}

bool model_misfit(const char *dir, const char *file, const char *what, struct error *err) {
    return error_set(err, ERROR_FORMAT, "模型 %s 与本版本不符（%s 与 %s），请安装相配的模型",
                     "model %s does not fit this version (%s, %s); install the matching model", dir,
                     file, what);
}

bool model_check_labels(const char *dir, bool has_emotions, struct error *err) {
    const struct {
        const char *key;
        const struct label *labels;
        size_t n;
    } kinds[] = {
        {"sentiment", sentiment_labels, N_SENTIMENTS},
        {"dimensions", dimension_labels, N_DIMENSIONS},
        {"urgency", urgency_labels, N_URGENCIES},
        {"validity", validity_labels, N_VALIDITIES},
        {"emotion", emotion_labels, N_EMOTIONS}, // last: not every model has it
    };
    CLEANUP(json_freep) struct json *labels = NULL;
    if (!model_load_json(dir, "labels.json", &labels, err))
        return false;
    for (size_t k = 0; k < ARRAY_LEN(kinds) - !has_emotions; k++) {
        const struct json *list = json_get(labels, kinds[k].key);
        bool same = json_len(list) == kinds[k].n;
        for (size_t i = 0; same && i < kinds[k].n; i++)
            same = str_eq(json_str(json_at(list, i)), str_from(kinds[k].labels[i].code));
        if (!same)
            return model_misfit(dir, "labels.json", kinds[k].key, err);
    }
    return true;
}

bool model_read_name(const char *dir, const struct json *config, char *ret, size_t size,
                     struct error *err) {
    struct str name = json_str(json_get(config, "name"));
    struct str version = json_str(json_get(config, "version"));
    if (!name.len || !version.len || name.len + version.len + 2 > size)
        return model_misfit(dir, "config.json", "name, version", err);
    snprintf(ret, size, "%.*s-%.*s", STR_ARG(name), STR_ARG(version));
    return true;
}
