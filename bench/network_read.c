// SPDX-License-Identifier: Apache-2.0
// Reads lines with a network: prints the logits of each (for train/deep/parity.py), or how long reading all takes.
//     network-read MODEL logits [float] < texts > JSON lines
//     network-read MODEL pieces < texts > JSON lines: ids and code points of the pieces
//     network-read MODEL time [float] < texts > seconds
// Without “float” with 8-bit numbers, as the program does.
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/json.h"
#include "base/strbuf.h"
#include "base/vec.h"
#include "nlp/network.h"
#include "nlp/wordpiece.h"

struct texts {
    VEC(struct str);
};

static void read_lines(struct texts *ret) {
    char *line = NULL;
    size_t cap = 0;
    for (ssize_t n; (n = getline(&line, &cap, stdin)) >= 0;) {
        size_t len = (size_t)n - (n && line[n - 1] == '\n');
        char *copy = mem_alloc(len + 1);
        memcpy(copy, line, len);
        vec_push(ret, str_make(copy, len));
    }
    free(line);
}

static void add_floats(struct json_writer *w, const char *key, const float *x, size_t n) {
    json_key(w, key);
    json_begin_array(w);
    for (size_t i = 0; i < n; i++)
        json_add_num(w, (double)x[i], 6);
    json_end_array(w);
}

static void print_logits(const struct network *n, struct network_run *r, struct str text) {
    CLEANUP(strbuf_done) struct strbuf sb = strbuf_init(MIB);
    struct json_writer w = json_writer_init(&sb);
    struct network_logits l;
    network_logits(n, r, text, &l);
    json_begin_object(&w);
    add_floats(&w, "sentiment", l.sentiment, N_SENTIMENTS);
    add_floats(&w, "urgency", l.urgency, N_URGENCIES);
    add_floats(&w, "validity", l.validity, N_VALIDITIES);
    add_floats(&w, "emotion", l.emotion, N_EMOTIONS);
    add_floats(&w, "dimensions", &l.dimensions[0][0], (size_t)N_DIMENSIONS * (1 + N_SENTIMENTS));
    if (network_embedding(n)) {
        float *embedding = NEW_ARRAY(float, network_embedding(n));
        network_embed(n, r, &text, 1, embedding);
        add_floats(&w, "embedding", embedding, network_embedding(n));
        free(embedding);
    }
    json_end_object(&w);
    puts(strbuf_cstr(&sb));
}

static void print_pieces(const struct wordpiece *wp, struct str text) {
    static struct piece pieces[100000];
    size_t n = wordpiece_read(wp, text, pieces, ARRAY_LEN(pieces));
    for (size_t i = 0; i < n; i++)
        printf("%s[%u,%u,%u]", i ? "," : "[", pieces[i].id, pieces[i].start, pieces[i].end);
    puts(n ? "]" : "[]");
}

static void print_time(const struct network *n, struct network_run *r, const struct texts *t) {
    struct text_answer *answers = NEW_ARRAY(struct text_answer, t->len);
    struct timespec begun, ended;
    clock_gettime(CLOCK_MONOTONIC, &begun);
    network_read(n, r, t->items, t->len, answers);
    clock_gettime(CLOCK_MONOTONIC, &ended);
    printf("%.6f\n",
           (double)(ended.tv_sec - begun.tv_sec) + (double)(ended.tv_nsec - begun.tv_nsec) / 1e9);
    free(answers);
}

int main(int argc, char **argv) {
    struct network *n;
    struct error err;
    struct texts texts = {0};
    if (argc < 3)
        return 2;
    bool floats = argc > 3 && strcmp(argv[3], "float") == 0;
    if (!network_open(argv[1], floats ? NETWORK_FLOAT : NETWORK_INT8, &n, &err)) {
        fprintf(stderr, "%s\n", err.en);
        return 1;
    }
    struct network_run *r = network_run_new(n);
    read_lines(&texts);
    if (strcmp(argv[2], "time") == 0)
        print_time(n, r, &texts);
    else if (strcmp(argv[2], "logits") == 0)
        for (size_t i = 0; i < texts.len; i++)
            print_logits(n, r, texts.items[i]);
    else {
        struct wordpiece *wp;
        CLEANUP(strbuf_done) struct strbuf path = strbuf_init(4 * KIB);
        strbuf_addf(&path, "%s/vocab.txt", argv[1]);
        if (!wordpiece_open(strbuf_cstr(&path), &wp, &err))
            return 1;
        for (size_t i = 0; i < texts.len; i++)
            print_pieces(wp, texts.items[i]);
        wordpiece_close(wp);
    }
    for (size_t i = 0; i < texts.len; i++)
        free((char *)texts.items[i].ptr);
    vec_done(&texts);
    network_run_free(r);
    network_close(n);
    return 0;
}
