/* SPDX-License-Identifier: BSD-3-Clause */
/* command_filter.h -- commands that would leave the process, kill it, or reach outside: refused, or
 * guarded.
 *
 * One table in command_filter.c: command, how, reason. It acts inside the server (the command's
 * function is replaced after the birth), so it also holds for scripts, transactions and whatever
 * else calls commands. */
#ifndef HARNESS_SERVER_COMMAND_FILTER_H
#define HARNESS_SERVER_COMMAND_FILTER_H

#include <stdbool.h>

#include "harness/stream/stream.h"

/* Replaces the functions of the commands in the table. Once after each birth, before it is
 * saved. */
void refuse_install(void);

/* Whether a command is refused whatever its arguments. `fullname` as the server writes it:
 * "shutdown", "module|load". */
bool refuse_whole_command(const char *fullname);

/* Why these words, as a client would send them, are refused: NULL when they are not. For who sends
 * a stream to another server; needs no server. */
const char *refuse_words(const Argv *argv);

/* Calls `fn` whenever a command is refused, also within a script or a transaction, with `context`,
 * the command's full name and why: strings that stay. NULL: nobody is called. */
typedef void RefuseFn(void *context, const char *fullname, const char *reason);
void refuse_on(RefuseFn *fn, void *context);

/* Lets the harness itself use what is refused or guarded (DEBUG RELOAD), while true. */
void refuse_suspend(bool yes);

#endif
