/* SPDX-License-Identifier: BSD-3-Clause */
/* prng.h -- the only source of randomness in fuzz/: small, seeded, the same on every machine.
 *
 * The generator is xoshiro256** (Blackman and Vigna, 2018), its state initialised by splitmix64
 * (Steele, Lea and Flood, 2014), as its authors recommend. Limits: not for cryptography, and
 * separate from the server's own random numbers, which harness/world/entropy.c seeds. */
#ifndef FUZZ_BASE_PRNG_H
#define FUZZ_BASE_PRNG_H

#include <stdbool.h>
#include <stdint.h>

typedef struct {
    uint64_t word[4];
} Prng;

/* Starts the sequence of `seed`; any value is valid, 0 too. */
void prng_seed(Prng *prng, uint64_t seed);

/* The next 64 bits. */
uint64_t prng_next(Prng *prng);

/* A number in 0..bound-1, uniformly distributed, with a bias below 2^-32 for bounds below 2^32. 0
 * when bound is 0. */
uint64_t prng_below(Prng *prng, uint64_t bound);

/* A number in low..high, both included; low when high is below it. */
int64_t prng_range(Prng *prng, int64_t low, int64_t high);

/* A number in low..high whose order of magnitude is uniformly distributed: mostly small ones,
 * occasionally big ones. Both must be at least 0. */
int64_t prng_scaled(Prng *prng, int64_t low, int64_t high);

/* True with a probability of `percent` in 100. */
bool prng_chance(Prng *prng, int percent);

/* An index in 0..count-1, with probabilities proportional to the weights. Negative weights count as
 * 0. Returns -1 when all are 0. */
int prng_weighted(Prng *prng, const int *weights, int count);

#endif
