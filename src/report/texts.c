// SPDX-License-Identifier: Apache-2.0
#include "report/texts.h"

void texts_init(struct texts *t) {
    *t = (struct texts){0};
    dict_add(&t->names, STR(""));
}

void texts_done(struct texts *t) {
    vec_done(t);
    arena_done(&t->arena);
    dict_done(&t->names);
    dict_done(&t->keywords);
    *t = (struct texts){0};
}

static const void *keep(struct arena *a, const void *p, size_t bytes) {
    return bytes ? memcpy(arena_alloc(a, bytes), p, bytes) : NULL;
}

uint32_t texts_add(struct texts *t, const struct text *in) {
    struct text copy = *in;
    copy.ptr = keep(&t->arena, in->ptr, in->len);
    copy.aspects = keep(&t->arena, in->aspects, in->n_aspects * sizeof *in->aspects);
    copy.keywords = keep(&t->arena, in->keywords, in->n_keywords * sizeof *in->keywords);
    vec_push(t, copy);
    return (uint32_t)(t->len - 1);
}
