/* SPDX-License-Identifier: BSD-3-Clause */
/* batch.h -- which steps of a stream can be sent in one transaction: for the oracle transaction.
 *
 * Limits: by the words of the stream. Whether a transaction of the stream's own is open is counted
 * from its MULTI, EXEC, DISCARD and RESET. */
#ifndef HARNESS_RUN_BATCH_H
#define HARNESS_RUN_BATCH_H

#include <stdbool.h>

#include "harness/stream/stream.h"

#define BATCH_MOST 8 /* steps in a transaction */

/* The number of steps from index `first` on, below `limit`, that one client sends and that can be
 * queued; 0: none can. `takes` is asked about each number of a step (from 1). */
int batch_length(const Stream *stream, int first, int limit, bool (*takes)(int number));

#endif
