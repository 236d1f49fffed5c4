/* SPDX-License-Identifier: BSD-3-Clause */
/* command_filter.h -- refuses commands that would leave the process, end it or reach outside, or
 * allows only some of their arguments.
 *
 * command_filter.c has one table: command, how, reason. The filter replaces the command's function
 * in the server after its birth, so it also applies to scripts, transactions and all other callers
 * of commands. */
#ifndef HARNESS_SERVER_COMMAND_FILTER_H
#define HARNESS_SERVER_COMMAND_FILTER_H

#include <stdbool.h>

#include "harness/stream/stream.h"

/* Replaces the functions of the commands in the table. Call it once after each birth, before the
 * birth is saved. */
void refuse_install(void);

/* Is a command refused whatever its arguments? `fullname` is the server's: "shutdown",
 * "module|load". */
bool refuse_whole_command(const char *fullname);

/* Why these words, as a client would send them, are refused; NULL when they are not. Needs no
 * server: it is for callers that send a stream to another one. */
const char *refuse_words(const Argv *argv);

/* From now on calls `fn` whenever a command is refused, also within a script or a transaction, with
 * `context`, the command's full name and the reason: static strings. NULL: no call. */
typedef void RefuseFn(void *context, const char *fullname, const char *reason);
void refuse_on(RefuseFn *fn, void *context);

/* While true, lets the harness itself use what is refused (DEBUG RELOAD). */
void refuse_suspend(bool yes);

#endif
