// SPDX-License-Identifier: Apache-2.0
#include "collect/reader.h"

const struct words reason_cell_too_long = {"单元格超过 1 MB", "a cell is larger than 1 MB"};
const struct words reason_too_many_columns = {"超过 16384 列", "more than 16384 columns"};
const struct words reason_open_quote = {"引号没有闭合，按普通字符读取",
                                        "a quote is never closed, read as a character"};
const struct words reason_broken_text = {"有无法识别的字符，已用 � 代替",
                                         "characters that cannot be read, replaced by �"};

void reader_init(struct reader *r) {
    *r = (struct reader){.kind = strbuf_init(1 * KIB), .other_sheets = strbuf_init(4 * KIB)};
}

void reader_done(struct reader *r) {
    if (r->ops)
        r->ops->close(r->ctx);
    r->ops = NULL;
    strbuf_done(&r->kind);
    strbuf_done(&r->other_sheets);
}

void row_maker_init(struct row_maker *m) {
    *m = (struct row_maker){.text = strbuf_init(GIB)};
}

void row_maker_done(struct row_maker *m) {
    vec_done(&m->cells);
    strbuf_done(&m->text);
}

void row_maker_reset(struct row_maker *m) {
    m->cells.len = 0;
    strbuf_reset(&m->text);
}

void row_maker_add(struct row_maker *m, size_t column, struct str text, enum cell_kind kind) {
    struct made_cell cell = {m->text.len, text.len, text.len ? kind : CELL_EMPTY};
    strbuf_add(&m->text, text);
    while (m->cells.len < column)
        vec_push(&m->cells, ((struct made_cell){0, 0, CELL_EMPTY}));
    if (column < m->cells.len)
        m->cells.items[column] = cell;
    else
        vec_push(&m->cells, cell);
}

bool row_maker_finish(struct row_maker *m, struct arena *arena, struct row *ret) {
    size_t n = m->cells.len;
    while (n > 0 && m->cells.items[n - 1].len == 0)
        n--;
    ret->n = n;
    if (n == 0)
        return false;
    struct str text = arena_str(arena, strbuf_str(&m->text));
    ret->cells = arena_alloc(arena, n * (sizeof *ret->cells + 1));
    ret->kinds = (uint8_t *)(ret->cells + n);
    for (size_t i = 0; i < n; i++) {
        const struct made_cell *c = &m->cells.items[i];
        ret->cells[i] = str_slice(text, c->from, c->from + c->len);
        ret->kinds[i] = (uint8_t)c->kind;
    }
    return true;
}
