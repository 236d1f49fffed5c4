/* SPDX-License-Identifier: BSD-3-Clause */
/* interruptions.h -- what can be under a scan, and what can happen to it before the scan goes on.
 *
 * The bugs that matter in active defrag need three things: a cycle that is interrupted, a change in
 * between, and the rest of the cycle. Two tables hold the first two: kinds (what is being scanned,
 * built big enough to be scanned later) and events (what happens to it, to its database or to the
 * cycle). The generator draws from them, "defrag-fuzz explore" goes through all of them. */
#ifndef FUZZ_GENERATE_INTERRUPTIONS_H
#define FUZZ_GENERATE_INTERRUPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "fuzz/base/prng.h"
#include "fuzz/generate/pools.h"
#include "harness/stream/stream.h"

#define INTERRUPTIONS_ALONE (-1) /* no second kind */

/* Name of a kind, of an event: NULL beyond the last. */
const char *interruptions_kind(int kind);
const char *interruptions_event(int event);

/* What the event is, in a few words, for --list. */
const char *interruptions_event_help(int event);

/* The index of a kind or an event by its name, -1 when there is none. */
int interruptions_find_kind(const char *name);
int interruptions_find_event(const char *name);

/* Can the kind be the second one, of which values replace others? Those that have a key of their
 * own can. */
bool interruptions_has_key(int kind);

/* Does the event make sense for a kind, beside a second one or INTERRUPTIONS_ALONE? */
bool interruptions_fits(int event, int kind, int second);

/* The blanks of an interruption: which two kinds, their names, how big. */
typedef struct {
    int kind, second;                /* second: INTERRUPTIONS_ALONE or one that has a key */
    const char *key, *other, *third; /* the scanned value's key, the second one's, and one that is free */
    int64_t size;                    /* elements of a big value, at least 20 */
    int databases;
} InterruptionFrame;

/* Append to the stream: the steps that build both values, the second one first, and make a second
 * database; the steps of the event; and those that read both values from end to end and take them
 * down. */
void interruptions_add_build(const InterruptionFrame *frame, Stream *out);
void interruptions_add_event(const InterruptionFrame *frame, int event, Stream *out);
void interruptions_add_end(const InterruptionFrame *frame, Stream *out);

/* Inserts a random interruption before step `at`: values built, a slice, events with slices
 * between, the rest of the cycle, something read. Returns how many steps it is, fewer where the
 * stream is full. Events that the draft's swarm leaves out do not come. The draft is read, not
 * changed. */
int interruptions_insert(Prng *prng, const Draft *draft, Stream *stream, int at);

#endif
