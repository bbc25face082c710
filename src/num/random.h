// SPDX-License-Identifier: Apache-2.0
// Random numbers that are the same on every machine for the same seed: xoshiro256** (Blackman &
// Vigna 2018), its state filled from the seed by splitmix64. Period 2^256 − 1. Not for secrets. One
// struct a thread.
//
//     struct random r = random_init(42);
//     double u = random_unit(&r);
#ifndef NUM_RANDOM_H
#define NUM_RANDOM_H

#include "base/def.h"

struct random {
    uint64_t s[4];
};

struct random random_init(uint64_t seed);
uint64_t random_u64(struct random *r);
uint64_t random_below(struct random *r, uint64_t n); // 0 … n − 1 without bias; n > 0
double random_unit(struct random *r);                // [0, 1), 53 bits
double random_normal(struct random *r); // mean 0, variance 1 (inverse of the distribution function)
bool random_chance(struct random *r, double p); // true with probability p
void random_shuffle_u32(struct random *r, uint32_t *items, size_t n);

#endif
