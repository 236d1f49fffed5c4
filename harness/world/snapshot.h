/* SPDX-License-Identifier: BSD-3-Clause */
/* snapshot.h -- saves and restores the whole world, byte for byte.
 *
 * The world is the arena with its shadow, the server's globals, and the WORLD variables of the
 * harness (world.h). A base is a full image, taken at the birth of a server. A mark is a later
 * moment in a stream, stored as the difference from its base.
 *
 * Limits: arena heap only (with --heap=asan every stream has a process of its own instead). Marks
 * belong to the base that was active when they were made. What is outside of the world (engine,
 * libc, files) is not restored. */
#ifndef HARNESS_WORLD_SNAPSHOT_H
#define HARNESS_WORLD_SNAPSHOT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct Base Base;
typedef struct Mark Mark;

#define SNAPSHOT_RENEW 4096 /* resets */

/* How written pages are found. Set only by tests, to use the rare methods. */
typedef struct {
    bool compare;   /* compare all pages, as is done where /proc/self/pagemap cannot be read */
    unsigned renew; /* map all pages again, as clean, after this number of resets (>= 1) */
} SnapshotOptions;
void snapshot_set_options(const SnapshotOptions *ways);

/* Saves the current world as a full image and makes it the active base. Running out of memory is a
 * fault of the harness. */
Base *snapshot_base(void);

/* Restores the world that was saved as `base`. Takes about 40 us plus 0.2 us for every 4 KiB page
 * that was written since. Switching to another base takes about a millisecond. */
void snapshot_reset(Base *base);
void snapshot_base_free(Base *base);

/* Save the current world as the difference from the active base, and restore it. A mark can be
 * restored any number of times. */
Mark *snapshot_save(void);
void snapshot_restore(const Mark *mark);
void snapshot_mark_free(Mark *mark);

/* Calls fn for every range of world memory that may have been written since the active base was
 * saved, except the arena above the base's end. New pointers to older blocks can be nowhere
 * else. */
void snapshot_each_dirty(void (*fn)(const void *from, size_t len, void *arg), void *arg);

/* The end of the active base's arena: blocks above it were allocated since. */
const void *snapshot_base_end(void);

/* Calls fn for all writable globals of the world. */
void snapshot_each_global(void (*fn)(const void *from, size_t len, void *arg), void *arg);

#endif
