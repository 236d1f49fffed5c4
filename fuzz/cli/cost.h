/* SPDX-License-Identifier: BSD-3-Clause */
/* cost.h -- what each oracle costs, for the bench. */
#ifndef FUZZ_CLI_COST_H
#define FUZZ_CLI_COST_H

#include "harness/oracles/table.h"
#include "harness/stream/stream.h"

typedef struct {
    /* CPU seconds of the rounds with what the engine asks about every input. */
    double usual;
    /* The same rounds without that oracle, or with it if the engine does not ask it every time. */
    double other[ORACLE_COUNT];
} Costs;

/* Runs all streams in rounds: with the oracles that the engine asks about every input, then once
 * for each oracle with that one left out, or added. Ends with the first round that is over after
 * `seconds` (of real time). CPU time is counted, so that other processes disturb it little. A
 * finding ends the process, as in the bench. */
void costs_measure(const Stream *streams, int count, double seconds, Costs *costs);

/* What that oracle adds, in percent of what a run takes without it. An oracle that another one
 * needs is asked as long as that one is, so it seems to cost nothing. */
double costs_percent(const Costs *costs, OracleId id);

#endif
