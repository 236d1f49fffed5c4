/* SPDX-License-Identifier: BSD-3-Clause */
/* excuse_bookmark.c -- a bookmark of a list beyond their count; see excuses.h.
 *
 * quicklist.h, struct quicklist: bookmarks follow the structure; deleting one moves the count
 * only. */
#include "harness/oracles/excuses.h"

#include "harness/valkey/compat.h"

#if CHECKED_excuse_bookmark

bool excuse_bookmark(const HeapBlock *block, size_t offset) {
    if (block->size <= sizeof(quicklist) || offset < sizeof(quicklist)) return false;
    const quicklist *list = block->start;
    return (offset - sizeof(quicklist)) / sizeof(quicklistBookmark) >= list->bookmark_count;
}

#endif
