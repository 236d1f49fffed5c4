/* SPDX-License-Identifier: BSD-3-Clause */
/* generate.h -- random streams, and random steps that fit the stream before them.
 *
 * The grammar comes from the server (grammar.c), words from pools.c, runs of steps from snippets.c
 * and interruptions.c, probabilities from weights.c. The same seed gives the same stream as long as
 * the catalogue is the same: another Valkey has other commands. */
#ifndef FUZZ_GENERATE_GENERATE_H
#define FUZZ_GENERATE_GENERATE_H

#include "fuzz/base/prng.h"
#include "fuzz/generate/draft.h"
#include "harness/stream/stream.h"

/* Writes a random stream of exactly `steps` steps (0..STREAM_MAX_STEPS) with random settings to
 * *out, whose old content is ignored. The caller frees it with stream_free. */
void generate_stream(Prng *prng, int steps, Stream *out);

/* A random step, command or verb, to follow the steps that `draft` has observed; the draft observes
 * the new step too. The caller owns it. With an empty catalogue every step is a verb. */
Step generate_step(Prng *prng, Draft *draft);

/* Replaces the arguments of a verb's step and keeps its client. */
void generate_verb_arguments(Prng *prng, Step *step);

#endif
