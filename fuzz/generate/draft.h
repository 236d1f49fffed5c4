/* SPDX-License-Identifier: BSD-3-Clause */
/* draft.h -- what probably exists at this point of a stream under construction: a guess, never
 * certain.
 *
 * A generator that knows which keys exist, which scripts are loaded and which clients have
 * subscribed makes fewer commands that fail. The draft observes every step that is added
 * (draft_observe); a stream from a file can be observed in the same way before something is
 * inserted into it.
 *
 * Limits: replies are unknown. A key that expired or was popped empty is still believed to exist,
 * and databases are not distinguished. */
#ifndef FUZZ_GENERATE_DRAFT_H
#define FUZZ_GENERATE_DRAFT_H

#include <stdbool.h>
#include <stdint.h>

#include "fuzz/generate/pools.h"
#include "harness/stream/stream.h"

/* Starts with an empty server with these settings. */
void draft_start(Draft *draft, const Settings *settings);

/* Observes a step that was added to the stream. */
void draft_observe(Draft *draft, const Step *step);

/* Observes the first `steps` steps of a stream, after draft_start. */
void draft_observe_stream(Draft *draft, const Stream *stream, int steps);

#endif
