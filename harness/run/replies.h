/* SPDX-License-Identifier: BSD-3-Clause */
/* replies.h -- what the clients of a run were sent, step by step, in a file: for programs that
 * compare it with what somebody else sends.
 *
 * The file is for the processes of one machine: numbers as they lie in memory, nothing to read for
 * people (that is the trace). */
#ifndef HARNESS_RUN_REPLIES_H
#define HARNESS_RUN_REPLIES_H

#include <stdint.h>
#include <stdio.h>

#include "harness/stream/stream.h"

/* One step. */
typedef struct {
    uint64_t moved;                /* blocks that defrag moved in it */
    Text sent[STREAM_MAX_CLIENTS]; /* to each client; empty when nothing */
} RepliesStep;

typedef struct {
    RepliesStep *steps;
    int count;
} Replies;

/* Appends a step and flushes it, so that it is not lost when the process dies in the next one. */
void replies_write(FILE *to, const RepliesStep *step);

/* Reads all steps from the beginning of the file; one that is cut short is left out. The caller
 * frees them with replies_free. */
void replies_read(FILE *from, Replies *out);
void replies_free(Replies *replies);

#endif
