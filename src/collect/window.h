// SPDX-License-Identifier: Apache-2.0
// The part of a decoded text that a reader is looking at: what is decoded and not yet passed, in
// one piece.
#ifndef COLLECT_WINDOW_H
#define COLLECT_WINDOW_H

#include "collect/decode.h"
#include "collect/reader.h"

struct window {
    struct input *in;        // owned
    struct decoder *decoder; // owned
    struct text_buf buf;
    size_t at;                    // start of what is not yet passed
    bool ended;                   // buf holds the end of the text
    struct decode_counts counted; // what the reader's counts have already
    bool failed;                  // behind the sample: window_fill says it
    struct error failure;
};

// Opens the decoder and looks at the first `sample` bytes. Takes `in` over in any case.
bool window_open(struct window *w, struct input *in, size_t sample, struct reader *r,
                 struct error *err) MUST_USE;
void window_done(struct window *w);
// More text behind what is there; what was passed is dropped, so pointers into it are no longer
// good. Counts go to `r`.
bool window_fill(struct window *w, struct reader *r, struct error *err) MUST_USE;

static inline struct str window_str(const struct window *w) {
    return (struct str){w->buf.ptr ? w->buf.ptr + w->at : "", w->buf.len - w->at};
}

// The same text as a stream, for parsers that are fed: UTF-8 whatever `in` has. Takes `in` over in
// any case. *ret_encoding may be NULL.
bool window_input(struct input *in, struct reader *r, struct input **ret,
                  enum encoding *ret_encoding, struct error *err) MUST_USE;

#endif
