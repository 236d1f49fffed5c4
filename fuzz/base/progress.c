/* SPDX-License-Identifier: BSD-3-Clause */
/* progress.c -- the progress lines of a run and its final table; see progress.h. */
#include "fuzz/base/progress.h"

#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "fuzz/base/json.h"
#include "harness/base/stopwatch.h"

#define CLEAR_LINE "\r\033[K" /* ECMA-48: to the first column, erase to the end of the line */

void progress_start(Progress *progress, bool json) {
    *progress = (Progress){.terminal = !json && isatty(STDERR_FILENO) == 1, .json = json, .start = stopwatch_seconds()};
    progress->shown = progress->start;
}

double progress_due(const Progress *progress) {
    double left = progress->shown + (progress->terminal ? 1 : 10) - stopwatch_seconds();
    return left > 0 ? left : 0;
}

void progress_clear(Progress *progress) {
    if (progress->open) fputs(CLEAR_LINE, stderr);
    progress->open = false;
}

static void json_totals(const Progress *progress, const char *type, const ProgressTotals *totals) {
    Json json = json_begin(stdout);
    json_text(&json, "type", type);
    json_real(&json, "seconds", stopwatch_seconds() - progress->start, 1);
    json_count(&json, "execs", totals->execs);
    json_count(&json, "commands", totals->commands);
    json_count(&json, "errors", totals->errors);
    json_count(&json, "cycles", totals->cycles);
    json_count(&json, "slices", totals->slices);
    json_count(&json, "moves", totals->moved);
    json_count(&json, "exhausted", totals->exhausted);
    json_count(&json, "coverage", totals->coverage);
    json_count(&json, "corpus", totals->corpus);
    json_count(&json, "findings", (uint64_t)totals->findings);
    json_count(&json, "repeats", totals->repeats);
    json_count(&json, "faults", (uint64_t)totals->faults);
    json_end(&json);
}

static void print_line(Progress *progress, const ProgressTotals *totals, double now) {
    double span = now - progress->shown;
    progress_clear(progress);
    fprintf(stderr,
            "%.0f s: %" PRIu64 " execs, %.0f commands/s, %.0f moves/s, coverage %" PRIu64 ", corpus %" PRIu64
            ", findings %d%s",
            now - progress->start, totals->execs, (double)(totals->commands - progress->before.commands) / span,
            (double)(totals->moved - progress->before.moved) / span, totals->coverage, totals->corpus, totals->findings,
            progress->terminal ? "" : "\n");
    fflush(stderr);
    progress->open = progress->terminal;
}

void progress_show(Progress *progress, const ProgressTotals *totals) {
    double now = stopwatch_seconds();
    if (progress_due(progress) > 0) return;
    if (progress->json)
        json_totals(progress, "progress", totals);
    else
        print_line(progress, totals, now);
    progress->before = *totals;
    progress->shown = now;
}

/* --- the summary */

static void row(const char *label, uint64_t value, const char *unit, double seconds) {
    printf("%-10s %14" PRIu64 "  %s", label, value, unit);
    if (seconds > 0) printf("%.0f/s", (double)value / seconds);
    printf("\n");
}

static void print_findings(const FindingStore *store) {
    for (int i = 0; i < store->count; i++) {
        const FoundEntry *entry = &store->entries[i];
        printf("  %s%s\n", entry->signature, entry->reproduced ? "" : " (not reproduced in a fresh process)");
        printf("      %d time%s, %s\n", entry->times, entry->times == 1 ? "" : "s", entry->path);
    }
}

static void json_findings(const FindingStore *store) {
    for (int i = 0; i < store->count; i++) {
        const FoundEntry *entry = &store->entries[i];
        Json json = json_begin(stdout);
        json_text(&json, "type", "finding");
        json_text(&json, "signature", entry->signature);
        json_flag(&json, "reproduced", entry->reproduced);
        json_count(&json, "times", (uint64_t)entry->times);
        json_text(&json, "path", entry->path);
        json_end(&json);
    }
}

static void print_table(const Progress *progress, const ProgressTotals *totals, const FindingStore *store) {
    double seconds = stopwatch_seconds() - progress->start;
    double good =
        totals->commands ? 100.0 * (double)(totals->commands - totals->errors) / (double)totals->commands : 100;
    printf("%-10s %14.1f\n", "seconds", seconds);
    row("execs", totals->execs, "", seconds);
    row("commands", totals->commands, "", seconds);
    printf("%-10s %13.1f%%  of the commands without an error reply\n", "", good);
    row("cycles", totals->cycles, "", seconds);
    row("slices", totals->slices, "", seconds);
    row("moves", totals->moved, "", seconds);
    row("exhausted", totals->exhausted, "inputs that ran out of memory", 0);
    row("coverage", totals->coverage, "edges of the server", 0);
    row("corpus", totals->corpus, "streams, including seeds", 0);
    if (totals->faults) row("faults", (uint64_t)totals->faults, "faults of the harness itself, see above", 0);
    row("findings", (uint64_t)store->count, store->count ? "by signature:" : "", 0);
    print_findings(store);
    if (totals->repeats) row("repeats", totals->repeats, "of known findings, at which the engine continued", 0);
}

void progress_summary(const Progress *progress, const ProgressTotals *totals, const FindingStore *store) {
    if (progress->json) {
        json_findings(store);
        json_totals(progress, "summary", totals);
    } else {
        print_table(progress, totals, store);
    }
}
