/* SPDX-License-Identifier: BSD-3-Clause */
/* stopwatch.h -- the one real-time clock: what reports, progress lines and time limits are measured
 * with.
 *
 * The server under test never sees it; its clock is harness/world/clock.h.
 *
 * Limits: real time differs from run to run. Nothing that a stream does, and nothing in a trace,
 * may depend on it. harness/test/test_floors.sh makes sure that no other file reads a clock. */
#ifndef HARNESS_BASE_STOPWATCH_H
#define HARNESS_BASE_STOPWATCH_H

#include <stdint.h>

/* Seconds since some fixed moment, to a fraction of a microsecond. Never goes back
 * (CLOCK_MONOTONIC, clock_gettime(2)). */
double stopwatch_seconds(void);

/* The same in whole milliseconds, for poll(2). */
int64_t stopwatch_ms(void);

/* The same in microseconds. */
double stopwatch_us(void);

/* Seconds of CPU time that this process has used: other processes on the machine do not count. */
double stopwatch_cpu_seconds(void);

/* Milliseconds since 1970. It differs from start to start, unlike the others: a seed that the user
 * did not choose. */
int64_t stopwatch_date_ms(void);

#endif
