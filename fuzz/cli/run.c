/* SPDX-License-Identifier: BSD-3-Clause */
/* run.c -- defrag-fuzz run: fuzzes with seed corpora, with an engine process for each processor. */
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

/* A seed from the clock; it is printed, so that the run can be repeated. */
static int64_t seed_from_clock(void) {
    return stopwatch_date_ms() & INT32_MAX;
}

static int check_seeds(const SuperviseOptions *options) {
    for (int i = 0; i < options->nseeds; i++) {
        struct stat st;
        if (stat(options->seeds[i], &st) != 0)
            return option_complain("cannot read %s: %s", options->seeds[i], strerror(errno));
        if (!S_ISDIR(st.st_mode))
            return option_complain("run: %s is not a folder of streams; for a single stream use defrag-fuzz replay",
                                   options->seeds[i]);
    }
    return OPTION_CONTINUE;
}

static int start(SuperviseOptions *options) {
    int status = check_seeds(options);
    if (status != OPTION_CONTINUE) return status;
    if (!engine_exists())
        return option_complain("run: this build has no fuzz engine; configure it without DEFRAG_FUZZ_SANITIZE=none");
    if (options->seed < 0) options->seed = seed_from_clock();
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
        {"--seconds", "N", "stop after N seconds of real time (no limit)", OPTION_NUMBER, &run.seconds, 1, 100000000},
        {"--runs", "N", "stop after N inputs, including those of the seed corpora (no limit)", OPTION_NUMBER, &run.runs,
         1, INT64_C(1000000000000)},
        {"--seed", "N", "seed of all random numbers; with --jobs 1 and --runs a run is reproducible (from the clock)",
         OPTION_NUMBER, &run.seed, 0, UINT32_MAX},
        {"--jobs", "N", "parallel engine processes (one for each processor)", OPTION_NUMBER, &run.jobs, 1, MAX_JOBS},
        {"--corpus", "DIR", "a folder of inputs to begin with, to which new inputs are added (a temporary folder)",
         OPTION_TEXT, &run.corpus, 0, 0},
        {"--findings", "DIR", "the folder for reproducers, one for each signature (findings)", OPTION_TEXT,
         &run.findings, 0, 0},
        {"--stop-on-first", NULL, "stop at the first finding", OPTION_FLAG, &run.stop_on_first, 0, 0},
        {"--json", NULL, "print progress and summary as JSON on stdout, an object a line", OPTION_FLAG, &run.json, 0,
         0},
        {"--print-flags", NULL, "only print the flags of every engine process, one a line", OPTION_FLAG, &flags_only, 0,
         0},
        {0}};
    const OptionTable table = {
        .name = "run",
        .usage = "[DIR...] [-- ENGINE-FLAG...]",
        .text = "Fuzzes, beginning with the streams in the folders DIR, which are only read. Continues after\n"
                "findings until the time or the runs are up, or until Ctrl-C. Arguments after -- are passed to\n"
                "libFuzzer.\n"
                "\n"
                "exit status: 0 nothing found, 1 a finding, 2 bad usage or unreadable input, 3 a fault of the\n"
                "harness\n",
        .example = "defrag-fuzz run --seconds 600 --corpus my-corpus corpus/seeds",
        .options = options};
    OptionRest rest;
    int status = option_parse(&table, argc, argv, &rest);
    if (status != OPTION_CONTINUE) return status;
    if (flags_only) return print_flags();
    run.seeds = rest.arguments;
    run.nseeds = rest.count;
    run.flags = rest.rest;
    run.nflags = rest.nrest;
    return start(&run);
}
