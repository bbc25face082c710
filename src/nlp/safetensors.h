// SPDX-License-Identifier: Apache-2.0
// Model weights in the safetensors format (github.com/huggingface/safetensors): eight bytes little-endian length
// of a JSON header, the header, then the raw arrays. The file is mapped, not read: a tensor costs memory only
// where it is touched, and several processes share it. Everything the header claims is checked against the
// file before anything is handed out; a file that is cut, damaged or of another shape gives one clear error.
//
//     struct safetensors *st;
//     if (!safetensors_open("models/quick/model.safetensors", &st, err)) return false;
//     struct tensor w;
//     if (!safetensors_get(st, "text.bias", TENSOR_F32, 1, (uint64_t[]){48}, &w, err)) …
//     const float *bias = w.data;                     // valid until safetensors_close
//
// Read-only after opening: any number of threads may use it.
#ifndef NLP_SAFETENSORS_H
#define NLP_SAFETENSORS_H

#include "base/error.h"
#include "base/str.h"

enum tensor_type {
    TENSOR_F32,
    TENSOR_I8,
    TENSOR_U8,
    TENSOR_U16,
    TENSOR_U32,
};

#define TENSOR_MAX_RANK 4
#define TENSOR_ANY      UINT64_MAX // in a wanted shape: any size of this axis

struct tensor {
    enum tensor_type type;
    int rank;
    uint64_t shape[TENSOR_MAX_RANK];
    const void *data; // aligned for its type; little-endian, as on every machine we run on
};

struct safetensors;

// Maps a file. Errors: those of the system, ERROR_FORMAT with the reason. Freed with safetensors_close.
bool safetensors_open(const char *path, struct safetensors **ret, struct error *err) MUST_USE;
// The same over bytes in memory, which must outlive the result and be 8-byte aligned. `path` is for messages.
bool safetensors_parse(struct str bytes, const char *path, struct safetensors **ret,
                       struct error *err) MUST_USE;
void safetensors_close(struct safetensors *st); // NULL is fine

// Finds a tensor and checks type and shape (TENSOR_ANY matches any size). ERROR_FORMAT names the tensor and
// what was expected.
bool safetensors_get(const struct safetensors *st, const char *name, enum tensor_type type,
                     int rank, const uint64_t *shape, struct tensor *ret,
                     struct error *err) MUST_USE;

#endif
