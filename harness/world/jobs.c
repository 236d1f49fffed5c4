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

typedef void JobFn(void *args[]);

typedef struct {
    JobFn *free_fn;
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
    queue[first] = (Job){0};
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
void __wrap_bioCreateLazyFreeJob(JobFn *free_fn, int arg_count, ...);
void __wrap_bioCreateCloseJob(int fd, int need_fsync, int need_reclaim_cache);
void __wrap_bioCreateCloseAofJob(int fd, long long offset, int need_reclaim_cache);
void __wrap_bioCreateFsyncJob(int fd, long long offset, int need_reclaim_cache);
void __wrap_bioDrainWorker(int type);
unsigned long __wrap_bioPendingJobsOfType(int type);

/* Weak: a tree without one of these functions is built all the same. */
__attribute__((weak)) void __real_bioInit(void);
__attribute__((weak)) void __real_bioCreateLazyFreeJob(JobFn *free_fn, int arg_count, ...);
__attribute__((weak)) void __real_bioCreateCloseJob(int fd, int need_fsync, int need_reclaim_cache);
__attribute__((weak)) void __real_bioCreateCloseAofJob(int fd, long long offset, int need_reclaim_cache);
__attribute__((weak)) void __real_bioCreateFsyncJob(int fd, long long offset, int need_reclaim_cache);

bool jobs_stay_with_server(void) {
    return !__real_bioInit || !__real_bioCreateLazyFreeJob || !__real_bioCreateCloseJob ||
           !__real_bioCreateCloseAofJob || !__real_bioCreateFsyncJob;
}

void __wrap_bioInit(void) {
    if (jobs_stay_with_server()) __real_bioInit();
}

void __wrap_bioCreateLazyFreeJob(JobFn *free_fn, int arg_count, ...) {
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

/* In a tree that has no such type, jobs of any. */
static bool is_lazy_free(int type) {
#if HAVE_BIO_LAZY_FREE
    return type == BIO_LAZY_FREE;
#else
    (void)type;
    return true;
#endif
}

void __wrap_bioDrainWorker(int type) {
    if (is_lazy_free(type)) {
        while (jobs_run_one()) continue;
    }
}

unsigned long __wrap_bioPendingJobsOfType(int type) {
    return is_lazy_free(type) ? (unsigned long)count : 0;
}
