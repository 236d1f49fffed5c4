/* SPDX-License-Identifier: BSD-3-Clause */
/* hints.h -- what the server's command table does not say about arguments.
 *
 * The table calls SORT's BY a pattern and XADD's ID a string; the parsers behind it want more.
 * Three tables of hints, keyed by the argument's name and the commands it stands in, fill the gap:
 * what kind of value, keys of which pool, and which options go together. A command that no hint
 * knows still gets arguments of the right type and number: hints raise the share of commands that
 * succeed, nothing depends on them. */
#ifndef FUZZ_GENERATE_HINTS_H
#define FUZZ_GENERATE_HINTS_H

#include <stdbool.h>

#include "fuzz/generate/pools.h"
#include "harness/server/catalogue.h"
#include "harness/stream/stream.h"

#define HINTS_NAME_ROOM 64 /* bytes that hold any full name and its zero */

/* Writes "set" or "xgroup|create", in lower case. */
void hints_full_name(const CatCommand *command, char name[HINTS_NAME_ROOM]);

/* Does one of the patterns fit the text? Patterns have a comma between them; '*' stands for any
 * bytes, everything else for itself, whatever its case. */
bool hints_match(const char *patterns, const char *text);

/* What kind of value the argument takes: by hint, or else by its type. Returns false when there is
 * no hint and the type is one that has arguments of its own (one-of, block) or none (key,
 * token). */
bool hints_kind(const CatCommand *command, const CatArg *arg, ValueKind *kind);

/* The pool that the command's keys come from; of this very argument, or of the command in general
 * when arg is NULL. */
KeyPool hints_pool(const CatCommand *command, const CatArg *arg);

/* Does the command make its key when there is none? */
bool hints_makes_key(const CatCommand *command);

/* How often, in percent, an optional argument is given behind what the step holds already. */
int hints_percent(const CatCommand *command, const CatArg *arg, const Step *step);

/* How many of a repeated argument there must be at least. */
int hints_least(const CatCommand *command, const CatArg *arg);

#endif
