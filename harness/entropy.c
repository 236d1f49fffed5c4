/* entropy.c -- all of the server's randomness, from one seed; see entropy.h.
 *
 * The generator is splitmix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators, 2014). */
#include "harness/entropy.h"

#include <stdlib.h>

#include "mt19937-64.h"

#include "harness/world.h"

static uint64_t bytes_state WORLD = 1, rand_state WORLD = 2, random_state WORLD = 3;

static uint64_t next(uint64_t *state) {
    uint64_t z = *state += 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

void entropy_seed(uint64_t seed) {
    bytes_state = seed;
    rand_state = next(&bytes_state);
    random_state = next(&bytes_state);
    init_genrand64(next(&bytes_state));
}

int entropy_rand(void) {
    return (int)(next(&rand_state) % ((uint64_t)RAND_MAX + 1));
}

void entropy_srand(unsigned seed) {
    rand_state = seed;
}

long entropy_random(void) {
    return (long)(next(&random_state) & 0x7fffffff);
}

void entropy_srandom(unsigned seed) {
    random_state = seed;
}

void __wrap_getRandomBytes(unsigned char *p, size_t len);

/* Instead of /dev/urandom: run ids, hash seeds, ACL passwords. */
void __wrap_getRandomBytes(unsigned char *p, size_t len) {
    for (size_t i = 0; i < len; i++) p[i] = (unsigned char)next(&bytes_state);
}
