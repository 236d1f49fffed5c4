/* SPDX-License-Identifier: BSD-3-Clause */
/* release_log.h -- a log of the blocks that the server's heap releases while defrag works. No
 * pointer may point to them afterwards.
 *
 * Outside of the world. */
#ifndef HARNESS_WORLD_RELEASE_LOG_H
#define HARNESS_WORLD_RELEASE_LOG_H

#include <stdbool.h>
#include <stddef.h>

typedef struct {
    const void *block;
    size_t size; /* bytes */
} ReleasedBlock;

/* Starts an empty log. */
void release_log_begin(void);

/* Ends it. Its blocks stay available until the next log starts. */
void release_log_end(void);

/* The blocks of the log, in order of release. */
const ReleasedBlock *release_log_blocks(size_t *count);

/* For the heap: `size` bytes at `block` have just been released. Added to the log if one is
 * active. */
void release_log_add(const void *block, size_t size);

#endif
