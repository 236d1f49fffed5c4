/* SPDX-License-Identifier: BSD-3-Clause */
/* mutate.h -- small random changes to a stream that keep it a valid stream, for the custom mutators
 * of libFuzzer and AFL++.
 *
 * Works on steps and arguments, never on bytes: the result always parses strictly. libFuzzer does
 * not limit lengths with a custom mutator, so this one does: the longer a stream, the more likely
 * it is shortened.
 *
 * Limits: comments of removed steps are removed too; canaries are neither made nor changed. */
#ifndef FUZZ_GENERATE_MUTATE_H
#define FUZZ_GENERATE_MUTATE_H

#include <stddef.h>

#include "fuzz/base/prng.h"
#include "harness/stream/stream.h"

/* Changes the stream in one or a few places. Returns the number of mutations made: at least 1,
 * except for a stream on which every attempt failed. The same generator state and stream give the
 * same result. */
size_t mutate_stream(Prng *prng, Stream *stream);

/* Writes a cross of two streams to *out, whose old content is ignored: the beginning of one and the
 * end of the other, or a with a run of b's steps inserted. The settings are those of one of them.
 * The caller frees it with stream_free. */
void mutate_cross(Prng *prng, const Stream *a, const Stream *b, Stream *out);

/* The name of mutation `index`, NULL beyond the last; and that mutation alone, false when it found
 * nothing to do or the index is invalid. For tests. */
const char *mutate_name(int index);
bool mutate_once(Prng *prng, int index, Stream *stream);

#endif
