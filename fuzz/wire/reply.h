/* SPDX-License-Identifier: BSD-3-Clause */
/* reply.h -- the replies of a server as bytes: where one ends and the next one begins.
 *
 * Replies are compared as the bytes that they are, in RESP2 and RESP3, so nothing here makes values
 * of them. */
#ifndef FUZZ_WIRE_REPLY_H
#define FUZZ_WIRE_REPLY_H

#include <stdbool.h>
#include <stddef.h>

#include "harness/base/text.h"

/* The length of the first reply, pushes and attributes included; 0 when it is not whole yet or no
 * reply at all. */
size_t wire_reply_length(const char *data, size_t len);

/* How many whole replies there are, one after the other. */
int wire_reply_count(Text replies);

/* The `index`-th element of an array's bytes, from 0; NULL when there is none. Its length goes to
 * *len. */
const char *wire_reply_element(Text array, int index, size_t *len);

/* The same values, in whatever order: arrays of arrays are taken apart. */
bool wire_reply_same_values(Text a, Text b);

/* What an element of an array says: its bytes without its head, zero-terminated in `to` and cut to
 * `room`. False when there is no such element. */
bool wire_reply_value(Text array, int index, char *to, size_t room);

/* Appends the bytes for people: escaped on one line, at most `width` of them, then "..." and how
 * many there are. */
void wire_reply_describe(Text *to, Text replies, size_t width);

#endif
