// SPDX-License-Identifier: Apache-2.0
#include "num/random.h"

#include "num/special.h"

static uint64_t rotate(uint64_t x, int k) {
    return (x << k) | (x >> (64 - k));
}

static uint64_t splitmix(uint64_t *state) {
    uint64_t z = *state += UINT64_C(0x9E3779B97F4A7C15);
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}

struct random random_init(uint64_t seed) {
    struct random r;
    for (int i = 0; i < 4; i++)
        r.s[i] = splitmix(&seed);
    return r;
}

uint64_t random_u64(struct random *r) {
    uint64_t *s = r->s;
    uint64_t result = rotate(s[1] * 5, 7) * 9;
    uint64_t t = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotate(s[3], 45);
    return result;
}

// Values below 2^64 mod n would make the small results more likely: they are drawn again.
uint64_t random_below(struct random *r, uint64_t n) {
    uint64_t skip = (0 - n) % n, x;
    do
        x = random_u64(r);
    while (x < skip);
    return x % n;
}

double random_unit(struct random *r) {
    return (double)(random_u64(r) >> 11) * 0x1p-53;
}

double random_normal(struct random *r) {
    return normal_quantile(((double)(random_u64(r) >> 11) + 0.5) * 0x1p-53);
}

bool random_chance(struct random *r, double p) {
    return random_unit(r) < p;
}

void random_shuffle_u32(struct random *r, uint32_t *items, size_t n) {
    for (size_t i = n; i > 1; i--) {
        size_t j = (size_t)random_below(r, i);
        uint32_t swap = items[i - 1];
        items[i - 1] = items[j];
        items[j] = swap;
    }
}
