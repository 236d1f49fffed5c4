/* SPDX-License-Identifier: BSD-3-Clause */
/* stats.h -- what an engine process and its supervisor know of each other: counters, and the input
 * that runs.
 *
 * A small file that both map. The engine writes; whatever becomes of it, the supervisor still has
 * the counters, the input that ran, and the signature of the finding. Only the list of known inputs
 * goes the other way. */
#ifndef FUZZ_ENGINE_STATS_H
#define FUZZ_ENGINE_STATS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/base/text.h"
#include "harness/finding/finding.h"
#include "harness/run/run.h"

#define STATS_FILE "stats-"                   /* the beginning of such a file's name in the scratch folder */
#define STATS_ENVIRONMENT "DEFRAG_FUZZ_STATS" /* names the file to an engine process */
#define STATS_INPUT (1 << 20)                 /* bytes of an input that are kept: libFuzzer's own largest -max_len */
#define STATS_KNOWN 1024                      /* inputs that are not run any more */

/* Every field but `known` has one writer, the engine; a reader may see one counter an input ahead
 * of another. */
typedef struct {
    _Atomic uint64_t execs;            /* inputs taken from the engine, those that were not run included */
    _Atomic uint64_t commands, errors; /* as in RunReport, and so on: sums over all inputs */
    _Atomic uint64_t cycles, slices, moved;
    _Atomic uint64_t exhausted;          /* inputs that ran out of memory */
    _Atomic uint64_t input_len;          /* of the input that runs */
    _Atomic bool busy;                   /* an input runs */
    char signature[FINDING_SIGNATURE];   /* of the finding that ended the engine; the file's bytes, see stats_attach */
    _Atomic uint64_t known[STATS_KNOWN]; /* hashes; the oldest makes room */
    _Atomic uint64_t nknown;             /* how many there have been */
    unsigned char input[STATS_INPUT];    /* the first so many bytes of it */
} Stats;

/* For the supervisor: makes the file and maps it. NULL when that fails, with errno. */
Stats *stats_create(const char *path);
void stats_unmap(Stats *stats);

/* Reads the input that ran when the file was left behind, into *input, which the caller frees with
 * text_free. False when none ran, or when the file is no longer whole; `*error` is then what stood
 * in the way of reading it, as errno, or 0. */
bool stats_input_left(const char *path, Text *input, int *error);

/* For an engine, once: maps the file that the environment names and has findings note their
 * signature in it; without one, memory of its own. Returns NULL or what is wrong. */
const char *stats_attach(void);

/* For an engine: an input is about to run, and has run. The report may be NULL: the input was not
 * run at all. */
void stats_begin(const uint8_t *data, size_t len);
void stats_end(const RunReport *report);

/* For an engine: is the input on the list of those that brought out a finding already? */
bool stats_is_known(const uint8_t *data, size_t len);

/* For the supervisor: puts an input on that list. */
void stats_know(Stats *stats, const uint8_t *data, size_t len);

/* A hash of bytes (FNV-1a, 64 bits; Fowler, Noll and Vo). */
uint64_t stats_hash(const uint8_t *data, size_t len);

#endif
