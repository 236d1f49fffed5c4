/* SPDX-License-Identifier: BSD-3-Clause */
/* comparison.h -- compares what the clients are sent in a further run of a stream with what they
 * were sent in the first, and the data at the end. For oracles that need a second run.
 *
 * Limits: replies about memory, defrag or addresses are not compared (comparison.c, `excused`);
 * nor, once such a reply differed, are those of CLIENT; nor is anything from the step on in which,
 * in a run that uses memory again, fields of hashes have expired: the server deletes some at a
 * time, and which come first depends on their places (heap_identity). Outside of the world. */
#ifndef HARNESS_ORACLES_COMPARISON_H
#define HARNESS_ORACLES_COMPARISON_H

#include <stdbool.h>
#include <stdint.h>

#include "harness/base/text.h"
#include "harness/stream/step.h"

typedef struct ComparisonRecord ComparisonRecord;

/* Set `word`, `first` and `second`; the rest begins as 0. */
typedef struct {
    const char *word;           /* the first word of its signatures */
    const char *first, *second; /* what messages call the runs, such as "with moves" */

    bool comparing;            /* this is a further run */
    ComparisonRecord *records; /* of the first run */
    int nrecords, room;
    uint64_t digest;
    int steps;
    int unordered_from;    /* the first step after which fields had expired in an order of places */
    bool excused_differed; /* an excused reply of this run differed from the recorded one */
} Comparison;

/* Reports that a step's replies differ; the signature is WORD:reply:COMMAND. */
_Noreturn void comparison_report(const Comparison *c, int number, const Step *step, Text first, Text second);

/* The functions of an oracle with the same names (oracle.h). */
void comparison_begin(Comparison *c, bool again);
void comparison_settled(Comparison *c, int number, const Step *step);
void comparison_compare(Comparison *c, int steps, uint64_t digest);

#endif
