/* SPDX-License-Identifier: BSD-3-Clause */
/* replies.h -- what a client has not read yet. Since 9.1 a long value may be in it as a pointer
 * (copy avoidance, networking.c): a buffer is then a row of packed headers, text and pointers, and
 * a pointer can be at any address. */
#ifndef HARNESS_VALKEY_REPLIES_H
#define HARNESS_VALKEY_REPLIES_H

#include "harness/valkey/compat.h"

/* Calls each() for every such buffer of the client. */
static inline void compat_each_packed_reply(client *c, void (*each)(const void *from, size_t len)) {
#if HAVE_PACKED_REPLIES
    listIter it;
    listNode *node;
    if (c->flag.buf_encoded) each(c->buf, c->bufpos);
    if (!c->reply) return;
    listRewind(c->reply, &it);
    while ((node = listNext(&it))) {
        clientReplyBlock *block = listNodeValue(node);
        if (block && block->flag.buf_encoded) each(block->buf, block->used);
    }
#else
    (void)c, (void)each;
#endif
}

#endif
