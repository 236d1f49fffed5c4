/* SPDX-License-Identifier: BSD-3-Clause */
/* snippets.h -- short runs of steps that belong together, for states that are practically
 * unreachable with independent random commands.
 *
 * Examples are a big key that is filled and thinned out, a group with pending entries, and a cycle
 * during which the data changes. Each is a few lines of stream text in one table, with blanks that
 * are filled in at random. */
#ifndef FUZZ_GENERATE_SNIPPETS_H
#define FUZZ_GENERATE_SNIPPETS_H

#include <stdbool.h>

#include "fuzz/base/prng.h"
#include "fuzz/generate/pools.h"
#include "harness/stream/stream.h"

/* Inserts a random snippet before step `at` of the stream (its number of steps: at the end).
 * Returns the number of steps inserted: fewer than the snippet has, or 0, when the stream is full.
 * The draft is read, not changed. */
int snippets_insert(Prng *prng, const Draft *draft, Stream *stream, int at);

/* The name of snippet `index`, NULL beyond the last; and its steps with the blanks filled in, as a
 * stream that the caller frees. Returns false, with *out untouched or empty, beyond the last or
 * when the table's text is not a strict stream, which is a mistake in the table. For tests. */
const char *snippets_name(int index);
bool snippets_make(Prng *prng, const Draft *draft, int index, Stream *out);

#endif
