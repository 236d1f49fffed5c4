/* SPDX-License-Identifier: BSD-3-Clause */
/* shrink.c -- defrag-fuzz shrink: makes the smallest stream that fails with the same signature as a
 * given one.
 *
 * The stream is printed on stdout or written to a file. Progress is printed on stderr: a line that
 * is rewritten, on a terminal only, and a table of the passes.
 *
 * Limits: a stream that runs out of time or memory without a signature is not shrunk, because a
 * smaller one may fail for another reason. */
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "fuzz/base/files.h"
#include "fuzz/base/option.h"
#include "fuzz/base/progress.h"
#include "fuzz/base/self.h"
#include "fuzz/cli/cmd.h"
#include "fuzz/shrink/pass.h"
#include "fuzz/shrink/shrink.h"
#include "fuzz/shrink/trial.h"
#include "harness/base/stopwatch.h"
#include "harness/finding/finding.h"
#include "harness/server/birth.h"

#define FIRST_SECONDS 60      /* real time limit of the original stream */
#define REPLAYS 10            /* of the result */
#define PATIENCE 20           /* total time limit of these replays in seconds */
#define PROGRESS_INTERVAL 0.2 /* seconds */

/* A run of the command. */
typedef struct {
    const char *path, *into, *expect;
    int64_t seconds, jobs;
    Stream stream;
    int steps_before;
    Trial trial;
    ShrinkReport report;
    Progress progress;
} Shrinking;

/* --- progress */

static int tried(const ShrinkReport *report) {
    int sum = 0;
    for (int i = 0; i < report->nrows; i++) sum += report->rows[i].tried;
    return sum;
}

/* Prints the progress line on a terminal. */
static void print_progress(void *context) {
    Shrinking *s = context;
    double now = stopwatch_seconds();
    if (!s->progress.terminal || now < s->progress.shown + PROGRESS_INTERVAL || !s->trial.best) return;
    progress_clear(&s->progress);
    fprintf(stderr, "%.0f s: round %d, %d candidates, %d steps", now - s->progress.start, s->report.rounds,
            tried(&s->report), s->trial.best->nsteps);
    fflush(stderr);
    s->progress.open = true;
    s->progress.shown = now;
}

static void print_table(const Shrinking *s) {
    const ShrinkReport *report = &s->report;
    fprintf(stderr, "%-24s %8s %6s %6s %8s %8s\n", "pass", "tried", "kept", "steps", "bytes", "seconds");
    for (int i = 0; i < report->nrows; i++) {
        const ShrinkRow *row = &report->rows[i];
        fprintf(stderr, "%-24s %8d %6d %6d %8zu %8.1f\n", row->name, row->tried, row->kept, row->steps, row->bytes,
                row->seconds);
    }
    fprintf(stderr, "%s: shrunk from %d to %d steps; %d candidates in %d round%s, %.1f s%s\n", s->path,
            s->stream.nsteps, s->steps_before, tried(report), report->rounds, report->rounds == 1 ? "" : "s",
            stopwatch_seconds() - s->progress.start, report->stopped ? "; stopped before it was minimal" : "");
}

/* --- the result */

/* Replays the result. Returns the number of replays that failed as required. */
static int reproduce(const Shrinking *s, int *replays) {
    double end = stopwatch_seconds() + PATIENCE;
    int good = 0;
    for (*replays = 0; *replays < REPLAYS && (*replays == 0 || stopwatch_seconds() < end); ++*replays) {
        Isolated result = trial_replay(&s->trial, &s->stream);
        good += strcmp(result.signature, s->trial.signature) == 0;
        text_free(&result.stderr_text);
    }
    return good;
}

static void annotate_narrowing(Stream *stream) {
    if (!shrink_is_narrowed(stream)) return;
    Step *step = &stream->steps[0];
    int64_t count = step_number(step, 2, 0) - step_number(step, 1, 1) + 1;
    if (count < 1)
        text_format(&step->notes, "# No allocation needs to move.\n");
    else if (count == 1)
        text_format(&step->notes, "# Only this allocation needs to move, of all that defrag asks about.\n");
    else
        text_format(&step->notes, "# Only these %" PRId64 " allocations need to move, of all that defrag asks about.\n",
                    count);
}

static void annotate(Shrinking *s) {
    int replays, good = reproduce(s, &replays);
    text_format(&s->stream.notes, "# signature: %s\n# found on Valkey %s; reproduced by %d of %d replays\n",
                s->trial.signature, birth_version(), good, replays);
    if (s->report.stopped)
        text_format(&s->stream.notes, "# shrunk from %d steps, stopped before it was minimal\n", s->steps_before);
    annotate_narrowing(&s->stream);
}

static int write_result(const Shrinking *s) {
    Text text = stream_print(&s->stream);
    bool good = true;
    if (s->into)
        good = files_write(s->into, text);
    else
        fwrite(text.data, 1, text.len, stdout);
    text_free(&text);
    return good ? EXIT_CLEAN : EXIT_USAGE;
}

/* --- shrinking */

static void on_signal(int number) {
    (void)number;
    trial_stop();
}

static void catch_signals(void) {
    struct sigaction action = {.sa_handler = on_signal};
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
}

static void shrink(Shrinking *s) {
    Stream smallest;
    ShrinkPredicate predicate = trial_predicate(&s->trial);
    s->trial.wait = print_progress;
    s->trial.context = s;
    if (s->seconds) s->trial.end = s->progress.start + (double)s->seconds;
    shrink_stream(&s->stream, &predicate, &smallest, &s->report);
    progress_clear(&s->progress);
    stream_free(&s->stream);
    s->stream = smallest;
}

/* Reports why the stream cannot be shrunk. Returns OPTION_CONTINUE when it can. */
static int check_failure(const Shrinking *s, const Isolated *result) {
    if (result->status == EXIT_HARNESS) {
        fwrite(result->stderr_text.data, 1, result->stderr_text.len, stderr);
        return EXIT_HARNESS;
    }
    if (result->status == EXIT_CLEAN) return option_complain("%s does not fail, so it cannot be shrunk", s->path);
    if (!result->signature[0]) {
        option_complain("%s runs out of %s; it has no signature to preserve", s->path,
                        result->report.exhausted ? "memory" : "time");
        return EXIT_TIMEOUT;
    }
    if (s->expect && strcmp(s->expect, result->signature) != 0) {
        option_complain("%s fails with %s, not with %s", s->path, result->signature, s->expect);
        return EXIT_MISMATCH;
    }
    return OPTION_CONTINUE;
}

static int shrink_loaded(Shrinking *s) {
    s->steps_before = s->stream.nsteps;
    progress_start(&s->progress, false);
    catch_signals();
    Isolated result = trial_replay(&s->trial, &s->stream);
    int status = check_failure(s, &result);
    if (status == OPTION_CONTINUE) {
        fprintf(stderr, "%s: %s\n", s->path, result.signature);
        trial_begin(&s->trial, &s->stream, &result);
        shrink(s);
        trial_end(&s->trial);
        annotate(s);
        print_table(s);
        status = write_result(s);
    }
    text_free(&result.stderr_text);
    return status;
}

static int shrink_file(Shrinking *s) {
    FilesItem item = {.path = (char *)s->path, .named = true};
    if (!files_read(&item, &s->stream)) return EXIT_USAGE;
    int status;
    const char *why = NULL;
    s->trial = (Trial){.seconds = FIRST_SECONDS, .jobs = s->jobs ? (int)s->jobs : self_processors(TRIAL_MAX_JOBS)};
    if (files_too_new(&s->stream, birth_version()))
        status = option_complain("%s needs Valkey %s or later", s->path, s->stream.settings.since);
    else if (birth_lacks(&s->stream.settings))
        status = option_complain("%s needs %s, which this Valkey lacks", s->path, birth_lacks(&s->stream.settings));
    else if ((why = trial_init(&s->trial)))
        status = option_complain("%s", why);
    else
        status = shrink_loaded(s);
    stream_free(&s->stream);
    return status;
}

int cmd_shrink(int argc, char **argv) {
    Shrinking s = {0};
    const Option options[] = {
        {"-o", "OUT", "the file for the result (stdout)", OPTION_TEXT, &s.into, 0, 0},
        {"--seconds", "N", "stop after N seconds with the smallest stream so far; 0: no limit (0)", OPTION_NUMBER,
         &s.seconds, 0, 1000000},
        {"--expect", "SIGNATURE", "shrink only if the stream fails with this signature (any)", OPTION_TEXT, &s.expect,
         0, 0},
        {"--jobs", "N", "parallel candidates, which do not change the result (one for each processor)", OPTION_NUMBER,
         &s.jobs, 1, TRIAL_MAX_JOBS},
        {0}};
    const OptionTable table = {
        .name = "shrink",
        .usage = "FILE",
        .text = "Makes a failing stream smaller: fewer steps, less defrag, smaller arguments, shorter names.\n"
                "Shrinking preserves the signature. If interrupted (Ctrl-C, SIGTERM), it keeps the best result so\n"
                "far.\n"
                "\n"
                "exit status: 0 shrunk, 2 unreadable input or a stream that passes, 3 a fault of the harness,\n"
                "4 the stream runs out of time or memory, 5 a signature other than that of --expect\n",
        .example = "defrag-fuzz shrink -o small.stream crash.stream",
        .options = options};
    OptionRest rest;
    int status = option_parse(&table, argc, argv, &rest);
    if (status != OPTION_CONTINUE) return status;
    if (rest.count + rest.nrest != 1) return option_complain("shrink: name one FILE; see defrag-fuzz shrink --help");
    s.path = rest.count ? rest.arguments[0] : rest.rest[0];
    return shrink_file(&s);
}
