/* SPDX-License-Identifier: BSD-3-Clause */
/* retainer.h -- describes what retains a word: "+24 of a 56-byte block allocated by
 * quicklistCreateNode, reachable from list key "k2" in database 0". */
#ifndef HARNESS_ORACLES_RETAINER_H
#define HARNESS_ORACLES_RETAINER_H

#include <stddef.h>

#include "harness/world/heap.h"

/* Describes the word at `at`, in the live block `block` or, if that is NULL, in the server's
 * globals. Follows pointers to the block backwards, up to eight of them, to a key of a database or
 * a global variable. Slow: for findings only. */
void retainer_describe(const HeapBlock *block, const void *at, char *text, size_t room);

#endif
