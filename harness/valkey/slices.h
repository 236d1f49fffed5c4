/* SPDX-License-Identifier: BSD-3-Clause */
/* slices.h -- the settings that bound a slice of defrag, as variables: members of `server`, or, in
 * a tree that has other names for them, what the table of configs points to. */
#ifndef HARNESS_VALKEY_SLICES_H
#define HARNESS_VALKEY_SLICES_H

#include "harness/base/valkey_name.h"
#include "harness/valkey/compat.h"

/* NULL: the server has no such setting. */
typedef struct {
    int *cpu_min, *cpu_max; /* percent */
    int *cycle_us;          /* at one percent of CPU */
    long long *latency;     /* from where on events become data */
} CompatSlices;

#if HAVE_SLICE_SETTINGS
static inline CompatSlices compat_slices(void) {
    return (CompatSlices){&server.active_defrag_cpu_min, &server.active_defrag_cpu_max, &server.active_defrag_cycle_us,
                          &server.latency_monitor_threshold};
}
#elif defined(HAVE_CONFIG_SIZE) && defined(HAVE_CONFIG_NUMBER_AT)
static inline void *compat_number(const char *name) {
    const char *row = compat_config_row(name);
    void *variable = NULL;
    if (row) memcpy(&variable, row + CONFIG_NUMBER_AT, sizeof(variable));
    return variable;
}

static inline CompatSlices compat_slices(void) {
    return (CompatSlices){
        compat_number(VALKEY_CONFIG("active-defrag-cycle-min")),
        compat_number(VALKEY_CONFIG("active-defrag-cycle-max")),
        compat_number(VALKEY_CONFIG("active-defrag-cycle-us")),
        compat_number(VALKEY_CONFIG("latency-monitor-threshold")),
    };
}
#else
/* A member that the compiler will name. */
static inline CompatSlices compat_slices(void) {
    return (CompatSlices){&server.active_defrag_cpu_min, &server.active_defrag_cpu_max, &server.active_defrag_cycle_us,
                          &server.latency_monitor_threshold};
}
#endif

/* The most elements of a value that defrag visits at once; 0: not known. */
static inline unsigned long compat_scan_fields(void) {
#if HAVE_SCAN_FIELDS
    return server.active_defrag_max_scan_fields;
#else
    return 0;
#endif
}

/* Puts off the timer that was created last; for a tree whose function that creates timers has
 * another name. */
static inline void compat_put_off_timer(long long us) {
#if HAVE_TIMER_LIST
    server.el->timeEventHead->when += us;
#else
    (void)us;
#endif
}

#endif
