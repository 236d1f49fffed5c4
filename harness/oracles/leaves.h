/* SPDX-License-Identifier: BSD-3-Clause */
/* leaves.h -- replies as lists of their leaves: what they say, whatever the form.
 *
 * RESP2 and RESP3 say the same thing in different forms, and commands on sets give the same members
 * in different orders. A list of leaves is a text with a line for each string, number, null and
 * error in a reply, in order; the arrays, maps, sets and pushes around them leave nothing.
 *
 * Limits: where one array ends and the next one begins is lost. An array that is empty leaves
 * nothing. Source of the forms: the specification of RESP3 (valkey.io/topics/protocol). */
#ifndef HARNESS_ORACLES_LEAVES_H
#define HARNESS_ORACLES_LEAVES_H

#include "harness/base/text.h"

/* Appends the leaves of the replies to a client, each with its number. What means the same in both
 * protocols becomes the same line: nulls of all kinds, a boolean and 1 or 0, a double and its text,
 * a string of any kind. The keys that client-side caching has to forget are left out, because they
 * are sent in one protocol only. Bytes that are not RESP end the list; they are its last line. */
void leaves_append(Text *to, int client, Text replies);

/* The same lines in the order of their bytes; the caller frees it with text_free. */
Text leaves_sorted(Text leaves);

#endif
