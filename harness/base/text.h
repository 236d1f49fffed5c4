/* SPDX-License-Identifier: BSD-3-Clause */
/* text.h -- owned byte strings: what streams are made of.
 *
 * A zeroed Text is empty. A Text that grows must come from text_make or be zeroed. Callers may
 * shorten one by lowering `len`. */
#ifndef HARNESS_BASE_TEXT_H
#define HARNESS_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* An owned byte string. data[len] is always 0, for printing only: any byte may occur before it. The
 * data of a zeroed Text is NULL. */
typedef struct {
    char *data;
    size_t len;
    size_t room; /* allocated bytes of data, 0 when unknown */
} Text;

/* A copy of `len` bytes; the caller frees it with text_free. */
Text text_make(const char *data, size_t len);

/* Frees the bytes and leaves an empty Text. */
void text_free(Text *t);

/* Makes room for `more` bytes and a terminating zero. Returns where the bytes go; the caller writes
 * them and adds to t->len. */
char *text_room(Text *t, size_t more);

/* Appends `len` bytes, which must not be part of *t itself. */
void text_append(Text *t, const char *data, size_t len);

/* Appends formatted text, as printf does. */
void text_format(Text *t, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Do they have the same length and the same bytes? */
bool text_equal(Text a, Text b);

/* Reads `len` bytes of decimal digits, leading zeros allowed, into *value. A number above INT64_MAX
 * is read as INT64_MAX. Returns false, with *value unchanged, when the text is empty or has any
 * byte that is not a digit. */
bool text_number(const char *data, size_t len, int64_t *value);

#endif
