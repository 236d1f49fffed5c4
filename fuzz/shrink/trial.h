/* SPDX-License-Identifier: BSD-3-Clause */
/* trial.h -- does a stream still fail with a certain signature? Candidates of the shrinker on
 * trial, several at a time, each in a process of its own. */
#ifndef FUZZ_SHRINK_TRIAL_H
#define FUZZ_SHRINK_TRIAL_H

#include <stdbool.h>
#include <stdint.h>

#include "fuzz/base/isolate.h"
#include "fuzz/shrink/runner.h"
#include "fuzz/shrink/shrink.h"
#include "harness/finding/finding.h"

#define TRIAL_MAX_JOBS 64

typedef struct {
    int jobs;                 /* candidates at a time */
    unsigned seconds;         /* real time that the first stream may take */
    double end;               /* stopwatch_seconds() at which to stop; 0: never */
    void (*wait)(void *told); /* called a few times a second while candidates run; NULL: nobody wants to know */
    void *told;
    /* The rest is set here. */
    char signature[FINDING_SIGNATURE]; /* what candidates must fail with */
    OracleSet oracles;    /* asked of a candidate: those of replay, without a second run if the signature needs none */
    OracleSet decisive;   /* those of them without which there would be no such failure; asked first */
    bool skip_call_sites; /* the signature names no call site */
    const Stream *best;
    int failing; /* the step at which the best stream fails, from 1; 0: not known */
    Runner runners[TRIAL_MAX_JOBS];
} Trial;

/* Prepares this process; trial->jobs and trial->seconds are set. Returns NULL or what is wrong. */
const char *trial_init(Trial *trial);

/* Replays the stream with all oracles, as `replay` does. Returns what became of it; its text is
 * freed with text_free. */
Isolated trial_replay(const Trial *trial, const Stream *stream);

/* Prepares to try candidates for a stream that failed so, and starts the runners. The oracles are
 * chosen with one more replay. */
void trial_begin(Trial *trial, const Stream *stream, const Isolated *failed);

/* The predicate that a shrinker asks, between trial_begin and trial_end. */
ShrinkPredicate trial_predicate(Trial *trial);

/* Ends the runners. */
void trial_end(Trial *trial);

/* From now on the answer is SHRINK_STOP; may be called by a signal handler. */
void trial_stop(void);

#endif
