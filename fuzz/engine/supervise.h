/* SPDX-License-Identifier: BSD-3-Clause */
/* supervise.h -- a fuzzing run with parallel engine processes: their findings, progress and end. */
#ifndef FUZZ_ENGINE_SUPERVISE_H
#define FUZZ_ENGINE_SUPERVISE_H

#include <stdbool.h>
#include <stdint.h>

typedef struct {
    int64_t seconds; /* real time limit; 0: none */
    int64_t runs;    /* limit of the inputs of all engine processes together; 0: none */
    int64_t seed;    /* the seeds of all engine processes are derived from it */
    int64_t jobs;    /* parallel engine processes, at least 1 */
    bool stop_on_first;
    bool json;            /* print progress and summary as lines of JSON on stdout */
    const char *corpus;   /* the folder of old and new inputs; NULL: a temporary one */
    const char *findings; /* the folder for reproducers */
    char **seeds;         /* folders of streams, which are only read */
    int nseeds;
    char **flags; /* of the engine */
    int nflags;
} SuperviseOptions;

/* Fuzzes until the time or the runs are up, or the user stops it (SIGINT, SIGTERM). Prints progress
 * on stderr and the summary on stdout; with `json` both on stdout. Returns EXIT_CLEAN,
 * EXIT_FINDING, EXIT_USAGE when a folder cannot be created or written, or EXIT_HARNESS. With one
 * job, a seed and runs, but no seconds, a run is reproducible except for times. */
int supervise_run(const SuperviseOptions *options);

#endif
