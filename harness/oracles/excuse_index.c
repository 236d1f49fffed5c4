/* SPDX-License-Identifier: BSD-3-Clause */
/* excuse_index.c -- a free slot in a node of a sorted set's ordered index, and where a long prefix
 * was; see excuses.h.
 *
 * fbtree_internal.h, structs leafNode and innerNode (of Valkey after 9.1): num_items counts the
 * filled slots of a node. What is removed or goes to another node leaves its pointer in the slot.
 * An inner node keeps the common prefix of its keys in itself, or, when it is too long, a pointer
 * to it; a prefix that gets short again need not overwrite that pointer.
 *
 * Limits: a node must have exactly the size of its struct. Compiled against single public headers;
 * no server with an index has run with it. */
#include "harness/oracles/excuses.h"

#include <string.h>

#include "harness/valkey/compat.h"

#if CHECKED_excuse_index && HAVE_ORDERED_INDEX

/* Is the word in a free slot of the array of pointers that begins at `array`? */
static bool is_free_slot(const unsigned char *node, size_t offset, size_t array) {
    size_t slot = (offset - array) / sizeof(void *);
    return offset >= array && slot < INDEX_MOST && slot >= node[INDEX_COUNT];
}

static bool is_prefix(const unsigned char *node, size_t offset) {
    size_t length;
    memcpy(&length, node + INDEX_PREFIX_LENGTH, sizeof(length));
    bool outside = length > INDEX_PREFIX_MOST;
    return offset >= INDEX_PREFIX && offset < INDEX_PREFIX + INDEX_PREFIX_MOST &&
           !(outside && offset == INDEX_PREFIX_OUTSIDE);
}

bool excuse_index(const HeapBlock *block, size_t offset) {
    const unsigned char *node = block->start;
    if (block->size == INDEX_LEAF_SIZE && node[INDEX_IS_LEAF]) return is_free_slot(node, offset, INDEX_LEAF_ITEMS);
    if (block->size != INDEX_INNER_SIZE || node[INDEX_IS_LEAF]) return false;
    return is_free_slot(node, offset, INDEX_INNER_ANCHORS) || is_free_slot(node, offset, INDEX_INNER_CHILDREN) ||
           is_prefix(node, offset);
}

#endif
