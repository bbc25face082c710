// SPDX-License-Identifier: Apache-2.0
// Full-text search over what is sealed. An ordinary inverted index — pairs of ideographs, and words of other scripts
// — whose dictionary and postings live in sealed segment files, opened in memory block by block, merged in the
// background. Nothing of it is readable at rest: no word, and no frequency.
//
//     struct search *s;
//     if (!search_open("DATA/search/1", key, &s, err)) …
//     if (!search_apply(s, docs, n, watermark, err)) … // found at once, is durable within seconds (search_flush)
//     struct search_query q = {.text = STR("\"等了很久\" 物流 -客服"), .limit = 50};
//     if (!search_find(s, &q, ids, &n, err)) …
//
// Queries: words are all required; "…" is a phrase; -word excludes; a single ideograph and a two-ideograph word find
// too; Latin words match whole, without case; word* by beginning. Threads: one applies at a time (serialised
// inside); any number search.
#ifndef SEARCH_SEARCH_H
#define SEARCH_SEARCH_H

#include "base/error.h"
#include "base/str.h"
#include "sys/crypto.h"

struct search;

struct search_doc {
    int64_t id;      // documents are given back by descending id
    bool gone;       // deleted; text is not read
    struct str text; // replaces what the id had
};

// Creates the folder. ERROR_CORRUPT: a segment is damaged or sealed with another key (delete the folder and rebuild).
bool search_open(const char *dir, const uint8_t key[CRYPTO_KEY_BYTES], struct search **ret,
                 struct error *err) MUST_USE;
void search_close(struct search *s); // flushes
// The watermark is how far the change log was taken over. On false some of the documents may be in: apply them all
// again, that is the same. ERROR_NO_SPACE and the like: the disk has taken nothing for so long that memory is full;
// what is in can still be found.
bool search_apply(struct search *s, const struct search_doc *docs, size_t n, int64_t watermark,
                  struct error *err) MUST_USE;
// What is durable: where to go on after opening. (0 for a new index.) Who applies keeps count of his own until then.
int64_t search_watermark(const struct search *s);
bool search_flush(struct search *s, struct error *err) MUST_USE;
// After an erasure: writes every segment again that has something of a deleted or replaced document, so that nothing
// of it is left in the folder. Without it that goes with later merges. Takes as long as writing these segments.
bool search_purge(struct search *s, struct error *err) MUST_USE;
bool search_clear(struct search *s, struct error *err) MUST_USE;

struct search_query {
    struct str text;
    int64_t before; // only ids smaller; 0: all
    size_t limit;   // ≤ 100,000
    // Only documents for which it says yes; NULL: all. Called in descending order of id, without a lock.
    bool (*wanted)(void *ctx, int64_t id);
    void *ctx;
};
// ids in descending order. An empty or purely excluding query is ERROR_INVALID.
bool search_find(struct search *s, const struct search_query *q, int64_t *ret_ids, size_t *ret_n,
                 struct error *err) MUST_USE;

struct search_stats {
    uint64_t documents, segments, bytes_on_disk, bytes_in_memory;
};
struct search_stats search_stats(struct search *s);

#endif
