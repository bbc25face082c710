// SPDX-License-Identifier: Apache-2.0
// Compiled with -mavx2 -mfma; only run where vector_ops() has found both.
#define VECTOR_OPS  vector_avx2
#define VECTOR_NAME "avx2"
#include "num/vector.inc"
