// SPDX-License-Identifier: Apache-2.0
// The text up to the first zero byte as a vocabulary, when it is one, else a small one; the rest as a text: pieces in
// order, inside the text, bytes and code points at the same places, and the same however few are asked for.
#include "nlp/wordpiece.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char small[] =
    "[UNK]\n[CLS]\n[SEP]\n[unused1]\n[unused2]\n不\n好\nwi\nfi\n##fi\n##i\n2\n##4\né\n";

static void check(bool what) {
    if (!what)
        abort();
}

static void check_pieces(const struct wordpiece *w, struct str text) {
    size_t max = text.len + 1;
    struct piece *all = mem_zero(max, sizeof *all), few[3];
    size_t n = wordpiece_read(w, text, all, max), n_few = wordpiece_read(w, text, few, 3);
    check(n <= text.len && n_few == MIN(n, (size_t)3));
    check(memcmp(all, few, n_few * sizeof *few) == 0);
    uint32_t end = 0, to = 0;
    for (size_t i = 0; i < n; i++) {
        const struct piece *p = &all[i];
        check(p->id < wordpiece_count(w) && p->start >= end && p->end > p->start);
        check(p->from >= to && p->to > p->from && p->to <= text.len);
        if (i < 50) { // counting from the start each time is slow
            check(utf8_offset(text, p->start) == p->from);
            check(utf8_offset(text, p->end) == p->to);
        }
        end = p->end;
        to = p->to;
    }
    free(all);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct str input = str_make((const char *)data, size);
    size_t zero = str_find_char(input, '\0');
    struct wordpiece *w = NULL;
    struct error err;
    bool own = zero != STR_NONE && wordpiece_parse(str_slice(input, 0, zero), "v", &w, &err);
    if (!own && !wordpiece_parse(str_make(small, sizeof small - 1), "v", &w, &err))
        abort();
    check_pieces(w, own ? str_slice(input, zero + 1, size) : input);
    wordpiece_close(w);
    return 0;
}
