/* SPDX-License-Identifier: BSD-3-Clause */
/* protocol.c -- checks that the same stream says the same in RESP2 and in RESP3.
 *
 * The stream runs as it is, and then with clients that speak RESP3 from the beginning. Proves: what
 * replies say, and the data, does not depend on the protocol. Cannot see: the form of replies, an
 * array or a map, a double or its text (the oracle replies reads that); what only RESP3 sends, such
 * as invalidations; streams whose clients choose the protocol themselves. Excuses: the rows of
 * difference.c for DIFFERS_PROTOCOL: replies about the protocol, and what follows when a subscriber
 * is refused a command that RESP3 allows. Canary: "!canary protocol" writes another value for
 * each. */
#include "harness/oracles/likeness.h"
#include "harness/oracles/table.h"

static Likeness likeness = {.names = {.word = "protocol", .first = "in RESP2", .second = "in RESP3"},
                            .in = DIFFERS_PROTOCOL};

static void begin(bool again) {
    likeness_begin(&likeness, again);
}

static void settled(int number, const Step *step) {
    likeness_settled(&likeness, number, step);
}

static void compare(int steps, uint64_t digest) {
    likeness_compare(&likeness, steps, digest);
}

const Oracle oracle_protocol = {
    .name = "protocol",
    .word = "protocol",
    .title = "Protocol",
    .finds = "The same stream gives different replies in RESP2 and in RESP3.",
    .share = 64,
    .asks_commands = true,
    .second_run = SECOND_RUN_PROTOCOL,
    .begin = begin,
    .settled = settled,
    .compare = compare,
};
