/* SPDX-License-Identifier: BSD-3-Clause */
/* prng.h -- the one source of chance in fuzz/: small, seeded, the same on every machine.
 *
 * The generator is xoshiro256** (Blackman and Vigna, 2018), its state filled by splitmix64 (Steele,
 * Lea and Flood, 2014), as its authors advise. Not for secrets. It has nothing to do with the
 * server's own random numbers, which harness/world/entropy.c seeds. */
#ifndef FUZZ_BASE_PRNG_H
#define FUZZ_BASE_PRNG_H

#include <stdbool.h>
#include <stdint.h>

typedef struct {
    uint64_t word[4];
} Prng;

/* Starts the sequence that belongs to `seed`; any seed is good, 0 too. */
void prng_seed(Prng *prng, uint64_t seed);

/* The next 64 bits. */
uint64_t prng_next(Prng *prng);

/* A number in 0..bound-1, all equally likely but for a bias below 2^-32 for bounds below 2^32. 0
 * when bound is 0. */
uint64_t prng_below(Prng *prng, uint64_t bound);

/* A number in low..high, both included; low when high is below it. */
int64_t prng_range(Prng *prng, int64_t low, int64_t high);

/* A number in low..high whose order of magnitude is evenly spread: small ones often, big ones now
 * and then. Both must be at least 0. */
int64_t prng_scaled(Prng *prng, int64_t low, int64_t high);

/* True in `percent` of 100 cases. */
bool prng_chance(Prng *prng, int percent);

/* An index in 0..count-1, each as likely as its weight. Negative weights count as 0. When all are
 * 0: -1. */
int prng_weighted(Prng *prng, const int *weights, int count);

#endif
