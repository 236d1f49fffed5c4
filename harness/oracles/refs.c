/* SPDX-License-Identifier: BSD-3-Clause */
/* refs.c -- checks, right after a slice, that no live word points into a block that the slice
 * released, because it moved or otherwise.
 *
 * Proves: after a slice or cycle, before anything else runs, no aligned word of a live block or of
 * the server's globals has an address in a block that the slice released, so no stale pointer can
 * be followed later. Cannot see: unaligned pointers (the server has none: packed structures keep
 * their pointers aligned); pointers in registers and on the stack (no server code is running then);
 * a stale pointer in memory that was not written since the server's birth while no block of the
 * birth moved (it has nothing to point to). Excuses: dead words, which are always written before
 * they are read, table `excuses`: a slot of a hash table's bucket whose presence bit is clear, a
 * bookmark of a list beyond the count, the characters of a radix tree's node, the script that a
 * paused client looked up for a command that it will process again, the arguments of the last
 * command that a script called (8.1). Each is recognized by live words next to it and by the
 * function that allocated the block, so that no live word can pass for one. Where no call sites are
 * recorded (RunOptions.skip_call_sites), or a plain build cannot name them, the live words alone
 * decide. Canary: "!canary refs" keeps a pointer to the next block that moves.
 *
 * Where it searches: blocks allocated since birth, pages written since birth, and, when a block of
 * the birth was released, everywhere. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "harness/base/array.h"
#include "harness/base/valkey_name.h"
#include "harness/finding/finding.h"
#include "harness/finding/site.h"
#include "harness/finding/symbol.h"
#include "harness/oracles/retainer.h"
#include "harness/oracles/table.h"
#include "harness/valkey/compat.h"
#include "harness/world/heap.h"
#include "harness/world/release_log.h"
#include "harness/world/snapshot.h"

#define GRANULE 16

/* A bit for every granule of the arena that belonged to a block that this slice released. Clear
 * between slices. */
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

/* --- excuses */

/* Was the block allocated by a function whose name contains `part`, as far as is known? */
static bool allocated_in(const HeapBlock *block, FunctionPart part) {
    return block->origin_site == 0 || !symbol_load() || site_passes(block->origin_site, part);
}

/* hashtable.c, struct bucket: 64 bytes; in the first word, bit 0 says whether the last slot has a
 * child bucket, and bits 1 to 7 say which slots are used. Slot i is the word at 8 + 8 * i. A
 * removed entry leaves its pointer there. */
static bool empty_slot_of_bucket(const HeapBlock *block, size_t offset) {
    if (block->size % 64 || offset % 64 == 0) return false;
    size_t slot = offset % 64 / 8 - 1;
    uint8_t bits = *((const uint8_t *)block->start + offset / 64 * 64);
    bool child = slot == 6 && (bits & 1), filled = bits >> (slot + 1) & 1;
    if (child || filled) return false;
    return allocated_in(block, VALKEY_PART("hashtable")) || allocated_in(block, VALKEY_PART("resize")) ||
           allocated_in(block, VALKEY_PART("bucketConvertToChained"));
}

/* quicklist.h, struct quicklist: bookmarks follow the structure. Deleting one only lowers the
 * count. */
static bool bookmark_beyond_count(const HeapBlock *block, size_t offset) {
    if (block->size <= sizeof(quicklist) || offset < sizeof(quicklist)) return false;
    const quicklist *list = block->start;
    size_t index = (offset - sizeof(quicklist)) / sizeof(quicklistBookmark);
    return index >= list->bookmark_count && allocated_in(block, VALKEY_PART("quicklist"));
}

/* rax.h, struct raxNode: the first bytes of the node's children follow a header of four bytes and
 * are padded, so that the pointers after them are aligned. When children are added, the pointers
 * move up, and the padding keeps some of their old bytes. */
static bool characters_of_radix_node(const HeapBlock *block, size_t offset) {
    if (block->size < sizeof(raxNode)) return false;
    const raxNode *node = block->start;
    size_t pointers = (sizeof(raxNode) + node->size + sizeof(void *) - 1) / sizeof(void *) * sizeof(void *);
    return offset < pointers && pointers <= block->size && allocated_in(block, VALKEY_PART("rax"));
}

/* server.h, client.cur_script: looked up whenever a command is processed (evalGetCommandFlags,
 * fcallGetCommandFlags). A client that was paused before its command ran processes the command
 * again from the start. */
static bool script_of_postponed_client(const HeapBlock *block, size_t offset) {
    if (offset != offsetof(client, cur_script) || block->size < sizeof(client) ||
        !allocated_in(block, VALKEY_PART("createClient")))
        return false;
    const client *c = block->start;
    return c->flag.blocked && c->bstate && c->bstate->btype == BLOCKED_POSTPONE;
}

/* lua_argv in lua/script_lua.c of 8.1: refilled for each command that a script calls. Defrag runs
 * in none of these commands. */
static bool arguments_of_last_script_call(const HeapBlock *block, size_t offset) {
    (void)offset;
    return block->start == compat_script_arguments();
}

static const struct {
    bool (*holds)(const HeapBlock *block, size_t offset);
    const char *reason;
} excuses[] = {
    {empty_slot_of_bucket, "hashtable.c leaves the pointer of a removed entry in its slot and clears the presence bit"},
    {bookmark_beyond_count, "quicklist.c leaves a deleted bookmark in place and lowers the count"},
    {characters_of_radix_node, "rax.c keeps characters and padding there, never a pointer"},
    {script_of_postponed_client,
     "networking.c processes a postponed command from its start, and looks up the script again"},
    {arguments_of_last_script_call, "script_lua.c keeps the array, not what was in it"},
};

static bool is_excused(const HeapBlock *block, size_t offset) {
    for (int i = 0; i < COUNT_OF(excuses); i++) {
        if (excuses[i].holds(block, offset)) return true;
    }
    return false;
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
                   "a live word still points to a block that defrag has just released; the word is in %s", who);
}

/* Checks the aligned words of a live block. Not instrumented: they may be anything. */
__attribute__((no_sanitize("address"))) static void look_at_block(const HeapBlock *block, void *arg) {
    (void)arg;
    const uintptr_t *words = block->start;
    for (size_t i = 0; i < block->size / sizeof(uintptr_t); i++) {
        if (points_to_released(words[i]) && !is_excused(block, i * sizeof(uintptr_t)))
            report_stale(block, &words[i], words[i]);
    }
}

__attribute__((no_sanitize("address"))) static void look_at_globals(const void *from, size_t len, void *arg) {
    (void)arg;
    const uintptr_t *word = (const uintptr_t *)(((uintptr_t)from + 7) & ~(uintptr_t)7);
    const uintptr_t *end = (const uintptr_t *)((uintptr_t)from + len);
    for (; word + 1 <= end; word++) {
        if (points_to_released(*word)) report_stale(NULL, word, *word);
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
    if (released_bits || heap_kind() != HEAP_ARENA) return;
    arena = heap_base();
    released_bits = mmap(NULL, HEAP_RESERVED / GRANULE / 8, PROT_READ | PROT_WRITE,
                         MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (released_bits == MAP_FAILED) finding_harness("out of memory for the search of stale references");
}

static void after(bool whole) {
    size_t count;
    (void)whole;
    release_log_blocks(&count);
    if (!count || heap_kind() != HEAP_ARENA) return;
    mark_released(true);
    look();
    mark_released(false);
}

static void watch(bool on) {
    if (on)
        release_log_begin();
    else
        release_log_end();
}

/* It halves the engine's speed, so only a share of inputs is searched. */
const Oracle oracle_refs = {
    .name = "refs",
    .word = "refs",
    .title = "Stale reference",
    .finds = "Right after a move, a live word still points into a block that was released.",
    .share = 8,
    .costly = true,
    .names_sites = true,
    .begin = begin,
    .watch = watch,
    .after = after,
};
