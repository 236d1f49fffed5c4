/* SPDX-License-Identifier: BSD-3-Clause */
/* walk.h -- one worker of an exploration: it goes through (what is scanned) x (where the cycle is
 * interrupted) x (what happens).
 *
 * What a worker shares with its parent outlives it: a finding ends the process, and the parent then
 * sees at which combination. */
#ifndef FUZZ_EXPLORE_WALK_H
#define FUZZ_EXPLORE_WALK_H

#include <stdbool.h>
#include <stdint.h>

#include "harness/stream/stream.h"

#define WALK_MAX_PAIRS 256
#define WALK_MAX_EVENTS 128
#define WALK_MAX_WORKERS 64

/* What is being scanned, and a second value beside it (INTERRUPTIONS_ALONE: none). */
typedef struct {
    int kind, second;
} WalkPair;

/* One combination. A cycle is interrupted behind `stages` whole stages of it and then `pointers`
 * pointers. */
typedef struct {
    int pair;
    int boundary; /* number of the interruption, from 1 */
    int stages;
    int64_t pointers;
    int event; /* -1: the steps before it */
} WalkPlace;

/* What is to be done: the same for all workers. */
typedef struct {
    const WalkPair *pairs;
    int npairs;
    int64_t bound;  /* interruptions of a cycle, counted from its beginning */
    int event;      /* only this one; -1: all */
    int64_t sample; /* one continuation in so many is run from the start as well; 0: none */
    double end;     /* stopwatch_seconds() at which to stop; 0: never */
    bool canary;    /* a continuation ends with "!canary world": no sample of it may pass as the same */
} WalkPlan;

/* What a worker has done. It alone writes. */
typedef struct {
    WalkPlace place; /* where it is, when busy */
    bool busy;
    uint64_t prefixes, continuations;
    uint64_t steps;               /* of continuations, prefixes not counted */
    uint64_t skipped;             /* continuations of a pair and an event that have led to a finding already */
    uint64_t whole;               /* pairs whose cycle was interrupted everywhere: its end came before the bound */
    uint64_t exhausted;           /* streams that used up their memory */
    uint64_t sampled;             /* continuations that were run from the start as well */
    double sample_branch_seconds; /* of CPU time that these took when they went on from a prefix */
    double sample_whole_seconds;  /* that they took from the start */
} WalkWorker;

/* Shared by parent and workers. */
typedef struct {
    _Atomic int next_pair; /* the next that nobody has begun */
    _Atomic bool stop;
    WalkWorker workers[WALK_MAX_WORKERS];
    _Atomic bool failed[WALK_MAX_PAIRS][WALK_MAX_EVENTS]; /* led to a finding: not run again */
} WalkShared;

/* The work of a worker, in a process that has the server: goes on at *from if that is not NULL,
 * else with the next pair, until there is no pair left, the time is up or it is told to stop. A
 * finding ends the process (harness/finding/finding.h). A sampled continuation that is not the same
 * from the start is a fault of the harness. */
void walk_work(const WalkPlan *plan, WalkShared *shared, int number, const WalkPlace *from);

/* The whole stream of a place, as an ordinary one: values built, slices, event, the rest. Freed
 * with stream_free. */
void walk_stream(const WalkPlan *plan, const WalkPlace *place, Stream *out);

#endif
