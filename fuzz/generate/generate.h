/* SPDX-License-Identifier: BSD-3-Clause */
/* generate.h -- random streams, and random steps that fit behind what a stream holds already.
 *
 * Grammar from the server (grammar.c), words from pools.c, runs of steps from snippets.c and
 * interruptions.c, taste from weights.c. The same seed gives the same stream, as long as the
 * catalogue is the same: another Valkey has other commands. */
#ifndef FUZZ_GENERATE_GENERATE_H
#define FUZZ_GENERATE_GENERATE_H

#include "fuzz/base/prng.h"
#include "fuzz/generate/draft.h"
#include "harness/stream/stream.h"

/* Makes *out, whose old content is ignored, a random stream of exactly `steps` steps
 * (0..STREAM_MAX_STEPS) with random settings. The caller frees it with stream_free. */
void generate_stream(Prng *prng, int steps, Stream *out);

/* A random step, command or verb, that may follow what `draft` has seen; the draft has seen it
 * afterwards. The caller owns it. With an empty catalogue every step is a verb. */
Step generate_step(Prng *prng, Draft *draft);

/* Gives a verb's step other arguments and keeps its client. */
void generate_verb_arguments(Prng *prng, Step *step);

#endif
