/* SPDX-License-Identifier: BSD-3-Clause */
/* expected_differences.h -- why the replies of a server in a process of its own may differ from
 * those of the one in this process.
 *
 * One table, a reason each. A difference that has a row is listed and counted, and is no finding;
 * every other one is. */
#ifndef FUZZ_WIRE_EXPECTED_DIFFERENCES_H
#define FUZZ_WIRE_EXPECTED_DIFFERENCES_H

#include <stdbool.h>

#include "harness/base/valkey_name.h"
#include "harness/stream/stream.h"

/* With which server a row holds. One that was started for the stream, with its clock and its
 * randomness, does the same as the one in process, but for one thing: what expires by itself goes
 * in another order, for its loop has more turns. So tables may then have another shape. */
typedef enum {
    WIRE_ALWAYS,    /* any */
    WIRE_REAL_TIME, /* one that was there before: its clock is the real one, its hash seeds are its own */
    WIRE_ORDER,  /* such a one; and, when a step has set something that expires, any, if the same values come in another
                    order */
    WIRE_RANDOM, /* such a one; and, when a step has set something that expires, any */
} WireWhen;

typedef struct {
    CommandNames commands; /* "TTL PTTL", or with the subcommand: "CLIENT|LIST" */
    WireWhen when;
    const char *kind; /* one word for the output */
    const char *reason;
} WireKind;

/* The row for a command, NULL when there is none. */
const WireKind *wire_kind(const Argv *argv);

/* The row for what a client is shown of the commands of others (MONITOR). */
const WireKind *wire_kind_of_monitor(void);

/* For a server that was there before: once a step has set something that ends by itself
 * (wire_sets_time), whatever is asked may have changed; and once a difference is in the list,
 * others may follow from it. */
const WireKind *wire_kind_of_time(void);
const WireKind *wire_kind_of_consequence(void);
bool wire_sets_time(const Step *step);

/* Why a step is left out on both sides, because a server in another process cannot do it, or
 * because it would outlast the stream there. NULL: it is not left out. `ours`: the server was
 * started for this stream alone. */
const char *wire_left_out(const Step *step, bool ours);

#endif
