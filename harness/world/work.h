/* SPDX-License-Identifier: BSD-3-Clause */
/* work.h -- the work of defrag, in units that do not depend on the machine: one for each pointer
 * that defrag asks about, for each of its looks at the clock, and for each 64 bytes that it
 * moves. */
#ifndef HARNESS_WORLD_WORK_H
#define HARNESS_WORLD_WORK_H

#include <stdint.h>

/* What has a bound. */
typedef enum { WORK_SLICE, WORK_CYCLE, WORK_KINDS } WorkKind;

/* Until work_end_cycles, defrag may do the work of so many (>= 1) cycles over the data that there
 * is now, in slices of so many (>= 1) pointers. No command may run in between. */
void work_begin_cycles(int cycles, uint64_t pointers);
void work_end_cycles(void);

/* The same for one slice. May lie within the above. */
void work_begin_slice(void);
void work_end_slice(void);

/* Called when more work was done than a slice or a cycle may do: `units` of it. NULL: nothing
 * happens. */
void work_watch(void (*overdue)(WorkKind kind, uint64_t units));

/* For work_done alone: the units that may still be done, and what happens when they are used up. */
extern int64_t work_left;
void work_used_up(void);

/* So many units of work are done. */
static inline void work_done(uint64_t units) {
    work_left -= (int64_t)units;
    if (work_left < 0) work_used_up();
}

#endif
