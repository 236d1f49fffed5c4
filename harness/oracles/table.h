/* SPDX-License-Identifier: BSD-3-Clause */
/* table.h -- the table of all oracles, and the sets of them that the project asks.
 *
 * One row an oracle. Whatever lists or chooses oracles goes through here, so that a new row is
 * asked everywhere. */
#ifndef HARNESS_ORACLES_TABLE_H
#define HARNESS_ORACLES_TABLE_H

#include "harness/oracles/oracle.h"

/* ROW(ID, the oracle's constant), in the order in which they are asked. Those that follow no
 * pointer come first, so that a stale pointer is seen before anything follows it, and so that a
 * block that was not released is reported before what it holds is called stale. Shape comes after
 * value, whose walk it relies on. */
#define ORACLE_ROWS(ROW)                                                                                               \
    ROW(TWIN, oracle_twin)                                                                                             \
    ROW(MOVES, oracle_moves)                                                                                           \
    ROW(REFS, oracle_refs)                                                                                             \
    ROW(VALUE, oracle_value)                                                                                           \
    ROW(ACCOUNT, oracle_account)                                                                                       \
    ROW(SHAPE, oracle_shape)                                                                                           \
    ROW(LEAKS, oracle_leaks)                                                                                           \
    ROW(PROGRESS, oracle_progress)

#define ORACLE_ID(id, constant) ORACLE_##id,
typedef enum { ORACLE_ROWS(ORACLE_ID) ORACLE_COUNT } OracleId;
#undef ORACLE_ID

#define ORACLE_DECLARATION(id, constant) extern const Oracle constant;
ORACLE_ROWS(ORACLE_DECLARATION)
#undef ORACLE_DECLARATION

#define ORACLE_BIT(id) (1U << ORACLE_##id)

/* Who else reports findings: the sanitizers, the server, the limits. They are always on and are not
 * asked. */
typedef struct {
    const char *word;  /* the first word of their signatures; NULL at the end */
    const char *title; /* what reports call them */
    const char *finds; /* one sentence: what it means */
    bool weak;         /* a busy machine can cause it, so that one failure alone proves nothing */
} OtherReporter;
const OtherReporter *oracles_others(void);

/* The row of an oracle, from 0 to ORACLE_COUNT - 1. */
const Oracle *oracles_row(int id);

/* Every oracle: what replay asks. */
OracleSet oracles_all(void);

/* Those of `set` that do without a second run. */
OracleSet oracles_single_run(OracleSet set);

/* The set with everything that its oracles need. */
OracleSet oracles_with_needs(OracleSet set);

/* What the engine asks about an input whose bytes hash to `hash`: rows with share 1, and the others
 * for their share of hashes. Swarm testing (Groce et al., 2012) is the idea: which checks run is
 * decided by the input alone. */
OracleSet oracles_for_input(uint64_t hash);

/* What the engine asks about every input; also what the bench measures. */
OracleSet oracles_for_every_input(void);

/* What is asked in a branch from the middle of a stream (run_branch): all that the engine asks
 * about any input and that needs no second run. */
OracleSet oracles_for_branch(void);

/* Those of `set` that have to be asked for a finding with this signature to come up. Costly ones
 * with signatures of their own are left out; the others stay, because the walks of one find what
 * another reports. */
OracleSet oracles_decisive(const char *signature, OracleSet set);

/* Does a signature like this name a call site, so that call sites have to be recorded for it to
 * come up again? */
bool oracles_need_sites(const char *signature);

#endif
