/* SPDX-License-Identifier: BSD-3-Clause */
/* calls.h -- which commands the server executed, and whether it replied with an error.
 *
 * The ledger sees each command of a client, each element of EXEC and each call of a script before
 * and after the server runs it (ledger.c), and reports both here.
 *
 * Limits: a command that blocks counts as executed when it begins to wait. Without the ledger
 * (CHECKED_ledger), nothing is reported. */
#ifndef HARNESS_SERVER_CALLS_H
#define HARNESS_SERVER_CALLS_H

#include <stdbool.h>

#include "harness/stream/stream.h"

/* From now on calls `fn` after each command with `context`, its words as they were sent, which do
 * not stay, and whether it ran and replied with no error. What EXEC and scripts run comes before
 * them; what is only queued is not reported. NULL: no call. */
typedef void CallsFn(void *context, const Argv *words, bool good);
void calls_on(CallsFn *fn, void *context);

/* For ledger.c: a command of the client begins; it has ended and, unless it waits, `ran` or was
 * rejected. */
struct client;
typedef enum { CALLS_CLIENT, CALLS_ELEMENT, CALLS_SCRIPT, CALLS_LEVELS } CallsLevel;
void calls_begin(const struct client *c, CallsLevel level);
void calls_end(const struct client *c, CallsLevel level, bool ran);

#endif
