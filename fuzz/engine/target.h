/* SPDX-License-Identifier: BSD-3-Clause */
/* target.h -- the fuzz target, whatever the engine: start, run an input, make a new one from old
 * ones.
 *
 * An input is a stream's text. Any bytes are one (the lenient parser); what the mutator makes is
 * always canonical, so that a corpus can be read.
 *
 * Idea: OpenSSL's fuzz/ and libgit2's fuzzers/, where three functions make a target and small
 * drivers fit them to engines. */
#ifndef FUZZ_ENGINE_TARGET_H
#define FUZZ_ENGINE_TARGET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Once, before anything else: the server is born, so that its command table can be read. Returns
 * NULL or what is wrong. */
const char *target_init(void);

/* Runs an input. Which oracles are asked depends on its bytes alone (oracles_for_input). Returns
 * false when the input is of no use to a corpus: it used up its memory, needs a later server or is
 * known to fail. A finding does not return (harness/finding/finding.h). */
bool target_run(const uint8_t *data, size_t len);

/* Turns the input of `len` bytes in `data`, where `room` bytes fit, into another. Returns its
 * length, at most `room`; 0 when not even a header fits. The same input and seed give the same
 * result. Comments go: they were about the old one. */
size_t target_mutate(uint8_t *data, size_t len, size_t room, uint64_t seed);

/* The same, for a cross of two inputs, into `out`. */
size_t target_cross(const uint8_t *a, size_t a_len, const uint8_t *b, size_t b_len, uint8_t *out, size_t room,
                    uint64_t seed);

#endif
