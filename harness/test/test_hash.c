/* SPDX-License-Identifier: BSD-3-Clause */
/* test_hash.c -- hash_bytes: every byte counts, no byte beyond the block is read, and all builds
 * agree.
 *
 * Limits: does not test how well the hash distributes, beyond single changed bits and lengths. */
#include "harness/base/array.h"
#include "harness/structures/hash.h"
#include "harness/test/check.h"

#include <sys/mman.h>
#include <unistd.h>

#define LONGEST 300 /* crosses the 16-byte and the 64-byte loop several times */

static void fill(unsigned char *bytes, size_t len) {
    uint32_t state = 12345;
    for (size_t i = 0; i < len; i++) {
        state = state * 1664525 + 1013904223;
        bytes[i] = state >> 24;
    }
}

static void test_every_bit_counts(void) {
    unsigned char bytes[LONGEST];
    fill(bytes, sizeof(bytes));
    for (size_t len = 1; len <= LONGEST; len++) {
        uint64_t before = hash_bytes(bytes, len, 1);
        for (size_t bit = 0; bit < len * 8; bit++) {
            bytes[bit / 8] ^= 1 << bit % 8;
            CHECK(hash_bytes(bytes, len, 1) != before);
            bytes[bit / 8] ^= 1 << bit % 8;
        }
        CHECK(hash_bytes(bytes, len, 1) == before);
    }
}

static void test_length_and_seed_count(void) {
    unsigned char zeros[LONGEST] = {0};
    for (size_t len = 1; len <= LONGEST; len++) {
        CHECK(hash_bytes(zeros, len, 0) != hash_bytes(zeros, len - 1, 0));
        CHECK(hash_bytes(zeros, len, 0) != hash_bytes(zeros, len, 1));
    }
    CHECK(hash_bytes(NULL, 0, 7) == hash_bytes(zeros, 0, 7));
    CHECK(hash_bytes(NULL, 0, 7) != hash_bytes(NULL, 0, 8));
}

/* The same bytes at the start and at the end of a page between two unreadable ones. */
static void test_nothing_beyond_is_read(void) {
    size_t page = sysconf(_SC_PAGESIZE);
    unsigned char *map = mmap(NULL, 3 * page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (!CHECK(map != MAP_FAILED)) return;
    unsigned char *middle = map + page;
    if (!CHECK(mprotect(middle, page, PROT_READ | PROT_WRITE) == 0)) return;
    for (size_t len = 0; len <= LONGEST; len++) {
        fill(middle, len);
        uint64_t at_begin = hash_bytes(middle, len, 3);
        fill(middle + page - len, len);
        CHECK(hash_bytes(middle + page - len, len, 3) == at_begin);
    }
    munmap(map, 3 * page);
}

/* Digests are compared between builds and machines. These were computed once and must be the same
 * everywhere. */
static void test_all_builds_agree(void) {
    static const struct {
        size_t len;
        uint64_t hash;
    } known[] = {{0, 0x659d4398bfb1a021ull},  {3, 0xb3f0c3f3b559da56ull},  {7, 0x1089a232795e7fdbull},
                 {16, 0x0a60d1d635b9a292ull}, {64, 0x643a138a7852afedull}, {65, 0x426c7d4e2cbf2918ull},
                 {300, 0x1aa26f9d34dd07c6ull}};
    unsigned char bytes[LONGEST];
    fill(bytes, sizeof(bytes));
    for (int i = 0; i < COUNT_OF(known); i++) {
        CHECK(hash_bytes(bytes, known[i].len, 42) == known[i].hash);
    }
}

int main(void) {
    test_every_bit_counts();
    test_length_and_seed_count();
    test_nothing_beyond_is_read();
    test_all_builds_agree();
    return check_status("test_hash");
}
