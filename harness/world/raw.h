/* SPDX-License-Identifier: BSD-3-Clause */
/* raw.h -- copies, fills and compares memory without the sanitizers noticing.
 *
 * The arena and the snapshots write to poisoned memory and to ASan's shadow itself; memcpy and
 * memset would be intercepted there and check the shadow of the shadow. Include this only in files
 * that are compiled without ASan. */
#ifndef HARNESS_WORLD_RAW_H
#define HARNESS_WORLD_RAW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Copies `len` bytes; the ranges do not overlap. */
static inline void raw_copy(void *to, const void *from, size_t len) {
#if defined(__x86_64__)
    __asm__ volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(len)::"memory");
#else
    volatile unsigned char *t = to;
    const unsigned char *f = from;
    while (len--) *t++ = *f++;
#endif
}

/* The same for small blocks, where rep movsb is slow to start. Both must be 8-byte aligned. */
static inline void raw_copy_short(void *to, const void *from, size_t len) {
    volatile uint64_t *words = to;
    volatile unsigned char *bytes = to;
    for (size_t i = 0; i < len / 8; i++) words[i] = ((const uint64_t *)from)[i];
    for (size_t i = len / 8 * 8; i < len; i++) bytes[i] = ((const unsigned char *)from)[i];
}

/* Sets `len` bytes to `byte`. */
static inline void raw_fill(void *at, unsigned char byte, size_t len) {
#if defined(__x86_64__)
    __asm__ volatile("rep stosb" : "+D"(at), "+c"(len) : "a"(byte) : "memory");
#else
    volatile unsigned char *p = at;
    while (len--) *p++ = byte;
#endif
}

/* Sets `words` aligned 8-byte words: for small blocks, where rep stosb is slow to start. */
static inline void raw_fill_words(void *at, uint64_t word, size_t words) {
    volatile uint64_t *p = at;
    for (size_t i = 0; i < words; i++) p[i] = word;
}

/* Are `len` bytes (a multiple of 32) equal? Both must be 8-byte aligned. */
static inline bool raw_equal(const void *a, const void *b, size_t len) {
    const uint64_t *x = a, *y = b;
    for (size_t i = 0; i < len / 8; i += 4) {
        if ((x[i] ^ y[i]) | (x[i + 1] ^ y[i + 1]) | (x[i + 2] ^ y[i + 2]) | (x[i + 3] ^ y[i + 3])) return false;
    }
    return true;
}

/* Maps a file privately over whole pages of memory in use. Returns false when the kernel refuses.
 * Not through mmap: ASan's (since clang 17) would treat the memory as new and clear its shadow. */
static inline bool raw_map_over(void *at, size_t len, int fd, off_t offset) {
    long got = syscall(SYS_mmap, at, len, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_FIXED, fd, offset);
    return got == (long)at;
}

#endif
