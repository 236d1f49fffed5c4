/* SPDX-License-Identifier: BSD-3-Clause */
/* release_log.h -- a log of the blocks that the server's heap releases while defrag works: what no
 * pointer may point to afterwards.
 *
 * Outside of the world. */
#ifndef HARNESS_WORLD_RELEASE_LOG_H
#define HARNESS_WORLD_RELEASE_LOG_H

#include <stdbool.h>
#include <stddef.h>

typedef struct {
    const void *block;
    size_t size; /* bytes */
} FreedBlock;

/* Begins an empty log. */
void freed_begin(void);

/* Ends it; its blocks stay until the next one begins. */
void freed_end(void);

/* The blocks of the log, in the order in which they were released. */
const FreedBlock *freed_blocks(size_t *count);

/* For the heap: `size` bytes at `block` have just been released. Goes into the log if there is
 * one. */
void freed_note(const void *block, size_t size);

#endif
