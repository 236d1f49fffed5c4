/* SPDX-License-Identifier: BSD-3-Clause */
/* label.h -- finds the structure of the data set that each live block belongs to. Part of the
 * report reach (reach.h); no other file uses it. */
#ifndef HARNESS_REACH_LABEL_H
#define HARNESS_REACH_LABEL_H

#include <stdbool.h>
#include <stddef.h>

#include "harness/world/heap.h"

/* Structures are numbered from 0 to below this, in the order of the report */
#define REACH_STRUCTURES 4096

/* Calls fn, with `context`, for every live block of the data set, with the number of its structure
 * and whether the hash table that it belongs to is being rehashed. No effect on the server. Arena
 * only. */
typedef void ReachLabelFn(void *context, const HeapBlock *block, int structure, bool rehash);
void reach_label(ReachLabelFn *fn, void *context);

/* Writes the name of a structure: "list quicklist", "expires table". */
void reach_structure_name(int structure, char *name, size_t room);

/* Whether the tree has what labels need; if not, no block gets one. */
bool reach_is_known(void);

#endif
