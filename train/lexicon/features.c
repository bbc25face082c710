// SPDX-License-Identifier: Apache-2.0
// Prints the members that train/lexicon/gibberish.py fits, one line a text; they are those of logit() in
// src/nlp/noise_gibberish.c. Built by hand:
//     cc -O2 -std=gnu17 -D_GNU_SOURCE -Isrc -include base/banned.h train/lexicon/features.c
// build/libhouse.a $(pkg-config
//     --libs jansson zlib libzstd) -lm -o features
#include <stdio.h>

#include "base/strbuf.h"
#include "nlp/noise_parts.h"
#include "sys/file.h"

int main(int argc, char **argv) {
    struct lexicon *lx = NULL;
    struct error err;
    CLEANUP(strbuf_done) struct strbuf file = strbuf_init(GIB);
    if (argc != 2 || !lexicon_open(NULL, &lx, &err) || !file_read(argv[1], GIB, &file, &err)) {
        fprintf(stderr, "usage: features FILE\n");
        return 2;
    }
    struct segmenter *sg = segmenter_new(lx);
    struct str rest = strbuf_str(&file), line;
    while (str_cut(&rest, '\n', &line)) {
        const struct token *t;
        size_t n = segment(sg, line, &t);
        double m[NOISE_MEMBERS];
        noise_members(lx, line, t, n, m);
        for (int i = 0; i < NOISE_MEMBERS; i++)
            printf("%s%.3f", i ? "\t" : "", m[i]);
        putchar('\n');
    }
    segmenter_free(sg);
    lexicon_close(lx);
    return 0;
}
