/* SPDX-License-Identifier: BSD-3-Clause */
/* shrink.h -- makes a failing stream as small as possible, for any definition of "failing".
 *
 * This core works on streams only; whether a candidate still fails is decided by a callback. The
 * passes are listed in shrink/pass.h, and shrink/size.c defines the order of sizes.
 *
 * The result depends on the stream and the answers only: candidates are tried in a fixed order, and
 * of several that still fail the first is taken, regardless of how many are tried in parallel.
 *
 * Ideas: delta debugging (Zeller, Hildebrandt); bisecting numbers towards the smallest one
 * (QuickCheck); repeating passes until none makes progress (C-Reduce). */
#ifndef FUZZ_SHRINK_SHRINK_H
#define FUZZ_SHRINK_SHRINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/stream/stream.h"

enum {
    SHRINK_NONE = -1, /* no candidate fails as required */
    SHRINK_STOP = -2, /* it is time to stop, the answer is unknown */
};

/* Decides whether a stream fails. */
typedef struct {
    /* Returns the index of the first of `count` candidates that still fails as required,
     * SHRINK_NONE or SHRINK_STOP. */
    int (*first)(void *context, const Stream *candidates, int count);
    /* Called with each new best stream, which stays valid until the next call. NULL: not
     * reported. */
    void (*improved)(void *context, const Stream *best);
    /* The step at which the best stream fails, from 1; 0 when unknown. NULL: always unknown. */
    int (*failing)(void *context);
    void *context;
} ShrinkPredicate;

/* The statistics of a pass. */
typedef struct {
    const char *name;
    /* candidates that were tried, and those that failed as required; candidates tried before are
     * not counted */
    int tried, kept;
    int steps;    /* of the best stream at the end of the pass */
    size_t bytes; /* of its text */
    double seconds;
} ShrinkRow;

#define SHRINK_MAX_ROWS 16

typedef struct {
    ShrinkRow rows[SHRINK_MAX_ROWS]; /* in the order of the passes */
    int nrows;
    int rounds;   /* the number of times that all passes were run */
    bool stopped; /* after SHRINK_STOP: the result is the best so far, perhaps not the smallest */
} ShrinkReport;

/* Shrinks `from`, which must fail as required, and writes the result to *out, whose old content is
 * ignored: no smaller candidate of any pass still fails. Comments are removed. The report is up to
 * date whenever the predicate is called. The caller frees *out with stream_free. */
void shrink_stream(const Stream *from, const ShrinkPredicate *predicate, Stream *out, ShrinkReport *report);

#endif
