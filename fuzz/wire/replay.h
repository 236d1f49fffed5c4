/* SPDX-License-Identifier: BSD-3-Clause */
/* replay.h -- a stream on a real server, step by step, its replies compared with those of a run in
 * this process.
 *
 * What cannot be done on a real server is left out on both sides (wire_left_out). The server's
 * defrag is driven by DEBUG DEFRAG, and so is its clock when it can be; where it cannot, short
 * times are waited for. */
#ifndef FUZZ_WIRE_REPLAY_H
#define FUZZ_WIRE_REPLAY_H

#include <stdint.h>

#include "fuzz/wire/target.h"
#include "harness/finding/finding.h"
#include "harness/stream/stream.h"

#define WIRE_REPLAY_LONGEST_MS 2000 /* how long a step of the clock is waited for where the clock cannot be moved */

/* What came of a stream. */
typedef struct {
    char signature[FINDING_SIGNATURE]; /* of a finding; empty: none */
    bool fault;                        /* of the harness, or the server cannot be had any more: `said` has the words */
    bool skipped;                      /* the server does not fit; the note says why */
    uint64_t commands, errors, cycles, moved;
    uint64_t other_moves; /* steps in which defrag did not move as many blocks as in this process */
    int listed;           /* replies that differ for a reason in the table */
    int left_out;         /* steps that a real server cannot do */
    Text notes;           /* a line for each of these, for stdout */
    Text said;            /* what a finding has to say, for stderr */
} WireResult;

/* Runs the stream in a child of this process (isolate_init was called, with the arena), then on the
 * server. `file` is for messages. The caller frees the result with wire_result_free. */
void wire_replay(WireTarget *target, const Stream *stream, const char *file, WireResult *out);
void wire_result_free(WireResult *result);

#endif
