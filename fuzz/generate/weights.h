/* SPDX-License-Identifier: BSD-3-Clause */
/* weights.h -- the probabilities of random streams: groups of commands, commands, verbs, sizes,
 * settings.
 *
 * Weights of things that have a row of their own are in that row: verbs and settings in
 * harness/stream/, snippets, interruptions and mutations in snippets.c, interruptions.c and
 * mutate.c. */
#ifndef FUZZ_GENERATE_WEIGHTS_H
#define FUZZ_GENERATE_WEIGHTS_H

#include <stdint.h>

#include "fuzz/base/prng.h"
#include "fuzz/generate/pools.h"
#include "harness/server/catalogue.h"
#include "harness/stream/stream.h"

/* Percentages. */
#define WEIGHT_VERB 16         /* steps that are verbs */
#define WEIGHT_SNIPPET 7       /* draws that give a snippet instead of a step */
#define WEIGHT_INTERRUPTION 4  /* draws that give an interruption instead of a step */
#define WEIGHT_SWARM 60        /* streams that leave something out */
#define WEIGHT_ALIEN_KEY 9     /* keys of any pool, mostly of the wrong type */
#define WEIGHT_SEQUENCE 9      /* repeated arguments that are written as a %seq */
#define WEIGHT_OPTION_AGAIN 10 /* commands that may get an option more, perhaps once again */
#define WEIGHT_OTHER_CLIENT 18 /* commands that do not come from client 0 */

/* The weight of a group of commands at this point of the stream; cluster commands need cluster
 * mode. */
int weights_group(CatGroup group, const Draft *draft);

/* The weight of a command within its group; 0 for those that are useless in a stream. */
int weights_command(const CatCommand *command);

/* Does the command hide or end what follows, so that a stream that has it tests little else? */
bool weights_hides(const CatCommand *command);

/* Draws a verb by the weights of the rows. */
VerbId weights_verb(Prng *prng);

/* Draw the number of repetitions of a repeated argument, and the length of a %seq; at least 1. */
int weights_repeats(Prng *prng);
int64_t weights_sequence(Prng *prng);

/* Draws settings, mostly the defaults. Settings that the server reads at start-up are limited to a
 * few combinations, because each needs a start of its own, and a change from one to another costs
 * more than a stream. */
void weights_settings(Prng *prng, Settings *settings);

/* Draw a part of the settings again, for the mutator: the start-up settings, from the same few
 * combinations; after=; reuse=; or one of the settings that are drawn alone (SETTINGS_DRAW_ALONE),
 * which may return to its default. */
void weights_birth(Prng *prng, Settings *settings);
void weights_after(Prng *prng, Settings *settings);
void weights_reuse(Prng *prng, Settings *settings);
void weights_one_setting(Prng *prng, Settings *settings);

/* Swarms: a stream that may use everything uses little of each thing, so most streams leave out a
 * random part (Groce and others, "Swarm Testing", ISSTA 2012). Does the draft's swarm leave out
 * item `index` of that kind? SWARM_HIDING is one item, 0: all that hides what follows. Swarm 0
 * leaves out this one and nothing else, so that hiding is rare, not absent. */
typedef enum { SWARM_GROUP, SWARM_COMMAND, SWARM_SNIPPET, SWARM_EVENT, SWARM_HIDING } SwarmKind;
bool weights_left_out(const Draft *draft, SwarmKind kind, int index);

/* Draws a stream's swarm: 0, which leaves out no more than what hides, or another number. */
uint64_t weights_swarm(Prng *prng);

#endif
