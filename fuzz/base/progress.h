/* SPDX-License-Identifier: BSD-3-Clause */
/* progress.h -- what a run tells while it goes on, and the table at its end. */
#ifndef FUZZ_BASE_PROGRESS_H
#define FUZZ_BASE_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

#include "fuzz/base/finding_store.h"

/* Sums over all engine processes of a run. */
typedef struct {
    uint64_t execs, commands, errors, cycles, slices, moved, exhausted;
    uint64_t coverage, corpus; /* the largest that an engine named: edges of the server, and inputs kept */
    int findings, faults;
} ProgressTotals;

typedef struct {
    bool terminal; /* stderr is one: a line that is written over, every second; else a line every ten */
    bool json;     /* lines and table go to stdout instead, an object a line (fuzz/cli/README.md) */
    double start, shown;
    bool open; /* the line stands there without its newline */
    ProgressTotals before;
} Progress;

void progress_start(Progress *progress, bool json);

/* Seconds until the next line is due, at least 0. */
double progress_due(const Progress *progress);

/* Writes the line if it is due. */
void progress_show(Progress *progress, const ProgressTotals *totals);

/* Takes the line away, so that something else can be written. */
void progress_clear(Progress *progress);

/* Writes the table to stdout. */
void progress_summary(const Progress *progress, const ProgressTotals *totals, const FindingStore *store);

#endif
