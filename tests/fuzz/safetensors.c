// SPDX-License-Identifier: Apache-2.0
// Any bytes as a model file: refused or answered, never read beyond.
#include "nlp/safetensors.h"
#include "base/mem.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    char *copy = mem_alloc(size + 1); // aligned
    memcpy(copy, data, size);
    struct safetensors *st;
    if (safetensors_parse(str_make(copy, size), "fuzz", &st, NULL)) {
        static const enum tensor_type kinds[] = {TENSOR_F32, TENSOR_I8, TENSOR_U8, TENSOR_U16,
                                                 TENSOR_U32};
        static const size_t widths[] = {4, 1, 1, 2, 4};
        static const uint64_t any[TENSOR_MAX_RANK] = {TENSOR_ANY, TENSOR_ANY, TENSOR_ANY,
                                                      TENSOR_ANY};
        for (size_t k = 0; k < ARRAY_LEN(kinds); k++)
            for (int rank = 0; rank <= TENSOR_MAX_RANK; rank++) {
                struct tensor t;
                if (!safetensors_get(st, "w", kinds[k], rank, any, &t, NULL))
                    continue;
                uint64_t n = widths[k];
                for (int i = 0; i < rank; i++)
                    n *= t.shape[i];
                volatile char sum = 0;
                for (uint64_t i = 0; i < n; i++)
                    sum = (char)(sum + ((const char *)t.data)[i]);
            }
        safetensors_close(st);
    }
    free(copy);
    return 0;
}
