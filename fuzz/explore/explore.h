/* SPDX-License-Identifier: BSD-3-Clause */
/* explore.h -- a systematic exploration by parallel worker processes: their findings, and the
 * coverage. */
#ifndef FUZZ_EXPLORE_EXPLORE_H
#define FUZZ_EXPLORE_EXPLORE_H

#include <stdbool.h>
#include <stdint.h>

typedef struct {
    int64_t bound;   /* the most interruptions of a cycle, counted from its beginning */
    int64_t seconds; /* real time limit; 0: none */
    int64_t jobs;    /* worker processes, at most SWEEP_MAX_WORKERS */
    /* every sample-th continuation is compared with the same stream run from the start; 0: none */
    int64_t sample;
    int kind, event;      /* only these; -1: all */
    bool canary;          /* makes continuations differ, to test that the comparison fails */
    const char *findings; /* the folder for reproducers */
} ExploreOptions;

/* Explores until all combinations are done, the time is up or the user stops it (SIGINT, SIGTERM).
 * Prints findings on stderr as they are found, and a summary on stdout. Returns EXIT_CLEAN,
 * EXIT_FINDING, EXIT_USAGE when a folder cannot be written, or EXIT_HARNESS. The set of
 * combinations does not depend on the number of jobs. */
int explore_run(const ExploreOptions *options);

#endif
