/* SPDX-License-Identifier: BSD-3-Clause */
/* check.h -- shared by the harness's C tests: a check that counts and prints failures, and an exit
 * status.
 *
 * A test program calls CHECK any number of times and ends with `return check_status("name");`.
 *
 * Limits: one count per program (only one .c file may include this file); no fixtures, no filters,
 * no forks. */
#ifndef HARNESS_TEST_CHECK_H
#define HARNESS_TEST_CHECK_H

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define CHECK_MAX_SHOWN 20 /* failures that are printed; the rest are only counted */

static long check_count, check_failures;

/* Counts a check and prints it with its file and line when it fails. Returns `holds`. */
static inline bool check_that(bool holds, const char *file, int line, const char *what) {
    check_count++;
    if (!holds && check_failures++ < CHECK_MAX_SHOWN) fprintf(stderr, "%s:%d: failed: %s\n", file, line, what);
    return holds;
}

/* As check_that, for two strings that must be equal. */
static inline bool check_same(const char *got, const char *want, const char *file, int line) {
    bool same = check_that(strcmp(got, want) == 0, file, line, "the two texts are equal");
    if (!same && check_failures <= CHECK_MAX_SHOWN) fprintf(stderr, "    got:  %s\n    want: %s\n", got, want);
    return same;
}

#define CHECK(condition) check_that((condition), __FILE__, __LINE__, #condition)
#define CHECK_TEXT(got, want) check_same((got), (want), __FILE__, __LINE__)

/* Prints a summary line and returns the exit status: 0 if there was a check and all held, else
 * 1. */
static inline int check_status(const char *name) {
    printf("%s: %ld checks, %ld failed\n", name, check_count, check_failures);
    return check_failures > 0 || check_count == 0;
}

#endif
