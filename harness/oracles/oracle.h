/* SPDX-License-Identifier: BSD-3-Clause */
/* oracle.h -- what an oracle is: a constant of type Oracle, with its functions in the same file.
 *
 * To add one, see "I want to add an oracle" in harness/README.md. Everything else derives from the
 * members below: which inputs the engine asks it about, what exploring, the bench and the shrinker
 * ask, what reports say about it, and the list that `defrag-fuzz oracles` prints.
 *
 * run.c calls the functions. One that is not needed is NULL. An oracle that finds something calls
 * finding_report and does not return.
 *
 * Limits: between steps, an oracle must keep its data in the world, unless it needs a second run.
 * Idea: SQLite's struct of methods with NULL for "not needed" (sqlite3_module). */
#ifndef HARNESS_ORACLES_ORACLE_H
#define HARNESS_ORACLES_ORACLE_H

#include <stdbool.h>
#include <stdint.h>

#include "harness/stream/step.h"

/* A set of oracles: a bit for each row of the table (table.h). */
typedef unsigned OracleSet;

/* What an oracle compares the run with. */
typedef enum {
    SECOND_RUN_NONE,
    SECOND_RUN_IN_PLACE,    /* moves in place (moves.h) */
    SECOND_RUN_REUSE,       /* each other value of reuse= */
    SECOND_RUN_LIMITS,      /* the other value of limits= */
    SECOND_RUN_PROTOCOL,    /* clients that connect with RESP3 */
    SECOND_RUN_TRANSACTION, /* commands in transactions, where they can be (run/batch.h) */
    SECOND_RUN_SAVED,       /* saved and loaded after each step where that is neutral (reload.h) */
} SecondRun;

typedef struct {
    const char *name;  /* unique; for people and for `defrag-fuzz oracles` */
    const char *word;  /* the first word of its signatures; oracles may share one */
    const char *title; /* its name in reports */
    const char *finds; /* one sentence: what a failure means */
    OracleSet needs;   /* oracles that are asked whenever this one is; their rows come first */
    int share;         /* the engine asks it about one input in `share`; 0: about none */
    /* Searches all memory: for another oracle's signature, the shrinker first tries without it */
    bool costly;
    bool names_sites;     /* its findings name call sites, which must be recorded */
    bool asks_sites;      /* so does it to find any: what is a fault depends on call sites */
    bool asks_commands;   /* it asks which commands have run in a step (executed.h) */
    bool follows;         /* it has to see every step, also those that are known to pass; cheap */
    SecondRun second_run; /* compares with further runs; arena only */

    /* Once per process, before the server's birth, even if it is not asked. */
    void (*init)(void);
    /* After the birth, before the first step; `again`: a further run. */
    void (*begin)(bool again);
    /* Before defrag; `whole`: it begins and ends a cycle in one slice. */
    void (*before)(bool whole);
    /* Defrag runs between watch(true) and watch(false). */
    void (*watch)(bool on);
    /* After defrag; `whole` as in before. */
    void (*after)(bool whole);
    /* After that step (from 1), defrag included. */
    void (*settled)(int number, const Step *step);
    /* After the stream. */
    void (*end)(void);
    /* At the very end: steps done, digest of the data set (0: the stream was cut short). */
    void (*compare)(int steps, uint64_t digest);
} Oracle;

#endif
