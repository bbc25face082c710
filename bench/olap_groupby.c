// SPDX-License-Identifier: Apache-2.0
// Group-by over generated facts, timed: olap-groupby ROWS THREADS RUNS DIR. Writes the columns as plain arrays
// for the peer (region.u8 product.u16 sentiment.u8 score.f32 days.i32), the answer of each query as tab-separated
// lines, and prints one line a query: name, median milliseconds. Driven by bench/olap_groupby.py.
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"
#include "num/random.h"
#include "olap/query.h"

#define N_REGIONS  34
#define N_PRODUCTS 200
#define N_SELLERS  5000
#define N_DAYS     365
#define FIRST_DAY  20000

struct bench {
    struct facts *facts;
    int region, product, seller, sentiment, score;
    const char *dir;
    int threads, runs;
};

static FILE *open_in(const char *dir, const char *name) {
    char path[512];
    snprintf(path, sizeof path, "%s/%s", dir, name);
    FILE *f = fopen(path, "wb");
    if (!f) {
        perror(path);
        exit(1);
    }
    return f;
}

static void put_numbered(struct facts *f, int column, char letter, unsigned value) {
    char buf[16];
    snprintf(buf, sizeof buf, "%c%u", letter, value);
    facts_put(f, column, str_from(buf));
}

static void generate(struct bench *b, uint32_t rows) {
    static const char *const names[] = {"region.u8",    "product.u16", "seller.u16",
                                        "sentiment.u8", "score.f32",   "days.i32"};
    FILE *out[ARRAY_LEN(names)];
    struct random r = random_init(1);
    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        out[i] = open_in(b->dir, names[i]);
    b->facts = facts_new();
    b->region = facts_add_dimension(b->facts, STR("region"), STR("region"));
    b->product = facts_add_dimension(b->facts, STR("product"), STR("product"));
    b->seller = facts_add_dimension(b->facts, STR("seller"), STR("store"));
    b->sentiment = facts_add_class(b->facts, STR("sentiment"), 3);
    b->score = facts_add_measure(b->facts, STR("score"), STR("score"));
    for (uint32_t i = 0; i < rows; i++) {
        uint8_t region = (uint8_t)random_below(&r, N_REGIONS);
        uint8_t sentiment = (uint8_t)random_below(&r, 3);
        uint16_t product = (uint16_t)random_below(&r, N_PRODUCTS);
        uint16_t seller = (uint16_t)random_below(&r, N_SELLERS);
        float score = random_chance(&r, 0.1) ? NAN : 1 + (float)random_below(&r, 9) / 2;
        int32_t day = FIRST_DAY + (int32_t)random_below(&r, N_DAYS);
        facts_begin(b->facts);
        put_numbered(b->facts, b->region, 'r', region);
        put_numbered(b->facts, b->product, 'p', product);
        put_numbered(b->facts, b->seller, 's', seller);
        facts_put_class(b->facts, b->sentiment, sentiment);
        facts_put_measure(b->facts, b->score, (double)score);
        facts_put_day(b->facts, day);
        fwrite(&region, sizeof region, 1, out[0]);
        fwrite(&product, sizeof product, 1, out[1]);
        fwrite(&seller, sizeof seller, 1, out[2]);
        fwrite(&sentiment, sizeof sentiment, 1, out[3]);
        fwrite(&score, sizeof score, 1, out[4]);
        fwrite(&day, sizeof day, 1, out[5]);
    }
    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        fclose(out[i]);
    facts_seal(b->facts);
}

static int by_value(const void *a, const void *b) {
    const double *x = a, *y = b;
    return *x < *y ? -1 : *x > *y;
}

static void write_key(FILE *out, const struct bench *b, int column, int32_t key) {
    if (column == b->region || column == b->product || column == b->seller) {
        struct str s = facts_value(b->facts, column, (uint32_t)key);
        fprintf(out, "%.*s\t", STR_ARG(s));
    } else {
        fprintf(out, "%d\t", key);
    }
}

static void write_answer(const struct bench *b, const char *name, const struct query *q,
                         const struct result *r) {
    FILE *out = open_in(b->dir, name);
    for (size_t g = 0; g < r->n_groups; g++) {
        for (int k = 0; k < q->n_by; k++)
            write_key(out, b, q->by[k], result_key(r, g, k));
        struct moments m = result_moments(r, g, 0);
        const int64_t *c = result_classes(r, g, 0);
        fprintf(out,
                "%" PRId64 "\t%" PRId64 "\t%.17g\t%.17g\t%" PRId64 "\t%" PRId64 "\t%" PRId64 "\n",
                r->n[g], m.n, m.sum, m.sum_sq, c[0], c[1], c[2]);
    }
    fclose(out);
}

static void measure(const struct bench *b, const char *name, const struct query *q) {
    double *ms = NEW_ARRAY(double, (size_t)b->runs);
    struct error err;
    for (int i = 0; i < b->runs; i++) {
        CLEANUP(result_done) struct result r = {0};
        int64_t start = clock_monotonic_us();
        if (!facts_query(b->facts, q, b->threads, &r, &err)) {
            fprintf(stderr, "%s\n", err.en);
            exit(1);
        }
        ms[i] = (double)(clock_monotonic_us() - start) / 1000;
        if (i == 0)
            write_answer(b, name, q, &r);
    }
    qsort(ms, (size_t)b->runs, sizeof *ms, by_value);
    printf("%s\t%.3f\n", name, ms[b->runs / 2]);
    free(ms);
}

static struct query query_of(const struct bench *b, int first, int second) {
    struct query q = query_init(GRAIN_FEEDBACK);
    query_by(&q, first);
    query_by(&q, second);
    query_measure(&q, b->score);
    query_classes(&q, b->sentiment);
    return q;
}

int main(int argc, char **argv) {
    int64_t rows, threads, runs;
    if (argc != 5 || !str_to_int64(str_from(argv[1]), &rows) ||
        !str_to_int64(str_from(argv[2]), &threads) || !str_to_int64(str_from(argv[3]), &runs)) {
        fputs("usage: olap-groupby ROWS THREADS RUNS DIR\n", stderr);
        return 2;
    }
    struct bench b = {.dir = argv[4], .threads = (int)threads, .runs = (int)runs};
    generate(&b, (uint32_t)rows);
    struct query two = query_of(&b, b.region, b.product), many = query_of(&b, b.seller, b.region);
    struct query days = query_of(&b, FACTS_DAY, b.region), some = two;
    days.bucket = TIME_WEEK;
    query_days(&some, FIRST_DAY + 100, FIRST_DAY + 107);
    measure(&b, "region_product", &two);
    measure(&b, "region_product_one_week", &some);
    measure(&b, "week_region", &days);
    measure(&b, "seller_region", &many);
    printf("bytes\t%zu\n", facts_bytes(b.facts));
    facts_free(b.facts);
    return 0;
}
