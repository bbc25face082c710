// SPDX-License-Identifier: Apache-2.0
#include "collect/window.h"

#include <stdlib.h>

static void count(struct window *w, struct reader *r) {
    const struct decode_counts *c = decoder_counts(w->decoder);
    r->counts.recoded += c->recoded - w->counted.recoded;
    r->counts.replaced += c->replaced - w->counted.replaced;
    r->counts.nuls += c->nuls - w->counted.nuls;
    w->counted = *c;
}

bool window_open(struct window *w, struct input *in, size_t sample, struct reader *r,
                 struct error *err) {
    *w = (struct window){.in = in};
    bool ok = decoder_open(in, &w->decoder, err);
    size_t n = 1;
    while (ok && n > 0 && w->buf.len < sample)
        ok = decoder_read(w->decoder, &w->buf, &n, err);
    w->ended = n == 0;
    if (ok)
        count(w, r);
    if (!ok) {
        w->in = NULL; // stays the caller's
        window_done(w);
    }
    return ok;
}

void window_done(struct window *w) {
    decoder_close(w->decoder);
    input_close(w->in);
    free(w->buf.ptr);
    *w = (struct window){.in = NULL};
}

bool window_fill(struct window *w, struct reader *r, struct error *err) {
    if (w->at > 0) {
        memmove(w->buf.ptr, w->buf.ptr + w->at, w->buf.len - w->at);
        w->buf.len -= w->at;
        w->at = 0;
    }
    size_t n = 0;
    if (!decoder_read(w->decoder, &w->buf, &n, err))
        return false;
    w->ended = n == 0;
    count(w, r);
    return true;
}
