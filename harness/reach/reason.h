/* SPDX-License-Identifier: BSD-3-Clause */
/* reason.h -- why blocks stay in place that defrag leaves on purpose or never looks at; a part of
 * the report reach (reach.h). */
#ifndef HARNESS_REACH_REASON_H
#define HARNESS_REACH_REASON_H

#include <stdbool.h>

/* The reason that is known for the blocks of a structure that a function allocated (site_owner), in
 * a few words; "" when none is. Static. `interrupted`: they stayed in place in interrupted cycles
 * only; then "between slices" stands for all that can happen between those. */
const char *reach_reason(const char *structure, const char *owner, bool interrupted);

#endif
