/* SPDX-License-Identifier: BSD-3-Clause */
/* progress.c -- checks that a defrag cycle ends within a bound that depends on the data.
 *
 * Proves: no slice does more work than a few passes over everything live, and no cycle does,
 * whatever its slices; neither by visiting the same pointers again nor by reading the clock
 * forever. Between two readings of the clock, a slice asks about no more pointers than one bucket
 * of small values has (slice.c, longest_stretch). Cannot see: a loop that asks about no pointer,
 * moves nothing and does not read the clock (the real-time limit ends it, finding_deadline); a
 * cycle that repeats itself in single slices with steps in between. Excuses: stages that have no
 * bound between two readings (table `unbounded`), because Valkey does not promise one; `defrag-fuzz
 * latency` shows them. work.c says how generous the other bounds are. Canaries: "!canary slice"
 * reads the clock until it is stopped; "!canary stretch" asks about a pointer until it is stopped;
 * "!canary cycle" lets each cycle begin another. */
#include <string.h>

#include "harness/base/array.h"
#include "harness/finding/finding.h"
#include "harness/finding/site.h"
#include "harness/finding/symbol.h"
#include "harness/oracles/table.h"
#include "harness/server/command_filter.h"
#include "harness/world/heap.h"
#include "harness/world/work.h"

/* Functions that visit all of something without reading the clock. */
static const struct {
    FunctionName function;
    const char *reason;
} unbounded[] = {
    {VALKEY_FUNCTION("defragLuaScripts"), "all cached scripts"},
    {VALKEY_FUNCTION("defragModuleGlobals"), "whatever a module does"},
    {VALKEY_FUNCTION("moduleDefragValue"), "a value of a module, if its free_effort is small, or missing"},
    {VALKEY_FUNCTION("defragRadixTree"), "all groups of a stream, all pending entries"},
};

static bool is_unbounded(const Symbol *function) {
    for (int i = 0; i < COUNT_OF(unbounded); i++) {
        if (strcmp(function->name, unbounded[i].function.text) == 0) return true;
    }
    return false;
}

/* Is none of them at work? Where a bucket's chain may have any length, because tables might not be
 * resized at some time (DEBUG DICT-RESIZING), nothing counts. */
static bool counts(void) {
    enum { FRAMES = 96 };
    uintptr_t pcs[FRAMES];
    if (refuse_saw_resizing() || !symbol_load()) return false;
    for (int i = 0, count = site_stack(__builtin_frame_address(0), pcs, FRAMES); i < count; i++) {
        const Symbol *function = symbol_at(pcs[i] - 1);
        if (function && is_unbounded(function)) return false;
    }
    return true;
}

static void overdue(WorkKind kind, uint64_t units) {
    static const struct {
        const char *signature, *what;
    } names[WORK_KINDS] = {
        [WORK_SLICE] = {"progress:slice", "a slice"},
        [WORK_CYCLE] = {"progress:cycle", "a cycle"},
        [WORK_STRETCH] = {"progress:stretch", "a slice, without reading the clock,"},
    };
    HeapStats stats = heap_stats();
    finding_overdue(names[kind].signature,
                    "%s did %llu units of work and did not end, with %llu live blocks of %llu bytes", names[kind].what,
                    (unsigned long long)units, (unsigned long long)stats.live_blocks,
                    (unsigned long long)stats.live_bytes);
}

/* Always asked, because it costs nothing. */
static void init(void) {
    work_watch(overdue, counts);
}

const Oracle oracle_progress = {
    .name = "progress",
    .word = "progress",
    .title = "Progress",
    .finds = "A defrag cycle does not end within its bound of virtual work.",
    .share = 1,
    .init = init,
};
