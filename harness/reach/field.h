/* SPDX-License-Identifier: BSD-3-Clause */
/* field.h -- names of the fields of blocks and variables, for the report pointers (pointers.h).
 *
 * A shape says what a function allocates: a struct, an array of structs, an array of pointers. The
 * members of structs are those of the tree's own code (list-members reads them).
 *
 * Limits: the shapes are a table, read from Valkey's sources. A field of a block without a shape,
 * or of a struct that the tree lacks, is an offset. */
#ifndef HARNESS_REACH_FIELD_H
#define HARNESS_REACH_FIELD_H

#include <stddef.h>

#include "harness/finding/symbol.h"

typedef struct FieldShape FieldShape;

/* What the function of that name (site_owner) allocates; NULL: not known. */
const FieldShape *field_shape(const char *owner);

/* The field at `offset` bytes into a block of `size` bytes: a number that is the same for all
 * places that are one field, such as those of an array's elements. `shape` may be NULL. */
size_t field_number(const FieldShape *shape, size_t size, size_t offset);

/* Writes the name of a field, `number` being an answer of field_number: "listNode.next",
 * "robj *[]", "+24". `shape` may be NULL. */
void field_name(const FieldShape *shape, size_t number, char *name, size_t room);

/* The two for the word at `offset` bytes into a variable: "server.clients". A variable without a
 * shape is one field, by its name. */
size_t field_variable_number(const Symbol *variable, size_t offset);
void field_variable_name(const Symbol *variable, size_t number, char *name, size_t room);

#endif
