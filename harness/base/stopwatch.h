/* SPDX-License-Identifier: BSD-3-Clause */
/* stopwatch.h -- the one real-time clock: reports, progress lines and time limits use it.
 *
 * The server under test never reads it: the server's clock is harness/world/clock.h.
 *
 * Limits: real time differs from run to run. Nothing that a stream does, and nothing in a trace,
 * may depend on it. harness/test/test_floors.sh checks that no other file reads a clock. */
#ifndef HARNESS_BASE_STOPWATCH_H
#define HARNESS_BASE_STOPWATCH_H

#include <stdint.h>

/* Seconds since some fixed moment, to a fraction of a microsecond. Monotonic (CLOCK_MONOTONIC,
 * clock_gettime(2)). */
double stopwatch_seconds(void);

/* The same in whole milliseconds, for poll(2). */
int64_t stopwatch_ms(void);

/* The same in microseconds. */
double stopwatch_us(void);

/* Seconds of CPU time that this process has used. Other processes do not count. */
double stopwatch_cpu_seconds(void);

/* Milliseconds since 1970: for a seed that the user did not choose, which must differ between
 * starts. */
int64_t stopwatch_date_ms(void);

#endif
