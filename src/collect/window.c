// SPDX-License-Identifier: Apache-2.0
#include "collect/window.h"

#include "base/mem.h"

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
    size_t n = 1;
    if (!decoder_open(in, &w->decoder, err)) {
        window_done(w);
        return false;
    }
    while (!w->failed && n > 0 && w->buf.len < sample)
        w->failed = !decoder_read(w->decoder, &w->buf, &n, &w->failure);
    if (w->failed && w->buf.len == 0) {
        if (err)
            *err = w->failure;
        window_done(w);
        return false;
    }
    w->ended = n == 0 && !w->failed;
    count(w, r);
    return true;
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
    if (w->failed) {
        if (err)
            *err = w->failure;
        return false;
    }
    if (!decoder_read(w->decoder, &w->buf, &n, err))
        return false;
    w->ended = n == 0;
    count(w, r);
    return true;
}

struct decoded {
    struct window window;
    struct reader *reader;
};

static bool decoded_read(void *ctx, char *buf, size_t cap, size_t *ret_n, struct error *err) {
    struct decoded *d = ctx;
    while (window_str(&d->window).len == 0 && !d->window.ended)
        if (!window_fill(&d->window, d->reader, err))
            return false;
    struct str text = str_slice(window_str(&d->window), 0, cap);
    if (text.len)
        memcpy(buf, text.ptr, text.len);
    d->window.at += text.len;
    *ret_n = text.len;
    return true;
}

static double decoded_progress(void *ctx) {
    return input_progress(((struct decoded *)ctx)->window.in);
}

static void decoded_close(void *ctx) {
    struct decoded *d = ctx;
    window_done(&d->window);
    free(d);
}

static const struct input_ops decoded_ops = {decoded_read, decoded_progress, decoded_close};

bool window_input(struct input *in, struct reader *r, struct input **ret,
                  enum encoding *ret_encoding, struct error *err) {
    struct decoded *d = NEW(struct decoded);
    d->reader = r;
    if (!window_open(&d->window, in, 0, r, err)) {
        free(d);
        return false;
    }
    if (ret_encoding)
        *ret_encoding = decoder_encoding(d->window.decoder);
    *ret = input_new(&decoded_ops, d);
    return true;
}
