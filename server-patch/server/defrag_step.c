/* SPDX-License-Identifier: BSD-3-Clause */
/* defrag_step.c -- cycles and slices of defrag on request; see defrag_portable.h.
 *
 * A slice is one call of the server's own function for that (defragWhileBlocked). The server limits
 * a slice by time, so during a slice it gets a clock that moves by 1 us with each block that defrag
 * asks about: a slice of N us ends at the first time check after N blocks, as in the fuzz harness.
 * Then the real clock is restored.
 *
 * A stepped server (VALKEY_DEFRAG_STEPPED=1 in its environment) goes further. Only DEBUG DEFRAG
 * CLOCK moves its clocks; timers fire when they are due by that clock. Its randomness, hash seeds
 * included, comes from a seed. So the same commands get the same replies in every such process.
 *
 * Limits: threads (background jobs, I/O threads) are not controlled. Where the server calls time(2)
 * and gettimeofday(2) directly and not through ustime, it gets the real time: logs, LASTSAVE, the
 * time of slow log entries. */
#include "defrag_shape/compat.h"

#include <time.h>

#include "mt19937-64.h"

/* Blocks: more than in a stepped data set. Times 100 it fits in an int. */
#define WHOLE 10000000
#define NEVER (UINT64_MAX / 2)    /* when a held timer fires, us */
#define START_US 1700000000000000 /* the start of a stepped server, us since 1970 */

/* --- the clock of a slice */

static struct {
    monotime base;  /* what the clock showed when the slice began */
    uint64_t asked; /* blocks asked about before it */
} slice;

static monotime sliceClock(void) {
    return slice.base + (defragHintCounts().asked - slice.asked);
}

/* --- holding and releasing a cycle */

static long long held_timer = -1; /* the event of the cycle that is held */
static bool deciding, wanted;

bool defragStepRunning(void) {
    return server.active_defrag_cpu_percent > 0;
}

bool defragStepHeld(void) {
    return held_timer >= 0 && defragStepRunning();
}

bool defragStepDecides(void) {
    return deciding || defragStepIsStepped() || defragStepHeld();
}

bool defragStepWantsCycle(void) {
    return wanted;
}

static aeTimeEvent *findTimer(long long id) {
    aeTimeEvent *event = server.el->timeEventHead;
    while (event && event->id != id) event = event->next;
    return event;
}

/* Begins a cycle. Its timer is the newest one. */
static void begin(void) {
    wanted = true;
    monitorActiveDefrag();
    wanted = false;
    if (!defragStepRunning()) return; /* activedefrag is off, or a child process is running */
    held_timer = server.el->timeEventHead->id;
    server.el->timeEventHead->when = NEVER;
}

void defragStepRelease(void) {
    aeTimeEvent *event = defragStepHeld() ? findTimer(held_timer) : NULL;
    if (event) event->when = getMonotonicUs();
    held_timer = -1;
}

/* --- slices */

/* Settings of the server that a slice replaces. */
typedef struct {
    int cpu_min, cpu_max, cycle_us;
    long long latency_threshold;
    monotime (*clock)(void);
} borrowed;

static borrowed borrow(long long pointers) {
    /* The same for all slices of a cycle; else the time between them would lengthen the next. */
    static monotime cycle_base;
    borrowed was = {server.active_defrag_cpu_min, server.active_defrag_cpu_max, server.active_defrag_cycle_us,
                    server.latency_monitor_threshold, getMonotonicUs};
    if (!defragStepRunning() || defragStepIsStepped()) cycle_base = getMonotonicUs();
    server.active_defrag_cpu_min = server.active_defrag_cpu_max = 1;
    server.active_defrag_cycle_us = pointers;
    server.latency_monitor_threshold = 0; /* the slice's clock does not measure time */
    slice.base = cycle_base;
    slice.asked = defragHintCounts().asked;
    getMonotonicUs = sliceClock;
    deciding = true;
    return was;
}

static void giveBack(borrowed was) {
    server.active_defrag_cpu_min = was.cpu_min;
    server.active_defrag_cpu_max = was.cpu_max;
    server.active_defrag_cycle_us = was.cycle_us;
    server.latency_monitor_threshold = was.latency_threshold;
    getMonotonicUs = was.clock;
    deciding = false;
}

void defragStepStart(void) {
    borrowed was = borrow(1);
    if (!defragStepRunning()) begin();
    giveBack(was);
}

void defragStepSlice(long long pointers) {
    borrowed was = borrow(pointers);
    if (!defragStepRunning()) begin();
    defragWhileBlocked();
    giveBack(was);
}

static void runToEnd(long long pointers) {
    while (defragStepRunning() && server.active_defrag_enabled) defragStepSlice(pointers);
    /* activedefrag is off: one more call ends the cycle. */
    if (defragStepRunning()) defragStepSlice(pointers);
}

void defragStepFinish(bool whole, long long pointers) {
    if (!pointers) pointers = WHOLE;
    runToEnd(pointers);
    if (!whole) return;
    defragStepSlice(pointers);
    runToEnd(pointers);
}

static long long busy_pointers;

void defragStepWhenBusy(long long pointers) {
    busy_pointers = pointers;
}

void defragScriptInterrupted(void) {
    if (busy_pointers) defragStepSlice(busy_pointers);
}

/* --- how long slices take, in real time */

static long long longest_us, begun_us;

long long defragRealUs(void) {
    struct timespec ts;
    clock_gettime(CLOCK_MONOTONIC, &ts);
    return ts.tv_sec * 1000000LL + ts.tv_nsec / 1000;
}

void defragSliceBegins(void) {
    begun_us = defragRealUs();
}

void defragSliceEnds(void) {
    long long us = defragRealUs() - begun_us;
    if (us > longest_us) longest_us = us;
}

long long defragStepLongestSlice(bool reset) {
    long long us = longest_us;
    if (reset) longest_us = 0;
    return us;
}

/* --- a stepped server */

static struct {
    bool on;
    long long wall, timers; /* us since 1970: the clock, and what timers see */
    uint64_t bytes;         /* state of the random bytes */
} stepped = {false, START_US, START_US, 1};

bool defragStepIsStepped(void) {
    return stepped.on;
}

static monotime timerClock(void) {
    return stepped.timers;
}

static int wallClock(long long *us) {
    *us = stepped.wall;
    return 1;
}

void defragStepClock(long long us, bool later) {
    if (later) stepped.timers = stepped.wall;
    stepped.wall += us;
    if (!later) stepped.timers = stepped.wall;
}

/* splitmix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators, 2014), as the
 * fuzz harness. */
static uint64_t nextRandom(void) {
    uint64_t z = stepped.bytes += 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

void defragStepSeed(uint64_t seed) {
    stepped.bytes = seed;
    srandom((unsigned)nextRandom());
    init_genrand64(nextRandom());
}

static int randomBytes(unsigned char *p, size_t len) {
    for (size_t i = 0; i < len; i++) p[i] = (unsigned char)nextRandom();
    return 1;
}

void defragStepInit(void) {
    const char *wish = getenv("VALKEY_DEFRAG_STEPPED");
    stepped.on = wish && !strcmp(wish, "1");
    if (!stepped.on) return;
    stepped_ustime = wallClock;
    stepped_random_bytes = randomBytes;
    getMonotonicUs = timerClock; /* before monotonicInit, which keeps a clock that is set */
    defragStepSeed(1);
}
