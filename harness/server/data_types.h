/* SPDX-License-Identifier: BSD-3-Clause */
/* data_types.h -- the types and encodings of values that the server knows, and which of them its
 * databases have held.
 *
 * Limits: only the databases' values at the moments of data_types_note. */
#ifndef HARNESS_SERVER_DATA_TYPES_H
#define HARNESS_SERVER_DATA_TYPES_H

#include <stdbool.h>

/* A type, as TYPE prints it, or an encoding, as OBJECT ENCODING does. */
typedef struct {
    bool encoding;
    const char *name;
    bool seen; /* a value of it was in a database when data_types_note was called */
} DataType;

/* All types, then all encodings: the one at `index`, from 0; NULL after the last one. Available
 * after the server's birth; valid until the next call of data_types_note. */
const DataType *data_types_row(int index);

/* Marks the types and encodings of all values that are in the server's databases now. */
void data_types_note(void);

#endif
