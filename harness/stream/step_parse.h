/* SPDX-License-Identifier: BSD-3-Clause */
/* step_parse.h -- reads one line of a stream. Part of the parsers: only stream_parse.c calls it. */
#ifndef HARNESS_STREAM_STEP_PARSE_H
#define HARNESS_STREAM_STEP_PARSE_H

#include "harness/stream/stream.h"

typedef enum { STEP_READ, STEP_NONE, STEP_WRONG } StepVerdict;

/* Does the byte separate words? The carriage return of a CRLF line end does. */
bool step_parse_blank(char c);

/* Reads the step on a line of `len` bytes (no comment, no newline) into *step, whose old content is
 * ignored. STEP_READ: the caller frees *step. STEP_NONE (lenient only): the line has no step.
 * STEP_WRONG (strict only): `column` and `what` of *err are set, unless err is NULL. */
StepVerdict step_parse(const char *line, size_t len, StreamMode mode, Step *step, StreamError *err);

#endif
