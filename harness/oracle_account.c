/* oracle_account.c -- as many live allocations and bytes after a cycle as before it; no live block that nothing reaches.
 *
 * Proves: a cycle that began and ended in one slice freed as much as it allocated; every slice released as many old blocks as it moved, each with its own
 * size (moves.c); and every block that was allocated since the
 * server's birth can be reached, by a pointer to it or into it, from the server's globals or from a block of the birth.
 * Cannot see: a leak and a double free of the same size in one cycle (ASan sees the second); a leaked block that some dead word still
 * points to (the search takes every aligned word of a live block for a pointer); leaks of blocks from the birth.
 * Excuses: a timer that the cycle has deleted is freed at the next turn of the event loop (ae.c, processTimeEvents), so deleted timers are not
 * counted: they are taken off one by one, from the server's own list. A cycle is not counted at all when hash tables changed their own size in it,
 * as look-ups push a rehash on and a scan lets a table shrink (hashtable.c); when a list lost the bookmark that a scan left there when it was given
 * up (defrag.c, scanLaterList); or when fields have a TTL: their sets hash entries by address, so that a move changes their shape (vset.c,
 * hash_pointer). Not a hole: every moved block's release is counted in any cycle, and the search for leaks still sees what such a cycle forgets.
 * Canaries: "!canary account" allocates a block while a cycle runs and forgets it; "!canary kept" does not release a moved block; "!canary leak" forgets one outside
 * of a cycle. */
#include <stdio.h>
#include <stdlib.h>

#include "harness/compat.h"
#include "harness/finding.h"
#include "harness/heap.h"
#include "harness/moves.h"
#include "harness/oracle.h"
#include "harness/site.h"
#include "harness/snapshot.h"

/* --- counting ----------------------------------------------------------------------------------------------- */

static HeapStats stats_before;
static MovesCount moves_before;

/* Whether hash tables or lists had reasons of their own to allocate or free. */
static bool excused(void) {
    for (int i = 0; i < server.dbnum; i++) {
        serverDb *db = compat_db(i);
        kvstore *hashes = db ? compat_hashes_with_ttl(db) : NULL;
        if (hashes && kvstoreSize(hashes)) return true;
    }
    return oracle_value_shape_changed();
}

static HeapStats count_live(void) {
    HeapStats stats = heap_stats();
    for (aeTimeEvent *t = server.el->timeEventHead; t; t = t->next) {
        if (t->id != AE_DELETED_EVENT_ID) continue;
        stats.live_blocks--;
        stats.live_bytes -= heap_usable_size(t);
    }
    return stats;
}

static void before(bool whole) {
    if (whole) stats_before = count_live();
}

static void before_moves(bool whole) {
    (void)whole;
    moves_before = moves_count();
}

/* In every slice: as many old blocks released as blocks moved. */
static void check_moves(bool whole) {
    (void)whole;
    MovesCount now = moves_count();
    uint64_t moved = now.moved - moves_before.moved, released = now.released - moves_before.released;
    if (moved == released) return;
    finding_report(moved > released ? "account:kept" : "account:released", NULL,
                   "defrag moved %llu blocks and released %llu old ones", (unsigned long long)moved,
                   (unsigned long long)released);
}

static void after(bool whole) {
    if (!whole || excused()) return;
    HeapStats now = count_live();
    long long blocks = (long long)(now.live_blocks - stats_before.live_blocks);
    long long bytes = (long long)(now.live_bytes - stats_before.live_bytes);
    if (blocks == 0 && bytes == 0) return;
    finding_report(blocks > 0   ? "account:more"
                   : blocks < 0 ? "account:fewer"
                                : "account:bytes",
                   NULL, "a whole cycle changed what is allocated: %+lld blocks, %+lld bytes", blocks, bytes);
}

/* --- reachability ------------------------------------------------------------------------------------------- */

/* The blocks allocated since birth that live, in the order of their addresses. Memory outside of the world. */
typedef struct {
    uintptr_t start, size;
    bool reached;
} Candidate;

static Candidate *candidates;
static size_t ncandidates, room;
static size_t *work; /* reached, but not yet looked into */
static size_t nwork;

static void add_candidate(const HeapBlock *block, void *arg) {
    (void)arg;
    if (ncandidates == room) {
        room = room ? room * 2 : 1024;
        candidates = realloc(candidates, room * sizeof(*candidates));
        work = realloc(work, room * sizeof(*work));
        if (!candidates || !work) finding_harness("out of memory for the leak search");
    }
    candidates[ncandidates++] = (Candidate){(uintptr_t)block->start, block->size, false};
}

/* The candidate that `word` points to or into (a tag in the low bits does no harm), or NULL. */
static Candidate *find_candidate(uintptr_t word) {
    size_t low = 0, high = ncandidates;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (candidates[middle].start <= word)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == 0) return NULL;
    Candidate *c = &candidates[low - 1];
    return word <= c->start + c->size ? c : NULL; /* one past the end counts: end pointers */
}

/* Takes every aligned word of the range for a pointer. Uninstrumented: the range may hold freed blocks and red zones. */
__attribute__((no_sanitize("address"))) static void look_into(const void *from, size_t len, void *arg) {
    (void)arg;
    if (!ncandidates) return;
    uintptr_t low = candidates[0].start, high = candidates[ncandidates - 1].start + candidates[ncandidates - 1].size;
    const uintptr_t *p = (const uintptr_t *)(((uintptr_t)from + 7) & ~(uintptr_t)7);
    const uintptr_t *end = (const uintptr_t *)((uintptr_t)from + len);
    for (; p + 1 <= end; p++) {
        if (*p < low || *p > high) continue;
        Candidate *c = find_candidate(*p);
        if (!c || c->reached) continue;
        c->reached = true;
        work[nwork++] = (size_t)(c - candidates);
    }
}

static void search(void) {
    ncandidates = nwork = 0;
    heap_each_live(snapshot_base_end(), heap_mark(), add_candidate, NULL);
    snapshot_each_dirty(look_into, NULL);
    while (nwork) {
        Candidate *c = &candidates[work[--nwork]];
        look_into((void *)c->start, c->size, NULL);
    }
}

__attribute__((weak)) int __lsan_do_recoverable_leak_check(void);

/* On ASan's heap LeakSanitizer looks, which prints full stacks. It cannot work under a tracer (strace, gdb). */
static void check_with_lsan(void) {
    if (__lsan_do_recoverable_leak_check && __lsan_do_recoverable_leak_check())
        finding_report("account:leak:lsan", NULL, "LeakSanitizer's report is above");
}

static void check_leaks(void) {
    if (heap_kind() != HEAP_ARENA) {
        check_with_lsan();
        return;
    }
    search();
    size_t leaked = 0, bytes = 0;
    const Candidate *first = NULL;
    for (size_t i = 0; i < ncandidates; i++) {
        if (candidates[i].reached) continue;
        if (!first) first = &candidates[i];
        leaked++;
        bytes += candidates[i].size;
    }
    if (!first) return;
    HeapBlock block;
    char signature[192];
    heap_find((void *)first->start, &block);
    snprintf(signature, sizeof(signature), "account:leak:%s", site_owner(block.alloc_site));
    finding_report(signature, block.start,
                   "%zu live blocks (%zu bytes) that nothing reaches; the first of them is shown", leaked, bytes);
}

const Oracle oracle_moves = {.name = "moves", .before = before_moves, .after = check_moves};
const Oracle oracle_account = {.name = "account", .before = before, .after = after, .end = check_leaks};

static void check_leaks_now(void) {
    if (heap_kind() == HEAP_ARENA) check_leaks();
}

const Oracle oracle_leaks = {.name = "leaks", .settled = check_leaks_now};
