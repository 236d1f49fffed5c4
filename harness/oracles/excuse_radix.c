/* SPDX-License-Identifier: BSD-3-Clause */
/* excuse_radix.c -- the characters of a radix tree's node; see excuses.h.
 *
 * rax.h, struct raxNode: the first bytes of the node's children follow a header of four bytes and
 * are padded, so that the pointers after them are aligned. When children are added the pointers
 * move up, and the padding keeps some of their old bytes. */
#include "harness/oracles/excuses.h"

#include "harness/valkey/compat.h"

#if CHECKED_excuse_radix

bool excuse_radix(const HeapBlock *block, size_t offset) {
    if (block->size < sizeof(raxNode)) return false;
    const raxNode *node = block->start;
    size_t pointers = (sizeof(raxNode) + node->size + sizeof(void *) - 1) / sizeof(void *) * sizeof(void *);
    return offset < pointers && pointers <= block->size;
}

#endif
