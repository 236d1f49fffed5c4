/* SPDX-License-Identifier: BSD-3-Clause */
/* runner.h -- a process that tries candidates for the shrinker, one after the other, each in a
 * child of its own.
 *
 * Runners make it possible to try several at a time; and each keeps a symbolizer running, which its
 * children then share, one at a time. To start one for each candidate that fails takes ten times as
 * long as everything else about it. */
#ifndef FUZZ_SHRINK_RUNNER_H
#define FUZZ_SHRINK_RUNNER_H

#include <stdbool.h>
#include <sys/types.h>

#include "harness/finding/finding.h"
#include "harness/oracles/oracle.h"
#include "harness/stream/stream.h"

typedef struct {
    pid_t pid;
    int ask, answer; /* descriptors; `answer` becomes readable (poll(2)) when the runner has one */
    bool busy;
} Runner;

/* How a candidate is to be run. */
typedef struct {
    OracleSet oracles;    /* as in RunOptions */
    unsigned seconds;     /* as in IsolateOptions */
    int trusted;          /* as in IsolateOptions */
    bool skip_call_sites; /* as in RunOptions */
} RunnerHow;

/* What became of it. */
typedef struct {
    int status, failing;               /* as in Isolated; the step at which it failed, from 1, 0 if that is not known */
    char signature[FINDING_SIGNATURE]; /* as in Isolated */
} RunnerAnswer;

/* Starts a runner, a copy of this process, after isolate_init and before anything was symbolized
 * here. A process that cannot be made is a fault of the harness. It dies when we do. */
void runner_start(Runner *runner);

/* Gives a runner that is not busy a candidate. */
void runner_ask(Runner *runner, const Stream *candidate, const RunnerHow *how);

/* Reads the answer; waits for it if need be. A runner that is gone is a fault of the harness. */
RunnerAnswer runner_answer(Runner *runner);

/* Ends a runner, busy or not. */
void runner_end(Runner *runner);

/* Starts this process's own symbolizer, for the children that it has from now on, one at a time. */
void runner_warm_up(void);

#endif
