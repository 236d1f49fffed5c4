/* SPDX-License-Identifier: BSD-3-Clause */
/* grammar.h -- what a random command is made of: a walk over its arguments in the server's own
 * command table.
 *
 * Everything about a command's shape comes from the catalogue: order, options, repetitions,
 * alternatives, tokens. Two rules of shape that the table does not state hold for all of Valkey's
 * commands and are built in:
 *   - a bare integer right before a repeated argument is its count (numkeys key..., numfields
 *     field...), and a repeated option behind it comes as often (WEIGHTS);
 *   - of two mandatory repeated arguments side by side there are as many of the second (STREAMS
 *     key... ID...).
 * Values come from pools.c, what the table leaves open from hints.c. */
#ifndef FUZZ_GENERATE_GRAMMAR_H
#define FUZZ_GENERATE_GRAMMAR_H

#include "fuzz/base/prng.h"
#include "fuzz/generate/pools.h"
#include "harness/server/catalogue.h"
#include "harness/stream/stream.h"

/* A random call of the command, sent by client 0. The caller owns it. The draft gives what is
 * likely to exist; its stream IDs are used up. The step always has the number of arguments that the
 * command's arity asks for, as far as its grammar can reach it. */
Step grammar_step(Prng *prng, Draft *draft, const CatCommand *command);

/* The catalogue's command that the step calls, or NULL: subcommands included. */
const CatCommand *grammar_command(const Step *step);

#endif
