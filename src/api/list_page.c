// SPDX-License-Identifier: Apache-2.0
#include "api/list_page.h"

#include "base/clock.h"

bool list_page_of(struct request *r, size_t n, struct list_page *ret) {
    struct api_cursor at;
    if (!api_cursor_read(r, &at))
        return false;
    *ret = (struct list_page){
        .from = at.id == INT64_MAX ? 0 : MIN((size_t)at.id, n), .n = n, .limit = api_limit(r, 100)};
    ret->to = MIN(n, ret->from + ret->limit);
    return true;
}

void list_begin(struct json_writer *w) {
    json_begin_object(w);
    json_key(w, "data");
    json_begin_array(w);
}

void list_end(struct request *r, struct json_writer *w, const struct list_page *p) {
    json_end_array(w);
    json_key(w, "meta");
    json_begin_object(w);
    json_key(w, "limit");
    json_add_int(w, (int64_t)p->limit);
    api_cursor_add(r, w, p->to < p->n ? &(struct api_cursor){0, (int64_t)p->to} : NULL);
    json_end_object(w);
    json_end_object(w);
}
