/* SPDX-License-Identifier: BSD-3-Clause */
/* runner.h -- a process that runs candidates for the shrinker, one after the other, each in a child
 * of its own.
 *
 * With several runners, several candidates are run at a time. Each runner keeps a symbolizer
 * running, which its children share, one at a time; starting one for each failing candidate takes
 * ten times as long as the rest of its run. */
#ifndef FUZZ_SHRINK_RUNNER_H
#define FUZZ_SHRINK_RUNNER_H

#include <stdbool.h>
#include <sys/types.h>

#include "harness/finding/finding.h"
#include "harness/oracles/oracle.h"
#include "harness/stream/stream.h"

typedef struct {
    pid_t pid;
    /* file descriptors; `answer` becomes readable (poll(2)) when there is an answer */
    int ask, answer;
    bool busy;
} Runner;

/* How to run a candidate. */
typedef struct {
    OracleSet oracles;    /* as in RunOptions */
    unsigned seconds;     /* as in IsolateOptions */
    int trusted;          /* as in IsolateOptions */
    bool skip_call_sites; /* as in RunOptions */
} RunnerHow;

/* The result of a candidate. */
typedef struct {
    /* as in Isolated; the failing step, from 1, or 0 when unknown */
    int status, failing;
    char signature[FINDING_SIGNATURE]; /* as in Isolated */
} RunnerAnswer;

/* Starts a runner, a copy of this process; to be called after isolate_init and before this process
 * has symbolized anything. The runner is killed when this process ends. A failure to start it is a
 * fault of the harness. */
void runner_start(Runner *runner);

/* Gives an idle runner a candidate. */
void runner_ask(Runner *runner, const Stream *candidate, const RunnerHow *how);

/* Reads the answer, waiting for it if necessary. A runner that has ended is a fault of the
 * harness. */
RunnerAnswer runner_answer(Runner *runner);

/* Ends a runner, busy or not. */
void runner_end(Runner *runner);

/* Starts this process's own symbolizer, which its later children share, one at a time. */
void runner_warm_up(void);

#endif
