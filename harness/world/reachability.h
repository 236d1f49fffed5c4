/* SPDX-License-Identifier: BSD-3-Clause */
/* reachability.h -- which live blocks can be reached from where. Every aligned word that could be a
 * pointer is followed.
 *
 * Limits: only blocks that were allocated since the server's birth are known. The rest of the world
 * counts only where its words are passed as a start. Arena only. Its own memory is outside of the
 * world. */
#ifndef HARNESS_WORLD_REACHABILITY_H
#define HARNESS_WORLD_REACHABILITY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A live block, and the mark of the first search that reached it; 0: not reached. */
typedef struct {
    uintptr_t start, size; /* bytes */
    uint32_t mark;
} ReachabilityBlock;

/* Lists the live blocks, none of them reached. Discards the previous list. */
void reachability_begin(void);

/* Marks, with `mark` (not 0), every block without a mark that can be reached from a word of the
 * range, directly or through other such blocks. Pointers into a block count. The range may contain
 * freed blocks and red zones. */
void reachability_from(const void *from, size_t len, uint32_t mark);

/* The same for a range in which words can be at any address. */
void reachability_from_packed(const void *from, size_t len, uint32_t mark);

/* Marks the block that starts at `start`, so that no search continues through it. A block that has
 * a mark keeps it. Returns false when no known block starts there. */
bool reachability_stop_at(const void *start, uint32_t mark);

/* All live blocks, in order of address. Returns their number. Valid until the next
 * reachability_begin. */
size_t reachability_blocks(const ReachabilityBlock **blocks);

#endif
