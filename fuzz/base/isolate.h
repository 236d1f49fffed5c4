/* SPDX-License-Identifier: BSD-3-Clause */
/* isolate.h -- one stream in a process of its own, so that a finding does not hide the next
 * stream's.
 *
 * The server is born in the parent, and every child is a copy of it: a child costs a few
 * milliseconds. With ASan's own heap the child gives birth itself. */
#ifndef FUZZ_BASE_ISOLATE_H
#define FUZZ_BASE_ISOLATE_H

#include <stdint.h>

#include "harness/finding/finding.h"
#include "harness/run/run.h"

typedef struct {
    const char *heap; /* as in run_init */
    uintptr_t at;     /* as in run_init */
    unsigned seconds; /* real time that a stream may take; 0: any */
    int trusted; /* so many steps at the beginning are known to be fine: no oracle is asked there, and none that needs a
                    second run anywhere. Arena only; 0: none */
} IsolateOptions;

/* What became of a stream. */
typedef struct {
    int status; /* EXIT_CLEAN, EXIT_FINDING, EXIT_HARNESS or EXIT_TIMEOUT */
    /* Of a finding; with EXIT_TIMEOUT, of work that did not end. "crash:SIGSEGV" or "exit:7" when
     * the child left without a word about it. */
    char signature[FINDING_SIGNATURE];
    RunReport report;   /* up to where the stream ended, or failed */
    FindingFacts facts; /* of a finding, or of a stream that ran out of time; zero when the child could not say */
    Text said;          /* what the child wrote to stderr; freed with text_free */
} Isolated;

/* Once, before the first isolate_run. Returns NULL or what is wrong. */
const char *isolate_init(const IsolateOptions *options);

/* Runs the stream in a child. The trace, if options ask for one, is written by the child. A server
 * that cannot be born with the stream's settings ends this process as a finding does. */
void isolate_run(const Stream *stream, const RunOptions *options, const IsolateOptions *how, Isolated *out);

#endif
