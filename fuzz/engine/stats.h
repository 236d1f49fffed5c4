/* SPDX-License-Identifier: BSD-3-Clause */
/* stats.h -- what an engine process and its supervisor share: counters and the running input.
 *
 * Both map a small file. The engine writes to it; after any end of the engine the supervisor still
 * has the counters, the running input, and the signature of the finding. Only the list of known
 * inputs is written by the supervisor. */
#ifndef FUZZ_ENGINE_STATS_H
#define FUZZ_ENGINE_STATS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/base/text.h"
#include "harness/finding/finding.h"
#include "harness/run/run.h"

/* the prefix of such a file's name in the scratch folder */
#define STATS_FILE "stats-"
/* the variable that names the file for an engine process */
#define STATS_ENVIRONMENT "DEFRAG_FUZZ_STATS"
/* bytes of an input that are kept: libFuzzer's largest -max_len */
#define STATS_INPUT (1 << 20)
#define STATS_KNOWN 1024   /* inputs that are not run again */
#define STATS_FINDINGS 256 /* findings that need not end an engine again */

/* A known finding. */
typedef struct {
    char signature[FINDING_SIGNATURE]; /* as the engine recorded it */
    /* Of the sanitizer's check that failed (finding_check_failed); 0: none. */
    uint64_t place;
    _Atomic uint64_t repeats; /* streams that this engine abandoned because of it */
} StatsFinding;

/* The engine is the only writer of all fields except `known` and `findings`. For a reader the
 * counters may differ by one input. */
typedef struct {
    _Atomic uint64_t execs;            /* inputs from the engine, including those not run */
    _Atomic uint64_t commands, errors; /* sums over all inputs, as in RunReport */
    _Atomic uint64_t cycles, slices, moved;
    _Atomic uint64_t exhausted; /* inputs that ran out of memory */
    RunReport report;           /* of the running input, up to now */
    _Atomic uint64_t input_len; /* of the running input */
    _Atomic bool busy;          /* an input is running */
    /* of the finding that ended the engine; written by stats_attach */
    char signature[FINDING_SIGNATURE];
    _Atomic uint64_t place;              /* of the check that ended the engine; 0: none */
    _Atomic uint64_t known[STATS_KNOWN]; /* hashes; the oldest is overwritten */
    _Atomic uint64_t nknown;             /* the number of inputs ever added */
    StatsFinding findings[STATS_FINDINGS];
    _Atomic uint64_t nfindings;
    unsigned char input[STATS_INPUT]; /* its first bytes */
} Stats;

/* For the supervisor: creates the file and maps it. Returns NULL, with errno, on failure. */
Stats *stats_create(const char *path);
void stats_unmap(Stats *stats);

/* Reads the input that was running when the file was last written into *input, which the caller
 * frees with text_free. Returns false when no input was running, or when the file cannot be read or
 * is truncated; *error is then errno, or 0. */
bool stats_input_left(const char *path, Text *input, int *error);

/* For an engine, to be called once: maps the file that the environment names, in which findings
 * record their signatures, and has known findings abandoned; without a file, uses private memory.
 * Returns NULL or an error message. */
const char *stats_attach(void);

/* For an engine: to be called before and after an input runs. In between the caller keeps the
 * report up to date, or leaves it zeroed when the input is not run. `abandoned`: because of the
 * finding that was last found to be known. */
RunReport *stats_begin(const uint8_t *data, size_t len);
void stats_end(bool abandoned);

/* For an engine: is the input on the list of known inputs, which have led to a finding before? */
bool stats_is_known(const uint8_t *data, size_t len);

/* For the supervisor: adds an input to that list. */
void stats_know(Stats *stats, const uint8_t *data, size_t len);

/* For the supervisor: makes a finding known, from its signature and its place, which may be 0.
 * Beyond STATS_FINDINGS nothing becomes known. */
void stats_know_finding(Stats *stats, const char *signature, uint64_t place);

/* For the supervisor: counts the input with which an engine ended. */
void stats_bury(Stats *stats);

/* A hash of bytes (FNV-1a, 64 bits; Fowler, Noll and Vo). */
uint64_t stats_hash(const uint8_t *data, size_t len);

#endif
