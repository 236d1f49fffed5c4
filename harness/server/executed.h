/* SPDX-License-Identifier: BSD-3-Clause */
/* executed.h -- which commands the server has run: by themselves, in a transaction, in a script.
 *
 * Read from the counts that the server keeps of each command's calls (INFO commandstats; struct
 * serverCommand, `calls`).
 *
 * Limits: the caller notices only that a count is another one. CONFIG RESETSTAT sets all to 0, so
 * after it every command that had run counts as run once more. */
#ifndef HARNESS_SERVER_EXECUTED_H
#define HARNESS_SERVER_EXECUTED_H

#include <stdbool.h>

#include "harness/base/valkey_name.h"

/* Reads the server's table of commands. After its birth, once in each run. */
void executed_begin(void);

/* Calls visit for each command that was run since executed_settle, with its full name ("xinfo|
 * stream") and `context`. */
void executed_each(void (*visit)(CommandName fullname, void *context), void *context);

/* Nothing counts as run any more. */
void executed_settle(void);

#endif
