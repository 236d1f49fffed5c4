/* SPDX-License-Identifier: BSD-3-Clause */
/* work.h -- measures the work of defrag, in units that do not depend on the machine: one for each
 * pointer that defrag asks about, one for each reading of the clock, and one for each 64 bytes that
 * it moves. */
#ifndef HARNESS_WORLD_WORK_H
#define HARNESS_WORLD_WORK_H

#include <stdbool.h>
#include <stdint.h>

/* What the work is limited for. A stretch is what a slice does between two readings of the clock;
 * it is counted in pointers. */
typedef enum { WORK_SLICE, WORK_CYCLE, WORK_STRETCH, WORK_KINDS } WorkKind;

/* Until work_end_cycles, defrag may do the work of `cycles` (>= 1) cycles over the current data, in
 * slices of `pointers` (>= 1) pointers. No command may run in between. */
void work_begin_cycles(int cycles, uint64_t pointers);
void work_end_cycles(void);

/* The same for one slice, each stretch of which may ask about `stretch` (>= 1) pointers. May be
 * nested in the above. */
void work_begin_slice(int64_t stretch);
void work_end_slice(void);

/* Sets a function that is called when a slice, a cycle or a stretch has done more work than it may:
 * `units` of it; and one that says of a part of a stretch, a sixteenth of the bound, when its last
 * pointer is asked about, whether it counts (NULL: each does). NULL: no bound. */
void work_watch(void (*overdue)(WorkKind kind, uint64_t units), bool (*counts)(void));

/* For work_done and work_asked only: the remaining units or pointers, and what happens when they
 * are used up. */
extern int64_t work_left, work_stretch_left;
void work_used_up(void);
void work_stretch_used_up(void);

/* Counts `units` units of work. */
static inline void work_done(uint64_t units) {
    work_left -= (int64_t)units;
    if (work_left < 0) work_used_up();
}

/* Defrag asks about a pointer. */
static inline void work_asked(void) {
    work_done(1);
    if (--work_stretch_left < 0) work_stretch_used_up();
}

/* The server reads the clock that bounds a slice. */
void work_clock_read(void);

#endif
