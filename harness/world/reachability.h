/* SPDX-License-Identifier: BSD-3-Clause */
/* reachability.h -- which live blocks can be reached from where: every aligned word that could be a
 * pointer is followed.
 *
 * Only blocks that were allocated since the server's birth are known: the rest of the world is left
 * out, unless its words are given as a start. Arena only. Memory outside of the world. */
#ifndef HARNESS_WORLD_REACHABILITY_H
#define HARNESS_WORLD_REACHABILITY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A live block, and by which flood it was reached first; 0: by none. */
typedef struct {
    uintptr_t start, size; /* bytes */
    uint32_t mark;
} FloodBlock;

/* Takes stock of the live blocks, none of them reached. What was known before is forgotten. */
void flood_begin(void);

/* Marks, with `mark` (not 0), every block that has no mark yet and that a word of the range points
 * to or into, and goes on from those. The range may hold freed blocks and red zones. */
void flood_from(const void *from, size_t len, uint32_t mark);

/* Marks the block that starts at `start` without going on from it: a flood will not enter it. False
 * when no block known here starts there; a block that has a mark keeps it. */
bool flood_stop_at(const void *start, uint32_t mark);

/* All live blocks, in the order of their addresses; returns how many. Valid until the next
 * flood_begin. */
size_t flood_blocks(const FloodBlock **blocks);

#endif
