/* SPDX-License-Identifier: BSD-3-Clause */
/* batch.h -- steps that are sent in one transaction: for the oracle of that name
 * (oracles/transaction.h), whose further runs do not send them one by one.
 *
 * The clock stands still for the steps of a batch, and moves on when it is over. In the rehearsal
 * that is all; else MULTI comes before them and EXEC after them, and what the client is sent for
 * each of them is forgotten.
 *
 * Limits: by the words of the stream. Whether a transaction of the stream's own is open is counted
 * from its MULTI, EXEC, DISCARD and RESET. Not in clusters, where one transaction has one slot. */
#ifndef HARNESS_RUN_BATCH_H
#define HARNESS_RUN_BATCH_H

#include "harness/stream/stream.h"

#define BATCH_MOST 8 /* steps in a transaction */

/* The batch under way: indexes of its first step and of the step after it. Zeroed: none is. */
typedef struct {
    int begin, end;
} Batch;

/* Before the step at index `at` is sent: begins a batch with it, if none is under way and it can be
 * in one. It ends before the step at `limit`. */
void batch_begin(Batch *batch, const Stream *stream, int at, int limit);

/* The step was sent. */
void batch_continue(Batch *batch, const Stream *stream, int at);

#endif
