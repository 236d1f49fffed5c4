/* SPDX-License-Identifier: BSD-3-Clause */
/* run.c -- defrag-fuzz run: fuzz from seed corpora, with an engine process for each core. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "fuzz/base/option.h"
#include "fuzz/base/self.h"
#include "fuzz/cli/cmd.h"
#include "fuzz/engine/flags.h"
#include "fuzz/engine/supervise.h"
#include "harness/base/stopwatch.h"
#include "harness/finding/finding.h"

#define MAX_JOBS 256

/* One that nobody chose: it is printed, so that the run can be had again. */
static int64_t some_seed(void) {
    return stopwatch_date_ms() & INT32_MAX;
}

static int check_seeds(const SuperviseOptions *options) {
    for (int i = 0; i < options->nseeds; i++) {
        struct stat st;
        if (stat(options->seeds[i], &st) != 0)
            return option_complain("cannot read %s: %s", options->seeds[i], strerror(errno));
        if (!S_ISDIR(st.st_mode))
            return option_complain("run: %s is not a folder of streams; for a single one there is defrag-fuzz replay",
                                   options->seeds[i]);
    }
    return OPTION_GO_ON;
}

static int start(SuperviseOptions *options) {
    int status = check_seeds(options);
    if (status != OPTION_GO_ON) return status;
    if (!engine_is_there())
        return option_complain("run: this build has no fuzz engine; configure it without DEFRAG_FUZZ_SANITIZE=none");
    if (options->seed < 0) options->seed = some_seed();
    return supervise_run(options);
}

static int print_flags(void) {
    for (const char *const *flag = engine_flags(); *flag; flag++) puts(*flag);
    return EXIT_CLEAN;
}

int cmd_run(int argc, char **argv) {
    SuperviseOptions run = {.seed = -1, .jobs = self_processors(MAX_JOBS), .findings = "findings"};
    bool flags_only = false;
    const Option options[] = {
        {"--seconds", "N", "stop after so much real time", OPTION_NUMBER, &run.seconds, 1, 100000000},
        {"--runs", "N", "stop after so many inputs, those of the seed corpora included", OPTION_NUMBER, &run.runs, 1,
         INT64_C(1000000000000)},
        {"--seed", "N", "of all chance; with --jobs 1 and --runs the run can be repeated exactly (from the clock)",
         OPTION_NUMBER, &run.seed, 0, UINT32_MAX},
        {"--jobs", "N", "engine processes side by side (as many as there are cores)", OPTION_NUMBER, &run.jobs, 1,
         MAX_JOBS},
        {"--corpus", "DIR", "keep new inputs there, and begin with those that are there (a temporary folder)",
         OPTION_TEXT, &run.corpus, 0, 0},
        {"--findings", "DIR", "put reproducers there, one for each signature (findings)", OPTION_TEXT, &run.findings, 0,
         0},
        {"--stop-on-first", NULL, "stop at the first finding", OPTION_FLAG, &run.stop_on_first, 0, 0},
        {"--json", NULL, "print progress and summary to stdout, an object a line", OPTION_FLAG, &run.json, 0, 0},
        {"--print-flags", NULL, "run nothing: print the flags that every engine process gets, one a line", OPTION_FLAG,
         &flags_only, 0, 0},
        {0}};
    const OptionTable table = {
        .name = "run",
        .usage = "[DIR...] [-- ENGINE-FLAG...]",
        .text =
            "Fuzzes, beginning with the streams in the folders DIR, which are only read. Goes on past findings until "
            "the\n"
            "time or the runs are up, or until Ctrl-C. What stands behind -- goes to libFuzzer.\n\n"
            "exit status: 0 nothing found, 1 a finding, 2 bad usage or unreadable input, 3 a fault of the harness\n",
        .example = "defrag-fuzz run --seconds 600 --corpus my-corpus corpus/seeds",
        .options = options};
    OptionRest rest;
    int status = option_parse(&table, argc, argv, &rest);
    if (status != OPTION_GO_ON) return status;
    if (flags_only) return print_flags();
    run.seeds = rest.arguments;
    run.nseeds = rest.count;
    run.flags = rest.rest;
    run.nflags = rest.nrest;
    return start(&run);
}
