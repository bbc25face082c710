// SPDX-License-Identifier: Apache-2.0
// What every figure of the API stands on: the workspace's facts as of now, narrowed to the request's filters and
// the caller's data scope, the period asked for and the one before it. And the other way: the query string that
// lists the feedback behind a figure.
//
//     struct figures f;
//     if (!figures_open(r, ctx, &f)) return REQUEST_DONE;          // answered: an error, or an empty workspace
//     overview_measure(&f.layout, f.now, &o, &e) …
//     figures_close(&f);
#ifndef API_FIGURES_H
#define API_FIGURES_H

#include "api/filter.h"
#include "explain/overview.h"
#include "olap/store.h"

struct figures {
    struct request *request;
    struct api *api;
    const struct principal *principal;
    struct arena *arena; // of the request
    enum lang lang;
    const struct zone *zone;
    const struct taxonomy *taxonomy;
    struct api_filter filter;
    struct fact_view *view;
    struct layout layout;
    bool has_data; // false: nothing to count; layout is not to be asked
    int32_t as_of; // last day that figures can speak of
    struct period now, before;
    bool has_before;
};

// False: answered. Takes period=7d|30d|90d|365d|all|A..B (default 30d, ending with the last day of the data) and
// compare=previous|none.
bool figures_open(struct request *r, void *ctx, struct figures *ret) MUST_USE;
void figures_close(struct figures *f);

// One more condition of a link: field and value; NULL field ends.
struct figure_link {
    const char *field; // "dimension", "attr.省份"
    struct str value;
};
void figure_filter(const struct figures *f, struct json_writer *w, const struct figure_link *extra);
// {value, interval, n} open at the end.
void figure_score(struct json_writer *w, struct estimate e);
// {from, to}: both included
void figure_days(struct json_writer *w, const char *key, struct period p);

#define API_FIGURE_PARAMS                                                                          \
    {"period",                                                                                     \
     PARAM_TEXT,                                                                                   \
     0,                                                                                            \
     0,                                                                                            \
     {"7d、30d、90d、365d、all 或 2026-11-01..2026-11-30",                                         \
      "7d, 30d, 90d, 365d, all or 2026-11-01..2026-11-30"}},                                       \
    {                                                                                              \
        "compare", PARAM_TEXT, 0, 0, {                                                             \
            "previous（默认）或 none", "previous (default) or none"                                \
        }                                                                                          \
    }

#endif
