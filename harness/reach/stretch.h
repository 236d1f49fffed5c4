/* SPDX-License-Identifier: BSD-3-Clause */
/* stretch.h -- the report latency: stretches, the work that defrag does between two readings of the
 * clock, in pointers.
 *
 * A slice ends when defrag reads the clock after its time is over. So it overshoots by at most one
 * stretch, and the longest stretch is what a client may have to wait beyond the limit that was set.
 * Counting pointers instead of time gives the same figure on every machine.
 *
 * All runs of this process with RunOptions.stretches add to one table.
 *
 * Limits: work that asks about no pointer is not seen (the copying of large blocks, the deletion of
 * what a move replaced). Names are those of the machine's functions (symbol.h): the name of an
 * inlined one is that of its caller. Needs names of static functions (site_knows_statics). */
#ifndef HARNESS_REACH_STRETCH_H
#define HARNESS_REACH_STRETCH_H

#include <stddef.h>
#include <stdint.h>

/* Call once, before the first run with RunOptions.stretches. Returns NULL, or why this program
 * cannot name stages. */
const char *stretch_start(void);

/* Start and stop counting; call them around a run. `file` is the stream's name, or NULL.
 * stretch_step: this step begins, from 1. */
void stretch_begin(const char *file);
void stretch_step(int step);
void stretch_end(void);

/* The longest stretch of a stage and a function in a step. */
typedef struct {
    const char *file;
    int step;
    char stage[48];  /* the function of the stage: "defragStageDbKeys" */
    char within[48]; /* the innermost function that the whole stretch was in: "scanLaterHash" */
    uint64_t pointers;
} StretchRow;

/* All rows so far, in the order of runs and steps; *count gets their number. Valid until the next
 * run. */
const StretchRow *stretch_rows(size_t *count);

#endif
