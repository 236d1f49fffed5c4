/* SPDX-License-Identifier: BSD-3-Clause */
/* excuses.h -- dead words: what still points into a released block, and is written before anything
 * reads it. For refs.c.
 *
 * An excuse is a row of the table in excuses.c and a file excuse_*.c that tells a dead word from a
 * live one by the live words beside it. Where a tree lacks what the file needs, the probe has
 * switched it off (harness/valkey/probe.txt), and every word of the blocks that those functions
 * allocate is excused. */
#ifndef HARNESS_ORACLES_EXCUSES_H
#define HARNESS_ORACLES_EXCUSES_H

#include <stdbool.h>
#include <stddef.h>

#include "harness/world/heap.h"

/* Is the word at `offset` bytes into a live block a dead one? */
bool excuses_hold(const HeapBlock *block, size_t offset);

/* Is the word at that address, in a global of the server, a dead one? */
bool excuses_hold_global(const void *at);

/* The functions that the rows name, one at a call: from *next = 0 on, which each call advances. The
 * text is a part of the name, or the whole name; NULL: no more. *found: whether this program has
 * such a function, which one that the compiler inlined everywhere is not. A row whose function is
 * not found excuses more than it should, without a word. For a test. Needs symbol_load. */
const char *excuses_function(int *next, bool *found);

/* --- the files: is the word, in a block that is known to be of the right kind, a dead one? */

/* excuse_bucket.c: a slot of a hash table's bucket whose presence bit is clear. */
bool excuse_bucket(const HeapBlock *block, size_t offset);

/* excuse_bookmark.c: a bookmark of a list beyond their count. */
bool excuse_bookmark(const HeapBlock *block, size_t offset);

/* excuse_index.c: a free slot in a node of a sorted set's ordered index, or where its prefix is. */
bool excuse_index(const HeapBlock *block, size_t offset);

/* excuse_radix.c: the characters of a radix tree's node. */
bool excuse_radix(const HeapBlock *block, size_t offset);

/* excuse_postponed.c: the script of a client whose command is processed again from its start. */
bool excuse_postponed(const HeapBlock *block, size_t offset);

/* excuse_handle.c: the handle of a client that does not wait for a module any more. */
bool excuse_handle(const HeapBlock *block, size_t offset);

/* excuse_open.c: the list iterator of a key that a module has open, after its release. */
bool excuse_open(const HeapBlock *block, size_t offset);

/* excuse_queue.c: a command that was taken off a client's queue of parsed commands. */
bool excuse_queue(const HeapBlock *block, size_t offset);

#endif
