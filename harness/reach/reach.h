/* SPDX-License-Identifier: BSD-3-Clause */
/* reach.h -- the report reach: what defrag moved of the data set, how, and what it left in place. A
 * measure of coverage.
 *
 * All runs of this process with RunOptions.reach add to one table. A cycle counts if every block
 * that it asked about moved and if it finished by itself; others are skipped. At its end, every
 * live block of the data set that existed before it began is counted once, by its structure
 * (reach/label.c) and by the function that allocated it: a "block-cycle". How a block moved is read
 * from the call stack of the move.
 *
 * Limits: a block that moves in a slice that the server itself runs within a slow script counts as
 * moved in the slice before. Whether a table is being rehashed is checked at the end of the cycle.
 * Arena only. Needs names of static functions (site_knows_statics). */
#ifndef HARNESS_REACH_REACH_H
#define HARNESS_REACH_REACH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Call once, before the first run with RunOptions.reach. Returns NULL, or why this program cannot
 * find out how a block moved. */
const char *reach_start(void);

/* Start and stop recording; call them around a run. A cycle that is unfinished at the end is
 * skipped. */
void reach_begin(void);
void reach_end(void);

/* The cycles so far. */
typedef struct {
    uint64_t counted;     /* those in the table */
    uint64_t interrupted; /* of those: cycles of several slices */
    uint64_t some;        /* skipped: not everything moved ("!move") */
    uint64_t given_up;    /* skipped: defrag was switched off */
    /* Skipped: the stream ended first, or the server ended the cycle within a script */
    uint64_t unfinished;
} ReachCycles;
ReachCycles reach_cycles(void);

/* Block-cycles. A block that moved in several ways counts for each of them. */
typedef struct {
    uint64_t all;
    uint64_t at_once; /* moved by its stage */
    /* Moved from the list of values that are too big to move at once (defragLaterStep) */
    uint64_t later;
    uint64_t resumed; /* moved by a slice that resumed an interrupted cycle */
    uint64_t rehash;  /* moved while its hash table was being rehashed */
    /* Not moved in a cycle that was not interrupted: nothing else happened in it */
    uint64_t left;
    /* Not moved in an interrupted cycle: anything may have happened between its slices */
    uint64_t left_sliced;
} ReachCounts;

/* One row: a structure and, in the rows by allocation site, the function that allocated its
 * blocks. */
typedef struct {
    char structure[48];
    char owner[64];   /* a function of the server (site_owner); "" in the rows by structure */
    char stages[256]; /* the stages of defrag that moved such blocks, separated by blanks */
    /* Why such blocks stay in place (reach/reason.h); "" if unknown, or if they do not */
    const char *reason;
    ReachCounts counts;
} ReachRow;

/* The rows of the table so far, by structure or by structure and site; *count gets their number.
 * Their order depends only on what was counted. The caller frees them with free. */
ReachRow *reach_rows(bool by_site, size_t *count);

#endif
