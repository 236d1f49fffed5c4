/* SPDX-License-Identifier: BSD-3-Clause */
/* weights.h -- how often what comes in a random stream: groups of commands, single commands, verbs,
 * sizes, settings.
 *
 * Most of the generator's taste in one place. Where a thing has a row of its own, its weight is in
 * the row: verbs and settings in harness/stream/, snippets, interruptions and mutations in
 * snippets.c, interruptions.c and mutate.c. */
#ifndef FUZZ_GENERATE_WEIGHTS_H
#define FUZZ_GENERATE_WEIGHTS_H

#include <stdint.h>

#include "fuzz/base/prng.h"
#include "fuzz/generate/pools.h"
#include "harness/server/catalogue.h"
#include "harness/stream/stream.h"

/* Percentages. */
#define WEIGHT_VERB 16         /* steps that are verbs */
#define WEIGHT_IDIOM 7         /* draws that give a snippet instead of a step */
#define WEIGHT_INTERRUPTION 4  /* draws that give an interruption instead of a step */
#define WEIGHT_SWARM 60        /* streams that leave things out */
#define WEIGHT_ALIEN_KEY 9     /* keys of a pool drawn blindly, mostly of the wrong type */
#define WEIGHT_SEQUENCE 9      /* repeated arguments that become a %seq */
#define WEIGHT_OTHER_CLIENT 18 /* commands that do not come from client 0 */

/* The weight of a group of commands in this state of the stream; cluster commands need cluster
 * mode. */
int weights_group(CatGroup group, const Draft *draft);

/* The weight of a command within its group; 0 for those that make no sense in a stream. */
int weights_command(const CatCommand *command);

/* A verb, by the weights of the rows. */
VerbId weights_verb(Prng *prng);

/* How often a repeated argument is repeated, and how long a %seq is. At least 1. */
int weights_repeats(Prng *prng);
int64_t weights_sequence(Prng *prng);

/* Random settings: the defaults most of the time. Settings that the server's start-up reads come in
 * a few combinations only, because each needs a birth of its own, and going from one birth to
 * another costs more than a stream does. */
void weights_settings(Prng *prng, Settings *settings);

/* Draws a part of them again, for the mutator: the start-up settings, of the same few combinations;
 * after=; or one of those that are drawn alone (SETTINGS_DRAW_ALONE), which may get its default
 * back. */
void weights_birth(Prng *prng, Settings *settings);
void weights_after(Prng *prng, Settings *settings);
void weights_one_setting(Prng *prng, Settings *settings);

/* Swarms: a stream that can do everything does little of each thing, so most streams leave out a
 * random half of what there is (Groce and others, "Swarm Testing", ISSTA 2012). Is thing `index` of
 * that kind left out by the draft's swarm? */
typedef enum { SWARM_GROUP, SWARM_COMMAND, SWARM_IDIOM, SWARM_EVENT } SwarmKind;
bool weights_left_out(const Draft *draft, SwarmKind kind, int index);

/* Draws a stream's swarm: 0, which leaves nothing out, or another number. */
uint64_t weights_swarm(Prng *prng);

#endif
