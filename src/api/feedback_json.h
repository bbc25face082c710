// SPDX-License-Identifier: Apache-2.0
// A stored feedback as the API shows it. Personal data is masked for those who may not read it; offsets of
// evidence stay right, because a mask keeps the length.
#ifndef API_FEEDBACK_JSON_H
#define API_FEEDBACK_JSON_H

#include "api/api.h"
#include "collect/feedback_store.h"

// Writes one object, open at the end when `keep_open`: the caller adds members and ends it.
void feedback_json_add(struct json_writer *w, const struct stored_feedback *f,
                       const struct principal *p, struct arena *a, bool keep_open);
// What changed from one version to the next: [{field, from, to}].
void feedback_changes_add(struct json_writer *w, const struct record *from, const struct record *to,
                          const struct principal *p, struct arena *a);
// A member `key` with the attributes as an object, each with the type it came with.
void feedback_attrs_add(struct json_writer *w, const char *key, const struct record_attr *attrs,
                        size_t n, const struct principal *p, struct arena *a);
// The text masked as `p` must see it. Arena or borrowed.
struct str feedback_mask(struct str text, const struct principal *p, struct arena *a);

// True if the principal's data scope lets him see it.
bool feedback_in_scope(const struct stored_feedback *f, const struct principal *p);

// Answers with the feedback and its earlier versions.
enum request_outcome feedback_answer(struct request *r, struct api *api, int64_t id, int status);

#endif
