/* SPDX-License-Identifier: BSD-3-Clause */
/* oracle.h -- what an oracle is: one constant of type Oracle, in the file that does its work.
 *
 * To add one: write that file, add its row to ORACLE_ROWS (table.h), and add a canary (canary.c).
 * Everything else is derived from the members below: which inputs the engine asks it about, what
 * exploring, the bench and the shrinker ask, what reports say about it, and the list that
 * `defrag-fuzz oracles` prints.
 *
 * run.c calls the functions around what the oracle watches; a member that is not needed is NULL. An
 * oracle that finds something calls finding_report and does not return.
 *
 * Limits: an oracle keeps nothing from one step to the next that the world does not hold, unless it
 * needs a second run. Idea: SQLite's struct of methods with NULL for "not needed"
 * (sqlite3_module). */
#ifndef HARNESS_ORACLES_ORACLE_H
#define HARNESS_ORACLES_ORACLE_H

#include <stdbool.h>
#include <stdint.h>

#include "harness/stream/step.h"

/* Oracles: a bit for each row of the table (table.h). */
typedef unsigned OracleSet;

typedef struct {
    const char *name;  /* unique; for people and for `defrag-fuzz oracles` */
    const char *word;  /* the first word of its signatures; several oracles may share one */
    const char *title; /* what reports call it */
    const char *finds; /* one sentence: what it means when it fails */
    OracleSet needs;   /* asked whenever this one is; their rows come first */
    int share;         /* the engine asks it about one input in `share`; 0: about none, only replay asks */
    bool costly;       /* searches all of memory: the shrinker first tries without it when it seeks another signature */
    bool names_sites;  /* its findings name call sites, so these have to be recorded */
    bool second_run;   /* compares with a second run of the stream, with moves in place (moves.h); arena only */

    void (*init)(void);         /* once a process, before the server is born, whether the oracle is asked or not */
    void (*begin)(bool again);  /* the world is newly born, the first step comes next; `again`: the second run */
    void (*before)(bool whole); /* defrag is about to work; `whole`: it begins and ends a cycle without a pause */
    void (*watch)(bool on);     /* defrag works between watch(true) and watch(false) */
    void (*after)(bool whole);  /* it has worked */
    void (*settled)(int number, const Step *step); /* that step, counted from 1, is over, defrag included */
    void (*end)(void);                             /* the stream is over */
    void (*compare)(int steps,
                    uint64_t digest); /* at the very end: steps done, digest of the data set (0: cut short) */
} Oracle;

#endif
