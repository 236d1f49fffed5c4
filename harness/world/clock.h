/* SPDX-License-Identifier: BSD-3-Clause */
/* clock.h -- virtual time: every clock that the server reads.
 *
 * Time does not pass while a command runs. Only steps advance it: every command by a fixed amount,
 * "!clock", "!cron", and a defrag slice by one microsecond per pointer (so that "a slice of N
 * pointers" is a slice of N microseconds for the server). The clock is part of the world. */
#ifndef HARNESS_WORLD_CLOCK_H
#define HARNESS_WORLD_CLOCK_H

#include <stdint.h>
#include <sys/time.h>
#include <time.h>

/* 2023-11-14 22:13:20 UTC: time of the server's birth, in us */
#define CLOCK_START_US 1700000000000000
#define CLOCK_COMMAND_US 1000 /* duration of a command */

/* Microseconds since 1970. */
int64_t clock_now(void);
void clock_set(int64_t us);
void clock_advance(int64_t us);

/* What the server's objects call instead of libc's functions of these names
 * (harness/world/seams.txt). All clocks show the same time. */
time_t clock_time(time_t *out);
int clock_gettimeofday(struct timeval *tv, void *zone);
int clock_clock_gettime(clockid_t id, struct timespec *ts);
clock_t clock_clock(void);

/* From now on, `read` is called, with `context`, whenever the server reads its monotonic clock, the
 * one that bounds a slice; NULL: none. Not part of the world. */
typedef void ClockReadFn(void *context);
void clock_watch(ClockReadFn *read, void *context);

#endif
