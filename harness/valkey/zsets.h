/* SPDX-License-Identifier: BSD-3-Clause */
/* zsets.h -- what is beside the table of a big sorted set: a skiplist, or an ordered index (after
 * 9.1, a B+tree). For the checks of sorted sets.
 *
 * The ends, the length and the members of a skiplist are behind functions (9.1), or members that
 * everybody sees (8.1). The names are those of 9.1. An index is behind functions of its own,
 * ordered_index.h: an item is a score and a member in one block, and the table has the same items.
 *
 * Limits: the part for the index was written from single public files, and no server with one has
 * run with it. */
#ifndef HARNESS_VALKEY_ZSETS_H
#define HARNESS_VALKEY_ZSETS_H

#include "harness/valkey/compat.h"

#if HAVE_ORDERED_INDEX

/* The encoding of a sorted set that has an index: the skiplist's, by another name. */
#if HAVE_OBJ_ENCODING_BTREE
#define COMPAT_ENCODING_INDEX OBJ_ENCODING_BTREE
#else
#define COMPAT_ENCODING_INDEX OBJ_ENCODING_SKIPLIST
#endif

typedef struct {
    const char *bytes;
    size_t len;
} CompatMember;

static inline CompatMember compat_item_member(const OrderedIndexItem *item) {
    CompatMember member = {NULL, 0};
    orderedIndexItemGetElement(item, &member.bytes, &member.len);
    return member;
}

static inline double compat_item_score(const OrderedIndexItem *item) {
    return orderedIndexItemGetScore(item);
}

#elif !HAVE_zslGetHeader

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
