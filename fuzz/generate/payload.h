/* SPDX-License-Identifier: BSD-3-Clause */
/* payload.h -- payloads of RESTORE and FUNCTION RESTORE: a body, two bytes for the version of the
 * RDB format, and eight for a checksum (cluster.c, createDumpPayload).
 *
 * A payload whose bytes are mutated gets past the server's first check only with the right
 * checksum, so it is signed again.
 *
 * Limits: signs with version 11, which every supported series reads. */
#ifndef FUZZ_GENERATE_PAYLOAD_H
#define FUZZ_GENERATE_PAYLOAD_H

#include <stdbool.h>

#include "fuzz/base/prng.h"
#include "harness/stream/stream.h"

/* Appends a library of functions with this code to a payload's body. */
void payload_add_library(const char *code, Text *body);

/* Appends version and checksum to a body. */
void payload_sign(Text *body);

/* Does the text end like a payload: a version that some server has, and the right checksum? */
bool payload_is_signed(Text text);

/* Changes a signed payload's body in one to three places, and its version rarely, and signs it. One
 * of a stream stays as it is: the server believes its IDs and counts (rdb.c, rdbLoadObject), so a
 * change makes a stream that contradicts itself. */
void payload_mutate(Prng *prng, Text *payload);

#endif
