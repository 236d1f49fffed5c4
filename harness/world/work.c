/* SPDX-License-Identifier: BSD-3-Clause */
/* work.c -- counts the work of defrag against a bound that depends on the data; see work.h.
 *
 * The bound is generous. Over the seeds and 1,500 generated streams, no slice and no cycle used
 * more than a sixth of the units that one pass over everything live takes, the server's own tables
 * included.
 *
 * Limits: code that asks about no pointer, moves nothing and does not read the clock does no
 * work. */
#include "harness/world/work.h"

#include "harness/world/heap.h"
#include "harness/world/world.h"

#define FACTOR 4 /* passes over all live blocks */
/* units: stages, empty tables and whatever else does not grow with the data */
#define CONSTANT 20000
/* units: each slice reads the clock some ten times, however short it is */
#define SLICE_CONSTANT 16

/* Work and its bound; 0: no bound. */
typedef struct {
    uint64_t done, bound;
} Budget;

/* Part of the world, so that a run that is abandoned in the middle of a slice has no effect on the
 * next. */
static Budget budgets[WORK_KINDS] WORLD;

/* Work is counted down, which is fast. `granted` is the value to which the counter was last set. */
int64_t work_left WORLD;
static int64_t granted WORLD;

#define PARTS 16 /* of a stretch */

/* The same for a part of the stretch under way. */
int64_t work_stretch_left WORLD;
static int64_t stretch_bound WORLD; /* 0: none */
static int stretch_parts WORLD;     /* that were used up, and count */

static void (*watcher)(WorkKind kind, uint64_t units);
static bool (*part_counts)(void);

void work_watch(void (*overdue)(WorkKind kind, uint64_t units), bool (*counts)(void)) {
    watcher = overdue;
    part_counts = counts;
}

static uint64_t bound(void) {
    HeapStats stats = heap_stats();
    return FACTOR * (stats.live_blocks + stats.live_bytes / 64) + CONSTANT;
}

/* How much more may be done before a budget goes over its bound. */
static int64_t left(const Budget *budget) {
    if (budget->bound == 0) return INT64_MAX;
    return budget->done > budget->bound ? -1 : (int64_t)(budget->bound - budget->done);
}

/* Adds the work done since the counter was last set to the budgets. */
static void record_work(void) {
    uint64_t units = (uint64_t)(granted - work_left);
    for (int i = 0; i < WORK_KINDS; i++) {
        if (budgets[i].bound) budgets[i].done += units;
    }
}

static void grant(void) {
    granted = INT64_MAX;
    for (int i = 0; i < WORK_KINDS; i++) {
        int64_t units = left(&budgets[i]);
        if (units < granted) granted = units;
    }
    work_left = granted;
}

static void set(WorkKind kind, uint64_t units) {
    record_work();
    budgets[kind] = (Budget){0, units};
    grant();
}

void work_begin_cycles(int count, uint64_t pointers) {
    set(WORK_CYCLE, (uint64_t)count * bound() * (pointers + SLICE_CONSTANT) / pointers);
}

void work_end_cycles(void) {
    set(WORK_CYCLE, 0);
}

/* Also for what defrag asks outside of slices, as at the birth. */
static void begin_stretch(void) {
    work_stretch_left = stretch_bound ? stretch_bound / PARTS : INT64_MAX;
    stretch_parts = 0;
}

void work_begin_slice(int64_t stretch) {
    set(WORK_SLICE, bound());
    stretch_bound = stretch;
    begin_stretch();
}

void work_end_slice(void) {
    set(WORK_SLICE, 0);
    stretch_bound = 0;
    begin_stretch();
}

void work_clock_read(void) {
    work_done(1);
    begin_stretch();
}

void work_stretch_used_up(void) {
    work_stretch_left = stretch_bound ? stretch_bound / PARTS : INT64_MAX;
    if (!stretch_bound || (part_counts && !part_counts()) || ++stretch_parts < PARTS) return;
    stretch_parts = 0;
    if (watcher) watcher(WORK_STRETCH, (uint64_t)stretch_bound);
}

void work_used_up(void) {
    record_work();
    for (int i = 0; i < WORK_KINDS; i++) {
        if (left(&budgets[i]) < 0 && watcher) watcher((WorkKind)i, budgets[i].done);
    }
    grant();
}
