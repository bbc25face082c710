// SPDX-License-Identifier: Apache-2.0
// What the folder of every model holds beside its weights: config.json and labels.json.
#ifndef NLP_MODEL_FILES_H
#define NLP_MODEL_FILES_H

#include "base/error.h"
#include "base/json.h"

// Reads `file` of the folder; the caller frees it with json_free.
bool model_load_json(const char *dir, const char *file, struct json **ret,
                     struct error *err) MUST_USE;
// The codes of labels.json must be those of nlp/labels.h, in their order: weights are indexed by them.
bool model_check_labels(const char *dir, bool has_emotions, struct error *err) MUST_USE;
// "accurate-1" of the name and version that a configuration has; ret has room for `size` bytes.
bool model_read_name(const char *dir, const struct json *config, char *ret, size_t size,
                     struct error *err) MUST_USE;
// False, with an error that names the folder, the file and what of it does not fit this version.
bool model_misfit(const char *dir, const char *file, const char *what, struct error *err);

#endif
