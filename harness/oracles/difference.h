/* SPDX-License-Identifier: BSD-3-Clause */
/* difference.h -- how the replies of a stream may differ in another run, and why.
 *
 * For the oracles whose further run is meant to be another one: other limits of encodings, another
 * protocol, or the data set saved and loaded between any two steps. One table with a row for each
 * reason; what has no row must be the same. A row holds for a step in which the server runs one of
 * its commands, also in a script or a transaction. */
#ifndef HARNESS_ORACLES_DIFFERENCE_H
#define HARNESS_ORACLES_DIFFERENCE_H

#include "harness/base/text.h"
#include "harness/stream/step.h"

/* Which further run: bits. */
typedef enum {
    DIFFERS_NOWHERE,
    DIFFERS_LIMITS = 1,
    DIFFERS_PROTOCOL = 2,
    DIFFERS_SAVED = 4,
    DIFFERS_SERIES = 8,
    DIFFERS_TRANSACTION = 16
} DiffersIn;

/* What may differ, the smaller first. */
typedef enum {
    DIFFERENCE_NONE,
    DIFFERENCE_ORDER, /* the leaves are the same, their order is not */
    DIFFERENCE_REPLY, /* the replies of this step, but not the data */
    DIFFERENCE_ALL,   /* the data too, so everything from this step on */
} DifferenceKind;

typedef struct {
    DifferenceKind kind;
    const char *reason; /* NULL with DIFFERENCE_NONE */
} Difference;

/* The larger of two; the first when they are equal. */
Difference difference_larger(Difference a, Difference b);

/* What may differ in the step that was just done, by what the server ran in it (executed.h). */
Difference difference_by_commands(DiffersIn run, const Step *step);

/* The same by its replies, as leaves (leaves.h). */
Difference difference_by_leaves(DiffersIn run, Text leaves);

#endif
