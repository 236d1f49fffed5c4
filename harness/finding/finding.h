/* SPDX-License-Identifier: BSD-3-Clause */
/* finding.h -- what happens when something is wrong: signature, banner, exit status.
 *
 * A finding in the server prints one banner with fixed sections and a line "DEDUP_TOKEN:
 * <signature>" (libFuzzer and ClusterFuzz tell crashes apart by it), then ends the process with
 * EXIT_FINDING, or aborts when an engine runs us. A fault of the harness says "defrag-fuzz:
 * harness: ..." and ends it with EXIT_HARNESS. The two never look alike. */
#ifndef HARNESS_FINDING_FINDING_H
#define HARNESS_FINDING_FINDING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/base/exits.h"
#include "harness/stream/stream.h"

#define FINDING_SIGNATURE 256 /* bytes that hold any signature, with the zero at its end */

/* How a finding ends the process. */
typedef enum {
    FINDING_EXIT,  /* _exit(EXIT_FINDING) */
    FINDING_ABORT, /* abort(), for an engine that saves the input when a signal ends the process */
} FindingEnd;
void finding_set_end(FindingEnd end);

/* What a finding needs of files that it does not know. A member that is NULL is not called. */
typedef struct {
    void (*cleanup)(void); /* before the process ends: removes what it would leave behind */
    /* Prints what the banner says of the block at this address, which may be anything. */
    void (*describe)(const void *address);
    /* Before the server's own end is a finding: does not return when it is excused. */
    void (*excuse)(void);
    /* The process is about to end in the middle of a run, for this reason: "finding SIGNATURE",
     * "out of time", "harness fault". */
    void (*record)(const char *reason);
    /* A known finding came up again: leaves the run that is under way, and does not return. Returns
     * when there is none, or none that can be left. */
    void (*abandon)(void);
} FindingHooks;

/* Replaces the hooks. run_init does it for all programs. */
void finding_register(const FindingHooks *hooks);

/* For an engine that need not end when a finding comes up again: which findings are known. With it
 * a run that meets a known one is abandoned (run_stream); any other ends the process as usual. */
typedef struct {
    bool (*signature)(const char *signature); /* of an oracle or of the server: is it known? */
    bool (*place)(uint64_t place);            /* the same, of a check that the compiler inserted */
    /* Where the place of an unknown check is noted before it ends the process; the caller's. */
    _Atomic uint64_t *note;
} FindingKnown;
void finding_set_known(const FindingKnown *known);

/* A check of a sanitizer has failed, and its report comes next (checks.c). `kind` is a number that
 * differs when the report's kind may differ, `frame` the __builtin_frame_address(0) of the function
 * that the check called. Returns unless the place is known: that is a number for the kind and the
 * call stack, from the check to the function that names the signature, the same in each process
 * of a program. Equal places have equal signatures. */
void finding_check_failed(uint64_t kind, const void *frame);

/* Where the signature of a finding is written to when the process ends with one, so that a parent
 * learns it. -1: nowhere. */
void finding_set_note(int fd);

/* What a finding says beside its signature, for a parent that shares this memory with the process.
 * Texts end with a zero and may be cut. */
typedef struct {
    /* What is wrong. Of an AddressSanitizer report the access: "READ of size 8 in f, file.c:12". */
    char what[2048];
    char command[512]; /* the step at which it is, as the banner prints it */
    int step, steps;   /* its number, from 1, and how many the stream has; 0: outside of any step */
    /* Functions of an AddressSanitizer report's first stack, innermost first, a newline after
     * each. */
    char stack[4096];
} FindingFacts;

/* Where a finding, or the end of the time that finding_deadline gave, is noted when the process
 * ends with one: zeroed memory, which stays the caller's. NULL: nowhere. */
void finding_set_facts(FindingFacts *facts);

/* What a banner may quote: the stream that runs, the file it came from (NULL: none) and the step
 * that it is at. Set by run.c; the pointers stay the caller's. finding_at is called before every
 * step (index from 0) and with -1 outside of any step. */
void finding_stream(const Stream *stream, const char *file);
void finding_at(int step);

/* Installs the hooks by which AddressSanitizer and UndefinedBehaviorSanitizer tell us of their
 * reports. Once. */
void finding_init(void);

/* A finding by an oracle. `signature` is short, without addresses or numbers that vary,
 * "value:list" say; `text` says in words what is wrong; `block` is an address in the block
 * concerned, or NULL. Does not return. */
_Noreturn void finding_report(const char *signature, const void *block, const char *text, ...)
    __attribute__((format(printf, 3, 4)));

/* The same for work of the server that does not end, though it may last for as long as it likes:
 * ends the process with EXIT_TIMEOUT. */
_Noreturn void finding_overdue(const char *signature, const char *text, ...) __attribute__((format(printf, 2, 3)));

/* A wild, double or misplaced free, met by the heap. */
_Noreturn void finding_heap(const char *what, const char *why, const void *block);

/* The server ended itself: an assertion (kind "assert"), a panic or an abort. `what` says why,
 * `file` and `line` say where in its source. */
_Noreturn void finding_server(const char *kind, const char *what, const char *file, int line);

/* A fault of the harness: one line, EXIT_HARNESS. */
_Noreturn void finding_harness(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Limits the process to `seconds` of real time from now on; then it reports the step at which it
 * was and ends with EXIT_TIMEOUT. 0: no limit (any more). Uses SIGALRM. The report is printed in a
 * signal handler, which can get stuck: a caller that must be sure also watches from outside. */
void finding_deadline(unsigned seconds);

/* The signature of a sanitizer's report that stands somewhere in `text`, the log of another process
 * say: as this process would name it. False when there is none. A report of
 * UndefinedBehaviorSanitizer is known by its summary, whose kind is the right one with
 * UBSAN_OPTIONS=report_error_type=1. */
bool finding_of_log(const char *text, char *signature, size_t room);

/* The signature of a call stack: the first function that says something, as in
 * "activeDefragQuickListNode". */
void finding_frame(char *name, size_t room);

#endif
