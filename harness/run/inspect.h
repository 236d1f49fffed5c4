/* SPDX-License-Identifier: BSD-3-Clause */
/* inspect.h -- describes the server's state in the middle of a stream, for people who stop
 * there. */
#ifndef HARNESS_RUN_INSPECT_H
#define HARNESS_RUN_INSPECT_H

#include <stdio.h>

/* Writes the state of defrag and of memory, every database with its keys (type, encoding, number of
 * elements), and the clients. Changes nothing in the server. */
void state_write(FILE *to);

#endif
