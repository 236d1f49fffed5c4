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
#include "harness/finding/finding.h"
#include "harness/server/client.h"
#include "harness/valkey/compat.h"
#include "harness/valkey/slices.h"
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

/* The functions that are replaced are weak: a tree without one loses that seam and is built all the
 * same. */
__attribute__((weak)) long long __real_aeCreateTimeEvent(aeEventLoop *loop, long long ms, aeTimeProc *proc, void *data,
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

/* Of slices at safe points; which of these points has one (0: each); how many there were. */
static int64_t busy_pointers WORLD, busy_only WORLD, busy_points WORLD;
static SliceBusyFn *busy_work;
static void *busy_context;

void slice_when_busy(int64_t pointers, int64_t only) {
    busy_pointers = pointers;
    busy_only = only;
    busy_points = 0;
}

void slice_on_busy(SliceBusyFn *work, void *context) {
    busy_work = work;
    busy_context = context;
}

static bool at_safe_point WORLD;

static void safe_point(void) {
    bool due = busy_pointers && busy_work && (!busy_only || ++busy_points == busy_only);
    at_safe_point = true;
    if (due) busy_work(busy_context, busy_pointers);
    at_safe_point = false;
}

bool slice_at_safe_point(void) {
    return at_safe_point;
}

__attribute__((weak)) int __real_scriptInterrupt(void *run);
int __wrap_scriptInterrupt(void *run);

/* A script that a client waits to interrupt is slow: it takes the time after which the server turns
 * to others (script.c, scriptInterrupt). */
static void pass_time(void) {
    if (client_waits_for_busy() && !scriptIsTimedout()) clock_advance(server.busy_reply_threshold * 1000);
}

int __wrap_scriptInterrupt(void *run) {
    pass_time();
    safe_point();
    return __real_scriptInterrupt(run);
}

__attribute__((weak)) void __real_processEventsWhileBlocked(void);
void __wrap_processEventsWhileBlocked(void);

static aeAfterSleepProc *after_sleep WORLD; /* the server's own */

/* Here the event loop would handle what has arrived. Whatever did counts as an event, so that the
 * server turns once more and writes the replies. */
static void serve_clients(aeEventLoop *loop, int events) {
    if (after_sleep) after_sleep(loop, events);
    if (client_serve()) server.events_processed_while_blocked++;
}

/* May be nested. */
void __wrap_processEventsWhileBlocked(void) {
    bool outermost = server.el->aftersleep != serve_clients;
    if (outermost) {
        after_sleep = server.el->aftersleep;
        server.el->aftersleep = serve_clients;
    }
    __real_processEventsWhileBlocked();
    if (outermost) server.el->aftersleep = after_sleep;
    safe_point();
}

static CompatSlices settings_of_slices(void) {
    CompatSlices settings = compat_slices();
    if (!settings.cpu_min || !settings.cpu_max || !settings.cycle_us || !settings.latency)
        finding_harness("this server has no setting for the length of a slice");
    return settings;
}

/* Pointers: a stretch is a bucket of a table with its chain, which has some keys. Each has a value
 * of at most `fields` elements, with some pointers each; a larger one is left for later (defrag.c,
 * defragKey). The numbers are generous: over the seeds and 300 generated streams, the longest
 * stretch over several keys was a quarter of it. However few the fields, the scan of a large stream
 * reads the clock only after 129 nodes, each with some nodes of its radix tree
 * (scanLaterStreamListpacks). */
static int64_t longest_stretch(unsigned long fields) {
    enum { KEYS = 16, KEY_POINTERS = 16, ELEMENT_POINTERS = 4, MOST_FIELDS = 1000000 };
    enum { SCANNED = 129, SCANNED_POINTERS = 8 };
    if (fields == 0 || fields > MOST_FIELDS) return INT64_MAX;
    int64_t keys = KEYS * (ELEMENT_POINTERS * (int64_t)fields + KEY_POINTERS);
    int64_t scanned = SCANNED * SCANNED_POINTERS;
    return keys > scanned ? keys : scanned;
}

void slice_run(int64_t pointers) {
    int64_t now = clock_now();
    CompatSlices settings = settings_of_slices();
    int cpu_min = *settings.cpu_min, cpu_max = *settings.cpu_max, cycle_us = *settings.cycle_us;
    long long latency = *settings.latency;

    *settings.cpu_min = *settings.cpu_max = 1;
    *settings.cycle_us = (int)pointers;
    *settings.latency = 0; /* otherwise the slice's duration becomes data */
    if (!slice_running()) {
        moves_fragmented(true);
        beginning = true;
        monitorActiveDefrag();
        beginning = false;
        if (slice_running() && !__real_aeCreateTimeEvent) compat_put_off_timer(NEVER_MS * 1000);
        moves_fragmented(false);
        if (slice_running()) say(SLICE_BEGINS);
    }
    bool was_running = slice_running();
    work_begin_slice(longest_stretch(compat_scan_fields()));
    defragWhileBlocked(); /* also when nothing has begun, as while a script runs */
    work_end_slice();
    if (was_running && !slice_running()) say(SLICE_ENDS);
    if (was_running && slice_running() && pointers < WHOLE) say(SLICE_PAUSES);

    *settings.cpu_min = cpu_min;
    *settings.cpu_max = cpu_max;
    *settings.cycle_us = cycle_us;
    *settings.latency = latency;
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
