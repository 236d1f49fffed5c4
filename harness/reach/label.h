/* SPDX-License-Identifier: BSD-3-Clause */
/* label.h -- which structure of the data set each live block belongs to; a part of the report reach
 * (reach.h), and nobody else's. */
#ifndef HARNESS_REACH_LABEL_H
#define HARNESS_REACH_LABEL_H

#include <stdbool.h>
#include <stddef.h>

#include "harness/world/heap.h"

#define REACH_KINDS 256 /* kinds are numbered below that, in the order of the report */

/* Calls fn, with `context`, for every live block of the data set, with the number of its kind and
 * whether the hash table that it belongs to is being rehashed. No effect on the server. Arena
 * only. */
typedef void ReachLabelFn(void *context, const HeapBlock *block, int kind, bool rehash);
void reach_label(ReachLabelFn *fn, void *context);

/* What a kind is called: "list quicklist", "expires table". */
void reach_kind_name(int kind, char *name, size_t room);

#endif
