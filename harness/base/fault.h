/* SPDX-License-Identifier: BSD-3-Clause */
/* fault.h -- a fault of the harness itself, on the floors that know no finding: one line, and the
 * end of the process.
 *
 * Where harness/finding/finding.h is within reach, finding_harness names the step as well. */
#ifndef HARNESS_BASE_FAULT_H
#define HARNESS_BASE_FAULT_H

#define FAULT_PREFIX "defrag-fuzz: harness: " /* what every line about a fault of the harness begins with */

/* Prints the text after FAULT_PREFIX to stderr, with a newline, and ends the process with
 * EXIT_HARNESS. */
_Noreturn void fault_end(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
