// SPDX-License-Identifier: Apache-2.0
// Arrays of records from one text, read to trees and freed, by json_parse and by jansson in turn. Prints for each
// round the microseconds a record takes with both; bench/json_read.py compares.
//
//     json-read RECORD_FILE RECORDS ROUNDS
#include "base/json.h"

#include <jansson.h>
#include <stdio.h>

#include "base/clock.h"
#include "sys/file.h"

#define ARRAYS 200 // of a round

static int64_t read_ours(struct str text) {
    int64_t from = clock_monotonic_us();
    for (int i = 0; i < ARRAYS; i++) {
        CLEANUP(json_freep) struct json *j = NULL;
        if (!json_parse(text, &j, NULL))
            abort();
    }
    return clock_monotonic_us() - from;
}

static int64_t read_jansson(struct str text) {
    int64_t from = clock_monotonic_us();
    for (int i = 0; i < ARRAYS; i++) {
        json_error_t e;
        json_t *j = json_loadb(text.ptr, text.len, JSON_DECODE_ANY | JSON_ALLOW_NUL, &e);
        if (!j)
            abort();
        json_decref(j);
    }
    return clock_monotonic_us() - from;
}

int main(int argc, char **argv) {
    CLEANUP(strbuf_done) struct strbuf record = strbuf_init(MIB), all = strbuf_init(64 * MIB);
    struct error err;
    int64_t n, rounds;
    if (argc != 4 || !str_to_int64(str_from(argv[2]), &n) || n < 1 ||
        !str_to_int64(str_from(argv[3]), &rounds)) {
        fprintf(stderr, "json-read RECORD_FILE RECORDS ROUNDS\n");
        return 2;
    }
    if (!file_read(argv[1], MIB, &record, &err)) {
        fprintf(stderr, "%s\n", err.en);
        return 1;
    }
    for (int64_t i = 0; i < n; i++) {
        strbuf_addc(&all, i ? ',' : '[');
        strbuf_add(&all, strbuf_str(&record));
    }
    strbuf_addc(&all, ']');
    for (int64_t i = 0; i < rounds; i++) {
        double ours = (double)read_ours(strbuf_str(&all)) / (double)(ARRAYS * n),
               theirs = (double)read_jansson(strbuf_str(&all)) / (double)(ARRAYS * n);
        printf("%.4f %.4f\n", ours, theirs);
    }
    return 0;
}
