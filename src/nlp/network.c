// SPDX-License-Identifier: Apache-2.0
// The model's files, the scratch of a thread, and the way from texts to batches.
#include "nlp/network.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/strbuf.h"
#include "nlp/model_files.h"
#include "nlp/network_inner.h"

// ── configuration ──

static bool read_size(const struct json *config, const char *key, int64_t most, size_t *ret) {
    int64_t x = json_int(json_get(config, key), -1);
    *ret = (size_t)x;
    return x > 0 && x <= most;
}

static bool read_sizes(const char *dir, const struct json *config, struct network *n,
                       struct error *err) {
    const struct {
        const char *key;
        int64_t most;
        size_t *ret;
    } sizes[] = {
        {"hidden", 4096, &n->hidden}, {"layers", NETWORK_LAYERS, &n->n_layers},
        {"heads", 64, &n->n_heads},   {"feed_forward", 16384, &n->feed_forward},
        {"lstm", 1024, &n->lstm},     {"positions", NETWORK_POSITIONS, &n->positions},
    };
    for (size_t i = 0; i < ARRAY_LEN(sizes); i++)
        if (!read_size(config, sizes[i].key, sizes[i].most, sizes[i].ret))
            return model_misfit(dir, "config.json", sizes[i].key, err);
    // whole vectors of eight (num/vector.h)
    if (n->hidden % 8 || n->feed_forward % 8 || n->lstm % 8 || n->hidden % n->n_heads ||
        n->positions < 3)
        return model_misfit(dir, "config.json", "hidden, feed_forward, lstm, heads, positions",
                            err);
    n->token = n->hidden + 2 * n->lstm;
    int64_t embedding = json_int(json_get(config, "embedding"), 0); // not every network has it
    n->embedding = (size_t)embedding;
    return (embedding >= 0 && embedding <= 4096) ||
           model_misfit(dir, "config.json", "embedding", err);
}

static bool read_threshold(const struct json *j, float *ret) {
    double x = json_num(j, -1);
    *ret = (float)x;
    return x > 0 && x < 1;
}

static bool read_thresholds(const char *dir, const struct json *config, struct network *n,
                            struct error *err) {
    const struct json *all = json_get(config, "thresholds"), *present = json_get(all, "present");
    bool ok =
        read_threshold(json_get(all, "urgent"), &n->urgent) && json_len(present) == N_DIMENSIONS;
    for (size_t d = 0; ok && d < N_DIMENSIONS; d++)
        ok = read_threshold(json_at(present, d), &n->present[d]);
    return ok || model_misfit(dir, "config.json", "thresholds", err);
}

static bool read_config(const char *dir, struct network *n, struct error *err) {
    CLEANUP(json_freep) struct json *config = NULL;
    if (!model_load_json(dir, "config.json", &config, err))
        return false;
    if (!str_eq(json_str(json_get(config, "kind")), STR("network")) ||
        json_int(json_get(config, "format"), -1) != NETWORK_FORMAT)
        return model_misfit(dir, "config.json", "kind, format", err);
    return model_read_name(dir, config, n->name, sizeof n->name, err) &&
           read_sizes(dir, config, n, err) && read_thresholds(dir, config, n, err);
}

// ── weights ──

static bool get_floats(const struct network *n, const char *group, const char *name, uint64_t rows,
                       uint64_t columns, const float **ret, struct error *err) {
    char full[96];
    struct tensor t;
    snprintf(full, sizeof full, "%s.%s", group, name);
    if (!safetensors_get(n->weights, full, TENSOR_F32, columns ? 2 : 1, (uint64_t[]){rows, columns},
                         &t, err))
        return false;
    *ret = t.data;
    return true;
}

static bool get_bytes(const struct network *n, const char *group, uint64_t rows, uint64_t columns,
                      const int8_t **ret, const float **ret_scales, struct error *err) {
    char full[96];
    struct tensor t;
    snprintf(full, sizeof full, "%s.weight", group);
    if (!safetensors_get(n->weights, full, TENSOR_I8, 2, (uint64_t[]){rows, columns}, &t, err) ||
        !get_floats(n, group, "scale", rows, 0, ret_scales, err))
        return false;
    *ret = t.data;
    return true;
}

static float *to_floats(const int8_t *bytes, const float *scales, size_t out, size_t in) {
    float *ret = mem_alloc(out * in * sizeof *ret);
    for (size_t row = 0; row < out; row++)
        for (size_t i = 0; i < in; i++)
            ret[row * in + i] = (float)bytes[row * in + i] * scales[row];
    return ret;
}

static bool get_as(const struct network *n, const char *group, size_t out, size_t in,
                   enum network_precision precision, struct dense *ret, struct error *err) {
    const int8_t *bytes;
    const float *scales;
    if (!get_bytes(n, group, out, in, &bytes, &scales, err) ||
        !get_floats(n, group, "bias", out, 0, &ret->bias, err))
        return false;
    ret->in = in;
    ret->out = out;
    if (precision == NETWORK_INT8)
        int8_pack(bytes, out, in, scales, &ret->packed);
    else
        ret->weight = to_floats(bytes, scales, out, in);
    return true;
}

// The large ones, where the time goes, are as the network is opened; the others are few numbers and stay floats.
static bool get_large(const struct network *n, const char *group, size_t out, size_t in,
                      struct dense *ret, struct error *err) {
    return get_as(n, group, out, in, n->precision, ret, err);
}

static bool get_dense(const struct network *n, const char *group, size_t out, size_t in,
                      struct dense *ret, struct error *err) {
    return get_as(n, group, out, in, NETWORK_FLOAT, ret, err);
}

static bool get_norm(const struct network *n, const char *group, struct vector_norm *ret,
                     struct error *err) {
    ret->eps = 1e-12f;
    return get_floats(n, group, "scale", n->hidden, 0, &ret->scale, err) &&
           get_floats(n, group, "shift", n->hidden, 0, &ret->shift, err);
}

static bool get_layer(const struct network *n, size_t i, struct network_layer *l,
                      struct error *err) {
    size_t h = n->hidden, f = n->feed_forward;
    char name[6][64];
    static const char *const parts[] = {"qkv", "out", "up", "down", "norm1", "norm2"};
    for (size_t k = 0; k < ARRAY_LEN(parts); k++)
        snprintf(name[k], sizeof name[k], "layers.%zu.%s", i, parts[k]);
    return get_large(n, name[0], 3 * h, h, &l->qkv, err) &&
           get_large(n, name[1], h, h, &l->out, err) && get_large(n, name[2], f, h, &l->up, err) &&
           get_large(n, name[3], h, f, &l->down, err) && get_norm(n, name[4], &l->norm1, err) &&
           get_norm(n, name[5], &l->norm2, err);
}

static bool get_lstm(struct network *n, struct error *err) {
    size_t h = n->hidden, s = n->lstm;
    return get_large(n, "lstm.forwards.input", 4 * s, h, &n->directions[0].input, err) &&
           get_dense(n, "lstm.forwards.state", 4 * s, s, &n->directions[0].state, err) &&
           get_large(n, "lstm.backwards.input", 4 * s, h, &n->directions[1].input, err) &&
           get_dense(n, "lstm.backwards.state", 4 * s, s, &n->directions[1].state, err);
}

static bool get_heads(struct network *n, struct error *err) {
    size_t z = n->token, both = z + n->hidden;
    return get_dense(n, "attend", N_POOLS, z, &n->attend, err) &&
           get_dense(n, "proof", N_DIMENSIONS, z, &n->proof, err) &&
           get_dense(n, "dimension", N_DIMENSIONS * (1 + N_SENTIMENTS), z, &n->dimension, err) &&
           get_dense(n, "head.sentiment", N_SENTIMENTS, both, &n->heads[HEAD_SENTIMENT], err) &&
           get_dense(n, "head.urgency", N_URGENCIES, both, &n->heads[HEAD_URGENCY], err) &&
           get_dense(n, "head.validity", N_VALIDITIES, both, &n->heads[HEAD_VALIDITY], err) &&
           get_dense(n, "head.emotion", N_EMOTIONS, both, &n->heads[HEAD_EMOTION], err);
}

static bool get_weights(struct network *n, struct error *err) {
    if (!get_bytes(n, "words", wordpiece_count(n->pieces), n->hidden, &n->words, &n->word_scales,
                   err) ||
        !get_floats(n, "places", "weight", n->positions, n->hidden, &n->places, err) ||
        !get_norm(n, "norm", &n->norm, err))
        return false;
    for (size_t i = 0; i < n->n_layers; i++)
        if (!get_layer(n, i, &n->layers[i], err))
            return false;
    return get_lstm(n, err) && get_heads(n, err) &&
           (n->embedding == 0 || get_dense(n, "embed", n->embedding, n->hidden, &n->embed, err));
}

static bool open_files(const char *dir, struct network *n, struct error *err) {
    CLEANUP(strbuf_done) struct strbuf path = strbuf_init(8 * KIB);
    strbuf_addf(&path, "%s/vocab.txt", dir);
    if (!wordpiece_open(strbuf_cstr(&path), &n->pieces, err))
        return false;
    strbuf_reset(&path);
    strbuf_addf(&path, "%s/model.safetensors", dir);
    return safetensors_open(strbuf_cstr(&path), &n->weights, err);
}

bool network_open(const char *dir, enum network_precision precision, struct network **ret,
                  struct error *err) {
    struct network *n = NEW(struct network);
    n->precision = precision;
    n->ops = vector_ops();
    if (!matrix_open(err) || !read_config(dir, n, err) || !model_check_labels(dir, true, err) ||
        !open_files(dir, n, err) || !get_weights(n, err)) {
        network_close(n);
        return false;
    }
    *ret = n;
    return true;
}

static void dense_done(struct dense *d) {
    free(d->weight);
    int8_done(&d->packed);
}

static void free_weights(struct network *n) {
    for (size_t i = 0; i < NETWORK_LAYERS; i++) {
        dense_done(&n->layers[i].qkv);
        dense_done(&n->layers[i].out);
        dense_done(&n->layers[i].up);
        dense_done(&n->layers[i].down);
    }
    for (size_t i = 0; i < ARRAY_LEN(n->directions); i++) {
        dense_done(&n->directions[i].input);
        dense_done(&n->directions[i].state);
    }
    dense_done(&n->attend);
    dense_done(&n->proof);
    dense_done(&n->dimension);
    dense_done(&n->embed);
    for (size_t i = 0; i < N_HEADS; i++)
        dense_done(&n->heads[i]);
}

void network_close(struct network *n) {
    if (!n)
        return;
    free_weights(n);
    safetensors_close(n->weights);
    wordpiece_close(n->pieces);
    free(n);
}

struct str network_name(const struct network *n) {
    return str_from(n->name);
}

// ── running ──

struct network_run *network_run_new(const struct network *n) {
    struct network_run *r = NEW(struct network_run);
    size_t wide = MAX(MAX(3 * n->hidden, n->feed_forward), 4 * n->lstm);
    r->pieces = NEW_ARRAY(struct piece, NETWORK_TEXTS * n->positions);
    r->ids = NEW_ARRAY(uint32_t, NETWORK_TOKENS);
    if (n->precision == NETWORK_INT8)
        int8_scratch_init(&r->numbers, NETWORK_TOKENS, MAX(n->hidden, n->feed_forward));
    r->x = NEW_ARRAY(float, NETWORK_TOKENS * n->hidden);
    r->wide = NEW_ARRAY(float, NETWORK_TOKENS *wide);
    r->mixed = NEW_ARRAY(float, NETWORK_TOKENS * n->hidden);
    r->scores = NEW_ARRAY(float, n->positions * n->positions);
    r->tokens = NEW_ARRAY(float, NETWORK_TOKENS * n->token);
    r->attend = NEW_ARRAY(float, NETWORK_TOKENS *N_POOLS);
    r->proof = NEW_ARRAY(float, NETWORK_TOKENS *N_DIMENSIONS);
    r->gates = NEW_ARRAY(float, NETWORK_TEXTS * 4 * n->lstm);
    r->states = NEW_ARRAY(float, NETWORK_TEXTS * n->lstm);
    r->cells = NEW_ARRAY(float, NETWORK_TEXTS * n->lstm);
    r->pool = NEW_ARRAY(float, n->token + n->hidden);
    return r;
}

void network_run_free(struct network_run *r) {
    if (!r)
        return;
    free(r->pieces);
    free(r->ids);
    int8_scratch_done(&r->numbers);
    free(r->x);
    free(r->wide);
    free(r->mixed);
    free(r->scores);
    free(r->tokens);
    free(r->attend);
    free(r->proof);
    free(r->gates);
    free(r->states);
    free(r->cells);
    free(r->pool);
    free(r);
}

static void read_pieces(const struct network *n, struct network_run *r, const struct str *texts,
                        size_t n_texts) {
    for (size_t t = 0; t < n_texts; t++) {
        r->n_pieces[t] =
            wordpiece_read(n->pieces, texts[t], r->pieces + t * n->positions, n->positions - 2);
        size_t at = t; // longest first, and equal ones as they came
        while (at > 0 && r->n_pieces[r->order[at - 1]] < r->n_pieces[t]) {
            r->order[at] = r->order[at - 1];
            at--;
        }
        r->order[at] = t;
    }
}

// As many texts of the order as fit, from `from` on.
static struct network_batch fill_batch(const struct network *n, struct network_run *r, size_t from,
                                       size_t n_texts) {
    struct network_batch b = {0};
    for (size_t k = from; k < n_texts; k++) {
        size_t text = r->order[k], length = r->n_pieces[text] + 2;
        if (b.n_tokens + length > NETWORK_TOKENS)
            break;
        b.first[b.n_texts] = b.n_tokens;
        b.length[b.n_texts++] = length;
        r->ids[b.n_tokens++] = wordpiece_cls(n->pieces);
        for (size_t i = 0; i < r->n_pieces[text]; i++)
            r->ids[b.n_tokens++] = r->pieces[text * n->positions + i].id;
        r->ids[b.n_tokens++] = wordpiece_sep(n->pieces);
    }
    return b;
}

static void read_group(const struct network *n, struct network_run *r, const struct str *texts,
                       size_t n_texts, struct text_answer *ret) {
    read_pieces(n, r, texts, n_texts);
    for (size_t done = 0; done < n_texts;) {
        struct network_batch b = fill_batch(n, r, done, n_texts);
        network_encode(n, r, &b);
        network_score(n, r, &b);
        for (size_t t = 0; t < b.n_texts; t++) {
            struct network_logits logits;
            size_t text = r->order[done + t];
            network_pool(n, r, &b, t, &logits);
            network_decide(n, r, &b, t, r->pieces + text * n->positions, &logits, &ret[text]);
        }
        done += b.n_texts;
    }
}

void network_read(const struct network *n, struct network_run *r, const struct str *texts,
                  size_t n_texts, struct text_answer *ret) {
    for (size_t done = 0; done < n_texts; done += NETWORK_TEXTS)
        read_group(n, r, texts + done, MIN(n_texts - done, (size_t)NETWORK_TEXTS), ret + done);
}

size_t network_embedding(const struct network *n) {
    return n->embedding;
}

static void embed_group(const struct network *n, struct network_run *r, const struct str *texts,
                        size_t n_texts, float *ret) {
    read_pieces(n, r, texts, n_texts);
    for (size_t done = 0; done < n_texts;) {
        struct network_batch b = fill_batch(n, r, done, n_texts);
        network_encode_plain(n, r, &b);
        for (size_t t = 0; t < b.n_texts; t++)
            network_embed_one(n, r, &b, t, ret + r->order[done + t] * n->embedding);
        done += b.n_texts;
    }
}

void network_embed(const struct network *n, struct network_run *r, const struct str *texts,
                   size_t n_texts, float *ret) {
    for (size_t done = 0; n->embedding && done < n_texts; done += NETWORK_TEXTS)
        embed_group(n, r, texts + done, MIN(n_texts - done, (size_t)NETWORK_TEXTS),
                    ret + done * n->embedding);
}

void network_logits(const struct network *n, struct network_run *r, struct str text,
                    struct network_logits *ret) {
    read_pieces(n, r, &text, 1);
    struct network_batch b = fill_batch(n, r, 0, 1);
    network_encode(n, r, &b);
    network_score(n, r, &b);
    network_pool(n, r, &b, 0, ret);
}
