/* SPDX-License-Identifier: BSD-3-Clause */
/* entropy.c -- all of the server's randomness, from one seed; see entropy.h.
 *
 * Random bytes come from splitmix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom Number
 * Generators, 2014); rand and random share one sequence, as in glibc, and it is glibc's: a real
 * server that is seeded in the same way (server-patch/server/defrag_step.c) draws the same
 * numbers. */
#include "harness/world/entropy.h"

#include <stdlib.h>

#include "harness/valkey/compat.h"
#include "harness/world/world.h"

static uint64_t bytes_state WORLD = 1;
static struct random_data random_state WORLD;
/* random_state points into it; the size that srandom(3) uses */
static char random_words[128] WORLD;

static uint64_t next(uint64_t *state) {
    uint64_t z = *state += 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

void entropy_srandom(unsigned seed) {
    random_state = (struct random_data){0};
    initstate_r(seed, random_words, sizeof(random_words), &random_state);
}

long entropy_random(void) {
    int32_t number = 0;
    random_r(&random_state, &number);
    return number;
}

void entropy_srand(unsigned seed) {
    entropy_srandom(seed);
}

int entropy_rand(void) {
    return (int)entropy_random();
}

void entropy_seed(uint64_t seed) {
    bytes_state = seed;
    entropy_srandom((unsigned)next(&bytes_state));
    init_genrand64(next(&bytes_state));
}

void __wrap_getRandomBytes(unsigned char *p, size_t len);

/* Replaces /dev/urandom: run ids, hash seeds, ACL passwords. */
void __wrap_getRandomBytes(unsigned char *p, size_t len) {
    for (size_t i = 0; i < len; i++) p[i] = (unsigned char)next(&bytes_state);
}
