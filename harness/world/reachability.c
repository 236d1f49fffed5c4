/* SPDX-License-Identifier: BSD-3-Clause */
/* reachability.c -- which live blocks can be reached from where; see reachability.h. */
#include "harness/world/reachability.h"

#include <stdlib.h>
#include <string.h>

#include "harness/finding/finding.h"
#include "harness/world/heap.h"
#include "harness/world/snapshot.h"

static ReachabilityBlock *blocks; /* in order of address */
static size_t nblocks, room;
static size_t *work; /* marked, but not yet searched */
static size_t nwork;

static void add_block(const HeapBlock *block, void *arg) {
    (void)arg;
    if (nblocks == room) {
        room = room ? room * 2 : 1024;
        blocks = realloc(blocks, room * sizeof(*blocks));
        work = realloc(work, room * sizeof(*work));
        if (!blocks || !work) finding_harness("out of memory for the list of live blocks");
    }
    blocks[nblocks++] = (ReachabilityBlock){(uintptr_t)block->start, block->size, 0};
}

void reachability_begin(void) {
    nblocks = nwork = 0;
    heap_each_live(snapshot_base_end(), heap_mark(), add_block, NULL);
}

/* The block that `word` points to or into, or NULL. A tag in the low bits is harmless. */
static ReachabilityBlock *find_block(uintptr_t word) {
    size_t low = 0, high = nblocks;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (blocks[middle].start <= word)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == 0) return NULL;
    ReachabilityBlock *b = &blocks[low - 1];
    return word <= b->start + b->size ? b : NULL; /* one past the end counts: end pointers */
}

static bool is_between(uintptr_t word) {
    return word >= blocks[0].start && word <= blocks[nblocks - 1].start + blocks[nblocks - 1].size;
}

static void mark_block(uintptr_t word, uint32_t mark) {
    ReachabilityBlock *b = find_block(word);
    if (!b || b->mark) return;
    b->mark = mark;
    work[nwork++] = (size_t)(b - blocks);
}

/* Treats every aligned word of the range as a pointer. Not instrumented: the range may contain
 * freed blocks and red zones. */
__attribute__((no_sanitize("address"))) static void look_into(const void *from, size_t len, uint32_t mark) {
    const uintptr_t *p = (const uintptr_t *)(((uintptr_t)from + 7) & ~(uintptr_t)7);
    const uintptr_t *end = (const uintptr_t *)((uintptr_t)from + len);
    for (; p + 1 <= end; p++) {
        if (is_between(*p)) mark_block(*p, mark);
    }
}

static void follow(uint32_t mark) {
    while (nwork) {
        const ReachabilityBlock *b = &blocks[work[--nwork]];
        look_into((const void *)b->start, b->size, mark);
    }
}

void reachability_from(const void *from, size_t len, uint32_t mark) {
    if (!nblocks) return;
    look_into(from, len, mark);
    follow(mark);
}

void reachability_from_packed(const void *from, size_t len, uint32_t mark) {
    if (!nblocks) return;
    for (size_t i = 0; i + sizeof(uintptr_t) <= len; i++) {
        uintptr_t word;
        memcpy(&word, (const char *)from + i, sizeof(word));
        if (is_between(word)) mark_block(word, mark);
    }
    follow(mark);
}

bool reachability_stop_at(const void *start, uint32_t mark) {
    ReachabilityBlock *b = find_block((uintptr_t)start);
    if (!b || b->start != (uintptr_t)start) return false;
    if (!b->mark) b->mark = mark;
    return true;
}

size_t reachability_blocks(const ReachabilityBlock **all) {
    *all = blocks;
    return nblocks;
}
