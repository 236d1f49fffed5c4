/* SPDX-License-Identifier: BSD-3-Clause */
/* hints.h -- facts about arguments that the server's command table lacks.
 *
 * The table calls SORT's BY a pattern and XADD's ID a string; the parsers expect more. Three tables
 * of hints, keyed by the names of arguments and commands, fill the gap: the kind of value, the pool
 * of keys, and which options may be combined. A command without hints still gets arguments of the
 * right type and number: hints only raise the share of commands that succeed. */
#ifndef FUZZ_GENERATE_HINTS_H
#define FUZZ_GENERATE_HINTS_H

#include <stdbool.h>

#include "fuzz/generate/pools.h"
#include "harness/server/catalogue.h"
#include "harness/stream/stream.h"

#define HINTS_NAME_ROOM 64 /* bytes for any full name and its zero */

/* Writes the command's full name: "set" or "xgroup|create", in lower case. */
void hints_full_name(const CatCommand *command, char name[HINTS_NAME_ROOM]);

/* Does one of the patterns match the text? Patterns are separated by commas; '*' matches any bytes,
 * everything else itself, ignoring case. */
bool hints_match(const char *patterns, const char *text);

/* The kind of value that the argument takes: from a hint, or else from its type. Returns false when
 * there is no hint and the type has arguments of its own (one-of, block) or no value (key,
 * token). */
bool hints_kind(const CatCommand *command, const CatArg *arg, ValueKind *kind);

/* The pool of this argument's keys, or of the command's keys in general when arg is NULL. */
KeyPool hints_pool(const CatCommand *command, const CatArg *arg);

/* Does the command create its key if it does not exist? */
bool hints_makes_key(const CatCommand *command);

/* The probability, in percent, of an optional argument after the arguments that the step has so
 * far. */
int hints_percent(const CatCommand *command, const CatArg *arg, const Step *step);

/* The least number of repetitions of a repeated argument. */
int hints_least(const CatCommand *command, const CatArg *arg);

#endif
