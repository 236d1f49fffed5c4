/* SPDX-License-Identifier: BSD-3-Clause */
/* jobs.c -- background jobs, made deterministic; see jobs.h. */
#include "harness/world/jobs.h"

#include <stdarg.h>
#include <unistd.h>

#include "harness/finding/finding.h"
#include "harness/valkey/compat.h"
#include "harness/world/world.h"

#define JOBS_MAX 1024
#define JOB_ARGS 8

typedef struct {
    lazy_free_fn *free_fn;
    void *args[JOB_ARGS];
} Job;

static Job queue[JOBS_MAX] WORLD;
static int first WORLD, count WORLD;
static bool held WORLD;

static void run(Job *job) {
    job->free_fn(job->args);
}

void jobs_hold(void) {
    held = true;
}

bool jobs_run_one(void) {
    if (count == 0) return false;
    Job job = queue[first];
    first = (first + 1) % JOBS_MAX;
    count--;
    run(&job);
    return true;
}

bool jobs_wait(void) {
    return count > 0;
}

void jobs_lose(void) {
    count = 0;
}

void jobs_run(void) {
    held = false;
    while (jobs_run_one()) continue;
}

static void submit(Job *job) {
    if (!held) {
        run(job);
        return;
    }
    if (count == JOBS_MAX) jobs_run_one();
    queue[(first + count++) % JOBS_MAX] = *job;
}

void __wrap_bioInit(void);
void __wrap_bioCreateLazyFreeJob(lazy_free_fn *free_fn, int arg_count, ...);
void __wrap_bioCreateCloseJob(int fd, int need_fsync, int need_reclaim_cache);
void __wrap_bioCreateCloseAofJob(int fd, long long offset, int need_reclaim_cache);
void __wrap_bioCreateFsyncJob(int fd, long long offset, int need_reclaim_cache);
void __wrap_bioDrainWorker(int type);
unsigned long __wrap_bioPendingJobsOfType(int type);

void __wrap_bioInit(void) {
}

void __wrap_bioCreateLazyFreeJob(lazy_free_fn *free_fn, int arg_count, ...) {
    Job job = {.free_fn = free_fn};
    va_list ap;
    if (arg_count > JOB_ARGS) finding_harness("a background job with %d arguments", arg_count);
    va_start(ap, arg_count);
    for (int i = 0; i < arg_count; i++) job.args[i] = va_arg(ap, void *);
    va_end(ap);
    submit(&job);
}

void __wrap_bioCreateCloseJob(int fd, int need_fsync, int need_reclaim_cache) {
    (void)need_fsync, (void)need_reclaim_cache;
    close(fd);
}

void __wrap_bioCreateCloseAofJob(int fd, long long offset, int need_reclaim_cache) {
    (void)offset, (void)need_reclaim_cache;
    close(fd);
}

void __wrap_bioCreateFsyncJob(int fd, long long offset, int need_reclaim_cache) {
    (void)fd, (void)offset, (void)need_reclaim_cache;
}

void __wrap_bioDrainWorker(int type) {
    if (type == BIO_LAZY_FREE) {
        while (jobs_run_one()) continue;
    }
}

unsigned long __wrap_bioPendingJobsOfType(int type) {
    return type == BIO_LAZY_FREE ? (unsigned long)count : 0;
}
