/* twin.h -- the same stream without moves: does it give the same replies and the same data?
 *
 * Two runs of run.c: one that records, and one with moves in place (moves.h) that compares. */
#ifndef HARNESS_ORACLES_TWIN_H
#define HARNESS_ORACLES_TWIN_H

#include <stdbool.h>
#include <stdint.h>

#include "harness/stream/stream.h"

typedef enum { TWIN_OFF, TWIN_RECORD, TWIN_COMPARE } TwinMode;

/* Begins a run in that mode; RECORD forgets what an earlier run recorded. */
void twin_begin(TwinMode mode);

/* A step is over: records the replies that clients were sent, or compares them. */
void twin_step(int number, const Step *step);

/* The run is over, or ended early after `steps` steps: records the digest of the data, or compares it. */
void twin_end(int steps, uint64_t digest);

#endif
