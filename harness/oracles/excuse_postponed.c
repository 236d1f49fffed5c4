/* SPDX-License-Identifier: BSD-3-Clause */
/* excuse_postponed.c -- the script of a client whose command is processed again; see excuses.h.
 *
 * server.h, client.cur_script: looked up again whenever a command is processed
 * (evalGetCommandFlags, fcallGetCommandFlags). A client that is paused before its command ran
 * processes it again from the start. */
#include "harness/oracles/excuses.h"

#include "harness/valkey/compat.h"

#if CHECKED_excuse_postponed

bool excuse_postponed(const HeapBlock *block, size_t offset) {
    if (offset != offsetof(client, cur_script) || block->size < sizeof(client)) return false;
    const client *c = block->start;
    return c->flag.blocked && c->bstate && c->bstate->btype == BLOCKED_POSTPONE;
}

#endif
