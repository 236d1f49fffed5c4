/* SPDX-License-Identifier: BSD-3-Clause */
/* sha1.c -- SHA1 of a block of bytes; see sha1.h. */
#include "fuzz/base/sha1.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#define BLOCK 64
#define LENGTH_FIELD 8 /* bytes at the end of the padding: the length in bits */

static uint32_t rotate_left(uint32_t x, int bits) {
    return (x << bits) | (x >> (32 - bits));
}

static void expand_block(const unsigned char *block, uint32_t schedule[80]) {
    for (int i = 0; i < 16; i++) {
        const unsigned char *p = block + i * 4;
        schedule[i] = (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
    }
    for (int i = 16; i < 80; i++)
        schedule[i] = rotate_left(schedule[i - 3] ^ schedule[i - 8] ^ schedule[i - 14] ^ schedule[i - 16], 1);
}

static uint32_t mix(int round, uint32_t b, uint32_t c, uint32_t d) {
    if (round < 20) return ((b & c) | (~b & d)) + 0x5a827999;
    if (round < 40) return (b ^ c ^ d) + 0x6ed9eba1;
    if (round < 60) return ((b & c) | (b & d) | (c & d)) + 0x8f1bbcdc;
    return (b ^ c ^ d) + 0xca62c1d6;
}

static void add_block(uint32_t hash[5], const unsigned char *block) {
    uint32_t schedule[80];
    expand_block(block, schedule);
    uint32_t a = hash[0], b = hash[1], c = hash[2], d = hash[3], e = hash[4];
    for (int i = 0; i < 80; i++) {
        uint32_t next = rotate_left(a, 5) + mix(i, b, c, d) + e + schedule[i];
        e = d;
        d = c;
        c = rotate_left(b, 30);
        b = a;
        a = next;
    }
    hash[0] += a;
    hash[1] += b;
    hash[2] += c;
    hash[3] += d;
    hash[4] += e;
}

/* The last bytes of the message, the padding and the length: one block or two. */
static void add_tail(uint32_t hash[5], const unsigned char *rest, size_t count, uint64_t bits) {
    unsigned char tail[2 * BLOCK] = {0};
    memcpy(tail, rest, count);
    tail[count] = 0x80;
    size_t size = count + 1 + LENGTH_FIELD <= BLOCK ? BLOCK : 2 * BLOCK;
    for (int i = 0; i < LENGTH_FIELD; i++) tail[size - 1 - i] = (unsigned char)(bits >> (8 * i));
    for (size_t at = 0; at < size; at += BLOCK) add_block(hash, tail + at);
}

void sha1_hex(const void *data, size_t len, char hex[SHA1_HEX]) {
    uint32_t hash[5] = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0};
    const unsigned char *bytes = data;
    size_t whole = len / BLOCK * BLOCK;
    for (size_t at = 0; at < whole; at += BLOCK) add_block(hash, bytes + at);
    add_tail(hash, bytes + whole, len - whole, (uint64_t)len * 8);
    for (int i = 0; i < 5; i++) snprintf(hex + i * 8, 9, "%08x", hash[i]);
}
