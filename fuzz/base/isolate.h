/* SPDX-License-Identifier: BSD-3-Clause */
/* isolate.h -- runs a stream in a process of its own, so that a finding does not hide that of the
 * next stream.
 *
 * The server is started in the parent, and every child is a copy of it: a child costs a few
 * milliseconds. With ASan's own heap the child starts the server itself. */
#ifndef FUZZ_BASE_ISOLATE_H
#define FUZZ_BASE_ISOLATE_H

#include <stdint.h>

#include "harness/finding/finding.h"
#include "harness/run/run.h"

typedef struct {
    const char *heap; /* as in run_init */
    uintptr_t at;     /* as in run_init */
    unsigned seconds; /* real time limit of a stream; 0: none */
    /* the number of steps at the beginning that are known to pass: no oracle is asked there, and no
     * oracle that needs a second run is asked at all; arena only; 0: none */
    int trusted;
} IsolateOptions;

/* The result of a stream. */
typedef struct {
    int status; /* EXIT_CLEAN, EXIT_FINDING, EXIT_HARNESS or EXIT_TIMEOUT */
    /* Of a finding; with EXIT_TIMEOUT, of work that did not end. "crash:SIGSEGV" or "exit:7" when
     * the child ended without a report. */
    char signature[FINDING_SIGNATURE];
    RunReport report;   /* up to where the stream ended, or failed */
    FindingFacts facts; /* of a finding or of a stream that ran out of time; zero when unknown */
    Text stderr_text;   /* what the child wrote to stderr; freed with text_free */
} Isolated;

/* To be called once, before the first isolate_run. Returns NULL or an error message. */
const char *isolate_init(const IsolateOptions *options);

/* Runs the stream in a child. The trace, if the options ask for one, is written by the child. If
 * the server cannot start with the stream's settings, this process ends as it does for a
 * finding. */
void isolate_run(const Stream *stream, const RunOptions *options, const IsolateOptions *how, Isolated *out);

#endif
