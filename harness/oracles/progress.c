/* SPDX-License-Identifier: BSD-3-Clause */
/* progress.c -- does a cycle of defrag end within a bound that depends on the data?
 *
 * Proves: no slice does more work than a few walks over everything that lives, and no cycle,
 * whatever its slices, does either; neither by going over the same pointers again nor by looking at
 * the clock forever. Cannot see: a loop that asks about no pointer, moves nothing and does not look
 * at the clock: the limit of real time ends that one (finding_deadline); a cycle that goes round
 * between slices asked for one by one, with steps in between. Excuses: none. How generous the bound
 * is: work.c. Canaries: "!canary slice" looks at the clock until somebody stops it; "!canary cycle"
 * lets each cycle begin another. */
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

/* Asked whether a run wants it or not: it costs nothing. */
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
