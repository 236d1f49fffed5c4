/* SPDX-License-Identifier: BSD-3-Clause */
/* zsets.h -- sorted sets on a skiplist: its ends, length and members are behind functions (9.1), or
 * members that everybody sees (8.1). The names are those of 9.1. For the checks of sorted sets. */
#ifndef HARNESS_VALKEY_ZSETS_H
#define HARNESS_VALKEY_ZSETS_H

#include "harness/valkey/compat.h"

#if !HAVE_zslGetHeader
static inline zskiplistNode *zslGetHeader(zskiplist *list) {
    return list->header;
}

static inline zskiplistNode *zslGetTail(const zskiplist *list) {
    return list->tail;
}

static inline unsigned long zslGetLength(const zskiplist *list) {
    return list->length;
}

static inline int zslGetHeight(const zskiplist *list) {
    return list->level;
}

static inline sds zslGetNodeElement(const zskiplistNode *node) {
    return node->ele;
}
#endif

#endif
