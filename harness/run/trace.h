/* SPDX-License-Identifier: BSD-3-Clause */
/* trace.h -- the trace of a run: what happened, one line a step.
 *
 * Two runs of a stream are the same when their traces are equal, byte for byte. Nothing in a trace
 * depends on an address, the time of day, the process or the build. trace_legend explains the
 * columns. */
#ifndef HARNESS_RUN_TRACE_H
#define HARNESS_RUN_TRACE_H

#include <stdint.h>
#include <stdio.h>

#include "harness/stream/stream.h"

/* What one step did. */
typedef struct {
    int number; /* from 1 */
    const Step *step;
    uint64_t moved, released; /* blocks */
    uint64_t digest;          /* of the data set after the step */
    /* Why the process ends in this step, in the place of the digest; NULL: it does not. */
    const char *end;
} TraceStep;

/* The hash of all replies that clients were sent since client_forget_replies. */
uint64_t trace_replies(void);

/* Chains a step onto the hash of the steps before it; `replies` from trace_replies. */
uint64_t trace_chain(uint64_t hash, const TraceStep *step, uint64_t replies);

/* Writes the step's line: number, client, text of the step, replies, moves, releases, digest or
 * "-> " and `end`. With `whole` replies are not shortened. */
void trace_write(FILE *out, const TraceStep *step, bool whole);

/* What the columns are: some lines of text. */
const char *trace_legend(bool whole);

#endif
