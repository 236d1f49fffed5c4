/* SPDX-License-Identifier: BSD-3-Clause */
/* target.h -- the fuzz target for any engine: starts, runs an input, makes new inputs from old
 * ones.
 *
 * An input is a stream's text. Any bytes are a stream for the lenient parser; the mutator's results
 * are always canonical, so that a corpus is readable.
 *
 * Idea: OpenSSL's fuzz/ and libgit2's fuzzers/, where a target has three functions and small
 * drivers adapt them to engines. */
#ifndef FUZZ_ENGINE_TARGET_H
#define FUZZ_ENGINE_TARGET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* To be called once, before the other functions: starts the server, whose command table is needed.
 * Returns NULL or an error message. */
const char *target_init(void);

/* Runs an input. Which oracles run depends on its bytes only (oracles_for_input). Returns false
 * when the input is useless for a corpus: it ran out of memory, needs a later server, is known to
 * fail or was abandoned because of a known finding (stats.h). Does not return after any other
 * finding (harness/finding/finding.h). */
bool target_run(const uint8_t *data, size_t len);

/* Mutates the input of `len` bytes in `data`, which has room for `room` bytes. Returns the new
 * length, at most `room`, or 0 when not even a header fits. The same input and seed give the same
 * result. Comments, which are about the old input, are removed. */
size_t target_mutate(uint8_t *data, size_t len, size_t room, uint64_t seed);

/* The same, for a cross of two inputs, into `out`. */
size_t target_cross(const uint8_t *a, size_t a_len, const uint8_t *b, size_t b_len, uint8_t *out, size_t room,
                    uint64_t seed);

#endif
