/* SPDX-License-Identifier: BSD-3-Clause */
/* reachability.c -- which live blocks can be reached from where; see reachability.h. */
#include "harness/world/reachability.h"

#include <stdlib.h>

#include "harness/finding/finding.h"
#include "harness/world/heap.h"
#include "harness/world/snapshot.h"

static FloodBlock *blocks; /* in the order of their addresses */
static size_t nblocks, room;
static size_t *work; /* marked, but not yet looked into */
static size_t nwork;

static void add_block(const HeapBlock *block, void *arg) {
    (void)arg;
    if (nblocks == room) {
        room = room ? room * 2 : 1024;
        blocks = realloc(blocks, room * sizeof(*blocks));
        work = realloc(work, room * sizeof(*work));
        if (!blocks || !work) finding_harness("out of memory for the list of live blocks");
    }
    blocks[nblocks++] = (FloodBlock){(uintptr_t)block->start, block->size, 0};
}

void flood_begin(void) {
    nblocks = nwork = 0;
    heap_each_live(snapshot_base_end(), heap_mark(), add_block, NULL);
}

/* The block that `word` points to or into (a tag in the low bits does no harm), or NULL. */
static FloodBlock *find_block(uintptr_t word) {
    size_t low = 0, high = nblocks;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (blocks[middle].start <= word)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == 0) return NULL;
    FloodBlock *b = &blocks[low - 1];
    return word <= b->start + b->size ? b : NULL; /* one past the end counts: end pointers */
}

/* Takes every aligned word of the range for a pointer. Uninstrumented: the range may hold freed
 * blocks and red zones. */
__attribute__((no_sanitize("address"))) static void look_into(const void *from, size_t len, uint32_t mark) {
    uintptr_t low = blocks[0].start, high = blocks[nblocks - 1].start + blocks[nblocks - 1].size;
    const uintptr_t *p = (const uintptr_t *)(((uintptr_t)from + 7) & ~(uintptr_t)7);
    const uintptr_t *end = (const uintptr_t *)((uintptr_t)from + len);
    for (; p + 1 <= end; p++) {
        if (*p < low || *p > high) continue;
        FloodBlock *b = find_block(*p);
        if (!b || b->mark) continue;
        b->mark = mark;
        work[nwork++] = (size_t)(b - blocks);
    }
}

void flood_from(const void *from, size_t len, uint32_t mark) {
    if (!nblocks) return;
    look_into(from, len, mark);
    while (nwork) {
        const FloodBlock *b = &blocks[work[--nwork]];
        look_into((const void *)b->start, b->size, mark);
    }
}

bool flood_stop_at(const void *start, uint32_t mark) {
    FloodBlock *b = find_block((uintptr_t)start);
    if (!b || b->start != (uintptr_t)start) return false;
    if (!b->mark) b->mark = mark;
    return true;
}

size_t flood_blocks(const FloodBlock **all) {
    *all = blocks;
    return nblocks;
}
