/* SPDX-License-Identifier: BSD-3-Clause */
/* likeness.h -- compares a further run that is meant to be another one with the first: what the
 * replies say, and the data at the end.
 *
 * For oracles whose further run has other encodings or another protocol. Replies are compared by
 * their leaves (leaves.h), as far as they must be the same (difference.h); the data by the server's
 * own digest (DEBUG DIGEST), which no encoding changes, after it was saved and loaded, so that
 * expired keys which nobody has deleted yet do not count.
 *
 * Limits: from a step on after which anything may differ, nothing is compared; that is also so when
 * fields of hashes have expired, because the server deletes some at a time, in an order of places.
 * Without a digest (clients are paused) the data is not compared. Outside of the world. */
#ifndef HARNESS_ORACLES_LIKENESS_H
#define HARNESS_ORACLES_LIKENESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "harness/base/text.h"
#include "harness/oracles/comparison.h"
#include "harness/oracles/difference.h"
#include "harness/stream/step.h"

/* What a step of the first run said, and what of it may differ. */
typedef struct {
    Text leaves;
    Difference may;
} LikenessRecord;

/* Set `names` (word, first, second) and `in`; the rest begins as 0. */
typedef struct {
    Comparison names;
    DiffersIn in; /* whose differences are expected */

    bool comparing; /* this is a further run */
    LikenessRecord *records;
    size_t nrecords;
    bool parted; /* anything may differ now */

    /* While steps are held, what they say is compared with what all of them said, in any order */
    bool holding;
    Text held, held_first;
    Difference held_may;

    Text digest; /* at the end of the first run */
    int steps;   /* of the first run; 0: its data is not compared */
} Likeness;

/* From now on, every difference that is expected is written to this file, a line each; NULL: none
 * is. Applies to all comparisons of the process. */
void likeness_list(FILE *to);

/* The functions of an oracle with the same names (oracle.h). */
void likeness_begin(Likeness *l, bool again);
void likeness_settled(Likeness *l, int number, const Step *step);
void likeness_compare(Likeness *l, int steps, uint64_t digest);

#endif
