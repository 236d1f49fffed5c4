/* SPDX-License-Identifier: BSD-3-Clause */
/* sweep.h -- one worker of an exploration: runs the combinations of (what is scanned) x (where the
 * cycle is interrupted) x (what happens).
 *
 * The memory that a worker shares with its parent outlives it: a finding ends the process, and the
 * parent reads there which combination it was. */
#ifndef FUZZ_EXPLORE_SWEEP_H
#define FUZZ_EXPLORE_SWEEP_H

#include <stdbool.h>
#include <stdint.h>

#include "harness/stream/stream.h"

#define SWEEP_MAX_PAIRS 256
#define SWEEP_MAX_EVENTS 128
#define SWEEP_MAX_WORKERS 64

/* The kind of value that is scanned, and that of a second value (INTERRUPTIONS_ALONE: none). */
typedef struct {
    int kind, second;
} SweepPair;

/* One combination. A cycle is interrupted after `stages` whole stages and then `pointers`
 * pointers. */
typedef struct {
    int pair;
    int boundary; /* the number of the interruption, from 1 */
    int stages;
    int64_t pointers;
    int event; /* -1: the steps before it */
} SweepPlace;

/* The work to do: the same for all workers. */
typedef struct {
    const SweepPair *pairs;
    int npairs;
    int64_t bound;  /* the most interruptions of a cycle, counted from its beginning */
    int event;      /* only this one; -1: all */
    int64_t sample; /* every sample-th continuation is run from the start as well; 0: none */
    double end;     /* stopwatch_seconds() at which to stop; 0: never */
    bool canary;    /* continuations end with "!canary world": every sample of them must differ */
} SweepPlan;

/* The progress of a worker, written by that worker only. */
typedef struct {
    SweepPlace place; /* the current combination, when busy */
    bool busy;
    uint64_t prefixes, continuations;
    uint64_t steps; /* of continuations, without their prefixes */
    /* continuations of a pair and event that led to a finding before */
    uint64_t skipped;
    /* pairs whose cycle ended before the bound, so that it was interrupted everywhere */
    uint64_t whole;
    uint64_t exhausted;           /* streams that ran out of memory */
    uint64_t sampled;             /* continuations that were run from the start as well */
    double sample_branch_seconds; /* their CPU time when continued from a prefix */
    double sample_whole_seconds;  /* their CPU time when run from the start */
} SweepWorker;

/* Shared by parent and workers. */
typedef struct {
    _Atomic int next_pair; /* the next one to begin */
    _Atomic bool stop;
    SweepWorker workers[SWEEP_MAX_WORKERS];
    _Atomic bool failed[SWEEP_MAX_PAIRS][SWEEP_MAX_EVENTS]; /* led to a finding, not run again */
} SweepShared;

/* Does the work of a worker, in a process with the server: continues after *from if that is not
 * NULL, else with the next pair, until no pair is left, the time is up or `stop` is set. A finding
 * ends the process (harness/finding/finding.h). A sampled continuation that differs from the same
 * stream run from the start is a fault of the harness. */
void sweep_work(const SweepPlan *plan, SweepShared *shared, int number, const SweepPlace *from);

/* Writes the complete stream of a combination: steps that build the values, slices, the event, the
 * rest of the cycle. The caller frees it with stream_free. */
void sweep_stream(const SweepPlan *plan, const SweepPlace *place, Stream *out);

#endif
