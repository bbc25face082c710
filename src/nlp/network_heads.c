// SPDX-License-Identifier: Apache-2.0
// From tokens to logits, and from logits to an answer.
#include <math.h>

#include "nlp/network_inner.h"

static const int head_sizes[N_HEADS] = {N_SENTIMENTS, N_URGENCIES, N_VALIDITIES, N_EMOTIONS};

static void apply(const struct network *n, const struct dense *d, const float *x, size_t n_rows,
                  float *ret) {
    matrix_times_transposed((struct matrix){x, n_rows, d->in, d->in},
                            (struct matrix){d->weight, d->out, d->in, d->in}, ret, d->out);
    for (size_t i = 0; i < n_rows; i++)
        n->ops->add_scaled(ret + i * d->out, d->bias, 1, d->out);
}

void network_score(const struct network *n, struct network_run *r, const struct network_batch *b) {
    apply(n, &n->attend, r->tokens, b->n_tokens, r->attend);
    apply(n, &n->proof, r->tokens, b->n_tokens, r->proof);
}

// Mean of the tokens of a text by the softmax of a pool's scores.
static void pool_tokens(const struct network *n, struct network_run *r,
                        const struct network_batch *b, size_t text, size_t pool) {
    size_t first = b->first[text], length = b->length[text];
    for (size_t i = 0; i < length; i++)
        r->scores[i] = r->attend[(first + i) * N_POOLS + pool];
    n->ops->softmax(r->scores, length, 1);
    memset(r->pool, 0, n->token * sizeof *r->pool);
    for (size_t i = 0; i < length; i++)
        n->ops->add_scaled(r->pool, r->tokens + (first + i) * n->token, r->scores[i], n->token);
}

void network_pool(const struct network *n, struct network_run *r, const struct network_batch *b,
                  size_t text, struct network_logits *ret) {
    float *const heads[N_HEADS] = {ret->sentiment, ret->urgency, ret->validity, ret->emotion};
    for (size_t d = 0; d < N_DIMENSIONS; d++) {
        pool_tokens(n, r, b, text, d);
        for (size_t p = 0; p < 1 + N_SENTIMENTS; p++) {
            size_t row = d * (1 + N_SENTIMENTS) + p;
            ret->dimensions[d][p] =
                n->ops->dot(r->pool, n->dimension.weight + row * n->token, n->token) +
                n->dimension.bias[row];
        }
    }
    for (size_t h = 0; h < N_HEADS; h++) {
        pool_tokens(n, r, b, text, N_DIMENSIONS + h);
        memcpy(r->pool + n->token, r->x + b->first[text] * n->hidden, n->hidden * sizeof *r->x);
        for (int c = 0; c < head_sizes[h]; c++)
            heads[h][c] = n->ops->dot(r->pool, n->heads[h].weight + (size_t)c * n->heads[h].in,
                                      n->heads[h].in) +
                          n->heads[h].bias[c];
    }
}

void network_embed_one(const struct network *n, struct network_run *r,
                       const struct network_batch *b, size_t text, float *ret) {
    size_t length = b->length[text];
    float share = 1 / (float)length;
    memset(r->pool, 0, n->hidden * sizeof *r->pool);
    for (size_t i = 0; i < length; i++)
        n->ops->add_scaled(r->pool, r->x + (b->first[text] + i) * n->hidden, share, n->hidden);
    apply(n, &n->embed, r->pool, 1, ret);
    float size = sqrtf(n->ops->dot(ret, ret, n->embedding));
    for (size_t i = 0; i < n->embedding && size > 0; i++)
        ret[i] /= size;
}

// ── decisions ──

static void probabilities(const struct network *n, const float *logits, int count, float *ret) {
    memcpy(ret, logits, (size_t)count * sizeof *ret);
    n->ops->softmax(ret, (size_t)count, 1);
}

static int largest(const float *p, int n) {
    int best = 0;
    for (int i = 1; i < n; i++)
        if (p[i] > p[best])
            best = i;
    return best;
}

// The run of tokens whose scores for the dimension sum to the most (Kadane), as code points of the text.
static void find_proof(const struct network_run *r, const struct network_batch *b, size_t text,
                       const struct piece *pieces, struct answer_aspect *ret) {
    size_t n = b->length[text] - 2, start = 0, best_start = 0, best_end = 1;
    float sum = 0, best = -INFINITY;
    for (size_t i = 0; i < n; i++) {
        if (sum <= 0) {
            sum = 0;
            start = i;
        }
        sum += r->proof[(b->first[text] + 1 + i) * N_DIMENSIONS + ret->dimension];
        if (sum > best) {
            best = sum;
            best_start = start;
            best_end = i + 1;
        }
    }
    if (n) {
        ret->start = pieces[best_start].start;
        ret->end = pieces[best_end - 1].end;
    }
}

static void decide_dimensions(const struct network *n, const struct network_logits *l,
                              struct text_answer *ret) {
    for (int d = 0; d < N_DIMENSIONS; d++) {
        float p[1 + N_SENTIMENTS];
        probabilities(n, l->dimensions[d], 1 + N_SENTIMENTS, p);
        float there = 1 - p[0];
        // how far from its own threshold, as a probability
        float sure = there >= n->present[d]
                         ? 0.5f + 0.5f * (there - n->present[d]) / (1 - n->present[d])
                         : 0.5f + 0.5f * (n->present[d] - there) / n->present[d];
        ret->certainty = MIN(ret->certainty, sure);
        if (there < n->present[d])
            continue;
        int polarity = largest(p + 1, N_SENTIMENTS);
        answer_add_aspect(ret, (struct answer_aspect){
                                   .dimension = (uint8_t)d,
                                   .polarity = (uint8_t)polarity,
                                   .score = p[1 + polarity],
                               });
    }
}

static bool leaves_nothing(const struct network_batch *b, size_t text) {
    return b->length[text] == 2; // only [CLS] and [SEP]
}

void network_decide(const struct network *n, const struct network_run *r,
                    const struct network_batch *b, size_t text, const struct piece *pieces,
                    const struct network_logits *l, struct text_answer *ret) {
    *ret = (struct text_answer){.certainty = 1};
    probabilities(n, l->sentiment, N_SENTIMENTS, ret->sentiment);
    probabilities(n, l->urgency, N_URGENCIES, ret->urgency);
    probabilities(n, l->validity, N_VALIDITIES, ret->validity);
    probabilities(n, l->emotion, N_EMOTIONS, ret->emotion);
    ret->validity_label =
        leaves_nothing(b, text) ? VALIDITY_BLANK : (uint8_t)largest(ret->validity, N_VALIDITIES);
    bool urgent = ret->urgency[URGENCY_URGENT] >= n->urgent;
    ret->urgency_level = urgent ? URGENCY_URGENT
                         : ret->urgency[URGENCY_REPLY] > ret->urgency[URGENCY_ORDINARY]
                             ? URGENCY_REPLY
                             : URGENCY_ORDINARY;
    ret->certainty = MIN(ret->sentiment[largest(ret->sentiment, N_SENTIMENTS)],
                         ret->urgency[ret->urgency_level]);
    if (ret->validity_label != VALIDITY_OK)
        return;
    decide_dimensions(n, l, ret);
    for (int i = 0; i < ret->n_aspects; i++)
        find_proof(r, b, text, pieces, &ret->aspects[i]);
}
