/* SPDX-License-Identifier: BSD-3-Clause */
/* moves.h -- which pointers move: the allocator's side of active defrag.
 *
 * Provides what the server's allocator_defrag.c provides with jemalloc: the hint, the allocation of
 * the new block and the release of the old one, and the fragmentation that starts a cycle. Every
 * question "should this block move?" moves the virtual clock by a microsecond. */
#ifndef HARNESS_DEFRAG_MOVES_H
#define HARNESS_DEFRAG_MOVES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum { MOVES_ALL, MOVES_NONE, MOVES_EVERY, MOVES_SOME, MOVES_ONLY } MovesKind;

/* Which pointers move from now on. EVERY: each `n`-th that is asked about, n >= 1. SOME: a
 * pseudo-random subset of `n` percent that depends on `seed` and on how many were asked about, not
 * on addresses. ONLY: the `n`-th to the `more`-th that is asked about from now on. `more` is SOME's
 * seed and ONLY's last. Part of the world. */
void moves_choose(MovesKind kind, int64_t n, int64_t more);

/* Moves in place: the server is told that every block it asks about moves, and gets the same block
 * as the new one. It does all that it does for a real move, at the same times, but no address
 * changes: what the twin runs with. Not part of the world; the caller sets it back. */
void moves_in_place(bool yes);
bool moves_are_in_place(void);

/* Whether the server is told of fragmentation (and so starts a cycle when it looks). False at
 * birth. */
void moves_fragmented(bool yes);

/* Since birth: pointers asked about, blocks moved, old blocks released. Moved and released differ
 * when a stage forgets one. Part of the world. */
typedef struct {
    uint64_t asked, moved, released;
} MovesCount;
MovesCount moves_count(void);

/* From now on `seen` is called, with `context`, for every block that moves (NULL: nothing is):
 * `block` is the new one, which has its identity already and not yet its contents; `frame` is that
 * of the allocator's function, for site_stack. Not part of the world. */
typedef void MovesSeenFn(void *context, const void *block, const void *frame);
void moves_watch(MovesSeenFn *seen, void *context);

/* Canaries: break the next move on purpose. LOSE never releases the old block, EARLY releases it
 * before it is copied, KEEP leaves a pointer to it in a global of the world. STUCK does not answer
 * the next question but looks at the clock for ever; AGAIN lets the server begin a new cycle as
 * soon as one has ended. */
typedef enum { MOVES_FAITHFUL, MOVES_LOSE, MOVES_EARLY, MOVES_KEEP, MOVES_STUCK, MOVES_AGAIN } MovesCanary;
void moves_canary(MovesCanary canary);

#endif
