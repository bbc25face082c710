// SPDX-License-Identifier: Apache-2.0
// Our side of bench/search_find.py: takes texts (one a line) into a new index, then answers queries (one a line),
// each several times.
//
//     bench-search-find TEXTS QUERIES DIR ROUNDS
//
// Prints “taken_s written_s merged_s segments disk_bytes memory_bytes peak_kib”, then for each query “found µs µs …”.
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "search/search.h"
#include "sys/file.h"

#define BATCH 1000
#define LIMIT 50

static void must(bool ok, const struct error *err) {
    if (ok)
        return;
    fprintf(stderr, "%s\n", err->en);
    exit(1);
}

static double seconds_since(int64_t began) {
    return (double)(clock_monotonic_us() - began) / 1e6;
}

static void take_in(struct search *s, struct str texts) {
    struct search_doc *docs = NEW_ARRAY(struct search_doc, BATCH);
    struct error err;
    struct str line;
    int64_t id = 0;
    size_t n = 0;
    while (str_cut(&texts, '\n', &line)) {
        if (line.len)
            docs[n++] = (struct search_doc){.id = ++id, .text = line};
        if (n == BATCH || texts.len == 0) {
            must(search_apply(s, docs, n, id, &err), &err);
            n = 0;
        }
    }
    free(docs);
}

static void answer(struct search *s, struct str query, int rounds) {
    int64_t ids[LIMIT], times[64];
    size_t n = 0;
    struct error err;
    struct search_query q = {.text = query, .limit = LIMIT};
    for (int i = 0; i < rounds; i++) {
        int64_t began = clock_monotonic_us();
        must(search_find(s, &q, ids, &n, &err), &err);
        times[i] = clock_monotonic_us() - began;
    }
    printf("%zu", n);
    for (int i = 0; i < rounds; i++)
        printf(" %" PRId64, times[i]);
    printf("\n");
}

int main(int argc, char **argv) {
    CLEANUP(strbuf_done) struct strbuf texts = strbuf_init(4 * GIB), queries = strbuf_init(MIB);
    struct error err;
    int64_t rounds;
    if (argc != 5 || !str_to_int64(str_from(argv[4]), &rounds) || rounds < 1 || rounds > 64) {
        fprintf(stderr, "usage: bench-search-find TEXTS QUERIES DIR ROUNDS\n");
        return 2;
    }
    must(file_read(argv[1], 4 * GIB, &texts, &err), &err);
    must(file_read(argv[2], MIB, &queries, &err), &err);
    static const uint8_t key[CRYPTO_KEY_BYTES] = "a key for the bench, 32 bytes ..";
    struct search *s;
    must(search_open(argv[3], key, &s, &err), &err);
    int64_t began = clock_monotonic_us();
    take_in(s, strbuf_str(&texts));
    double taken = seconds_since(began);
    must(search_flush(s, &err), &err);
    double written = seconds_since(began);
    // Merges go on behind; what is searched is the state after them.
    for (int wait = 0; wait < 400 && search_stats(s).segments >= 8; wait++)
        usleep(50000);
    double settled = seconds_since(began);
    struct search_stats st = search_stats(s);
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    printf("%.3f %.3f %.3f %" PRIu64 " %" PRIu64 " %" PRIu64 " %ld\n", taken, written, settled,
           st.segments, st.bytes_on_disk, st.bytes_in_memory, usage.ru_maxrss);
    struct str rest = strbuf_str(&queries), line;
    while (str_cut(&rest, '\n', &line))
        if (line.len)
            answer(s, line, (int)rounds);
    search_close(s);
    strbuf_done(&queries);
    return 0;
}
