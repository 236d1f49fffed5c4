/* SPDX-License-Identifier: BSD-3-Clause */
/* live.h -- a real server kept under generated load, with its defrag at work by itself, and what
 * was sent kept for the case that it dies.
 *
 * The load comes in rounds, each a random stream or two (generate.h) on an emptied server, over a
 * few connections and pipelined. The steps of this round and the one before it, in the order in
 * which they were sent, are the record. When the server dies, hangs, or its structures are not
 * well-formed, the record is written as a stream, which replay can run.
 *
 * Limits: the record has the order in which commands left, which is that in which the server did
 * them only for each connection by itself; and when defrag's timer fired is not known. So a stream
 * may not fail every time, or not at all. */
#ifndef FUZZ_WIRE_LIVE_H
#define FUZZ_WIRE_LIVE_H

#include <stdint.h>

#include "fuzz/wire/target.h"

#define LIVE_MAX_CLIENTS STREAM_MAX_CLIENTS

typedef struct {
    int64_t seconds;    /* how long */
    int64_t clients;    /* connections, 1 to LIVE_MAX_CLIENTS */
    int64_t pipeline;   /* commands that a connection may be waiting for */
    int64_t seed;       /* of the load */
    const char *record; /* the file that the stream of a finding goes to */
} LiveOptions;

/* Runs the load on a server that wire_target_check has found fit. The server in this process was
 * born: its command table is what streams are made of. Prints what is going on to stdout. Returns
 * EXIT_CLEAN, EXIT_FINDING, or EXIT_USAGE when the server cannot be had or the record cannot be
 * written, which it has said. */
int live_run(WireTarget *target, const LiveOptions *options);

#endif
