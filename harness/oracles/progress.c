/* SPDX-License-Identifier: BSD-3-Clause */
/* progress.c -- checks that a defrag cycle ends within a bound that depends on the data.
 *
 * Proves: no slice does more work than a few passes over everything live, and no cycle does,
 * whatever its slices; neither by visiting the same pointers again nor by reading the clock
 * forever. Cannot see: a loop that asks about no pointer, moves nothing and does not read the clock
 * (the real-time limit ends it, finding_deadline); a cycle that repeats itself in single slices
 * with steps in between. Excuses: none. work.c says how generous the bound is. Canaries: "!canary
 * slice" reads the clock until it is stopped; "!canary cycle" lets each cycle begin another. */
#include "harness/finding/finding.h"
#include "harness/oracles/table.h"
#include "harness/world/heap.h"
#include "harness/world/work.h"

static void overdue(WorkKind kind, uint64_t units) {
    static const struct {
        const char *signature, *what;
    } names[WORK_KINDS] = {
        [WORK_SLICE] = {"progress:slice", "a slice"},
        [WORK_CYCLE] = {"progress:cycle", "a cycle"},
    };
    HeapStats stats = heap_stats();
    finding_overdue(names[kind].signature,
                    "%s did %llu units of work and did not end, with %llu live blocks of %llu bytes", names[kind].what,
                    (unsigned long long)units, (unsigned long long)stats.live_blocks,
                    (unsigned long long)stats.live_bytes);
}

/* Always asked, because it costs nothing. */
static void init(void) {
    work_watch(overdue);
}

const Oracle oracle_progress = {
    .name = "progress",
    .word = "progress",
    .title = "Progress",
    .finds = "A defrag cycle does not end within its bound of virtual work.",
    .share = 1,
    .init = init,
};
