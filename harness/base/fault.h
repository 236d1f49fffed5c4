/* SPDX-License-Identifier: BSD-3-Clause */
/* fault.h -- a fault of the harness itself, for the floors below finding/: prints one line and ends
 * the process.
 *
 * Floors that may include harness/finding/finding.h call finding_harness, which names the step as
 * well. */
#ifndef HARNESS_BASE_FAULT_H
#define HARNESS_BASE_FAULT_H

/* Every line about a fault of the harness begins with this. */
#define FAULT_PREFIX "defrag-fuzz: harness: "

/* Prints the text after FAULT_PREFIX to stderr, with a newline, and ends the process with
 * EXIT_HARNESS. */
_Noreturn void fault_end(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
