/* SPDX-License-Identifier: BSD-3-Clause */
/* snapshot.h -- the whole world saved and brought back, byte for byte.
 *
 * The world is the arena with its shadow, the server's globals, and the WORLD variables of the
 * harness (world.h). A base is a full image (the birth of a server); a mark is a moment later in a
 * stream, kept as what differs from its base.
 *
 * Limits: arena heap only (with --heap=asan every stream has a process of its own instead). Marks
 * belong to the base that was active when they were made. What lies outside of the world (engine,
 * libc, files) is not touched. */
#ifndef HARNESS_WORLD_SNAPSHOT_H
#define HARNESS_WORLD_SNAPSHOT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct Base Base;
typedef struct Mark Mark;

#define SNAPSHOT_RENEW 4096 /* resets */

/* How written pages are found; a program sets this only to try the ways that are rare. */
typedef struct {
    bool compare;   /* by comparing all pages, as where /proc/self/pagemap cannot be read */
    unsigned renew; /* after so many resets (>= 1) all pages are mapped again and count as clean */
} SnapshotWays;
void snapshot_set_ways(const SnapshotWays *ways);

/* Saves the world as it is now as a full image and makes it the active base. A fault of the harness
 * when there is no memory for it. */
Base *snapshot_base(void);

/* Makes the world what it was when `base` was saved. Costs about 40 us plus 0.2 us for every 4 KiB
 * page that was written since; switching to another base costs about a millisecond. */
void snapshot_reset(Base *base);
void snapshot_base_free(Base *base);

/* Saves this moment as what differs from the active base; brings it back. A mark can be brought
 * back any number of times. */
Mark *snapshot_save(void);
void snapshot_restore(const Mark *mark);
void snapshot_mark_free(Mark *mark);

/* Calls fn for every range of world memory that may have been written since the active base was
 * saved, the arena behind the base's end excluded: those who look for pointers need to look nowhere
 * else for new ones. */
void snapshot_each_dirty(void (*fn)(const void *from, size_t len, void *arg), void *arg);

/* Where the active base's arena ended: blocks behind it were allocated since. */
const void *snapshot_base_end(void);

/* Calls fn for all writable globals of the world. */
void snapshot_each_global(void (*fn)(const void *from, size_t len, void *arg), void *arg);

#endif
