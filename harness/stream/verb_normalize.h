/* SPDX-License-Identifier: BSD-3-Clause */
/* verb_normalize.h -- a verb's step in its canonical form. */
#ifndef HARNESS_STREAM_VERB_NORMALIZE_H
#define HARNESS_STREAM_VERB_NORMALIZE_H

#include <stdbool.h>
#include <stddef.h>

#include "harness/stream/step.h"

#define VERB_OK (-1) /* verb_normalize: nothing is wrong */

/* Brings the arguments of a verb's step into their canonical form. Not strict: arguments that are
 * missing, wrong or out of range get a default or the nearest value, and surplus ones are removed.
 * Strict: nothing is guessed. Returns VERB_OK, or the index of the wrong argument (step->nargs when
 * one is missing) with a message in `what` (`room` bytes). When not strict, that happens only for
 * "!canary" without a usable name; such a step must be dropped. */
int verb_normalize(Step *step, bool strict, char *what, size_t room);

#endif
