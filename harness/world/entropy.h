/* SPDX-License-Identifier: BSD-3-Clause */
/* entropy.h -- all of the server's randomness, from one seed.
 *
 * Four sources: rand and random, which share one sequence, the server's own Mersenne twister
 * (init_genrand64 is called by the server at start-up, with the virtual time and a constant process
 * id) and getRandomBytes. Their state is part of the world. */
#ifndef HARNESS_WORLD_ENTROPY_H
#define HARNESS_WORLD_ENTROPY_H

#include <stddef.h>
#include <stdint.h>

/* Restarts every source. Called after the birth, before a stream's first step. */
void entropy_seed(uint64_t seed);

/* For the server's objects (harness/world/seams.txt). */
int entropy_rand(void);
void entropy_srand(unsigned seed);
long entropy_random(void);
void entropy_srandom(unsigned seed);

#endif
