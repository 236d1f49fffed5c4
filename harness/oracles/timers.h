/* SPDX-License-Identifier: BSD-3-Clause */
/* timers.h -- timers that the server has deleted and not yet freed: the next run of the event loop
 * does (ae.c, processTimeEvents). For account.c. Where a tree lacks what the file needs, the probe
 * has switched it off, and a cycle's allocations are not counted. */
#ifndef HARNESS_ORACLES_TIMERS_H
#define HARNESS_ORACLES_TIMERS_H

#include "harness/world/heap.h"

/* Subtracts them. */
void timers_subtract_deleted(HeapStats *stats);

#endif
