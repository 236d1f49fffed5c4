/* weights.h -- how often what comes in a random stream: groups of commands, single commands, verbs, sizes, settings.
 *
 * All of the generator's taste in one place. The weights of idioms and of mutations stand beside their functions, in
 * the tables of idioms.c and mutate.c. */
#ifndef DEFRAG_FUZZ_WEIGHTS_H
#define DEFRAG_FUZZ_WEIGHTS_H

#include <stdint.h>

#include "fuzz/pools.h"
#include "fuzz/prng.h"
#include "harness/catalogue.h"
#include "harness/stream.h"

/* Percentages. */
#define WEIGHT_VERB 16         /* steps that are verbs */
#define WEIGHT_IDIOM 9         /* draws that give an idiom instead of a step */
#define WEIGHT_ALIEN_KEY 9     /* keys of a pool drawn blindly, mostly of the wrong type */
#define WEIGHT_SEQUENCE 9      /* repeated arguments that become a %seq */
#define WEIGHT_OTHER_CLIENT 18 /* commands that do not come from client 0 */

/* The weight of a group of commands in this state of the stream; cluster commands need cluster mode. */
int weights_group(CatGroup group, const GenState *state);

/* The weight of a command within its group; 0 for those that make no sense in a stream. */
int weights_command(const CatCommand *command);

/* A verb; never VERB_CANARY, which breaks things on purpose. */
VerbId weights_verb(Prng *prng);

/* How often a repeated argument is repeated, and how long a %seq is. At least 1. */
int weights_repeats(Prng *prng);
int64_t weights_sequence(Prng *prng);

/* Random settings: the defaults most of the time. */
void weights_settings(Prng *prng, Settings *settings);

#endif
