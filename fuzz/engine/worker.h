/* SPDX-License-Identifier: BSD-3-Clause */
/* worker.h -- an engine process of a run, and its successors. */
#ifndef FUZZ_ENGINE_WORKER_H
#define FUZZ_ENGINE_WORKER_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "fuzz/engine/stats.h"
#include "harness/base/text.h"

/* The settings of all engine processes of a run. */
typedef struct {
    const char *engine;  /* the program */
    const char *scratch; /* a folder for temporary files */
    const char *corpus;  /* the folder for new inputs */
    char **seeds;        /* folders of streams, which are only read */
    int nseeds;
    char **flags; /* of the engine, last on its command line, so that they have priority */
    int nflags;
    bool alone; /* the only worker: it need not reload the corpus */
} WorkerPlan;

typedef struct {
    pid_t pid;  /* 0: not running */
    int output; /* a pipe with its output */
    int starts; /* engine processes so far */
    bool ended; /* it was asked to end, or killed, by worker_stop */
    Stats *stats;
    char stats_path[PATH_MAX];
    Text line;                 /* the incomplete last line of its output */
    Text tail;                 /* the last lines of its output */
    uint64_t coverage, corpus; /* as last reported by the engine: edges, and inputs in its corpus */
} Worker;

/* How an engine process ended. */
typedef enum {
    WORKER_DONE,    /* its runs are done, or it was stopped */
    WORKER_FINDING, /* it ended on the input in stats->input */
    WORKER_FAULT,   /* neither: a fault of the harness, or an engine that did not start */
} WorkerEnd;

/* Prepares worker `number`. Returns false, with errno, when its file of counters cannot be
 * created. */
bool worker_open(Worker *worker, const WorkerPlan *plan, int number);

/* Starts an engine process with `seed` from 1 to 2^31-1, for `runs` inputs or, with -1, without
 * limit. Returns false, with errno, on failure. */
bool worker_start(Worker *worker, const WorkerPlan *plan, int64_t seed, int64_t runs);

/* Reads output of the process. Returns false when the process has closed its output; then call
 * worker_reap. */
bool worker_read(Worker *worker);

/* Waits for the end of the process. After WORKER_FINDING, `signature` (FINDING_SIGNATURE bytes) is
 * that of the finding; it is "timeout" or "memory" when the engine stopped an input at one of these
 * limits. */
WorkerEnd worker_reap(Worker *worker, char *signature);

/* Asks the process to end, or kills it. */
void worker_stop(Worker *worker, bool gracefully);

/* Frees the worker's resources. Its process must have ended. */
void worker_close(Worker *worker);

#endif
