/* SPDX-License-Identifier: BSD-3-Clause */
/* hash.c -- the hash function for digests and traces.
 *
 * Reads eight bytes at a time in four independent lanes, without sanitizer instrumentation; the
 * caller has touched the block's ends. The result is the same in every build on little-endian
 * machines with 64-bit words. Other machines are rejected at compile time.
 *
 * Limits: a checksum against accidents, not against an adversary who searches for collisions. Its
 * values may change with a new version of this file; nothing stores them.
 *
 * Idea: Wang Yi's wyhash (multiply two words, fold the 128-bit product; short inputs by overlapping
 * reads). */
#include "harness/structures/hash.h"

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "digests are defined for little-endian machines");

#define RAW __attribute__((no_sanitize("address", "undefined", "coverage")))

typedef uint64_t __attribute__((aligned(1), may_alias)) Word;
typedef uint32_t __attribute__((aligned(1), may_alias)) HalfWord;

/* Odd, with about as many ones as zeros; otherwise arbitrary. */
#define KEY_A 0xa3b195354a39b70dull
#define KEY_B 0x1b03738712fad5c9ull
#define KEY_C 0xe95d3c87a1f2640bull
#define KEY_D 0x589965cc75374cc3ull

RAW static inline __attribute__((always_inline)) uint64_t fold(uint64_t a, uint64_t b) {
    unsigned __int128 product = (unsigned __int128)a * b;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

RAW static inline __attribute__((always_inline)) uint64_t word(const unsigned char *p) {
    return *(const Word *)p;
}

/* Up to 16 bytes: as two overlapping words, so that every byte is read and none beyond the end. */
RAW static inline __attribute__((always_inline)) uint64_t short_block(const unsigned char *p, size_t len,
                                                                      uint64_t hash) {
    uint64_t first = 0, last = 0;
    if (len >= 8) {
        first = word(p);
        last = word(p + len - 8);
    } else if (len >= 4) {
        first = *(const HalfWord *)p;
        last = *(const HalfWord *)(p + len - 4);
    } else if (len > 0) {
        first = (uint64_t)p[0] << 16 | (uint64_t)p[len / 2] << 8 | p[len - 1];
    }
    return fold(first ^ KEY_A, last ^ hash);
}

RAW uint64_t hash_bytes(const void *data, size_t len, uint64_t seed) {
    const unsigned char *p = data;
    size_t left = len;
    uint64_t hash = fold(seed ^ KEY_D, KEY_B);
    if (left > 64) {
        uint64_t a = hash, b = hash ^ KEY_A, c = hash ^ KEY_B, d = hash ^ KEY_C;
        for (; left > 64; left -= 64, p += 64) {
            a = fold(word(p) ^ KEY_A, word(p + 8) ^ a);
            b = fold(word(p + 16) ^ KEY_B, word(p + 24) ^ b);
            c = fold(word(p + 32) ^ KEY_C, word(p + 40) ^ c);
            d = fold(word(p + 48) ^ KEY_D, word(p + 56) ^ d);
        }
        hash = fold(a ^ b, KEY_C) ^ fold(c ^ KEY_A, d);
    }
    for (; left > 16; left -= 16, p += 16) hash = fold(word(p) ^ KEY_B, word(p + 8) ^ hash);
    return fold(short_block(p, left, hash) ^ KEY_C, len ^ KEY_D);
}
