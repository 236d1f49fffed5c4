/* SPDX-License-Identifier: BSD-3-Clause */
/* excuse_queue.c -- an entry of a client's queue of parsed commands that was taken off; see
 * excuses.h.
 *
 * server.h, struct cmdQueue: entries from `off` to `len` are waiting. networking.c copies an entry
 * when its command begins, and leaves it as it is. */
#include "harness/oracles/excuses.h"

#include "harness/valkey/compat.h"

#if CHECKED_excuse_queue

#if HAVE_CLIENT_QUEUE

/* The queue whose array the block is, or NULL. */
static const cmdQueue *find_queue(const HeapBlock *block) {
    for (const listNode *node = server.clients->head; node; node = node->next) {
        const client *c = node->value;
        if (c->cmd_queue.cmds == block->start) return &c->cmd_queue;
    }
    return NULL;
}

bool excuse_queue(const HeapBlock *block, size_t offset) {
    const cmdQueue *queue = find_queue(block);
    if (!queue) return false;
    size_t entry = offset / sizeof(queue->cmds[0]);
    return entry < (size_t)queue->off || entry >= (size_t)queue->len;
}

#else

bool excuse_queue(const HeapBlock *block, size_t offset) {
    (void)block, (void)offset;
    return false;
}

#endif

#endif
