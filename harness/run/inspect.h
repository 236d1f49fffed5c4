/* SPDX-License-Identifier: BSD-3-Clause */
/* inspect.h -- what the server is like in the middle of a stream, in words: for people who stop
 * there. */
#ifndef HARNESS_RUN_INSPECT_H
#define HARNESS_RUN_INSPECT_H

#include <stdio.h>

/* Writes: defrag, memory, every database with its keys (type, encoding, elements), clients. Changes
 * nothing in the server. */
void state_write(FILE *to);

#endif
