/* SPDX-License-Identifier: BSD-3-Clause */
/* cost.c -- what each oracle costs; see cost.h.
 *
 * Limits: an oracle that has call sites recorded (refs) is charged for that too, and one that
 * compares with further runs for those runs. Noise of a few percent remains. */
#include "fuzz/cli/cost.h"

#include "harness/base/stopwatch.h"
#include "harness/run/run.h"

static double run_round(const Stream *streams, int count, OracleSet oracles) {
    RunOptions options = {.oracles = oracles, .skip_call_sites = true};
    double start = stopwatch_cpu_seconds();
    for (int i = 0; i < count; i++) run_stream(&streams[i], &options, NULL);
    return stopwatch_cpu_seconds() - start;
}

void costs_measure(const Stream *streams, int count, double seconds, Costs *costs) {
    *costs = (Costs){0};
    OracleSet usual = oracles_for_every_input();
    run_round(streams, count, oracles_all());
    double end = stopwatch_seconds() + seconds;
    do {
        costs->usual += run_round(streams, count, usual);
        for (int id = 0; id < ORACLE_COUNT; id++) costs->other[id] += run_round(streams, count, usual ^ 1U << id);
    } while (stopwatch_seconds() < end);
}

double costs_percent(const Costs *costs, OracleId id) {
    bool asked = oracles_for_every_input() & 1U << id;
    double with = asked ? costs->usual : costs->other[id];
    double without = asked ? costs->other[id] : costs->usual;
    return without > 0 ? (with / without - 1) * 100 : 0;
}
