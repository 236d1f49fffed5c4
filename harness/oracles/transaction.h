/* SPDX-License-Identifier: BSD-3-Clause */
/* transaction.h -- what the run tells the oracle transaction, and asks it. */
#ifndef HARNESS_ORACLES_TRANSACTION_H
#define HARNESS_ORACLES_TRANSACTION_H

#include <stdbool.h>

/* Had that step (from 1) a reply in the first run, none of whose leaves was an error? Only such a
 * step can be queued. */
bool transaction_takes(int number);

/* Is this the further run in which nothing is queued yet? The clock stands still for the steps that
 * will be in one transaction, so that both have the same time. */
bool transaction_is_rehearsed(void);

/* A transaction begins, or has ended: the replies of its steps are compared when it has ended. */
void transaction_hold(bool yes);

/* The server has not queued what it was sent: nothing is compared from now on. */
void transaction_part(void);

#endif
