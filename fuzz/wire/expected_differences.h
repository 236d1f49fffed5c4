/* SPDX-License-Identifier: BSD-3-Clause */
/* expected_differences.h -- the reasons why the replies of a real server may differ from those of
 * the server in this process.
 *
 * One table with a row for each reason. A difference that has a row is listed and counted; every
 * other one is a finding. */
#ifndef FUZZ_WIRE_EXPECTED_DIFFERENCES_H
#define FUZZ_WIRE_EXPECTED_DIFFERENCES_H

#include <stdbool.h>

#include "harness/base/valkey_name.h"
#include "harness/stream/stream.h"

/* The servers for which a row applies. A server that was started for the stream, with its clock and
 * its randomness, behaves as the one in process, with one exception: because its loop runs more
 * often, things expire in another order, and tables may then have another shape. */
typedef enum {
    WIRE_ALWAYS,    /* any server */
    WIRE_REAL_TIME, /* a running server, which has the real clock and its own hash seeds */
    /* a running server; once a step has set something that expires, any server, for the same values
     * in another order */
    WIRE_ORDER,
    WIRE_RANDOM, /* a running server; once a step has set something that expires, any server */
} WireWhen;

typedef struct {
    CommandNames commands; /* "TTL PTTL", or with the subcommand: "CLIENT|LIST" */
    WireWhen when;
    const char *label; /* one word, for the output */
    const char *reason;
} WireDifference;

/* The row for a command, or NULL. */
const WireDifference *wire_expected(const Argv *argv);

/* The row for other clients' commands, as shown by MONITOR. */
const WireDifference *wire_expected_monitor(void);

/* For a running server: once a step has set something that ends by itself (wire_sets_time), every
 * reply may differ; and once a difference is listed, others may follow from it. */
const WireDifference *wire_expected_time(void);
const WireDifference *wire_expected_consequence(void);
bool wire_sets_time(const Step *step);

/* The reason why a step is left out on both sides: a server in another process cannot do it, or its
 * effect would outlast the stream there. NULL when it is not left out. `spawned`: the server was
 * started for this stream only. */
const char *wire_left_out(const Step *step, bool spawned);

#endif
