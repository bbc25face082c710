// SPDX-License-Identifier: Apache-2.0
#include "report/excerpt.h"

#include "base/utf8.h"
#include "report/markup.h"

struct excerpt excerpt_of(const struct quote *q, size_t max_characters) {
    struct str text = str_trim(q->text);
    size_t skipped =
        utf8_count(str_slice(q->text, 0, q->text.len ? (size_t)(text.ptr - q->text.ptr) : 0));
    size_t n = utf8_count(text);
    size_t start = MIN((size_t)MAX(q->start, skipped) - skipped, n);
    size_t end = MIN((size_t)MAX(q->end, skipped) - skipped, n);
    end = MAX(end, start);
    size_t from = 0, to = n;
    if (n > max_characters) {
        // A third of the room before the proof, so that the reader sees what it is about.
        size_t lead = max_characters / 3;
        from = start > lead ? start - lead : 0;
        from = MIN(from, n - max_characters);
        to = from + max_characters;
        end = MIN(end, to);
    }
    struct excerpt e = {.cut_head = from > 0, .cut_tail = to < n};
    size_t at[4];
    const size_t characters[4] = {from, start, end, to};
    for (int i = 0; i < 4; i++)
        at[i] = utf8_offset(text, characters[i]);
    e.before = str_slice(text, at[0], at[1]);
    e.proof = str_slice(text, at[1], at[2]);
    e.after = str_slice(text, at[2], at[3]);
    return e;
}

void markup_quote(struct strbuf *out, const struct quote *q, size_t max_characters) {
    struct excerpt e = excerpt_of(q, max_characters);
    if (e.cut_head)
        strbuf_adds(out, "…");
    markup_text(out, e.before);
    if (e.proof.len) {
        strbuf_adds(out, "<mark>");
        markup_text(out, e.proof);
        strbuf_adds(out, "</mark>");
    }
    markup_text(out, e.after);
    if (e.cut_tail)
        strbuf_adds(out, "…");
}
