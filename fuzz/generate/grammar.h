/* SPDX-License-Identifier: BSD-3-Clause */
/* grammar.h -- makes random commands from their arguments in the server's own command table.
 *
 * Everything about a command's shape comes from the catalogue: order, options, repetitions,
 * alternatives, tokens. Two rules that the table does not state hold for all of Valkey's commands
 * and are built in:
 *   - a bare integer right before a repeated argument is its count (numkeys key..., numfields
 *     field...), as is one that is called a number (BYPOLYGON num-vertices vertex...), and a
 *     repeated option after it has the same count (WEIGHTS);
 *   - two adjacent mandatory repeated arguments have the same count (STREAMS key... ID...).
 * Values come from pools.c, and what the table leaves open from hints.c. */
#ifndef FUZZ_GENERATE_GRAMMAR_H
#define FUZZ_GENERATE_GRAMMAR_H

#include <stdbool.h>

#include "fuzz/base/prng.h"
#include "fuzz/generate/pools.h"
#include "harness/server/catalogue.h"
#include "harness/stream/stream.h"

/* A random call of the command, sent by client 0. The caller owns it. The draft says what is likely
 * to exist; explicit stream IDs are taken from it. The step has the number of arguments that the
 * command's arity demands, as far as its grammar can produce it. */
Step grammar_step(Prng *prng, Draft *draft, const CatCommand *command);

/* Draws one of the command's arguments and, if it is an option, adds it at the end of the call,
 * whether it is there or not: parsers read options in a loop, in any order, and one that is given
 * twice must not keep, leak or forget what the first one set. Returns false when it is none. */
bool grammar_add_option(Prng *prng, Draft *draft, const CatCommand *command, Step *step);

/* The command or subcommand of the catalogue that the step calls, or NULL. */
const CatCommand *grammar_command(const Step *step);

#endif
