/* SPDX-License-Identifier: BSD-3-Clause */
/* live.h -- keeps a real server under generated load, with its defrag running by itself, and
 * records what was sent in case it dies.
 *
 * The load is sent in rounds: each is one or two random streams (generate.h) on an emptied server,
 * pipelined over a few connections. The record holds the steps of this round and the previous one
 * in the order in which they were sent. When the server dies or hangs, or when its structures are
 * not well-formed, the record is written as a stream for replay.
 *
 * Limits: the record has the order in which commands were sent, which is the order of their
 * execution within each connection only, and the times at which defrag's timer fired are unknown.
 * So a recorded stream may fail only sometimes, or never. */
#ifndef FUZZ_WIRE_LIVE_H
#define FUZZ_WIRE_LIVE_H

#include <stdint.h>

#include "fuzz/wire/target.h"

#define LIVE_MAX_CLIENTS STREAM_MAX_CLIENTS

typedef struct {
    int64_t seconds;    /* duration */
    int64_t clients;    /* connections, 1 to LIVE_MAX_CLIENTS */
    int64_t pipeline;   /* the most unanswered commands of a connection */
    int64_t seed;       /* of the random load */
    const char *record; /* the file for the stream of a finding */
} LiveOptions;

/* Runs the load on a server that has passed wire_target_check. The server in this process must have
 * been started: streams are made from its command table. Prints progress on stdout. Returns
 * EXIT_CLEAN, EXIT_FINDING, or, after reporting the error, EXIT_USAGE when the server is not
 * available or the record cannot be written. */
int live_run(WireTarget *target, const LiveOptions *options);

#endif
