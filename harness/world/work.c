/* SPDX-License-Identifier: BSD-3-Clause */
/* work.c -- counts the work of defrag against a bound that depends on the data; see work.h.
 *
 * The bound is generous: over the seeds and 1,500 generated streams no slice and no cycle did more
 * than a sixth of the units that one walk over everything that lives, the server's own tables
 * included, comes to.
 *
 * Limits: what asks about no pointer, moves nothing and does not look at the clock does no work. */
#include "harness/world/work.h"

#include "harness/world/heap.h"
#include "harness/world/world.h"

#define FACTOR 4       /* walks over all live blocks */
#define CONSTANT 20000 /* units: stages, empty tables and what else does not grow with the data */
#define OF_SLICE 16    /* units: each slice looks at the clock some ten times, however short it is */

/* Work that has a bound; none when that is 0. */
typedef struct {
    uint64_t done, bound;
} Effort;

/* Part of the world, so that a run that is abandoned in the middle of a slice leaves nothing
 * behind. */
static Effort efforts[WORK_KINDS] WORLD;

/* Work is counted down, for it is counted often: `granted` is how far the counter went up when it
 * was last set. */
int64_t work_left WORLD;
static int64_t granted WORLD;

static void (*watcher)(WorkKind kind, uint64_t units);

void work_watch(void (*overdue)(WorkKind kind, uint64_t units)) {
    watcher = overdue;
}

static uint64_t bound(void) {
    HeapStats stats = heap_stats();
    return FACTOR * (stats.live_blocks + stats.live_bytes / 64) + CONSTANT;
}

/* How much more may be done before an effort goes over its bound. */
static int64_t left(const Effort *effort) {
    if (effort->bound == 0) return INT64_MAX;
    return effort->done > effort->bound ? -1 : (int64_t)(effort->bound - effort->done);
}

/* Writes down what was done since the counter was last set. */
static void settle(void) {
    uint64_t units = (uint64_t)(granted - work_left);
    for (int i = 0; i < WORK_KINDS; i++) {
        if (efforts[i].bound) efforts[i].done += units;
    }
}

static void grant(void) {
    granted = INT64_MAX;
    for (int i = 0; i < WORK_KINDS; i++) {
        int64_t units = left(&efforts[i]);
        if (units < granted) granted = units;
    }
    work_left = granted;
}

static void set(WorkKind kind, uint64_t units) {
    settle();
    efforts[kind] = (Effort){0, units};
    grant();
}

void work_begin_cycles(int count, uint64_t pointers) {
    set(WORK_CYCLE, (uint64_t)count * bound() * (pointers + OF_SLICE) / pointers);
}

void work_end_cycles(void) {
    set(WORK_CYCLE, 0);
}

void work_begin_slice(void) {
    set(WORK_SLICE, bound());
}

void work_end_slice(void) {
    set(WORK_SLICE, 0);
}

void work_used_up(void) {
    settle();
    for (int i = 0; i < WORK_KINDS; i++) {
        if (left(&efforts[i]) < 0 && watcher) watcher((WorkKind)i, efforts[i].done);
    }
    grant();
}
