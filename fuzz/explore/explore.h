/* SPDX-License-Identifier: BSD-3-Clause */
/* explore.h -- a systematic exploration: worker processes side by side, their findings, and what
 * was covered. */
#ifndef FUZZ_EXPLORE_EXPLORE_H
#define FUZZ_EXPLORE_EXPLORE_H

#include <stdbool.h>
#include <stdint.h>

typedef struct {
    int64_t bound;   /* interruptions of a cycle, from its beginning */
    int64_t seconds; /* real time; 0: no limit */
    int64_t jobs;    /* worker processes, at most WALK_MAX_WORKERS */
    int64_t sample;  /* one continuation in so many is compared with the same stream from the start; 0: none */
    int kind, event; /* only these; -1: all */
    bool canary;     /* continuations are made to differ from the start on, so that the comparison is seen to fail */
    const char *findings; /* the folder for reproducers */
} ExploreOptions;

/* Explores until everything is done, the time is up or the user ends it (SIGINT, SIGTERM); prints
 * the findings to stderr as they come, and what was covered to stdout. Returns EXIT_CLEAN,
 * EXIT_FINDING, EXIT_USAGE when a folder cannot be written or EXIT_HARNESS. The set of combinations
 * does not depend on the number of jobs. */
int explore_run(const ExploreOptions *options);

#endif
