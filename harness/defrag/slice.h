/* SPDX-License-Identifier: BSD-3-Clause */
/* slice.h -- the server's active defrag, step by step.
 *
 * A cycle walks over everything once, in stages; a slice is the part of it that one call of the
 * server's timer does. Here a slice ends at the server's first look at the clock after N pointers.
 * The timer never fires by itself. */
#ifndef HARNESS_DEFRAG_SLICE_H
#define HARNESS_DEFRAG_SLICE_H

#include <stdbool.h>
#include <stdint.h>

/* Begins a cycle if none is under way, then runs one slice of `pointers` pointers (>= 1). Does
 * nothing while active defrag is switched off (CONFIG SET activedefrag no), except that a cycle
 * under way is then ended by the server. */
void slice_run(int64_t pointers);

/* Runs the cycle under way to its end; then, if `whole`, one whole cycle more; in slices of
 * `pointers` pointers, 0 for all at once. A cycle that does not end is a finding
 * (oracles/progress.h). */
void slice_finish(bool whole, int64_t pointers);

/* From now on the callback of slice_on_busy is called with `pointers` whenever a script has run for
 * a while (100,000 instructions of Lua), because the server then looks after itself, defrag
 * included (script.c, scriptInterrupt; server.c, whileBlockedCron). 0: it is not called. Part of
 * the world. */
void slice_when_busy(int64_t pointers);

/* Sets the callback for that, which gets `context`. Not part of the world: each run sets its
 * own. */
typedef void SliceBusyFn(void *context, int64_t pointers);
void slice_on_busy(SliceBusyFn *work, void *context);

/* What a cycle does. */
typedef enum {
    SLICE_BEGINS, /* a cycle begins; nothing has moved yet */
    SLICE_LEAVES, /* a slice has done its pointers and leaves its cycle under way */
    SLICE_ENDS,   /* a slice has ended its cycle, or the server gave it up */
} SliceEvent;

/* From now on `seen` is called, with `context`, for what cycles do in slice_run; NULL: nothing is.
 * Not part of the world. Slices that the server runs by itself, within slow scripts, are not
 * reported. */
typedef void SliceSeenFn(void *context, SliceEvent event);
void slice_watch(SliceSeenFn *seen, void *context);

/* Whether a cycle is under way. */
bool slice_running(void);

#endif
