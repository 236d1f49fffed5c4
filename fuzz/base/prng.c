/* SPDX-License-Identifier: BSD-3-Clause */
/* prng.c -- seeded random numbers; see prng.h for their purpose and limits. */
#include "fuzz/base/prng.h"

static uint64_t splitmix(uint64_t *state) {
    uint64_t z = *state += 0x9e3779b97f4a7c15ULL;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
    return z ^ (z >> 31);
}

static uint64_t rotate_left(uint64_t x, int bits) {
    return (x << bits) | (x >> (64 - bits));
}

void prng_seed(Prng *prng, uint64_t seed) {
    for (int i = 0; i < 4; i++) prng->word[i] = splitmix(&seed);
}

uint64_t prng_next(Prng *prng) {
    uint64_t *w = prng->word;
    uint64_t result = rotate_left(w[1] * 5, 7) * 9;
    uint64_t shifted = w[1] << 17;
    w[2] ^= w[0];
    w[3] ^= w[1];
    w[1] ^= w[2];
    w[0] ^= w[3];
    w[2] ^= shifted;
    w[3] = rotate_left(w[3], 45);
    return result;
}

uint64_t prng_below(Prng *prng, uint64_t bound) {
    return bound ? prng_next(prng) % bound : 0;
}

int64_t prng_range(Prng *prng, int64_t low, int64_t high) {
    if (high <= low) return low;
    uint64_t span = (uint64_t)high - (uint64_t)low + 1;
    uint64_t offset = span ? prng_below(prng, span) : prng_next(prng);
    return (int64_t)((uint64_t)low + offset);
}

int64_t prng_scaled(Prng *prng, int64_t low, int64_t high) {
    int bits = 0;
    while (bits < 62 && (high >> bits) > 0) bits++;
    int64_t top = (int64_t)1 << prng_below(prng, (uint64_t)bits + 1);
    return prng_range(prng, low, top < high ? (top > low ? top : low) : high);
}

bool prng_chance(Prng *prng, int percent) {
    return (int)prng_below(prng, 100) < percent;
}

int prng_weighted(Prng *prng, const int *weights, int count) {
    int64_t total = 0;
    for (int i = 0; i < count; i++) total += weights[i] > 0 ? weights[i] : 0;
    if (total == 0) return -1;
    int64_t left = (int64_t)prng_below(prng, (uint64_t)total);
    for (int i = 0; i < count; i++) {
        if (weights[i] <= 0) continue;
        left -= weights[i];
        if (left < 0) return i;
    }
    return count - 1;
}
