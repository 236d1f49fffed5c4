/* SPDX-License-Identifier: BSD-3-Clause */
/* work.h -- measures the work of defrag, in units that do not depend on the machine: one for each
 * pointer that defrag asks about, one for each reading of the clock, and one for each 64 bytes that
 * it moves. */
#ifndef HARNESS_WORLD_WORK_H
#define HARNESS_WORLD_WORK_H

#include <stdint.h>

/* What the work is limited for. */
typedef enum { WORK_SLICE, WORK_CYCLE, WORK_KINDS } WorkKind;

/* Until work_end_cycles, defrag may do the work of `cycles` (>= 1) cycles over the current data, in
 * slices of `pointers` (>= 1) pointers. No command may run in between. */
void work_begin_cycles(int cycles, uint64_t pointers);
void work_end_cycles(void);

/* The same for one slice. May be nested in the above. */
void work_begin_slice(void);
void work_end_slice(void);

/* Sets a function that is called when a slice or a cycle has done more work than it may: `units` of
 * it. NULL: none. */
void work_watch(void (*overdue)(WorkKind kind, uint64_t units));

/* For work_done only: the remaining units, and what happens when they are used up. */
extern int64_t work_left;
void work_used_up(void);

/* Counts `units` units of work. */
static inline void work_done(uint64_t units) {
    work_left -= (int64_t)units;
    if (work_left < 0) work_used_up();
}

#endif
