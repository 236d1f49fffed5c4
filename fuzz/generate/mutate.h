/* SPDX-License-Identifier: BSD-3-Clause */
/* mutate.h -- small random changes to a stream that leave it a stream: libFuzzer's and AFL++'s
 * custom mutators.
 *
 * Works on steps and arguments, never on bytes: what comes out always parses strictly. libFuzzer
 * does not hold lengths down when a mutator is custom, so this one does: the longer a stream, the
 * more often it gets shorter.
 *
 * Limits: notes of removed steps go with them; a canary is neither made nor changed. */
#ifndef FUZZ_GENERATE_MUTATE_H
#define FUZZ_GENERATE_MUTATE_H

#include <stddef.h>

#include "fuzz/base/prng.h"
#include "harness/stream/stream.h"

/* Changes the stream in one to a few places. Returns how many mutations were made; at least 1, but
 * for a stream on which every attempt failed. The same generator state and the same stream give the
 * same result. */
size_t mutate_stream(Prng *prng, Stream *stream);

/* Makes *out, whose old content is ignored, a cross of two streams: the beginning of one and the
 * end of the other, or a run of b's steps put into a. The settings are those of one of them. The
 * caller frees it with stream_free. */
void mutate_cross(Prng *prng, const Stream *a, const Stream *b, Stream *out);

/* Name of mutation `index`, NULL beyond the last; and that one mutation alone: false when it found
 * nothing to do or there is none of that index. For tests. */
const char *mutate_name(int index);
bool mutate_once(Prng *prng, int index, Stream *stream);

#endif
