/* SPDX-License-Identifier: BSD-3-Clause */
/* reason.h -- why blocks stay in place that defrag leaves on purpose or never visits. Part of the
 * report reach (reach.h). */
#ifndef HARNESS_REACH_REASON_H
#define HARNESS_REACH_REASON_H

#include <stdbool.h>

/* The known reason, in a few words, for blocks of a structure that a function (site_owner)
 * allocated; "" if none is known. Static. `interrupted`: they stayed in place only in interrupted
 * cycles; the reason "between slices" then covers everything that can happen there. */
const char *reach_reason(const char *structure, const char *owner, bool interrupted);

#endif
