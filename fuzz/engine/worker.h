/* SPDX-License-Identifier: BSD-3-Clause */
/* worker.h -- one engine process of a run, and the next one in its place when it ends. */
#ifndef FUZZ_ENGINE_WORKER_H
#define FUZZ_ENGINE_WORKER_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "fuzz/engine/stats.h"
#include "harness/base/text.h"

/* What all engine processes of a run have in common. */
typedef struct {
    const char *engine;  /* the program */
    const char *scratch; /* a folder for what they write by the way */
    const char *corpus;  /* a folder: new inputs go there */
    char **seeds;        /* folders that are only read */
    int nseeds;
    char **flags; /* of the engine, put last so that they win */
    int nflags;
    bool alone; /* there is one worker: it need not look for what others put into the corpus */
} WorkerPlan;

typedef struct {
    pid_t pid;  /* 0: none runs */
    int output; /* what it prints */
    int starts; /* engine processes so far */
    Stats *stats;
    char stats_path[PATH_MAX];
    Text line;                 /* of its output, not complete yet */
    Text tail;                 /* the last lines of it */
    uint64_t coverage, corpus; /* as the engine said last: edges, and inputs it keeps in mind */
} Worker;

/* How an engine process ended. */
typedef enum {
    WORKER_DONE,    /* its runs are done, or it was asked to end */
    WORKER_FINDING, /* the input in stats->input brought something out */
    WORKER_FAULT,   /* neither: a fault of ours, or an engine that did not start */
} WorkerEnd;

/* Prepares worker `number`. False when its file of counters cannot be made, with errno. */
bool worker_open(Worker *worker, const WorkerPlan *plan, int number);

/* Starts an engine process: `seed` from 1 to 2^31-1, `runs` inputs or, with -1, no end. False with
 * errno when it cannot. */
bool worker_start(Worker *worker, const WorkerPlan *plan, int64_t seed, int64_t runs);

/* Takes in what the process has printed. False when it has closed its output: call worker_reap. */
bool worker_read(Worker *worker);

/* Waits for the end of the process. After WORKER_FINDING `signature` (FINDING_SIGNATURE bytes) is
 * the finding's: "timeout" and "memory" when the engine stopped it for using too much of either. */
WorkerEnd worker_reap(Worker *worker, char *signature);

/* Asks the process to end, or makes it end. */
void worker_stop(const Worker *worker, bool kindly);

/* Frees what the worker holds. Its process must have ended. */
void worker_close(Worker *worker);

#endif
