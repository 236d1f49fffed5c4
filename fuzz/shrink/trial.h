/* SPDX-License-Identifier: BSD-3-Clause */
/* trial.h -- decides whether candidates of the shrinker still fail with a given signature; several
 * run at a time, each in a process of its own. */
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
    int jobs;                    /* candidates at a time */
    unsigned seconds;            /* real time limit of the first stream */
    double end;                  /* stopwatch_seconds() at which to stop; 0: never */
    void (*wait)(void *context); /* called a few times a second while candidates run; or NULL */
    void *context;
    /* The other members are set by these functions. */
    char signature[FINDING_SIGNATURE]; /* with which candidates must fail */
    /* for candidates: those of replay, without a second run unless the signature needs it */
    OracleSet oracles;
    OracleSet decisive;   /* those of them that the failure depends on; asked first */
    bool skip_call_sites; /* the signature names no call site */
    const Stream *best;
    int failing; /* the step at which the best stream fails, from 1; 0: unknown */
    Runner runners[TRIAL_MAX_JOBS];
} Trial;

/* Prepares this process; trial->jobs and trial->seconds must be set. Returns NULL or an error
 * message. */
const char *trial_init(Trial *trial);

/* Replays the stream with all oracles, as `replay` does. Returns the result; the caller frees its
 * text with text_free. */
Isolated trial_replay(const Trial *trial, const Stream *stream);

/* Prepares trials of candidates for a stream that failed with that result, and starts the runners.
 * One more replay selects the oracles. */
void trial_begin(Trial *trial, const Stream *stream, const Isolated *failed);

/* The predicate for shrink_stream, valid between trial_begin and trial_end. */
ShrinkPredicate trial_predicate(Trial *trial);

/* Ends the runners. */
void trial_end(Trial *trial);

/* Makes all further answers SHRINK_STOP; may be called by a signal handler. */
void trial_stop(void);

#endif
