/* SPDX-License-Identifier: BSD-3-Clause */
/* refs.c -- checks, right after a slice and after each step, that no live word points into a block
 * that was released since the last look, because it moved or otherwise.
 *
 * Proves: after a slice or cycle, and after a step, before anything else runs, no aligned word of a
 * live block or of the server's globals has an address in a block that the slice, or the command
 * before it, released, so no stale pointer can be followed later. Cannot see: one that a command
 * left and that defrag, in the same step, followed (AddressSanitizer sees that) or overwrote;
 * unaligned pointers (the server has none: packed structures keep their pointers aligned); pointers
 * in registers and on the stack (no server code is running then); a stale pointer in memory that
 * was not written since the server's birth while no block of the birth moved (it has nothing to
 * point to); with reuse=last and reuse=same, a pointer to a place that has had more than one block,
 * because an old dead word may point there by chance, which no excuse knows. Excuses: dead words,
 * which are always written before they are read (excuses.h). Canaries: "!canary refs" keeps a
 * pointer to the next block that moves, "!canary refs-command" one to a block that it releases.
 *
 * Where it searches: blocks allocated since birth, pages written since birth, and, when a block
 * of the birth was released, everywhere. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "harness/finding/finding.h"
#include "harness/finding/site.h"
#include "harness/oracles/excuses.h"
#include "harness/oracles/retainer.h"
#include "harness/oracles/table.h"
#include "harness/world/heap.h"
#include "harness/world/release_log.h"
#include "harness/world/snapshot.h"

#define GRANULE 16

/* A bit for every granule of the arena that belonged to a block that was released since the last
 * look. Clear between looks. */
static uint64_t *released_bits;
static const unsigned char *arena;
static uintptr_t lowest, highest; /* of released bytes */
/* --- what was released */

static void mark_block(const void *block, size_t size, bool yes) {
    size_t first = (size_t)((const unsigned char *)block - arena) / GRANULE;
    size_t last = first + (size + GRANULE - 1) / GRANULE;
    for (size_t g = first; g < last; g++) {
        if (yes)
            released_bits[g / 64] |= (uint64_t)1 << g % 64;
        else
            released_bits[g / 64] &= ~((uint64_t)1 << g % 64);
    }
}

static void mark_released(bool yes) {
    size_t count;
    const ReleasedBlock *released = release_log_blocks(&count);
    lowest = UINTPTR_MAX;
    highest = 0;
    for (size_t i = 0; i < count; i++) {
        if (heap_is_again(released[i].block)) continue;
        mark_block(released[i].block, released[i].size, yes);
        uintptr_t start = (uintptr_t)released[i].block;
        if (start < lowest) lowest = start;
        if (start + released[i].size > highest) highest = start + released[i].size;
    }
}

static bool points_to_released(uintptr_t word) {
    if (word < lowest || word >= highest) return false;
    size_t granule = (word - (uintptr_t)arena) / GRANULE;
    return released_bits[granule / 64] >> granule % 64 & 1;
}

/* --- the search */

static _Noreturn void report_stale(const HeapBlock *containing, const void *at, uintptr_t word) {
    HeapBlock stale = {0};
    char who[700], signature[FINDING_SIGNATURE], owner[128];
    heap_find((void *)word, &stale);
    snprintf(owner, sizeof(owner), "%s", containing ? site_owner(containing->origin_site) : "global");
    snprintf(signature, sizeof(signature), "refs:%s:%s", owner, site_owner(stale.origin_site));
    retainer_describe(containing, at, who, sizeof(who));
    mark_released(false); /* the process may run other streams, if the finding is known */
    finding_report(signature, (void *)word,
                   "a live word still points to a block that was just released; the word is in %s", who);
}

/* Checks the aligned words of a live block. Not instrumented: they may be anything. */
__attribute__((no_sanitize("address"))) static void look_at_block(const HeapBlock *block, void *arg) {
    (void)arg;
    const uintptr_t *words = block->start;
    for (size_t i = 0; i < block->size / sizeof(uintptr_t); i++) {
        if (points_to_released(words[i]) && !excuses_hold(block, i * sizeof(uintptr_t)))
            report_stale(block, &words[i], words[i]);
    }
}

__attribute__((no_sanitize("address"))) static void look_at_globals(const void *from, size_t len, void *arg) {
    (void)arg;
    const uintptr_t *word = (const uintptr_t *)(((uintptr_t)from + 7) & ~(uintptr_t)7);
    const uintptr_t *end = (const uintptr_t *)((uintptr_t)from + len);
    for (; word + 1 <= end; word++) {
        if (points_to_released(*word) && !excuses_hold_global(word)) report_stale(NULL, word, *word);
    }
}

/* Checks a range of memory written since birth: part of the arena, where only live blocks count, or
 * globals. */
static void look_at_dirty(const void *from, size_t len, void *arg) {
    if (heap_contains(from))
        heap_each_live(from, (const unsigned char *)from + len, look_at_block, arg);
    else
        look_at_globals(from, len, arg);
}

static bool released_birth_block(void) {
    return lowest < (uintptr_t)snapshot_base_end();
}

static void look(void) {
    const void *birth_end = snapshot_base_end();
    if (released_birth_block()) {
        heap_each_live(arena, birth_end, look_at_block, NULL);
        snapshot_each_global(look_at_globals, NULL);
    } else {
        snapshot_each_dirty(look_at_dirty, NULL);
    }
    heap_each_live(birth_end, heap_mark(), look_at_block, NULL);
}

static void begin(bool again) {
    (void)again;
    release_log_begin();
    if (released_bits || heap_kind() != HEAP_ARENA) return;
    arena = heap_base();
    released_bits = mmap(NULL, HEAP_RESERVED / GRANULE / 8, PROT_READ | PROT_WRITE,
                         MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (released_bits == MAP_FAILED) finding_harness("out of memory for the search of stale references");
}

/* Looks for what was released since the last look. */
static void look_again(void) {
    size_t count;
    release_log_blocks(&count);
    if (!count || heap_kind() != HEAP_ARENA) return;
    mark_released(true);
    if (highest) look();
    mark_released(false);
    release_log_begin();
}

static void after(bool whole) {
    (void)whole;
    look_again();
}

static void settled(int number, const Step *step) {
    (void)number, (void)step;
    look_again();
}

/* It halves the engine's speed, so only a share of inputs is searched. */
const Oracle oracle_refs = {
    .name = "refs",
    .word = "refs",
    .title = "Stale reference",
    .finds = "Right after a slice or a step, a live word still points into a block that it released.",
    .share = 8,
    .costly = true,
    .names_sites = true,
    .asks_sites = true,
    .begin = begin,
    .after = after,
    .settled = settled,
};
