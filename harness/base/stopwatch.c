/* SPDX-License-Identifier: BSD-3-Clause */
/* stopwatch.c -- the one real-time clock; see stopwatch.h. */
#include "harness/base/stopwatch.h"

#include <time.h>

static struct timespec read_clock(clockid_t clock) {
    struct timespec ts;
    clock_gettime(clock, &ts);
    return ts;
}

static double seconds_of(clockid_t clock) {
    struct timespec ts = read_clock(clock);
    return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static int64_t ms_of(clockid_t clock) {
    struct timespec ts = read_clock(clock);
    return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

double stopwatch_seconds(void) {
    return seconds_of(CLOCK_MONOTONIC);
}

int64_t stopwatch_ms(void) {
    return ms_of(CLOCK_MONOTONIC);
}

double stopwatch_us(void) {
    struct timespec ts = read_clock(CLOCK_MONOTONIC);
    return (double)ts.tv_sec * 1e6 + (double)ts.tv_nsec / 1e3;
}

double stopwatch_cpu_seconds(void) {
    return seconds_of(CLOCK_PROCESS_CPUTIME_ID);
}

int64_t stopwatch_date_ms(void) {
    return ms_of(CLOCK_REALTIME);
}
