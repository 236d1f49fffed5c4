/* SPDX-License-Identifier: BSD-3-Clause */
/* table.h -- the table of all oracles, and the sets of them that are asked.
 *
 * One row per oracle. All code that lists or chooses oracles goes through this file, so that a new
 * row is asked everywhere. */
#ifndef HARNESS_ORACLES_TABLE_H
#define HARNESS_ORACLES_TABLE_H

#include "harness/oracles/oracle.h"

/* ROW(ID, the oracle's constant), in the order in which they are asked. Those that follow no
 * pointer come first, so that a stale pointer is found before it is followed, and so that a block
 * that was not released is reported before its contents are called stale. Shape comes after value,
 * whose walk it relies on. */
#define ORACLE_ROWS(ROW)                                                                                               \
    ROW(TWIN, oracle_twin)                                                                                             \
    ROW(REPLIES, oracle_replies)                                                                                       \
    ROW(MOVES, oracle_moves)                                                                                           \
    ROW(REFS, oracle_refs)                                                                                             \
    ROW(VALUE, oracle_value)                                                                                           \
    ROW(ACCOUNT, oracle_account)                                                                                       \
    ROW(SHAPE, oracle_shape)                                                                                           \
    ROW(LEAKS, oracle_leaks)                                                                                           \
    ROW(PROGRESS, oracle_progress)                                                                                     \
    ROW(REUSE, oracle_reuse)                                                                                           \
    ROW(LIMITS, oracle_limits)                                                                                         \
    ROW(PROTOCOL, oracle_protocol)                                                                                     \
    ROW(SAVED, oracle_saved)                                                                                           \
    ROW(TRANSACTION, oracle_transaction)

#define ORACLE_ID(id, constant) ORACLE_##id,
typedef enum { ORACLE_ROWS(ORACLE_ID) ORACLE_COUNT } OracleId;
#undef ORACLE_ID

#define ORACLE_DECLARATION(id, constant) extern const Oracle constant;
ORACLE_ROWS(ORACLE_DECLARATION)
#undef ORACLE_DECLARATION

#define ORACLE_BIT(id) (1U << ORACLE_##id)

/* Other sources of findings: the sanitizers, the server, the limits. They are always on and are not
 * asked. */
typedef struct {
    const char *word;  /* the first word of their signatures; NULL at the end */
    const char *title; /* their name in reports */
    const char *finds; /* one sentence: what a failure means */
    bool weak;         /* a busy machine can cause it, so a single failure proves nothing */
} OtherReporter;
const OtherReporter *oracles_others(void);

/* The row of an oracle, from 0 to ORACLE_COUNT - 1. */
const Oracle *oracles_row(int id);

/* All oracles: what replay asks. */
OracleSet oracles_all(void);

/* Those of `set` that need no second run. */
OracleSet oracles_single_run(OracleSet set);

/* Those of `set` that need that kind of further run. */
OracleSet oracles_comparing(OracleSet set, SecondRun with);

/* The set and everything that its oracles need. */
OracleSet oracles_with_needs(OracleSet set);

/* What the engine asks about an input whose bytes hash to `hash`: rows with share 1, and the others
 * for their share of hashes. The input alone decides which checks run. Idea: swarm testing (Groce
 * et al., 2012). */
OracleSet oracles_for_input(uint64_t hash);

/* What the engine asks about every input; also what the bench measures. */
OracleSet oracles_for_every_input(void);

/* What is asked in a branch from the middle of a stream (run_branch): all oracles that the engine
 * asks and that need no second run. */
OracleSet oracles_for_branch(void);

/* Those of `set` that have to be asked to reproduce a finding with this signature. Costly ones with
 * other signatures are left out. The others stay, because the walk of one may find what another
 * reports. */
OracleSet oracles_decisive(const char *signature, OracleSet set);

/* Does such a signature name a call site, so that call sites have to be recorded to reproduce
 * it? */
bool oracles_need_sites(const char *signature);

/* Those of `set` that have to see every step. */
OracleSet oracles_following(OracleSet set);

/* Does one of the set ask which commands have run in a step? */
bool oracles_ask_commands(OracleSet set);

/* Does one of the set need call sites to find anything? */
bool oracles_ask_sites(OracleSet set);

#endif
