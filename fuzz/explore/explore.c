/* SPDX-License-Identifier: BSD-3-Clause */
/* explore.c -- a systematic exploration; see explore.h.
 *
 * The server is started here, and each worker is a copy of this process. A worker that finds
 * something ends. Its combination is in shared memory: the complete stream is made from it,
 * verified by a replay in a fresh process and stored. Another worker continues after it. The same
 * pair and event are not tried at later boundaries, because they would most often show the same
 * bug.
 *
 * Limits: the start-up settings are the defaults (limits=small). While a finding is verified, the
 * other workers continue but are not watched. */
#include "fuzz/explore/explore.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fuzz/base/finding_store.h"
#include "fuzz/base/option.h"
#include "fuzz/base/scratch.h"
#include "fuzz/base/self.h"
#include "fuzz/explore/sweep.h"
#include "fuzz/generate/interruptions.h"
#include "harness/base/stopwatch.h"
#include "harness/finding/finding.h"
#include "harness/run/run.h"

#define PATIENCE 30 /* time limit of a continuation, in seconds */

typedef struct {
    pid_t pid;       /* 0: not running */
    int note;        /* a pipe with the signature of a finding */
    int stderr_file; /* a file in memory with the stderr of the process */
    char signature[FINDING_SIGNATURE];
    size_t len;
    uint64_t seen; /* prefixes and continuations at the last check */
    double since;  /* time of the last change of `seen` */
} Worker;

typedef struct {
    const ExploreOptions *options;
    SweepPair pairs[SWEEP_MAX_PAIRS];
    SweepPlan plan;
    SweepShared *shared;
    Worker workers[SWEEP_MAX_WORKERS];
    FindingStore store;
    int faults;
    bool unwritable;
    double start, shown;
    char tool[PATH_MAX], scratch[PATH_MAX];
} Explore;

static volatile sig_atomic_t interrupted;

static void interrupt(int number) {
    (void)number;
    interrupted = 1;
}

/* --- worker processes */

static _Noreturn void run_worker(Explore *explore, int number, const SweepPlace *from, int note, int stderr_file) {
    prctl(PR_SET_PDEATHSIG, SIGKILL); /* do not outlive the parent */
    signal(SIGINT, SIG_IGN);          /* the parent decides when to stop */
    if (dup2(stderr_file, STDERR_FILENO) < 0) finding_harness("cannot redirect stderr: %s", strerror(errno));
    finding_set_note(note);
    sweep_work(&explore->plan, explore->shared, number, from);
    fflush(NULL);
    _exit(EXIT_CLEAN);
}

static void start_worker(Explore *explore, int number, const SweepPlace *from) {
    Worker *worker = &explore->workers[number];
    int note[2];
    *worker = (Worker){.stderr_file = memfd_create("defrag-fuzz-stderr", MFD_CLOEXEC), .since = stopwatch_seconds()};
    if (worker->stderr_file < 0 || pipe2(note, O_CLOEXEC) != 0)
        finding_harness("cannot communicate with a child: %s", strerror(errno));
    fflush(NULL);
    worker->pid = fork();
    if (worker->pid < 0) finding_harness("cannot create a process: %s", strerror(errno));
    if (worker->pid == 0) run_worker(explore, number, from, note[1], worker->stderr_file);
    close(note[1]);
    worker->note = note[0];
}

/* Reads the available part of the signature. Returns false when the process has ended. */
static bool read_note(Worker *worker) {
    char rest[FINDING_SIGNATURE];
    ssize_t got = read(worker->note, rest, sizeof(rest));
    if (got < 0 && errno == EINTR) return true;
    for (ssize_t i = 0; i < got && worker->len + 1 < sizeof(worker->signature); i++)
        worker->signature[worker->len++] = rest[i];
    return got > 0;
}

/* Makes a signature from an exit status if the process reported none; "" for a worker that is
 * done. */
static void name_exit(Worker *worker, int status) {
    if (worker->len) return;
    char *name = worker->signature;
    if (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL)
        snprintf(name, FINDING_SIGNATURE, "timeout");
    else if (WIFSIGNALED(status))
        snprintf(name, FINDING_SIGNATURE, "crash:SIG%s", sigabbrev_np(WTERMSIG(status)));
    else if (WEXITSTATUS(status) != EXIT_CLEAN)
        snprintf(name, FINDING_SIGNATURE, "exit:%d", WEXITSTATUS(status));
}

/* --- findings */

static void store_finding(Explore *explore, int number, const SweepPlace *place) {
    Stream stream;
    sweep_stream(&explore->plan, place, &stream);
    Text text = stream_print(&stream);
    stream_free(&stream);
    if (!finding_store_add(&explore->store, explore->workers[number].signature, (const uint8_t *)text.data, text.len)) {
        explore->unwritable = true;
        explore->shared->stop = true;
    }
    text_free(&text);
}

static void report_fault(Explore *explore, const Worker *worker) {
    char text[4096];
    ssize_t got = pread(worker->stderr_file, text, sizeof(text), 0);
    if (got > 0) fwrite(text, 1, (size_t)got, stderr);
    explore->faults++;
    explore->shared->stop = true;
}

/* Handles the end of a worker process. */
static void handle_exit(Explore *explore, int number) {
    Worker *worker = &explore->workers[number];
    SweepWorker *progress = &explore->shared->workers[number];
    SweepPlace place = progress->place;
    int status;
    while (waitpid(worker->pid, &status, 0) < 0) {
        if (errno != EINTR) finding_harness("lost a child: %s", strerror(errno));
    }
    bool fault = WIFEXITED(status) && WEXITSTATUS(status) == EXIT_HARNESS && !worker->len;
    name_exit(worker, status);
    if (fault || (worker->signature[0] && !progress->busy))
        report_fault(explore, worker);
    else if (worker->signature[0])
        store_finding(explore, number, &place);
    bool again = worker->signature[0] && !explore->shared->stop;
    close(worker->note);
    close(worker->stderr_file);
    worker->pid = 0;
    progress->busy = false;
    if (!again) return;
    if (place.event >= 0) explore->shared->failed[place.pair][place.event] = true;
    start_worker(explore, number, place.event >= 0 ? &place : NULL);
}

/* --- the loop */

static SweepWorker sum_workers(const Explore *explore) {
    SweepWorker sum = {0};
    for (int i = 0; i < explore->options->jobs; i++) {
        const SweepWorker *w = &explore->shared->workers[i];
        sum.prefixes += w->prefixes;
        sum.continuations += w->continuations;
        sum.steps += w->steps;
        sum.skipped += w->skipped;
        sum.whole += w->whole;
        sum.exhausted += w->exhausted;
        sum.sampled += w->sampled;
        sum.sample_branch_seconds += w->sample_branch_seconds;
        sum.sample_whole_seconds += w->sample_whole_seconds;
    }
    return sum;
}

static int count_running(const Explore *explore) {
    int running = 0;
    for (int i = 0; i < explore->options->jobs; i++) running += explore->workers[i].pid != 0;
    return running;
}

/* Kills a worker that has made no progress for PATIENCE seconds. */
static void watch(Explore *explore, int number) {
    Worker *worker = &explore->workers[number];
    const SweepWorker *progress = &explore->shared->workers[number];
    uint64_t now = progress->prefixes + progress->continuations;
    if (now != worker->seen) {
        worker->seen = now;
        worker->since = stopwatch_seconds();
    } else if (stopwatch_seconds() - worker->since > PATIENCE) {
        kill(worker->pid, SIGKILL);
    }
}

static void poll_workers(Explore *explore) {
    int jobs = (int)explore->options->jobs;
    struct pollfd fds[jobs];
    for (int i = 0; i < jobs; i++)
        fds[i] = (struct pollfd){.fd = explore->workers[i].pid ? explore->workers[i].note : -1, .events = POLLIN};
    int ready = poll(fds, (nfds_t)jobs, 500);
    for (int i = 0; i < jobs; i++) {
        if (fds[i].fd < 0) continue;
        if (ready > 0 && fds[i].revents && !read_note(&explore->workers[i]))
            handle_exit(explore, i);
        else
            watch(explore, i);
    }
}

static void show(Explore *explore) {
    double now = stopwatch_seconds();
    if (now - explore->shown < 10) return;
    SweepWorker sum = sum_workers(explore);
    int begun = explore->shared->next_pair;
    fprintf(stderr, "%.0f s: pair %d of %d, %" PRIu64 " continuations, %.0f/s, findings %d\n", now - explore->start,
            begun < explore->plan.npairs ? begun : explore->plan.npairs, explore->plan.npairs, sum.continuations,
            (double)sum.continuations / (now - explore->start), explore->store.count);
    explore->shown = now;
}

static void work(Explore *explore) {
    for (int i = 0; i < explore->options->jobs; i++) start_worker(explore, i, NULL);
    while (count_running(explore)) {
        if (interrupted) explore->shared->stop = true;
        poll_workers(explore);
        show(explore);
    }
}

/* --- beginning and end */

static void list_pairs(Explore *explore) {
    for (int second = INTERRUPTIONS_ALONE; second == INTERRUPTIONS_ALONE || interruptions_kind(second); second++) {
        if (second != INTERRUPTIONS_ALONE && !interruptions_has_key(second)) continue;
        for (int kind = 0; interruptions_kind(kind); kind++) {
            if (explore->options->kind >= 0 && explore->options->kind != kind) continue;
            if (explore->plan.npairs == SWEEP_MAX_PAIRS) finding_harness("more pairs than SWEEP_MAX_PAIRS");
            explore->pairs[explore->plan.npairs++] = (SweepPair){kind, second};
        }
    }
    explore->plan.pairs = explore->pairs;
}

static const char *prepare(Explore *explore) {
    if (!self_path(explore->tool, sizeof(explore->tool))) return "cannot find the path of this program";
    if (!scratch_make(explore->scratch, sizeof(explore->scratch))) {
        explore->scratch[0] = '\0';
        return "cannot create a scratch folder in $TMPDIR or /tmp";
    }
    explore->shared = mmap(NULL, sizeof(*explore->shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (explore->shared == MAP_FAILED) return "cannot allocate memory to share with workers";
    explore->store =
        (FindingStore){.tool = explore->tool, .folder = explore->options->findings, .scratch = explore->scratch};
    list_pairs(explore);
    return run_born();
}

static void print_findings(const FindingStore *store) {
    for (int i = 0; i < store->count; i++) {
        const FoundEntry *entry = &store->entries[i];
        printf("  %s%s\n      %d time%s, %s\n", entry->signature,
               entry->reproduced ? "" : " (not reproduced in a fresh process)", entry->times,
               entry->times == 1 ? "" : "s", entry->path);
    }
}

static void print_summary(const Explore *explore) {
    SweepWorker sum = sum_workers(explore);
    double seconds = stopwatch_seconds() - explore->start;
    int begun = explore->shared->next_pair < explore->plan.npairs ? explore->shared->next_pair : explore->plan.npairs;
    printf("%-14s %10.1f\n", "seconds", seconds);
    printf("%-14s %10d  of %d, %" PRIu64 " of them interrupted everywhere\n", "pairs", begun, explore->plan.npairs,
           sum.whole);
    printf("%-14s %10" PRIu64 "\n", "prefixes", sum.prefixes);
    printf("%-14s %10" PRIu64 "  %.0f/s, %" PRIu64 " steps\n", "continuations", sum.continuations,
           (double)sum.continuations / seconds, sum.steps);
    if (sum.sampled)
        printf("%-14s %10" PRIu64 "  also run from the start: identical, %.1f times as slow\n", "sample", sum.sampled,
               sum.sample_whole_seconds / sum.sample_branch_seconds);
    if (sum.skipped)
        printf("%-14s %10" PRIu64 "  after a finding of the same pair and event\n", "skipped", sum.skipped);
    if (sum.exhausted) printf("%-14s %10" PRIu64 "  ran out of memory\n", "exhausted", sum.exhausted);
    printf("%-14s %10d%s\n", "findings", explore->store.count, explore->store.count ? "  by signature:" : "");
    print_findings(&explore->store);
}

static int status_of(const Explore *explore) {
    if (explore->faults) return EXIT_HARNESS;
    if (explore->unwritable) return EXIT_USAGE;
    return explore->store.count ? EXIT_FINDING : EXIT_CLEAN;
}

int explore_run(const ExploreOptions *options) {
    Explore explore = {
        .options = options,
        .plan = {
            .bound = options->bound, .event = options->event, .sample = options->sample, .canary = options->canary}};
    int status = EXIT_USAGE;
    const char *why = prepare(&explore);
    if (why) {
        option_complain("%s", why);
    } else {
        struct sigaction action = {.sa_handler = interrupt};
        sigaction(SIGINT, &action, NULL);
        sigaction(SIGTERM, &action, NULL);
        explore.start = explore.shown = stopwatch_seconds();
        if (options->seconds) explore.plan.end = explore.start + (double)options->seconds;
        work(&explore);
        print_summary(&explore);
        status = status_of(&explore);
    }
    finding_store_free(&explore.store);
    if (explore.scratch[0]) scratch_remove(explore.scratch);
    return status;
}
