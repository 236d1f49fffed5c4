/* SPDX-License-Identifier: BSD-3-Clause */
/* supervise.c -- a fuzzing run; see supervise.h.
 *
 * One thread reads the output of the engine processes and waits for their ends. An engine that
 * ended with a finding is replaced by another one with a new seed; the input on which it ended is
 * not run again. The finding is then known to all engines: when it comes up again, they abandon the
 * input and continue (harness/run/run.h, run_stream), and count a repeat.
 *
 * Limits: while a finding is verified, which takes up to half a minute, the output of the other
 * engines is not read. */
#include "fuzz/engine/supervise.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fuzz/base/option.h"
#include "fuzz/base/prng.h"
#include "fuzz/base/progress.h"
#include "fuzz/base/scratch.h"
#include "fuzz/base/self.h"
#include "fuzz/engine/worker.h"
#include "harness/base/fault.h"
#include "harness/base/stopwatch.h"
#include "harness/finding/finding.h"

#define GRACE 3 /* seconds for engines to end by themselves */

/* The state of a run. */
typedef struct {
    const SuperviseOptions *options;
    WorkerPlan plan;
    Worker *workers;
    FindingStore store;
    Progress progress;
    int faults;
    bool stopping, unwritable;
    char tool[PATH_MAX], engine[PATH_MAX], scratch[PATH_MAX], corpus[PATH_MAX];
} Run;

static volatile sig_atomic_t interrupted;

static void interrupt(int number) {
    (void)number;
    interrupted = 1;
}

static void catch_interrupts(void) {
    struct sigaction action = {.sa_handler = interrupt};
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
}

/* --- programs and folders */

/* Finds the paths of this program and of the engine in the same folder. */
static bool find_programs(Run *run) {
    if (!self_path(run->tool, sizeof(run->tool)))
        return option_complain("cannot find the path of this program: %s", strerror(errno)), false;
    int folder = (int)(strrchr(run->tool, '/') - run->tool);
    snprintf(run->engine, sizeof(run->engine), "%.*s/defrag_fuzzer", folder, run->tool);
    if (access(run->engine, X_OK) == 0) return true;
    option_complain("%s is missing: build it in the folder of this program", run->engine);
    return false;
}

static bool make_folders(Run *run) {
    const char *corpus = run->options->corpus;
    if (!scratch_make(run->scratch, sizeof(run->scratch))) {
        run->scratch[0] = '\0';
        return option_complain("cannot create a scratch folder: %s", strerror(errno)), false;
    }
    snprintf(run->corpus, sizeof(run->corpus), "%s/corpus", run->scratch);
    if (!corpus) corpus = run->corpus;
    if (mkdir(corpus, 0777) != 0 && errno != EEXIST)
        return option_complain("cannot create the folder %s: %s", corpus, strerror(errno)), false;
    run->plan.corpus = corpus;
    return true;
}

/* --- engines */

/* A seed from 1 to 2^31-1: for libFuzzer 0 means a random seed. */
static int64_t derive_seed(const Run *run, int number) {
    Prng prng;
    uint64_t start = (uint64_t)run->workers[number].starts;
    prng_seed(&prng, (uint64_t)run->options->seed + ((uint64_t)number << 32) + (start << 48));
    return 1 + (int64_t)prng_below(&prng, INT32_MAX);
}

/* The rest of this worker's share of the runs; -1: no limit. */
static int64_t runs_left(const Run *run, int number) {
    const SuperviseOptions *options = run->options;
    if (!options->runs) return -1;
    int64_t share = options->runs / options->jobs + (number < options->runs % options->jobs);
    int64_t left = share - (int64_t)run->workers[number].stats->execs;
    return left > 0 ? left : 0;
}

static void start_engine(Run *run, int number) {
    int64_t runs = runs_left(run, number);
    if (runs == 0 || run->stopping) return;
    if (worker_start(&run->workers[number], &run->plan, derive_seed(run, number), runs)) return;
    fprintf(stderr, FAULT_PREFIX "cannot start an engine process: %s\n", strerror(errno));
    run->faults++;
    run->stopping = true;
}

static void stop_engines(Run *run, bool gracefully) {
    run->stopping = true;
    for (int i = 0; i < run->options->jobs; i++) worker_stop(&run->workers[i], gracefully);
}

/* Adds an input on which an engine ended to the lists of all engines, so that it is not run
 * again. */
static void mark_known(Run *run, const Stats *stats) {
    for (int i = 0; i < run->options->jobs; i++) stats_know(run->workers[i].stats, stats->input, stats->input_len);
}

static void know_finding(Run *run, const char *signature, uint64_t place) {
    for (int i = 0; i < run->options->jobs; i++) stats_know_finding(run->workers[i].stats, signature, place);
}

static void store_finding(Run *run, const Worker *worker, const char *signature) {
    const Stats *stats = worker->stats;
    mark_known(run, stats);
    if (!finding_store_add(&run->store, signature, stats->input, stats->input_len)) {
        run->unwritable = true;
        stop_engines(run, true);
    }
    know_finding(run, signature, stats->place);
    if (run->options->stop_on_first) stop_engines(run, true);
}

/* Handles a fault of the harness: stops the run, because its results cannot be trusted. */
static void handle_fault(Run *run, const Worker *worker) {
    const Stats *stats = worker->stats;
    run->faults++;
    if (worker->tail.len) fwrite(worker->tail.data, 1, worker->tail.len, stderr);
    if (stats->busy)
        finding_store_add_fault(&run->store, stats->input, stats->input_len);
    else
        fprintf(stderr, FAULT_PREFIX "an engine process failed before or between inputs; its last output is above\n");
    stop_engines(run, true);
}

static void handle_exit(Run *run, int number) {
    Worker *worker = &run->workers[number];
    char signature[FINDING_SIGNATURE];
    WorkerEnd end = worker_reap(worker, signature);
    if (end == WORKER_DONE) return;
    stats_bury(worker->stats);
    progress_clear(&run->progress);
    if (end == WORKER_FINDING)
        store_finding(run, worker, signature);
    else
        handle_fault(run, worker);
    start_engine(run, number);
}

/* --- the loop */

static ProgressTotals sum_workers(const Run *run) {
    ProgressTotals t = {.findings = run->store.count, .faults = run->faults};
    for (int i = 0; i < run->options->jobs; i++) {
        const Worker *w = &run->workers[i];
        t.execs += w->stats->execs;
        t.commands += w->stats->commands;
        t.errors += w->stats->errors;
        t.cycles += w->stats->cycles;
        t.slices += w->stats->slices;
        t.moved += w->stats->moved;
        t.exhausted += w->stats->exhausted;
        for (uint64_t k = 0; k < w->stats->nfindings; k++) t.repeats += w->stats->findings[k].repeats;
        if (w->coverage > t.coverage) t.coverage = w->coverage;
        if (w->corpus > t.corpus) t.corpus = w->corpus;
    }
    return t;
}

static int count_running(const Run *run) {
    int running = 0;
    for (int i = 0; i < run->options->jobs; i++) running += run->workers[i].pid != 0;
    return running;
}

/* Waits at most `seconds` for output of the engines, and reads it. */
static void read_engines(Run *run, double seconds) {
    int jobs = (int)run->options->jobs;
    struct pollfd fds[jobs];
    for (int i = 0; i < jobs; i++) fds[i] = (struct pollfd){.fd = run->workers[i].output, .events = POLLIN};
    if (poll(fds, (nfds_t)jobs, (int)(seconds * 1000) + 1) <= 0) return;
    for (int i = 0; i < jobs; i++) {
        if (fds[i].fd >= 0 && fds[i].revents && !worker_read(&run->workers[i])) handle_exit(run, i);
    }
}

/* Stops the engines when it is time: asks them once, and kills them later. */
static void stop_in_time(Run *run, double end, double *killing) {
    if (!run->stopping && (interrupted || (end > 0 && stopwatch_seconds() >= end))) stop_engines(run, true);
    if (!run->stopping) return;
    if (*killing == 0) *killing = stopwatch_seconds() + GRACE;
    if (stopwatch_seconds() >= *killing) stop_engines(run, false);
}

static void fuzz(Run *run) {
    double end = run->options->seconds ? run->progress.start + (double)run->options->seconds : 0, killing = 0;
    for (int i = 0; i < run->options->jobs; i++) start_engine(run, i);
    while (count_running(run)) {
        double wait = progress_due(&run->progress), now = stopwatch_seconds();
        if (end > now && end - now < wait) wait = end - now;
        if (run->stopping && wait > 0.2) wait = 0.2;
        read_engines(run, wait);
        stop_in_time(run, end, &killing);
        ProgressTotals totals = sum_workers(run);
        progress_show(&run->progress, &totals);
    }
}

/* --- the run */

static int status_of(const Run *run) {
    if (run->faults) return EXIT_HARNESS;
    if (run->unwritable) return EXIT_USAGE;
    return run->store.count ? EXIT_FINDING : EXIT_CLEAN;
}

static bool open_workers(Run *run) {
    run->workers = calloc((size_t)run->options->jobs, sizeof(*run->workers));
    if (!run->workers) finding_harness("out of memory");
    for (int i = 0; i < run->options->jobs; i++) {
        if (!worker_open(&run->workers[i], &run->plan, i))
            return option_complain("cannot write to %s: %s", run->scratch, strerror(errno)), false;
    }
    return true;
}

/* Adds the abandoned inputs to the counts of the findings. */
static void count_repeats(Run *run) {
    for (int i = 0; i < run->options->jobs; i++) {
        const Stats *stats = run->workers[i].stats;
        for (uint64_t k = 0; k < stats->nfindings; k++)
            finding_store_count(&run->store, stats->findings[k].signature, (int)stats->findings[k].repeats);
    }
}

static int fuzz_and_report(Run *run) {
    const SuperviseOptions *options = run->options;
    fprintf(stderr, "defrag-fuzz run: seed %" PRId64 ", %" PRId64 " job%s\n", options->seed, options->jobs,
            options->jobs == 1 ? "" : "s");
    progress_start(&run->progress, options->json);
    catch_interrupts();
    fuzz(run);
    ProgressTotals totals = sum_workers(run);
    count_repeats(run);
    progress_clear(&run->progress);
    progress_summary(&run->progress, &totals, &run->store);
    return status_of(run);
}

int supervise_run(const SuperviseOptions *options) {
    Run run = {.options = options};
    int status = EXIT_USAGE;
    run.plan = (WorkerPlan){.engine = run.engine,
                            .scratch = run.scratch,
                            .seeds = options->seeds,
                            .nseeds = options->nseeds,
                            .flags = options->flags,
                            .nflags = options->nflags,
                            .alone = options->jobs == 1};
    run.store = (FindingStore){.tool = run.tool, .folder = options->findings, .scratch = run.scratch};
    if (find_programs(&run) && make_folders(&run) && open_workers(&run)) status = fuzz_and_report(&run);
    for (int i = 0; run.workers && i < options->jobs; i++) worker_close(&run.workers[i]);
    free(run.workers);
    finding_store_free(&run.store);
    if (run.scratch[0]) scratch_remove(run.scratch);
    return status;
}
