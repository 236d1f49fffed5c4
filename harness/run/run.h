/* SPDX-License-Identifier: BSD-3-Clause */
/* run.h -- a stream is run: do each step, settle, move memory, ask the oracles, write the trace. */
#ifndef HARNESS_RUN_RUN_H
#define HARNESS_RUN_RUN_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "harness/oracles/oracle.h"
#include "harness/stream/stream.h"

typedef struct {
    /* Which oracles are asked (oracles/table.h); the sanitizers and the server's own assertions
     * always are. */
    OracleSet oracles;
    bool no_moves; /* no defrag at all: what the bench compares with */
    /* Record no call sites, unless an oracle asks for them: a finding's banner then does not say
     * who allocated and who freed a block. */
    bool skip_call_sites;
    bool timed; /* fill in the times of the report */
    /* Record for the report reach (reach.h): reach_start was called, no oracle needs a second run,
     * `skip_call_sites` is false. */
    bool reach;
    bool pointers;    /* the same for the report pointers (pointers.h); not together with `reach` */
    bool stretches;   /* the same for the report latency (stretch.h) */
    const char *file; /* for banners; NULL: none */
    FILE *record;     /* what the run says, for another build (series.h); NULL: none */
    FILE *other;      /* such a record, to compare the run with; NULL: none */
    FILE *expected;   /* a line for each expected difference of further runs; NULL: none */
    FILE *trace;      /* a line a step; NULL: none. The form: run_trace_legend */
    bool whole;       /* the trace does not shorten replies */
    /* What clients were sent in each step (replies.h); NULL: nowhere. Each step then ends with a
     * turn of the server's loop without timers: another server, asked whether it is done, has one,
     * and writes what it had not yet written. */
    FILE *replies;
    int until;   /* stop before this step, from 1; 0: never */
    FILE *state; /* the server's state goes here (inspect.h) when `until` stops it; NULL: nowhere */
} RunOptions;

#define RUN_REFUSALS 8 /* refused commands that a report describes; it counts all */
#define RUN_REFUSED_NAME 48

/* A command that the harness refused (command_filter.h), by its full name, which may be cut. The
 * reason stays. */
typedef struct {
    int step; /* from 1: of the command itself, or of the script or transaction that it is in */
    char command[RUN_REFUSED_NAME];
    const char *reason;
} RunRefusal;

typedef struct {
    uint64_t commands, errors; /* commands sent, and those whose reply was an error */
    uint64_t cycles, slices;   /* whole cycles, and slices asked for by themselves */
    uint64_t moved;            /* blocks moved by defrag */
    /* Commands that the harness refused, unless the stream says refused=expected. */
    uint64_t refused;
    RunRefusal refusals[RUN_REFUSALS]; /* the first of them */
    /* Of every step's replies, moves and data: equal hash, equal trace. */
    uint64_t hash;
    uint64_t digest; /* of the data set at the end */
    int steps;       /* steps done */
    bool exhausted;  /* the stream used up its memory and stopped there */
    /* Real time, if timed. */
    double us_reset, us_command, us_loop, us_defrag, us_oracles;
} RunReport;

/* Once per process, before the first run_stream. `heap`: "arena" or "asan"; `at`: wanted address of
 * the arena, 0 for any. Returns NULL or what is wrong. */
const char *run_init(const char *heap, uintptr_t at);

/* The same with an arena anywhere, and a server that has come to life: its command table
 * (catalogue.h) can be read. */
const char *run_born(void);

/* Makes the server in this process a newly born one with these settings; NULL: the default ones. A
 * stream without steps is run. A server that cannot be born ends the process, as a finding does. */
void run_ensure_server(const Settings *settings);

/* Runs a stream from a newly born server. Returns EXIT_CLEAN, or EXIT_TIMEOUT when its memory is
 * used up. A finding does not return (finding.h), unless it is known (finding_set_known): then the
 * stream ends there, and the result is EXIT_FINDING. The report may be NULL. It is kept up to date:
 * in memory that a parent shares, it has the counts up to the step at which the process died, that
 * step's command and moves included. */
int run_stream(const Stream *stream, const RunOptions *options, RunReport *report);

/* A moment in the middle of a stream, from which it can continue in many ways. */
typedef struct RunMark RunMark;

/* Runs a stream to the end of its last step and saves that moment: a prefix. It begins with a
 * newly born server or, with `from`, continues from there: the stream then begins with all steps
 * of the one that `from` was made of, which are not run again. The report (may be NULL) is that
 * of the whole stream, as far as it got. NULL: its memory is used up. Arena only; oracles that
 * need a second run are not asked. The caller frees the mark, and keeps to one set of start-up
 * settings while it holds marks: they are differences to one birth. */
RunMark *run_prefix(const RunMark *from, const Stream *stream, const RunOptions *options, RunReport *report);

/* Continues from the mark with the other steps of `stream`, which begins as above, to its end.
 * Result, report and findings are those of run_stream for this stream without oracles that need a
 * second run, at the cost of the steps that are new; the trace has only their lines. */
int run_branch(const RunMark *from, const Stream *stream, const RunOptions *options, RunReport *report);

void run_mark_free(RunMark *mark);

/* What the columns of a trace are: some lines of text. `whole`: as in RunOptions. */
const char *run_trace_legend(bool whole);

#endif
