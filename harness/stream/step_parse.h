/* SPDX-License-Identifier: BSD-3-Clause */
/* step_parse.h -- reads one line of a stream; a part of the parsers that only stream_parse.c
 * calls. */
#ifndef HARNESS_STREAM_STEP_PARSE_H
#define HARNESS_STREAM_STEP_PARSE_H

#include "harness/stream/stream.h"

typedef enum { STEP_READ, STEP_NONE, STEP_WRONG } StepVerdict;

/* Is it a byte that separates words? The carriage return of foreign line ends is one. */
bool step_parse_blank(char c);

/* Reads the step on a line of `len` bytes (no comment, no newline) into *step, whose old content is
 * ignored. STEP_READ: the caller frees *step. STEP_NONE (lenient only): nothing on it makes a step.
 * STEP_WRONG (strict only): column and what of *err are filled, when it is not NULL. */
StepVerdict step_parse(const char *line, size_t len, StreamMode mode, Step *step, StreamError *err);

#endif
