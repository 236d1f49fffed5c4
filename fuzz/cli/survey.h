/* SPDX-License-Identifier: BSD-3-Clause */
/* survey.h -- runs many streams one after the other in this process, for the reports that count
 * over all of them (reach.c, pointers.c). */
#ifndef FUZZ_CLI_SURVEY_H
#define FUZZ_CLI_SURVEY_H

#include <stdint.h>

#include "fuzz/base/option.h"
#include "harness/run/run.h"

#define SURVEY_SECONDS 60 /* the default time limit of a stream */

/* The row of a report's table of options for `seconds` of its Survey. */
#define SURVEY_SECONDS_OPTION(survey)                                                                                  \
    {                                                                                                                  \
        "--seconds", "N", "time limit of each stream, in seconds of real time; 0: none (60)", OPTION_NUMBER,           \
            &(survey).seconds, 0, 86400                                                                                \
    }

/* What a report says of its exit status, for --help */
#define SURVEY_STATUS                                                                                                  \
    "exit status: 0 done, 1 a finding, 2 bad usage or unreadable input, 3 a fault of the harness,\n"                   \
    "4 a stream ran out of time or memory\n"

typedef struct {
    RunOptions run;  /* how each stream runs, but for oracles and file */
    int64_t seconds; /* real time that each stream may take; 0: no limit */
    /* Called once, when the harness is initialised. Returns NULL, or what is wrong */
    const char *(*start)(void);
    /* Prints the report; `streams` have run */
    void (*print)(void *context, int streams);
    void *context;
} Survey;

/* Reads the subcommand's command line, runs the streams of the files and folders on it, with the
 * oracles that need one run only, then prints the report. A stream for a later Valkey is left out.
 * Returns an exit status. A finding does not return. */
int survey(const Survey *wanted, const OptionTable *table, int argc, char **argv);

#endif
