/* SPDX-License-Identifier: BSD-3-Clause */
/* timers.c -- deleted timers in the server's list; see timers.h. */
#include "harness/oracles/timers.h"

#include "harness/valkey/compat.h"

#if CHECKED_deleted_timers

void timers_subtract_deleted(HeapStats *stats) {
    for (aeTimeEvent *t = server.el->timeEventHead; t; t = t->next) {
        if (t->id != AE_DELETED_EVENT_ID) continue;
        stats->live_blocks--;
        stats->live_bytes -= heap_usable_size(t);
    }
}

#else

void timers_subtract_deleted(HeapStats *stats) {
    (void)stats;
}

#endif
