/* SPDX-License-Identifier: BSD-3-Clause */
/* slice.c -- the server's active defrag, step by step; see slice.h.
 *
 * The server's own entry point for this is defragWhileBlocked (defrag.c): it begins a cycle if
 * there is fragmentation and calls the timer's function once. That runs for active_defrag_cycle_us,
 * at one percent of CPU; since the clock advances by 1 us per pointer (moves.c), this is the number
 * of pointers. The clock and the settings are restored afterwards, so that replies do not depend on
 * whether defrag ran. */
#include "harness/defrag/slice.h"

#include "harness/defrag/moves.h"
#include "harness/valkey/compat.h"
#include "harness/world/clock.h"
#include "harness/world/work.h"
#include "harness/world/world.h"

/* Pointers: more than any data set has; the server multiplies it by 100 in an int */
#define WHOLE 10000000
#define NEVER_MS (1LL << 40)

static bool beginning WORLD; /* the server creates its defrag timer now */

bool slice_running(void) {
    return server.active_defrag_cpu_percent > 0;
}

long long __real_aeCreateTimeEvent(aeEventLoop *loop, long long ms, aeTimeProc *proc, void *data,
                                   aeEventFinalizerProc *finalizer);
long long __wrap_aeCreateTimeEvent(aeEventLoop *loop, long long ms, aeTimeProc *proc, void *data,
                                   aeEventFinalizerProc *finalizer);

long long __wrap_aeCreateTimeEvent(aeEventLoop *loop, long long ms, aeTimeProc *proc, void *data,
                                   aeEventFinalizerProc *finalizer) {
    return __real_aeCreateTimeEvent(loop, beginning ? NEVER_MS : ms, proc, data, finalizer);
}

static SliceSeenFn *watcher;
static void *watcher_context;

void slice_watch(SliceSeenFn *seen, void *context) {
    watcher = seen;
    watcher_context = context;
}

static void say(SliceEvent event) {
    if (watcher) watcher(watcher_context, event);
}

static int64_t busy_pointers WORLD;
static SliceBusyFn *busy_work;
static void *busy_context;

void slice_when_busy(int64_t pointers) {
    busy_pointers = pointers;
}

void slice_on_busy(SliceBusyFn *work, void *context) {
    busy_work = work;
    busy_context = context;
}

/* Weak: a tree without the function loses this seam and is built all the same. */
__attribute__((weak)) int __real_scriptInterrupt(scriptRunCtx *run);
int __wrap_scriptInterrupt(scriptRunCtx *run);

int __wrap_scriptInterrupt(scriptRunCtx *run) {
    if (busy_pointers && busy_work) busy_work(busy_context, busy_pointers);
    return __real_scriptInterrupt(run);
}

void slice_run(int64_t pointers) {
    int64_t now = clock_now();
    int cpu_min = server.active_defrag_cpu_min, cpu_max = server.active_defrag_cpu_max;
    int cycle_us = server.active_defrag_cycle_us;
    long long latency = server.latency_monitor_threshold;

    server.active_defrag_cpu_min = server.active_defrag_cpu_max = 1;
    server.active_defrag_cycle_us = (int)pointers;
    server.latency_monitor_threshold = 0; /* otherwise the slice's duration becomes data */
    if (!slice_running()) {
        moves_fragmented(true);
        beginning = true;
        monitorActiveDefrag();
        beginning = false;
        moves_fragmented(false);
        if (slice_running()) say(SLICE_BEGINS);
    }
    bool was_running = slice_running();
    work_begin_slice();
    defragWhileBlocked(); /* also when nothing has begun, as while a script runs */
    work_end_slice();
    if (was_running && !slice_running()) say(SLICE_ENDS);
    if (was_running && slice_running() && pointers < WHOLE) say(SLICE_PAUSES);

    server.active_defrag_cpu_min = cpu_min;
    server.active_defrag_cpu_max = cpu_max;
    server.active_defrag_cycle_us = cycle_us;
    server.latency_monitor_threshold = latency;
    clock_set(now);
}

static void run_to_end(int64_t pointers) {
    while (slice_running()) slice_run(pointers);
}

void slice_finish(bool whole, int64_t pointers) {
    if (pointers == 0) pointers = WHOLE;
    work_begin_cycles(whole ? 2 : 1, (uint64_t)pointers);
    run_to_end(pointers);
    if (whole) {
        slice_run(pointers);
        run_to_end(pointers);
    }
    work_end_cycles();
}
