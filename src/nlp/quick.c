// SPDX-License-Identifier: Apache-2.0
// The model's files: opened, checked, pointed into.
#include "nlp/quick.h"

#include "base/json.h"
#include "base/mem.h"
#include "base/strbuf.h"
#include "nlp/model_files.h"
#include "nlp/quick_inner.h"

static bool threshold(const struct json *all, const char *name, float *ret) {
    double v = json_num(json_get(all, name), -1);
    *ret = (float)v;
    return v >= 0 && v <= 1;
}

static bool read_config(const char *dir, struct quick *q, struct error *err) {
    CLEANUP(json_freep) struct json *config = NULL;
    if (!model_load_json(dir, "config.json", &config, err))
        return false;
    if (json_int(json_get(config, "format"), -1) != QUICK_FORMAT)
        return model_misfit(dir, "config.json", "format", err);
    const struct json *all = json_get(config, "thresholds");
    if (!threshold(all, "aspect", &q->aspect_min) ||
        !threshold(all, "urgency_1", &q->urgency_1_min) ||
        !threshold(all, "urgency_2", &q->urgency_2_min) ||
        !threshold(all, "validity", &q->validity_min))
        return model_misfit(dir, "config.json", "thresholds", err);
    return model_read_name(dir, config, q->name, sizeof q->name, err);
}

static bool get(const struct quick *q, const char *group, const char *name, enum tensor_type type,
                uint64_t rows, uint64_t columns, struct tensor *ret, struct error *err) {
    char full[64];
    snprintf(full, sizeof full, "%s.%s", group, name);
    const uint64_t shape[2] = {rows, columns};
    return safetensors_get(q->weights, full, type, columns ? 2 : 1, shape, ret, err);
}

static bool get_vocabulary(const struct quick *q, const char *name, uint64_t columns,
                           struct vocabulary *ret, struct error *err) {
    struct tensor starts, keys, scale, rows;
    uint64_t n_buckets = UINT64_C(1) << INDEX_BITS;
    if (!get(q, name, "keys", TENSOR_U16, TENSOR_ANY, 0, &keys, err) ||
        !get(q, name, "starts", TENSOR_U32, n_buckets + 1, 0, &starts, err) ||
        !get(q, name, "scale", TENSOR_U8, keys.shape[0], 0, &scale, err) ||
        !get(q, name, "rows", TENSOR_I8, keys.shape[0], columns, &rows, err))
        return false;
    *ret =
        (struct vocabulary){starts.data, keys.data, scale.data, rows.data, (uint32_t)keys.shape[0]};
    bool in_order =
        keys.shape[0] < NO_ROW && ret->starts[0] == 0 && ret->starts[n_buckets] == ret->n;
    for (uint64_t b = 0; b < n_buckets && in_order; b++)
        in_order = ret->starts[b] <= ret->starts[b + 1];
    if (!in_order)
        return error_set(err, ERROR_FORMAT, "模型的词表 %s 已损坏，请重新安装模型",
                         "the model's vocabulary %s is damaged, install the model again", name);
    return true;
}

static bool get_net(const struct quick *q, const char *name, int inputs, int groups, int classes,
                    struct net *ret, struct error *err) {
    struct tensor w1, b1, w2, b2;
    if (!get(q, name, "w1", TENSOR_F32, (uint64_t)inputs, TENSOR_ANY, &w1, err))
        return false;
    uint64_t hidden = w1.shape[1];
    if (hidden > MAX_HIDDEN || hidden % 4 != 0)
        return error_set(err, ERROR_FORMAT, "模型的网络 %s 大小不符",
                         "the model's network %s is of a size that cannot be", name);
    if (!get(q, name, "b1", TENSOR_F32, (uint64_t)groups, hidden, &b1, err) ||
        !get(q, name, "w2", TENSOR_F32, hidden, (uint64_t)classes, &w2, err) ||
        !get(q, name, "b2", TENSOR_F32, (uint64_t)classes, 0, &b2, err))
        return false;
    *ret = (struct net){w1.data, b1.data, w2.data, b2.data, inputs, (int)hidden, classes};
    return true;
}

static bool get_weights(struct quick *q, struct error *err) {
    static const struct {
        const char *name;
        uint64_t columns;
    } parts[] = {{"wide", WIDE_COLUMNS}, {"text", TEXT_COLUMNS}, {"clause", CLAUSE_COLUMNS}};
    for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
        struct tensor step, bias;
        if (!get(q, parts[i].name, "step", TENSOR_F32, parts[i].columns, 0, &step, err) ||
            !get(q, parts[i].name, "bias", TENSOR_F32, parts[i].columns, 0, &bias, err))
            return false;
        q->step[i] = step.data;
        q->bias[i] = bias.data;
    }
    return get_vocabulary(q, "wide", WIDE_COLUMNS, &q->wide, err) &&
           get_vocabulary(q, "deep", DEEP_COLUMNS, &q->deep, err) &&
           get_net(q, "sentiment", N_GLOBAL, 1, N_SENTIMENTS, &q->sentiment, err) &&
           get_net(q, "urgency", N_GLOBAL, 1, N_URGENCIES, &q->urgency, err) &&
           get_net(q, "validity", N_GLOBAL, 1, N_VALIDITIES, &q->validity, err) &&
           get_net(q, "aspect", N_ASPECT, N_DIMENSIONS, 1 + N_SENTIMENTS, &q->aspect, err);
}

bool quick_open(const char *dir, struct quick **ret, struct error *err) {
    struct quick *q = mem_zero(1, sizeof *q);
    CLEANUP(strbuf_done) struct strbuf path = strbuf_init(8 * KIB);
    strbuf_addf(&path, "%s/model.safetensors", dir);
    if (!read_config(dir, q, err) || !model_check_labels(dir, false, err) ||
        !safetensors_open(strbuf_cstr(&path), &q->weights, err) || !get_weights(q, err)) {
        quick_close(q);
        return false;
    }
    *ret = q;
    return true;
}

void quick_close(struct quick *q) {
    if (!q)
        return;
    safetensors_close(q->weights);
    free(q);
}

struct str quick_name(const struct quick *q) {
    return str_from(q->name);
}

struct quick_run *quick_run_new(void) {
    return mem_zero(1, sizeof(struct quick_run));
}

void quick_run_free(struct quick_run *r) {
    free(r);
}
