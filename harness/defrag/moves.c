/* SPDX-License-Identifier: BSD-3-Clause */
/* moves.c -- which pointers move; see moves.h. The functions allocator... and
 * getAllocatorFragmentation are the server's interface (allocator_defrag.h). The server's own
 * implementation needs jemalloc and is not compiled. */
#include "harness/defrag/moves.h"

#include <limits.h>

#include "harness/finding/finding.h"
#include "harness/structures/hash.h"
#include "harness/valkey/compat.h"
#include "harness/world/clock.h"
#include "harness/world/heap.h"
#include "harness/world/work.h"
#include "harness/world/world.h"

#define MOST_BYTES ((size_t)LLONG_MAX + 1)
#define MOST_PERCENT 1000.0f

static struct {
    MovesKind kind;
    int64_t n, more;
    uint64_t since; /* ONLY: pointers asked about when it was chosen */
    bool fragmented;
    MovesCanary canary;
    MovesCount count;
} moves WORLD;

static void *kept_by_canary WORLD;

static bool in_place;
static void *asked_last; /* the block of the last question */

static MovesSeenFn *watcher;
static void *watcher_context;

void moves_watch(MovesSeenFn *seen, void *context) {
    watcher = seen;
    watcher_context = context;
}

void moves_in_place(bool yes) {
    in_place = yes;
}

bool moves_are_in_place(void) {
    return in_place;
}

void moves_choose(MovesKind kind, int64_t n, int64_t more) {
    moves.kind = kind;
    moves.n = n;
    moves.more = more;
    moves.since = moves.count.asked;
}

void moves_fragmented(bool yes) {
    moves.fragmented = yes;
}

MovesCount moves_count(void) {
    return moves.count;
}

void moves_canary(MovesCanary canary) {
    moves.canary = canary;
}

int allocatorDefragInit(void) {
    return 0;
}

unsigned long allocatorDefragGetFragSmallbins(void) {
    return 0;
}

/* More than any setting calls the most (config.c has the ranges), or none. */
float getAllocatorFragmentation(size_t *bytes) {
    bool fragmented = moves.fragmented || moves.canary == MOVES_AGAIN;
    if (bytes) *bytes = fragmented ? MOST_BYTES : 0;
    return fragmented ? MOST_PERCENT : 0;
}

static MovesAskedFn *questioner;
static void *questioner_context;

void moves_watch_questions(MovesAskedFn *asked, void *context) {
    questioner = asked;
    questioner_context = context;
}

int allocatorShouldDefrag(void *block) {
    clock_advance(1);
    work_asked();
    if (questioner) questioner(questioner_context, __builtin_frame_address(0));
    asked_last = block;
    while (moves.canary == MOVES_STUCK) getMonotonicUs();
    while (moves.canary == MOVES_LONG) work_asked();
    if (moves.canary == MOVES_EARLY) {
        moves.canary = MOVES_FAITHFUL;
        zfree(block);
        return 1;
    }
    uint64_t asked = moves.count.asked++;
    switch (moves.kind) {
    case MOVES_ALL:
        return 1;
    case MOVES_NONE:
        return 0;
    case MOVES_EVERY:
        return asked % (uint64_t)moves.n == 0;
    case MOVES_SOME:
        return (int64_t)(hash_bytes(&asked, sizeof(asked), (uint64_t)moves.more) % 100) < moves.n;
    case MOVES_ONLY:
        return asked - moves.since + 1 >= (uint64_t)moves.n && asked - moves.since < (uint64_t)moves.more;
    }
    return 1;
}

void *allocatorDefragAlloc(size_t size) {
    moves.count.moved++;
    work_done(size / 64);
    if (in_place) return asked_last;
    void *block = zmalloc(size);
    heap_inherit(block, asked_last);
    if (watcher) watcher(watcher_context, block, __builtin_frame_address(0));
    return block;
}

/* The last step of a move: the new block is complete, the old one is released. */
void allocatorDefragFree(void *old, size_t size) {
    if (!in_place && size != heap_usable_size(old)) /* sdallocx(3) needs the right size */
        finding_report("account:size", old, "defrag releases a block of %zu bytes as one of %zu", heap_usable_size(old),
                       size);
    if (moves.canary == MOVES_KEEP) {
        moves.canary = MOVES_FAITHFUL;
        kept_by_canary = old;
    }
    if (moves.canary == MOVES_LOSE) {
        moves.canary = MOVES_FAITHFUL;
        return;
    }
    moves.count.released++;
    if (in_place) return;
    zfree(old);
}
