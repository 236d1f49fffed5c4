/* SPDX-License-Identifier: BSD-3-Clause */
/* slice.h -- the server's active defrag, step by step.
 *
 * A cycle visits everything once, in stages. A slice is the part of a cycle that one call of the
 * server's timer does. Here a slice ends when the server first reads the clock after N pointers.
 * The timer never fires by itself. */
#ifndef HARNESS_DEFRAG_SLICE_H
#define HARNESS_DEFRAG_SLICE_H

#include <stdbool.h>
#include <stdint.h>

/* Begins a cycle if none is running, then runs one slice of `pointers` pointers (>= 1). While
 * active defrag is switched off (CONFIG SET activedefrag no), it does nothing, except that the
 * server then ends a running cycle. */
void slice_run(int64_t pointers);

/* Finishes the current cycle, then, if `whole`, runs one whole cycle more. In slices of `pointers`
 * pointers; 0: all at once. A cycle that does not end is a finding (oracles/progress.c). */
void slice_finish(bool whole, int64_t pointers);

/* From now on, calls the callback of slice_on_busy with `pointers` at each safe point, where the
 * server does its periodic work in the middle of something else, defrag included (server.c,
 * whileBlockedCron): when a script has run for a while (100,000 instructions of Lua; script.c,
 * scriptInterrupt), and in processEventsWhileBlocked: when a module yields, and while data is
 * loaded. `only`: at the safe point of that number only, counted from now; 0: at each. `pointers`
 * 0: not called. Part of the world. */
void slice_when_busy(int64_t pointers, int64_t only);

/* Is the callback running? Then a command is, too. */
bool slice_at_safe_point(void);

/* Sets that callback, which gets `context`. Not part of the world: each run sets its own. */
typedef void SliceBusyFn(void *context, int64_t pointers);
void slice_on_busy(SliceBusyFn *work, void *context);

/* Events of a cycle. */
typedef enum {
    SLICE_BEGINS, /* a cycle begins; nothing has moved yet */
    SLICE_PAUSES, /* a slice has done its pointers; the cycle continues later */
    SLICE_ENDS,   /* a slice has ended the cycle, or the server gave it up */
} SliceEvent;

/* From now on, calls `seen`, with `context`, for the events of cycles in slice_run; NULL: for none.
 * Not part of the world. Slices that the server itself runs within slow scripts are not
 * reported. */
typedef void SliceSeenFn(void *context, SliceEvent event);
void slice_watch(SliceSeenFn *seen, void *context);

/* Is a cycle running? */
bool slice_running(void);

#endif
