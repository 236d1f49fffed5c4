/* SPDX-License-Identifier: BSD-3-Clause */
/* shape_ordered.c -- is a sorted set's ordered index well-formed, and does it match the table
 * beside it? See shape.h. Valkey after 9.1 has an index where 9.1 has a skiplist
 * (harness/valkey/zsets.h).
 *
 * The index is a B+tree. An inner node counts the items below each child and has the child's last
 * item once more, to search with; the leaves form a chain. Its own check, which the server never
 * calls, compares what inner nodes know of their children. It does not look at the chain of leaves,
 * nor at the order of items, so this file walks the chain in both directions and compares each item
 * with the one that a search by rank finds.
 *
 * The table must have the same items: the search for each entry of it must end at that very entry.
 *
 * Limits: the functions of the index are trusted to only read; its nodes are private. Compiled
 * against single public headers; no server with an index has run with it. */
#include "harness/structures/shape.h"

#if CHECKED_shape_ordered && HAVE_ORDERED_INDEX

#include "harness/valkey/zsets.h"

#include <math.h>
#include <string.h>

static void check_integrity(OrderedIndex *index) {
#if HAVE_orderedIndexVerifyIntegrity
    char why[256] = "";
    if (!orderedIndexVerifyIntegrity(index, why, sizeof(why)))
        shape_broken("shape:zset:integrity", index, "the ordered index is not well-formed: %s", why);
#else
    (void)index;
#endif
}

/* < 0, 0, > 0, as memcmp; a member is less than one that it begins. */
static int compare_members(const OrderedIndexItem *a, const OrderedIndexItem *b) {
    CompatMember x = compat_item_member(a), y = compat_item_member(b);
    int order = memcmp(x.bytes, y.bytes, x.len < y.len ? x.len : y.len);
    return order ? order : (x.len > y.len) - (x.len < y.len);
}

static void check_order(const OrderedIndexItem *before, const OrderedIndexItem *item) {
    double score = compat_item_score(item);
    if (isnan(score)) shape_broken("shape:zset:order", item, "a score is not a number");
    if (!before || compat_item_score(before) < score) return;
    if (compat_item_score(before) > score)
        shape_broken("shape:zset:order", item, "the ordered index is not in the order of scores");
    if (compare_members(before, item) >= 0)
        shape_broken("shape:zset:order", item, "members of equal score are not in order in the ordered index");
}

static void check_rank(const OrderedIndex *index, const OrderedIndexItem *item, unsigned long rank, const char *where) {
    if (orderedIndexGetByIndex(index, rank) != item)
        shape_broken("shape:zset:rank", item, "%s of the ordered index has another item at rank %lu than the tree",
                     where, rank);
}

static void check_forwards(OrderedIndex *index) {
    const OrderedIndexItem *before = NULL, *item;
    unsigned long rank = 0;
    OrderedIndexIterator it;
    orderedIndexInitIterator(&it, index);
    while ((item = orderedIndexNext(&it)) != NULL) {
        check_order(before, item);
        check_rank(index, item, rank++, "the chain of leaves");
        before = item;
    }
    if (orderedIndexGetLast(index) != before)
        shape_broken("shape:zset:tail", index, "the last item of the ordered index is not at its end");
}

static void check_backwards(OrderedIndex *index) {
    const OrderedIndexItem *item, *first = NULL;
    unsigned long left = orderedIndexLength(index);
    OrderedIndexIterator it;
    orderedIndexInitIterator(&it, index);
    while ((item = orderedIndexPrev(&it)) != NULL && left) {
        check_rank(index, item, --left, "the backward chain of leaves");
        first = item;
    }
    if (item || left)
        shape_broken("shape:zset:backward", index, "the backward chain of leaves has %s items than the ordered index",
                     item ? "more" : "fewer");
    if (orderedIndexGetFirst(index) != first)
        shape_broken("shape:zset:head", index, "the first item of the ordered index is not at its beginning");
}

/* A search compares members, scores and the nodes' short prefixes, as no walk does. */
static void check_entry(void *entry, uint64_t hash, void *context) {
    OrderedIndex *index = context;
    (void)hash;
    unsigned long rank = orderedIndexGetIndex(index, entry);
    if (rank >= orderedIndexLength(index) || orderedIndexGetByIndex(index, rank) != entry)
        shape_broken("shape:zset:search", entry, "a search in the ordered index does not find an entry of the table");
}

void shape_ordered(const robj *o) {
    if (o->encoding != COMPAT_ENCODING_INDEX) return;
    const zset *zs = objectGetVal(o);
    check_integrity(zs->oi);
    check_forwards(zs->oi);
    check_backwards(zs->oi);
    if (hashtableSize(zs->ht) != orderedIndexLength(zs->oi))
        shape_broken("shape:zset:count", zs->ht, "the table has %zu entries, the ordered index %lu items",
                     hashtableSize(zs->ht), orderedIndexLength(zs->oi));
    shape_table(zs->ht, check_entry, zs->oi);
}

#endif
