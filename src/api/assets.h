// SPDX-License-Identifier: Apache-2.0
// The files of the web console, inside the program. tools/embed-console packs console/dist at build time: each file
// gzipped, with its type and hash. Without console/dist (no node on the building machine) the table is empty, the
// program is complete all the same, and its pages say how to build the console.
//
//     tables[] = {…, &asset_routes}       last: they take every path that nothing else takes
//
// “/”, and any path whose last part has no dot, is a page of the console and gets index.html: the router in the
// browser knows it; so is /api/docs. Files under /assets/ carry a hash in their name and are kept by browsers for
// ever; everything else is asked for again each time, which costs a 304. Paths below /api and /v1 that no route knows
// are 404 as problem+json, so that a mistyped API path is never answered with a page.
//
// Nothing is allocated, nothing changes: any thread.
#ifndef API_ASSETS_H
#define API_ASSETS_H

#include "api/route.h"

struct asset {
    const char *path; // "/assets/index-Bx3.js"; the table is sorted by it
    const char *type; // "text/javascript; charset=utf-8"
    const char *gzip;
    size_t gzip_bytes, plain_bytes;
    const char *hash; // SHA-256 of the file, 16 hexadecimal digits
    bool immutable;
};

// Made by tools/embed-console.
extern const struct asset console_assets[];
extern const size_t n_console_assets;

// What may be done in a page of the console: only its own scripts, styles and requests; no inline script or style,
// nobody may frame it.
extern const char assets_policy[];

enum asset_answer {
    ASSET_FILE,    // *ret is the file
    ASSET_PAGE,    // *ret is index.html
    ASSET_NONE,    // 404
    ASSET_UNBUILT, // the table is empty: the page that says how to build the console
};
// What `path` (decoded) gets from a table.
enum asset_answer asset_choose(const struct asset *table, size_t n, struct str path,
                               const struct asset **ret);

extern const struct api_table asset_routes;

#endif
