/* SPDX-License-Identifier: BSD-3-Clause */
/* progress.h -- the progress lines of a run and the table at its end. */
#ifndef FUZZ_BASE_PROGRESS_H
#define FUZZ_BASE_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

#include "fuzz/base/finding_store.h"

/* Sums over all engine processes of a run. */
typedef struct {
    uint64_t execs, commands, errors, cycles, slices, moved, exhausted;
    uint64_t repeats; /* inputs abandoned because of a known finding */
    /* the largest that an engine reported: edges of the server, inputs kept */
    uint64_t coverage, corpus;
    int findings, faults;
} ProgressTotals;

typedef struct {
    /* stderr is a terminal: one line, rewritten every second; else a line every 10 s */
    bool terminal;
    bool json; /* lines and table go to stdout, an object a line (fuzz/cli/README.md) */
    double start, shown;
    bool open; /* the line was written without its newline */
    ProgressTotals before;
} Progress;

void progress_start(Progress *progress, bool json);

/* Seconds until the next line is due, at least 0. */
double progress_due(const Progress *progress);

/* Prints the line if it is due. */
void progress_show(Progress *progress, const ProgressTotals *totals);

/* Erases the line, so that something else can be printed. */
void progress_clear(Progress *progress);

/* Prints the table on stdout. */
void progress_summary(const Progress *progress, const ProgressTotals *totals, const FindingStore *store);

#endif
