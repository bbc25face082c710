// SPDX-License-Identifier: Apache-2.0
// Lists that are short enough to be read whole: {data, meta{limit, next_cursor}} like all others, cut in memory.
//
//     struct list_page page;
//     if (!list_page_of(r, n, &page)) return REQUEST_DONE;
//     list_begin(&w);
//     for (size_t i = page.from; i < page.to; i++) …
//     list_end(r, &w, &page);
#ifndef API_LIST_PAGE_H
#define API_LIST_PAGE_H

#include "api/api.h"

struct list_page { // [from, to) of n
    size_t from, to, n, limit;
};

// By limit and cursor of the request. False: answered.
bool list_page_of(struct request *r, size_t n, struct list_page *ret) MUST_USE;
void list_begin(struct json_writer *w);
void list_end(struct request *r, struct json_writer *w, const struct list_page *p);

#endif
