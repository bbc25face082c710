// SPDX-License-Identifier: Apache-2.0
#define VECTOR_OPS  vector_generic
#define VECTOR_NAME "generic"
#include "num/vector.inc"
