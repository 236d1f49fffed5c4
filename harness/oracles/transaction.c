/* SPDX-License-Identifier: BSD-3-Clause */
/* transaction.c -- checks that the same stream says the same, and leaves the same data, step by
 * step and in transactions.
 *
 * There are two further runs. In both, the clock stands still while a client sends some commands
 * one after the other (run/batch.h); in the second one they are sent in one MULTI. Proves: a
 * command does the same, and replies the same, in a transaction. Cannot see: commands that wait,
 * fail or may not be in a transaction, which are sent as they are; in which order things are said
 * within a transaction; clusters; streams while a client waits, watches or tracks. Excuses: the
 * rows of difference.c for DIFFERS_TRANSACTION, because tables rehash less between the commands of
 * a transaction. Canary: "!canary transaction" writes another value after a transaction. */
#include "harness/oracles/transaction.h"

#include <stdlib.h>
#include <string.h>

#include "harness/base/array.h"
#include "harness/oracles/likeness.h"
#include "harness/oracles/table.h"

static Likeness likeness = {.names = {.word = "transaction", .first = "step by step", .second = "in transactions"},
                            .in = DIFFERS_TRANSACTION};

static enum { FIRST, REHEARSAL, TRANSACTIONS } now;
static bool *taken; /* by index of the step */
static size_t ntaken;

/* By what the first run has recorded. */
static void take_steps(void) {
    free(taken);
    ntaken = likeness.nrecords;
    taken = array_reserve(NULL, 0, ntaken, sizeof(*taken));
    for (size_t i = 0; i < ntaken; i++) {
        Text leaves = likeness.records[i].leaves;
        taken[i] = leaves.len && !strstr(leaves.data, "< -");
    }
}

bool transaction_takes(int number) {
    return (size_t)number <= ntaken && taken[number - 1];
}

bool transaction_is_rehearsed(void) {
    return now == REHEARSAL;
}

void transaction_hold(bool yes) {
    likeness.holding = yes;
}

void transaction_part(void) {
    likeness.parted = true;
}

static void begin(bool again) {
    now = !again ? FIRST : now == FIRST ? REHEARSAL : TRANSACTIONS;
    if (now == REHEARSAL) take_steps();
    likeness_begin(&likeness, now == TRANSACTIONS);
}

static void settled(int number, const Step *step) {
    likeness_settled(&likeness, number, step);
}

static void compare(int steps, uint64_t digest) {
    if (now != FIRST) likeness_compare(&likeness, steps, digest);
}

const Oracle oracle_transaction = {
    .name = "transaction",
    .word = "transaction",
    .title = "Transaction",
    .finds = "The same stream gives different replies step by step and in transactions.",
    .share = 64,
    .asks_commands = true,
    .second_run = SECOND_RUN_TRANSACTION,
    .begin = begin,
    .settled = settled,
    .compare = compare,
};
