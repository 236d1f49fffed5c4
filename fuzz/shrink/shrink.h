/* SPDX-License-Identifier: BSD-3-Clause */
/* shrink.h -- a failing stream made as small as it gets, whatever "failing" means.
 *
 * The pure core: it knows streams, and asks somebody else whether one still fails. The passes are
 * listed in shrink/pass.h, what is smaller than what is decided in shrink/size.c.
 *
 * The result depends on the stream and the answers alone: candidates come in a fixed order, and of
 * several that still fail the first one counts, no matter how many are tried at the same time.
 *
 * Ideas: delta debugging (Zeller, Hildebrandt); numbers that are halved towards the smallest one
 * (QuickCheck); passes that are repeated until none makes progress (C-Reduce). */
#ifndef FUZZ_SHRINK_SHRINK_H
#define FUZZ_SHRINK_SHRINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/stream/stream.h"

enum {
    SHRINK_NONE = -1, /* no candidate fails as it should */
    SHRINK_STOP = -2, /* it is time to stop, the answer is not known */
};

/* Who knows whether a stream fails. */
typedef struct {
    /* Returns the index of the first of `count` candidates that still fails as it should,
     * SHRINK_NONE or SHRINK_STOP. */
    int (*first)(void *context, const Stream *candidates, int count);
    /* The best stream is another one now, which stays valid until the next call. NULL: nobody wants
     * to know. */
    void (*settled)(void *context, const Stream *best);
    /* The number of the step at which the best stream fails, from 1; 0 when that is not known.
     * NULL: it never is. */
    int (*failing)(void *context);
    void *context;
} ShrinkPredicate;

/* What a pass did. */
typedef struct {
    const char *name;
    int tried, kept; /* candidates that were asked about, and those that failed as they should; what was known already
                        is not counted */
    int steps;       /* of the best stream when the pass ended last */
    size_t bytes;    /* of its text */
    double seconds;
} ShrinkRow;

#define SHRINK_MAX_ROWS 16

typedef struct {
    ShrinkRow rows[SHRINK_MAX_ROWS]; /* in the order of the passes */
    int nrows;
    int rounds;   /* how often all passes were run */
    bool stopped; /* SHRINK_STOP: the best so far, perhaps not the smallest */
} ShrinkReport;

/* Makes *out, whose old content is ignored, the smallest stream that can be had from `from`, which
 * must fail as it should: no candidate of any pass still fails that is smaller. Comments are left
 * out. The report is up to date whenever the predicate is called. The caller frees *out with
 * stream_free. */
void shrink_stream(const Stream *from, const ShrinkPredicate *predicate, Stream *out, ShrinkReport *report);

#endif
