/* SPDX-License-Identifier: BSD-3-Clause */
/* clock.c -- virtual time; see clock.h. */
#include "harness/world/clock.h"

#include "harness/valkey/compat.h"
#include "harness/world/work.h"
#include "harness/world/world.h"

static int64_t now_us WORLD = CLOCK_START_US;

int64_t clock_now(void) {
    return now_us;
}

void clock_set(int64_t us) {
    now_us = us;
}

void clock_advance(int64_t us) {
    now_us += us;
}

time_t clock_time(time_t *out) {
    time_t seconds = (time_t)(now_us / 1000000);
    if (out) *out = seconds;
    return seconds;
}

int clock_gettimeofday(struct timeval *tv, void *zone) {
    (void)zone;
    tv->tv_sec = now_us / 1000000;
    tv->tv_usec = now_us % 1000000;
    return 0;
}

int clock_clock_gettime(clockid_t id, struct timespec *ts) {
    (void)id;
    ts->tv_sec = now_us / 1000000;
    ts->tv_nsec = now_us % 1000000 * 1000;
    return 0;
}

clock_t clock_clock(void) {
    return 0;
}

static ClockReadFn *reader;
static void *reader_context;

void clock_watch(ClockReadFn *read, void *context) {
    reader = read;
    reader_context = context;
}

static monotime monotonic_now(void) {
    work_clock_read();
    if (reader) reader(reader_context);
    return (monotime)now_us;
}

const char *__wrap_monotonicInit(void);

/* Replaces the processor's counter. */
const char *__wrap_monotonicInit(void) {
    getMonotonicUs = monotonic_now;
    return "virtual";
}
