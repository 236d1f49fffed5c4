/* SPDX-License-Identifier: BSD-3-Clause */
/* account.c -- checks that a cycle does not change the number of live allocations and bytes,
 * that the server's own counts of memory are right, and that every live block can be reached.
 *
 * Proves: a cycle that began and ended in one slice freed as much as it allocated; every slice
 * released as many old blocks as it moved, each with its own size (moves.c); after every step
 * used_memory is the sum of what zmalloc has allocated, and no object waits to be freed when no
 * job waits (lazyfree.c); and every block that was allocated since the server's birth can be
 * reached, by a pointer to it or into it, from the server's globals or from a block of the
 * birth. Cannot see: a leak and a double free of the same size in one cycle (ASan reports the
 * latter); a leaked block that some dead word still points to (the search treats every aligned
 * word of a live block as a pointer); leaks of blocks from the birth. Excuses: a timer that the
 * cycle has deleted is freed in the next run of the event loop (ae.c, processTimeEvents), so
 * deleted timers are subtracted one by one, from the server's own list. A cycle is not counted
 * when hash tables changed their own size in it, since lookups advance a rehash and a scan lets
 * a table shrink (hashtable.c); when a list lost the bookmark that an abandoned scan had left
 * there (defrag.c, scanLaterList); or when fields have a TTL: their sets hash entries by
 * address, so that a move changes their shape (vset.c, hash_pointer). Not a hole: every moved
 * block's release is counted in any cycle, and the search for leaks finds what such a cycle
 * forgets. Canaries: "!canary account" allocates a block while a cycle runs and forgets it;
 * "!canary kept" does not release a moved block; "!canary leak" forgets one outside of a cycle;
 * "!canary used" frees a block that zmalloc counts on; "!canary pending" loses the job that
 * would free an object. */
#include <stdio.h>

#include "harness/defrag/moves.h"
#include "harness/finding/finding.h"
#include "harness/finding/site.h"
#include "harness/oracles/table.h"
#include "harness/oracles/timers.h"
#include "harness/oracles/value.h"
#include "harness/valkey/compat.h"
#include "harness/valkey/replies.h"
#include "harness/world/heap.h"
#include "harness/world/jobs.h"
#include "harness/world/reachability.h"
#include "harness/world/snapshot.h"

/* --- counting */

static HeapStats stats_before;
static MovesCount moves_before;

/* Did hash tables or lists have their own reasons to allocate or free? */
static bool excused(void) {
    if (!CHECKED_deleted_timers) return true;
    for (int i = 0; i < server.dbnum; i++) {
        serverDb *db = compat_db(i);
        kvstore *hashes = db ? compat_hashes_with_ttl(db) : NULL;
        if (hashes && kvstoreSize(hashes)) return true;
    }
    return oracle_value_shape_changed();
}

static HeapStats count_live(void) {
    HeapStats stats = heap_stats();
    timers_subtract_deleted(&stats);
    return stats;
}

static void before(bool whole) {
    if (whole) stats_before = count_live();
}

static void before_moves(bool whole) {
    (void)whole;
    moves_before = moves_count();
}

/* Every slice must release as many old blocks as it moved. */
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

/* --- the server's own counts */

/* zmalloc.c adds each block's usable size and subtracts it again (update_zmalloc_stat_alloc,
 * ..._free), for each thread. zfree_with_size believes its caller. A move leaves the sum as it
 * is. */
static void check_used_memory(void) {
    uint64_t counted = heap_stats().counted_bytes, used = zmalloc_used_memory();
    if (counted == 0 || counted == used) return;
    finding_report("account:used", NULL, "used_memory is %llu, the blocks of zmalloc have %llu bytes (%+lld)",
                   (unsigned long long)used, (unsigned long long)counted, (long long)(used - counted));
}

/* Each job of lazyfree.c adds its objects when it is made and subtracts them when it has run. While
 * jobs wait, or stay with the server, their objects are not known here. */
static void check_pending_objects(void) {
    size_t pending = lazyfreeGetPendingObjectsCount();
    if (pending == 0 || jobs_wait() || jobs_stay_with_server()) return;
    finding_report("account:pending", NULL, "%zu objects wait to be freed, and there is no job", pending);
}

static void check_counts(int number, const Step *step) {
    (void)number;
    (void)step;
    check_used_memory();
    check_pending_objects();
}

/* --- reachability */

static void reach_range(const void *from, size_t len, void *arg) {
    (void)arg;
    reachability_from(from, len, 1);
}

static void reach_packed(const void *from, size_t len) {
    reachability_from_packed(from, len, 1);
}

static void reach_unread_replies(void) {
    listIter it;
    listNode *node;
    listRewind(server.clients, &it);
    while ((node = listNext(&it))) compat_each_packed_reply(listNodeValue(node), reach_packed);
}

__attribute__((weak)) int __lsan_do_recoverable_leak_check(void);

/* On ASan's heap, LeakSanitizer searches and prints full stacks. It does not work under a tracer
 * (strace, gdb). */
static void check_with_lsan(void) {
    if (__lsan_do_recoverable_leak_check && __lsan_do_recoverable_leak_check())
        finding_report("account:leak:lsan", NULL, "LeakSanitizer's report is above");
}

static void check_leaks(void) {
    if (heap_kind() != HEAP_ARENA) {
        check_with_lsan();
        return;
    }
    const ReachabilityBlock *blocks, *first = NULL;
    size_t leaked = 0, bytes = 0;
    reachability_begin();
    snapshot_each_dirty(reach_range, NULL);
    reach_unread_replies();
    size_t count = reachability_blocks(&blocks);
    for (size_t i = 0; i < count; i++) {
        if (blocks[i].mark) continue;
        if (!first) first = &blocks[i];
        leaked++;
        bytes += blocks[i].size;
    }
    if (!first) return;
    HeapBlock block;
    char signature[192];
    heap_find((void *)first->start, &block);
    snprintf(signature, sizeof(signature), "account:leak:%s", site_owner(block.alloc_site));
    finding_report(signature, block.start, "%zu live blocks (%zu bytes) cannot be reached; the first of them is shown",
                   leaked, bytes);
}

static void check_leaks_now(int number, const Step *step) {
    (void)number;
    (void)step;
    if (heap_kind() == HEAP_ARENA) check_leaks();
}

const Oracle oracle_moves = {
    .name = "moves",
    .word = "account",
    .title = "Moves",
    .finds = "A slice released more or fewer old blocks than it moved.",
    .share = 1,
    .before = before_moves,
    .after = check_moves,
};

const Oracle oracle_account = {
    .name = "account",
    .word = "account",
    .title = "Account",
    .finds = "A cycle changed the amount of allocated memory, the server counts its memory wrong, or a live block "
             "cannot be reached: a leak.",
    .needs = ORACLE_BIT(MOVES) | ORACLE_BIT(VALUE),
    .share = 1,
    .names_sites = true,
    .before = before,
    .after = after,
    .settled = check_counts,
    .end = check_leaks,
};

/* After every step, so that the step that leaked is named. Too slow for the engine, which searches
 * at the end. */
const Oracle oracle_leaks = {
    .name = "leaks",
    .word = "account",
    .title = "Leaks",
    .finds = "A live block cannot be reached after a step.",
    .costly = true,
    .names_sites = true,
    .settled = check_leaks_now,
};
