/* SPDX-License-Identifier: BSD-3-Clause */
/* excuse_radix.c -- the characters of a radix tree's node, and what is behind its end; see
 * excuses.h.
 *
 * rax.h, struct raxNode: the first bytes of the node's children follow a header of four bytes and
 * are padded, so that the pointers after them are aligned. When children are added the pointers
 * move up, and the padding keeps some of their old bytes. When a child or a value is removed, or a
 * node is split or joined, the block may be longer than the node (rax.c, raxNodeCurrentLength). */
#include "harness/oracles/excuses.h"

#include "harness/valkey/compat.h"

#if CHECKED_excuse_radix

bool excuse_radix(const HeapBlock *block, size_t offset) {
    if (block->size < sizeof(raxNode)) return false;
    const raxNode *node = block->start;
    size_t pointers = (sizeof(raxNode) + node->size + sizeof(void *) - 1) / sizeof(void *) * sizeof(void *);
    size_t children = node->iscompr ? 1 : node->size, values = node->iskey && !node->isnull;
    size_t end = pointers + (children + values) * sizeof(void *);
    return (offset < pointers || offset >= end) && end <= block->size;
}

#endif
