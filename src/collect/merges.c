// SPDX-License-Identifier: Apache-2.0
#include "collect/merges.h"

#include "base/mem.h"

#define CHUNK      65536
#define TAG        "mergeCell "
#define TAG_BYTES  96      // of a whole <mergeCell ref="…"/>, more than ever needed
#define MAX_MERGES 1000000 // those beyond it are not filled …
#define MAX_ACTIVE 256     // … nor those beyond it in one row …
#define MAX_TEXT   1024    // … nor longer texts: names are short

const char *cell_reference(const char *p, uint32_t *ret_column, uint32_t *ret_row) {
    uint32_t column = 0, letters = 0;
    uint64_t row = 0;
    for (; letters < 4 && ((*p >= 'A' && *p <= 'Z') || (*p >= 'a' && *p <= 'z')); p++, letters++)
        column = column * 26 + (uint32_t)((*p | 0x20) - 'a') + 1;
    for (; *p >= '0' && *p <= '9' && row < UINT32_MAX / 16; p++)
        row = row * 10 + (uint32_t)(*p - '0');
    *ret_column = column - 1;
    *ret_row = (uint32_t)row;
    return letters > 0 ? p : NULL;
}

// `tag` begins behind “mergeCell ” and is NUL-terminated.
static void add_merge(struct merges *m, const char *tag) {
    const char *p = strstr(tag, "ref="), *end = strchr(tag, '>');
    struct merge merge;
    uint32_t right;
    if (!p || (end && p > end) || !p[4])
        return;
    p = cell_reference(p + 5, &merge.column, &merge.first);
    if (!p || *p != ':' || !cell_reference(p + 1, &right, &merge.last))
        return;
    bool fits = merge.first > 0 && merge.last > merge.first && merge.column < TABLE_MAX_COLUMNS;
    if (fits && m->list.len < MAX_MERGES)
        vec_push(&m->list, merge);
}

// Finds the tags that begin in the first `n` bytes of buf, of which TAG_BYTES more can be read.
static void scan(struct merges *m, const char *buf, size_t n, size_t readable) {
    const char *p = buf, *end = buf + n;
    while (p < end && (p = memmem(p, readable - (size_t)(p - buf), TAG, strlen(TAG)))) {
        char tag[TAG_BYTES + 1] = "";
        p += strlen(TAG);
        if (p - strlen(TAG) >= end)
            break;
        memcpy(tag, p, MIN((size_t)TAG_BYTES, readable - (size_t)(p - buf)));
        add_merge(m, tag);
    }
}

static int by_first_row(const void *a, const void *b) {
    const struct merge *x = a, *y = b;
    if (x->first != y->first)
        return x->first < y->first ? -1 : 1;
    return x->column < y->column ? -1 : x->column > y->column;
}

void merges_find(struct merges *m, struct input *in) {
    *m = (struct merges){.next = 0};
    char *buf = mem_alloc(CHUNK + TAG_BYTES + sizeof TAG);
    size_t kept = 0, n = 0;
    const size_t tail = TAG_BYTES + strlen(TAG);
    while (input_read(in, buf + kept, CHUNK, &n, NULL) && n > 0) {
        size_t all = kept + n, done = all > tail ? all - tail : 0;
        scan(m, buf, done, all);
        memmove(buf, buf + done, all - done);
        kept = all - done;
    }
    scan(m, buf, kept, kept);
    free(buf);
    input_close(in);
    if (m->list.len > 1)
        qsort(m->list.items, m->list.len, sizeof *m->list.items, by_first_row);
}

void merges_done(struct merges *m) {
    for (size_t i = 0; i < m->active.len; i++)
        free(m->active.items[i].text);
    vec_done(&m->active);
    vec_done(&m->list);
}

static void begin(struct merges *m, const struct merge *merge, const struct row_maker *cells) {
    if (merge->column >= cells->cells.len || m->active.len >= MAX_ACTIVE)
        return;
    const struct made_cell *c = &cells->cells.items[merge->column];
    if (c->len == 0 || c->len > MAX_TEXT)
        return;
    char *text = str_dup(str_slice(strbuf_str(&cells->text), c->from, c->from + c->len));
    vec_push(&m->active, ((struct merge_value){merge->last, merge->column, c->kind, text}));
}

void merges_apply(struct merges *m, uint64_t row, struct row_maker *cells) {
    size_t kept = 0;
    for (size_t i = 0; i < m->active.len; i++) {
        struct merge_value v = m->active.items[i];
        if (v.last < row) {
            free(v.text);
            continue;
        }
        if (v.column >= cells->cells.len || cells->cells.items[v.column].len == 0)
            row_maker_add(cells, v.column, str_from(v.text), v.kind);
        m->active.items[kept++] = v;
    }
    m->active.len = kept;
    for (; m->next < m->list.len && m->list.items[m->next].first <= row; m->next++)
        if (m->list.items[m->next].first == row)
            begin(m, &m->list.items[m->next], cells);
}
