/* oracle_progress.c -- does a cycle of defrag end within a bound that depends on the data?
 *
 * Proves: no slice does more work than a few walks over everything that lives, and no cycle, whatever its slices, does either; neither by going over the same
 * pointers again nor by looking at the clock for ever.
 * Cannot see: a loop that asks about no pointer, moves nothing and does not look at the clock: the limit of real time ends that one
 * (finding_deadline); a cycle that goes round between slices asked for one by one, with steps in between.
 * Excuses: none. The bound is generous: over the seeds and 1,500 generated streams no slice and no cycle did more than a sixth of the units that one walk over
 * everything that lives, the server's own tables included, comes to.
 * Canaries: "!canary slice" looks at the clock until somebody stops it; "!canary cycle" lets each cycle begin another. */
#include "harness/oracle_progress.h"

#include "harness/finding.h"
#include "harness/heap.h"
#include "harness/world.h"

#define FACTOR 4       /* walks over all live blocks */
#define CONSTANT 20000 /* units: stages, empty tables and what else does not grow with the data */
#define OF_SLICE 16    /* units: each slice looks at the clock some ten times, however short it is */

/* Work that has a bound; none when that is 0. */
typedef struct {
    uint64_t done, bound;
} Effort;

/* Part of the world, so that a run that is abandoned in the middle of a slice leaves nothing behind. */
static Effort slice WORLD, cycles WORLD;

/* Work is counted down, for it is counted often: `granted` is how far the counter went up when it was last set. */
int64_t oracle_progress_left WORLD;
static int64_t granted WORLD;

static uint64_t bound(void) {
    HeapStats stats = heap_stats();
    return FACTOR * (stats.live_blocks + stats.live_bytes / 64) + CONSTANT;
}

static void spend(Effort *effort, uint64_t units) {
    if (effort->bound) effort->done += units;
}

/* How much more may be done before an effort goes over its bound. */
static int64_t left(const Effort *effort) {
    if (effort->bound == 0) return INT64_MAX;
    return effort->done > effort->bound ? -1 : (int64_t)(effort->bound - effort->done);
}

/* Writes down what was done since the counter was last set. */
static void settle(void) {
    uint64_t units = (uint64_t)(granted - oracle_progress_left);
    spend(&slice, units);
    spend(&cycles, units);
}

static void grant(void) {
    int64_t of_slice = left(&slice), of_cycles = left(&cycles);
    granted = oracle_progress_left = of_slice < of_cycles ? of_slice : of_cycles;
}

static void set(Effort *effort, uint64_t units) {
    settle();
    *effort = (Effort){0, units};
    grant();
}

void oracle_progress_begin_cycles(int count, uint64_t pointers) {
    set(&cycles, (uint64_t)count * bound() * (pointers + OF_SLICE) / pointers);
}

void oracle_progress_end_cycles(void) {
    set(&cycles, 0);
}

void oracle_progress_begin_slice(void) {
    set(&slice, bound());
}

void oracle_progress_end_slice(void) {
    set(&slice, 0);
}

static void judge(const Effort *effort, const char *signature, const char *what) {
    if (left(effort) >= 0) return;
    HeapStats stats = heap_stats();
    finding_overdue(signature, "%s did %llu units of work and did not end, with %llu live blocks of %llu bytes", what,
                    (unsigned long long)effort->done, (unsigned long long)stats.live_blocks,
                    (unsigned long long)stats.live_bytes);
}

void oracle_progress_overdue(void) {
    settle();
    judge(&slice, "progress:slice", "a slice");
    judge(&cycles, "progress:cycle", "a cycle");
    grant();
}
