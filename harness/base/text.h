/* SPDX-License-Identifier: BSD-3-Clause */
/* text.h -- byte strings with an owner, of which streams are made.
 *
 * A zeroed Text is an empty one. Texts that grow must come from text_make or from a zeroed Text;
 * one may be shortened by hand. */
#ifndef HARNESS_BASE_TEXT_H
#define HARNESS_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A byte string with an owner; data[len] is always 0, for printing only: any byte may occur before
 * it. A zeroed Text (data NULL) is empty too. */
typedef struct {
    char *data;
    size_t len;
    size_t room; /* bytes that data has, as far as is known */
} Text;

/* A copy of `len` bytes; the caller frees it with text_free. */
Text text_make(const char *data, size_t len);

/* Frees the bytes and leaves an empty Text. */
void text_free(Text *t);

/* Makes room for `more` bytes and the zero behind them. Returns where they go; whoever puts them
 * there adds to t->len. */
char *text_room(Text *t, size_t more);

/* Appends `len` bytes, which must not lie in *t itself. */
void text_append(Text *t, const char *data, size_t len);

/* Appends formatted text, as printf does. */
void text_format(Text *t, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Same length and same bytes. */
bool text_equal(Text a, Text b);

/* Reads `len` bytes of decimal digits, leading zeros allowed, into *value. A number beyond int64_t
 * is read as INT64_MAX. Returns false, with *value unchanged, when there is no digit or anything
 * but digits. */
bool text_number(const char *data, size_t len, int64_t *value);

#endif
