/* SPDX-License-Identifier: BSD-3-Clause */
/* reach.h -- the report reach: what defrag moved of the data set, how, and what it left in place.
 * Our own measure of coverage.
 *
 * While runs with RunOptions.reach go on, all of this process adds up in one table. A cycle counts
 * when every block that it asked about moved and when it came to its end by itself; others are
 * skipped. When it has ended, every live block of the data set that was there before it began is
 * counted once, by the structure it belongs to (reach/label.c) and by who allocated it: a
 * "block-cycle". How a block moved is read from the call stack of the move.
 *
 * Limits: a block that slices within slow scripts move, run by the server itself, counts as moved
 * in the slice before. Whether a table is being rehashed is looked at when the cycle has ended.
 * Arena only. Needs names of static functions (site_knows_statics). */
#ifndef HARNESS_REACH_REACH_H
#define HARNESS_REACH_REACH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Once, before the first run with RunOptions.reach. Returns NULL or what is wrong: this program
 * cannot tell who moved a block. */
const char *reach_start(void);

/* Around a run: recording goes on, and ends. A cycle that is under way at the end is skipped. */
void reach_begin(void);
void reach_end(void);

/* Cycles so far. */
typedef struct {
    uint64_t counted;     /* all that is in the table */
    uint64_t interrupted; /* of those: by the end of a slice of so many pointers, wherever that was */
    uint64_t some;        /* skipped: not everything moved ("!move") */
    uint64_t given_up;    /* skipped: defrag was switched off */
    uint64_t unfinished;  /* skipped: the stream ended first, or the server ended the cycle by itself within a script */
} ReachCycles;
ReachCycles reach_cycles(void);

/* Block-cycles. A block that moved in several ways counts for each of them. */
typedef struct {
    uint64_t all;
    uint64_t at_once; /* moved when its stage came by */
    uint64_t later; /* moved from the list of values that are too big to be moved at once (defrag.c, defragLaterStep) */
    uint64_t resumed;     /* moved by a slice that went on with an interrupted cycle */
    uint64_t rehash;      /* moved, and its hash table is being rehashed */
    uint64_t left;        /* in place in a cycle that was not interrupted: nothing else happened in it */
    uint64_t left_sliced; /* in place in an interrupted cycle: anything may have happened between its slices */
} ReachCounts;

/* One row: a structure and, in the rows by allocation site, who allocated its blocks. */
typedef struct {
    char structure[48];
    char owner[64];     /* a function of the server (site_owner); "" in the rows by structure */
    char stages[256];   /* the stages of defrag that moved such blocks, separated by blanks */
    const char *reason; /* why such blocks stay in place (reach/reason.h); "" when nobody knows, or when they do not */
    ReachCounts counts;
} ReachRow;

/* The table so far, by structure or by structure and site; puts their number into *count. In a
 * fixed order that depends on what was counted alone. The caller frees the rows with free. */
ReachRow *reach_rows(bool by_site, size_t *count);

#endif
