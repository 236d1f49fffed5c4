/* SPDX-License-Identifier: BSD-3-Clause */
/* replay.h -- runs a stream on a real server, step by step, and compares the replies with those of
 * a run in this process.
 *
 * Steps that a real server cannot do are left out on both sides (wire_left_out). DEBUG DEFRAG
 * drives the server's defrag, and its clock if it can be moved; otherwise short times are waited
 * for. */
#ifndef FUZZ_WIRE_REPLAY_H
#define FUZZ_WIRE_REPLAY_H

#include <stdint.h>

#include "fuzz/wire/target.h"
#include "harness/finding/finding.h"
#include "harness/stream/stream.h"

/* the longest "!clock" that is waited for when the clock cannot be moved */
#define WIRE_REPLAY_LONGEST_MS 2000

/* The result of a stream. */
typedef struct {
    char signature[FINDING_SIGNATURE]; /* of a finding; empty: none */
    /* a fault of the harness, or the server is not available any more: `stderr_text` says which */
    bool fault;
    bool skipped; /* the server does not fit the stream; `notes` says why */
    uint64_t commands, errors, cycles, moved;
    /* steps in which defrag moved another number of blocks than in this process */
    uint64_t other_moves;
    int listed;       /* replies with expected differences */
    int left_out;     /* steps that a real server cannot do */
    Text notes;       /* a line for each of the above, for stdout */
    Text stderr_text; /* the report of a finding, for stderr */
} WireResult;

/* Runs the stream in a child of this process (after isolate_init with the arena), then on the
 * server. `file` is the name in messages. The caller frees the result with wire_result_free. */
void wire_replay(WireTarget *target, const Stream *stream, const char *file, WireResult *out);
void wire_result_free(WireResult *result);

#endif
