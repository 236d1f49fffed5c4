/* SPDX-License-Identifier: BSD-3-Clause */
/* shrink.c -- defrag-fuzz shrink: a stream that fails becomes the smallest one that fails with the
 * same signature.
 *
 * The stream goes to stdout or into a file; what is to be told goes to stderr: a line that is
 * written over, on a terminal only, and a table of what each pass did.
 *
 * Limits: a stream that is out of time or memory without a signature is not shrunk: nothing says
 * that a smaller one would fail for the same reason. */
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

#define FIRST_SECONDS 60 /* real time that the stream may take that is to be shrunk */
#define REPLAYS 10       /* of the result */
#define PATIENCE 20      /* seconds that these may take together; fewer are made then */
#define TELL_EVERY 0.2   /* seconds */

/* One call of the command. */
typedef struct {
    const char *path, *into, *expect;
    int64_t seconds, jobs;
    Stream stream;
    int steps_before;
    Trial trial;
    ShrinkReport report;
    Progress progress;
} Shrinking;

/* --- telling */

static int tried(const ShrinkReport *report) {
    int sum = 0;
    for (int i = 0; i < report->nrows; i++) sum += report->rows[i].tried;
    return sum;
}

/* The line on the terminal. */
static void tell(void *told) {
    Shrinking *s = told;
    double now = stopwatch_seconds();
    if (!s->progress.terminal || now < s->progress.shown + TELL_EVERY || !s->trial.best) return;
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
    fprintf(stderr, "%s: %d steps were %d; %d candidates in %d round%s, %.1f s%s\n", s->path, s->stream.nsteps,
            s->steps_before, tried(report), report->rounds, report->rounds == 1 ? "" : "s",
            stopwatch_seconds() - s->progress.start,
            report->stopped ? "; stopped before it was as small as it gets" : "");
}

/* --- the result */

/* Replays the result. Returns how often it failed as it should. */
static int reproduce(const Shrinking *s, int *replays) {
    double end = stopwatch_seconds() + PATIENCE;
    int good = 0;
    for (*replays = 0; *replays < REPLAYS && (*replays == 0 || stopwatch_seconds() < end); ++*replays) {
        Isolated result = trial_replay(&s->trial, &s->stream);
        good += strcmp(result.signature, s->trial.signature) == 0;
        text_free(&result.said);
    }
    return good;
}

static void annotate_narrowing(Stream *stream) {
    if (!shrink_is_narrowed(stream)) return;
    Step *step = &stream->steps[0];
    int64_t count = step_number(step, 2, 0) - step_number(step, 1, 1) + 1;
    if (count < 1)
        text_format(&step->notes, "# No allocation has to move.\n");
    else if (count == 1)
        text_format(&step->notes, "# Only this allocation has to move, of all that defrag asks about.\n");
    else
        text_format(&step->notes, "# Only these %" PRId64 " allocations have to move, of all that defrag asks about.\n",
                    count);
}

static void annotate(Shrinking *s) {
    int replays, good = reproduce(s, &replays);
    text_format(&s->stream.notes, "# signature: %s\n# found on Valkey %s; fails so in %d of %d replays\n",
                s->trial.signature, birth_version(), good, replays);
    if (s->report.stopped)
        text_format(&s->stream.notes, "# shrunk from %d steps, but not to the end\n", s->steps_before);
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
    s->trial.wait = tell;
    s->trial.context = s;
    if (s->seconds) s->trial.end = s->progress.start + (double)s->seconds;
    shrink_stream(&s->stream, &predicate, &smallest, &s->report);
    progress_clear(&s->progress);
    stream_free(&s->stream);
    s->stream = smallest;
}

/* What there is to say when the stream cannot be shrunk; OPTION_GO_ON when it can. */
static int check_failure(const Shrinking *s, const Isolated *result) {
    if (result->status == EXIT_HARNESS) {
        fwrite(result->said.data, 1, result->said.len, stderr);
        return EXIT_HARNESS;
    }
    if (result->status == EXIT_CLEAN) return option_complain("%s does not fail: there is nothing to shrink", s->path);
    if (!result->signature[0]) {
        option_complain("%s runs out of %s; it has no signature that a smaller one could keep", s->path,
                        result->report.exhausted ? "memory" : "time");
        return EXIT_TIMEOUT;
    }
    if (s->expect && strcmp(s->expect, result->signature) != 0) {
        option_complain("%s fails with %s, not with %s", s->path, result->signature, s->expect);
        return EXIT_MISMATCH;
    }
    return OPTION_GO_ON;
}

static int shrink_loaded(Shrinking *s) {
    s->steps_before = s->stream.nsteps;
    progress_start(&s->progress, false);
    catch_signals();
    Isolated result = trial_replay(&s->trial, &s->stream);
    int status = check_failure(s, &result);
    if (status == OPTION_GO_ON) {
        fprintf(stderr, "%s: %s\n", s->path, result.signature);
        trial_begin(&s->trial, &s->stream, &result);
        shrink(s);
        trial_end(&s->trial);
        annotate(s);
        print_table(s);
        status = write_result(s);
    }
    text_free(&result.said);
    return status;
}

static int shrink_file(Shrinking *s) {
    FilesItem item = {.path = (char *)s->path, .named = true};
    if (!files_read(&item, &s->stream)) return EXIT_USAGE;
    int status;
    const char *why = NULL;
    s->trial = (Trial){.seconds = FIRST_SECONDS, .jobs = s->jobs ? (int)s->jobs : self_processors(TRIAL_MAX_JOBS)};
    if (files_too_new(&s->stream, birth_version()))
        status = option_complain("%s is for Valkey %s and later", s->path, s->stream.settings.since);
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
        {"-o", "OUT", "write the result into this file (stdout)", OPTION_TEXT, &s.into, 0, 0},
        {"--seconds", "N", "stop then, with the smallest stream so far (0: when it cannot get smaller)", OPTION_NUMBER,
         &s.seconds, 0, 1000000},
        {"--expect", "SIGNATURE", "shrink only if the stream fails just so", OPTION_TEXT, &s.expect, 0, 0},
        {"--jobs", "N", "candidates at a time (as many as there are cores); the result is always the same",
         OPTION_NUMBER, &s.jobs, 1, TRIAL_MAX_JOBS},
        {0}};
    const OptionTable table = {
        .name = "shrink",
        .usage = "FILE",
        .text = "Makes a stream that fails smaller, as long as it fails with the same signature: fewer steps, less "
                "defrag, smaller\n"
                "arguments, shorter names. Interrupted (^C, SIGTERM), it keeps the smallest stream so far.\n\n"
                "exit status: 0 shrunk, 2 unreadable input or a stream that does not fail, 3 a fault of the harness,\n"
                "             4 the stream runs out of time or memory, 5 it fails otherwise than --expect says\n",
        .example = "defrag-fuzz shrink -o small.stream crash.stream",
        .options = options};
    OptionRest rest;
    int status = option_parse(&table, argc, argv, &rest);
    if (status != OPTION_GO_ON) return status;
    if (rest.count + rest.nrest != 1) return option_complain("shrink: which FILE? One, see defrag-fuzz shrink --help");
    s.path = rest.count ? rest.arguments[0] : rest.rest[0];
    return shrink_file(&s);
}
