/* SPDX-License-Identifier: BSD-3-Clause */
/* excuse_open.c -- the iterator of an open list that was released; see excuses.h.
 *
 * module.c, ValkeyModuleKey.u.list: valid while iter is not NULL (moduleFreeKeyIterator). The entry
 * in it keeps the released iterator's address until the next search (moduleListIteratorSeek). */
#include "harness/oracles/excuses.h"

#include "harness/valkey/compat.h"

#if CHECKED_excuse_open

bool excuse_open(const HeapBlock *block, size_t offset) {
    if (offset <= offsetof(PrivateKey, mode) || block->size < sizeof(PrivateKey)) return false;
    const PrivateKey *key = block->start;
    return key->iter == NULL && key->value && key->value->type == OBJ_LIST;
}

#endif
