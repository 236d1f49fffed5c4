/* SPDX-License-Identifier: BSD-3-Clause */
/* moves.h -- which pointers move: the allocator's part of active defrag.
 *
 * Provides what the server's allocator_defrag.c provides with jemalloc: the hint, the allocation of
 * the new block and the release of the old one, and the fragmentation that starts a cycle. Every
 * question "should this block move?" advances the virtual clock by a microsecond. */
#ifndef HARNESS_DEFRAG_MOVES_H
#define HARNESS_DEFRAG_MOVES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum { MOVES_ALL, MOVES_NONE, MOVES_EVERY, MOVES_SOME, MOVES_ONLY } MovesKind;

/* Chooses which pointers move from now on. EVERY: each `n`-th that is asked about, n >= 1. SOME: a
 * pseudo-random subset of `n` percent, which depends on the seed `more` and on how many were asked
 * about, not on addresses. ONLY: the `n`-th to the `more`-th that are asked about from now on. Part
 * of the world. */
void moves_choose(MovesKind kind, int64_t n, int64_t more);

/* Switches moves in place on or off: the answer is that every block moves, but the new block is the
 * same as the old one. The server does everything that it does for a real move, at the same times,
 * but no address changes. The twin runs in this mode. Not part of the world; the caller switches it
 * off. */
void moves_in_place(bool yes);
bool moves_are_in_place(void);

/* Sets whether the server sees fragmentation, and so starts a cycle when it checks. False at
 * birth. */
void moves_fragmented(bool yes);

/* Counts since birth: pointers asked about, blocks moved, old blocks released. Moved and released
 * differ when a stage forgets to release one. Part of the world. */
typedef struct {
    uint64_t asked, moved, released;
} MovesCount;
MovesCount moves_count(void);

/* From now on `seen` is called, with `context`, for every block that moves (NULL: none). `block` is
 * the new block, which already has its identity, but not its contents. `frame` is that of the
 * allocator's function, for site_stack. Not part of the world. */
typedef void MovesSeenFn(void *context, const void *block, const void *frame);
void moves_watch(MovesSeenFn *seen, void *context);

/* From now on `asked` is called, with `context`, for every pointer that defrag asks about (NULL:
 * none); `frame` as in moves_watch. Not part of the world. */
typedef void MovesAskedFn(void *context, const void *frame);
void moves_watch_questions(MovesAskedFn *asked, void *context);

/* Canaries: break the next move on purpose. LOSE never releases the old block, EARLY releases it
 * before it is copied, KEEP leaves a pointer to it in a global of the world. STUCK does not answer
 * the next question but reads the clock forever. LONG asks it over and over. AGAIN lets the server
 * begin a new cycle as soon as one has ended. */
typedef enum { MOVES_FAITHFUL, MOVES_LOSE, MOVES_EARLY, MOVES_KEEP, MOVES_STUCK, MOVES_LONG, MOVES_AGAIN } MovesCanary;
void moves_canary(MovesCanary canary);

#endif
