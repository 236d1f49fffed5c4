/* SPDX-License-Identifier: BSD-3-Clause */
/* supervise.h -- a fuzzing run: engine processes side by side, their findings, progress and the
 * end. */
#ifndef FUZZ_ENGINE_SUPERVISE_H
#define FUZZ_ENGINE_SUPERVISE_H

#include <stdbool.h>
#include <stdint.h>

typedef struct {
    int64_t seconds; /* real time; 0: no limit */
    int64_t runs;    /* inputs of all engine processes together; 0: no limit */
    int64_t seed;    /* from which every engine process's own is derived */
    int64_t jobs;    /* engine processes at a time, at least 1 */
    bool stop_on_first;
    bool json; /* progress and summary as lines of JSON on stdout */
    const char
        *corpus; /* a folder: new inputs go there, old ones come from there; NULL: one that is removed at the end */
    const char *findings; /* the folder for reproducers */
    char **seeds;         /* folders of streams, only read */
    int nseeds;
    char **flags; /* of the engine */
    int nflags;
} SuperviseOptions;

/* Fuzzes until the time or the runs are up, or the user ends it (SIGINT, SIGTERM); prints progress
 * to stderr and the summary to stdout, with `json` both to stdout. Returns EXIT_CLEAN,
 * EXIT_FINDING, EXIT_USAGE when a folder cannot be made or written, or EXIT_HARNESS. With one job,
 * a seed and runs, but no seconds, everything but the times is the same again. */
int supervise_run(const SuperviseOptions *options);

#endif
