/* SPDX-License-Identifier: BSD-3-Clause */
/* interruptions.h -- what a scan can be interrupted in, and what can happen before it resumes.
 *
 * The bugs that matter in active defrag need three things: an interrupted cycle, a change, and the
 * rest of the cycle. Two tables hold the first two: kinds (what is being scanned, built big enough
 * to be scanned later) and events (what happens to it, to its database or to the cycle). The
 * generator draws from the tables, "defrag-fuzz explore" tries all combinations. */
#ifndef FUZZ_GENERATE_INTERRUPTIONS_H
#define FUZZ_GENERATE_INTERRUPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "fuzz/base/prng.h"
#include "fuzz/generate/pools.h"
#include "harness/stream/stream.h"

#define INTERRUPTIONS_ALONE (-1) /* no second kind */

/* The name of a kind or an event; NULL beyond the last. */
const char *interruptions_kind(int kind);
const char *interruptions_event(int event);

/* A short description of the event, for --list. */
const char *interruptions_event_help(int event);

/* The index of the kind or event of that name, or -1. */
int interruptions_find_kind(const char *name);
int interruptions_find_event(const char *name);

/* Can the kind be the second one, whose values replace others? Only kinds with a key of their own
 * can. */
bool interruptions_has_key(int kind);

/* Does a kind need the sample module (the setting module)? INTERRUPTIONS_ALONE does not. */
bool interruptions_needs_module(int kind);

/* Does the event apply to a kind, together with a second one or INTERRUPTIONS_ALONE? */
bool interruptions_fits(int event, int kind, int second);

/* The parameters of an interruption: two kinds, their names, their size. */
typedef struct {
    int kind, second; /* second: INTERRUPTIONS_ALONE or one that has a key */
    /* the scanned value's key, the second value's, and a free one */
    const char *key, *other, *third;
    int64_t size; /* elements of a big value, at least 20 */
    int databases;
} InterruptionFrame;

/* These append to the stream: the steps that build both values, the second one first, and create a
 * second database; the steps of the event; and the steps that read both values completely and
 * delete them. */
void interruptions_add_build(const InterruptionFrame *frame, Stream *out);
void interruptions_add_event(const InterruptionFrame *frame, int event, Stream *out);
void interruptions_add_end(const InterruptionFrame *frame, Stream *out);

/* Inserts a random interruption before step `at`: steps that build values, a slice, events with
 * slices between them, the rest of the cycle, a read. Returns the number of steps inserted, fewer
 * when the stream is full. Events that the draft's swarm leaves out are not used. The draft is
 * read, not changed. */
int interruptions_insert(Prng *prng, const Draft *draft, Stream *stream, int at);

#endif
