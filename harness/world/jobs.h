/* SPDX-License-Identifier: BSD-3-Clause */
/* jobs.h -- background jobs, made deterministic.
 *
 * The server passes objects that it wants freed to a thread (bio.c). Here they are freed at once,
 * or queued while jobs are held, so that the stream decides when: "!jobs hold", steps, "!jobs one",
 * "!jobs run". The queue is part of the world. When the server sleeps (usleep, seams.c), the oldest
 * job runs, as it would in a thread.
 *
 * Limits: closing and syncing files happens at once; there is nothing to wait for. */
#ifndef HARNESS_WORLD_JOBS_H
#define HARNESS_WORLD_JOBS_H

#include <stdbool.h>

void jobs_hold(void); /* queue from now on */
/* Run what is queued, oldest first, and run new jobs at once from now on */
void jobs_run(void);
bool jobs_run_one(void); /* run the oldest; false when none is queued */
bool jobs_wait(void);    /* is any queued? */
void jobs_lose(void);    /* forget what is queued: for a canary */

/* Does the server keep jobs that were not submitted here? So it is when it has other names for some
 * of the functions that submit them. */
bool jobs_stay_with_server(void);

#endif
