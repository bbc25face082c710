// SPDX-License-Identifier: Apache-2.0
// Allocation that cannot fail: out of memory prints one line and aborts. Sizes that a user controls are
// limited at the edge (error code ERROR_LIMIT), long before they get here.
// Everything is freed with free().
#ifndef BASE_MEM_H
#define BASE_MEM_H

#include "base/def.h"

void *mem_alloc(size_t bytes) MUST_USE;              // uninitialised; 0 bytes is allowed
void *mem_zero(size_t count, size_t bytes) MUST_USE; // count × bytes, zeroed, overflow checked
void *mem_resize(void *ptr, size_t count, size_t bytes) MUST_USE;
void mem_freep(void *ptr_to_ptr); // for CLEANUP: free(*(void **)p)

#define NEW(type)          ((type *)mem_zero(1, sizeof(type)))
#define NEW_ARRAY(type, n) ((type *)mem_zero((n), sizeof(type)))

#endif
