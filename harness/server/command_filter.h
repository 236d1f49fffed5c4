/* SPDX-License-Identifier: BSD-3-Clause */
/* command_filter.h -- refuses commands that would leave the process, end it or reach outside, or
 * allows only some of their arguments.
 *
 * command_filter.c has one table: command, how, reason. A command that is not known is refused
 * unless it only handles data (known_commands.h). The filter replaces the command's function
 * in the server after its birth, so it also applies to scripts, transactions and all other callers
 * of commands. */
#ifndef HARNESS_SERVER_COMMAND_FILTER_H
#define HARNESS_SERVER_COMMAND_FILTER_H

#include <stdbool.h>

#include "harness/stream/stream.h"

/* Replaces the functions of the commands that are refused or restricted. Call it once after each
 * birth, before the birth is saved. */
void refuse_install(void);

/* Why a command is refused whatever its arguments; NULL when it is not. `fullname` is the server's:
 * "shutdown", "module|load". Unknown commands are met at the first birth. The reason stays. */
const char *refuse_reason(const char *fullname);

/* The full name of the unknown command that is refused at `index`, from 0; NULL after the last one.
 * Available after birth. */
const char *refuse_unknown(int index);

/* Why these words, as a client would send them, are refused; NULL when they are not. For callers
 * that send a stream to another server. */
const char *refuse_words(const Argv *argv);

/* From now on calls `fn` whenever a command is refused, also within a script or a transaction, with
 * `context`, the command's full name, which does not stay, and the reason, which does. NULL: no
 * call. */
typedef void RefuseFn(void *context, const char *fullname, const char *reason);
void refuse_on(RefuseFn *fn, void *context);

/* Has a client used DEBUG DICT-RESIZING? It can forbid tables to grow, and a bucket's chain that
 * has become long then stays so for a while. Part of the world. */
bool refuse_saw_resizing(void);

/* While true, lets the harness itself use what is refused (DEBUG RELOAD). */
void refuse_suspend(bool yes);

#endif
