// SPDX-License-Identifier: Apache-2.0
// Opened blocks of all files of an index, kept within a bound; what was not asked for the longest goes first
// (second-chance clock). Blocks are copied in and out under one lock. Only for blocks.c.
#ifndef SEARCH_BLOCKS_CACHE_H
#define SEARCH_BLOCKS_CACHE_H

#include "search/blocks.h"

// a number for a newly opened file, never given twice
uint64_t block_cache_uid(struct block_cache *c);
bool block_cache_get(struct block_cache *c, uint64_t uid, uint32_t block, char ret[BLOCK_PLAIN]);
void block_cache_put(struct block_cache *c, uint64_t uid, uint32_t block,
                     const char plain[BLOCK_PLAIN]);

#endif
