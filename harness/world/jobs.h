/* SPDX-License-Identifier: BSD-3-Clause */
/* jobs.h -- background jobs, made deterministic.
 *
 * The server hands objects to free to a thread (bio.c). Here they are freed at once, or queued
 * while jobs are held, so that a stream decides when: "!jobs hold", steps, "!jobs one", "!jobs
 * run". The queue is part of the world. A server that sleeps (usleep, seams.c) lets the oldest one
 * run, as a thread would meanwhile.
 *
 * Limits: closing and syncing files happens at once; there is nothing to wait for. */
#ifndef HARNESS_WORLD_JOBS_H
#define HARNESS_WORLD_JOBS_H

#include <stdbool.h>

void jobs_hold(void);    /* queue from now on */
void jobs_run(void);     /* run what is queued, oldest first, and run new jobs at once from now on */
bool jobs_run_one(void); /* run the oldest; false when none is queued */

#endif
