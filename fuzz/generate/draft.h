/* SPDX-License-Identifier: BSD-3-Clause */
/* draft.h -- what a stream under construction is likely to hold at this point: hints, never
 * certainty.
 *
 * A generator that knows which keys exist, which scripts are loaded and which client has subscribed
 * writes fewer commands that end in an error. It learns by looking at every step that it adds
 * (draft_observe), so a stream that came from a file can be looked at as well before something is
 * put into the middle of it.
 *
 * Limits: replies are unknown here. A key that expired or was popped empty is still believed to
 * exist, and all databases are one. */
#ifndef FUZZ_GENERATE_DRAFT_H
#define FUZZ_GENERATE_DRAFT_H

#include <stdbool.h>
#include <stdint.h>

#include "fuzz/generate/pools.h"
#include "harness/stream/stream.h"

/* Starts with an empty server under these settings. */
void draft_start(Draft *draft, const Settings *settings);

/* Takes a step into account that has been added to the stream. */
void draft_observe(Draft *draft, const Step *step);

/* Takes the first `steps` steps of a stream into account, after draft_start. */
void draft_observe_stream(Draft *draft, const Stream *stream, int steps);

#endif
