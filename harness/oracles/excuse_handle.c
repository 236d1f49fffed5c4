/* SPDX-License-Identifier: BSD-3-Clause */
/* excuse_handle.c -- the handle of a client that no longer waits for a module; see excuses.h.
 *
 * server.h, blockingState.module_blocked_handle: module.c writes it when a client begins to wait,
 * and reads it only while the client waits for a module. */
#include "harness/oracles/excuses.h"

#include "harness/valkey/compat.h"

#if CHECKED_excuse_handle

bool excuse_handle(const HeapBlock *block, size_t offset) {
    if (offset != offsetof(blockingState, module_blocked_handle) || block->size < sizeof(blockingState)) return false;
    const blockingState *state = block->start;
    return state->btype != BLOCKED_MODULE;
}

#endif
