/* SPDX-License-Identifier: BSD-3-Clause */
/* reply.h -- finds the bounds of replies in the bytes that a server sends.
 *
 * Replies are compared as bytes, in RESP2 and RESP3, so they are not decoded. */
#ifndef FUZZ_WIRE_REPLY_H
#define FUZZ_WIRE_REPLY_H

#include <stdbool.h>
#include <stddef.h>

#include "harness/base/text.h"

/* The length of the first reply, which may be a push or have attributes; 0 when it is incomplete.
 * Of what is not RESP, a line is a reply, so that it can be shown. */
size_t wire_reply_length(const char *data, size_t len);

/* The number of complete replies. */
int wire_reply_count(Text replies);

/* The bytes of the `index`-th element of an array, from 0, or NULL; *len is their length. */
const char *wire_reply_element(Text array, int index, size_t *len);

/* Have both the same values in any order? Nested arrays are flattened. */
bool wire_reply_same_values(Text a, Text b);

/* Writes the value of an array's element to `to`: its bytes without its header, zero-terminated and
 * truncated to `room` bytes. Returns false when there is no such element. */
bool wire_reply_value(Text array, int index, char *to, size_t room);

/* Appends the bytes in readable form: escaped, on one line, at most `width` of them, then "..." and
 * their number. */
void wire_reply_describe(Text *to, Text replies, size_t width);

#endif
