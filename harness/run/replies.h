/* SPDX-License-Identifier: BSD-3-Clause */
/* replies.h -- records the replies of a run, step by step, in a file: for programs that compare
 * them with those of another server.
 *
 * Limits: the file is binary, with numbers in the machine's own form, for processes of one machine.
 * The trace is the form for people. */
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

/* Appends a step and flushes it, so that it is not lost if the process dies in the next one. */
void replies_write(FILE *to, const RepliesStep *step);

/* Reads all steps from the beginning of the file; an incomplete one is left out. The caller frees
 * them with replies_free. */
void replies_read(FILE *from, Replies *out);
void replies_free(Replies *replies);

#endif
