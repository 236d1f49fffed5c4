/* SPDX-License-Identifier: BSD-3-Clause */
/* series.h -- compares what a run says with what a run in another build said: in a build of another
 * series of Valkey.
 *
 * Two servers cannot be in one process. So the tool of one build writes its replies as leaves
 * (leaves.h) to a file, and the tool of the other build compares its own run with them, as the
 * oracles with a further run do (likeness.h). What may differ are the rows of difference.h for
 * DIFFERS_SERIES. A difference without a row is a finding, series:reply:COMMAND or series:data.
 *
 * Limits: both tools must be of one version of this project. */
#ifndef HARNESS_ORACLES_SERIES_H
#define HARNESS_ORACLES_SERIES_H

#include <stdint.h>
#include <stdio.h>

#include "harness/stream/step.h"

/* The next run is written to `to`, or compared with what `from` has; NULL: neither. Returns false
 * when `from` has no whole record. */
bool series_open(FILE *to, FILE *from);

/* The run begins; a step is done; the run has ended (steps and digest as in Oracle.compare). */
void series_begin(void);
void series_settled(int number, const Step *step);
void series_end(int steps, uint64_t digest);

#endif
