/* SPDX-License-Identifier: BSD-3-Clause */
/* coverage.h -- the table of `defrag-fuzz gen --coverage`: which commands, options and types of
 * values random streams reach. */
#ifndef FUZZ_CLI_COVERAGE_H
#define FUZZ_CLI_COVERAGE_H

#include <stdint.h>

/* Generates `count` streams of `steps` steps with seeds from `seed` on, runs each, and prints the
 * table on stdout: Markdown, then a line for each gap, then the sums. Needs a server that is born.
 * Returns an exit status; a finding does not return. */
int coverage_print(int64_t seed, int64_t count, int64_t steps);

#endif
