/* SPDX-License-Identifier: BSD-3-Clause */
/* value_ordered.c -- the digest of a sorted set on an ordered index: members and scores in order;
 * and whether the table beside it holds the same items. Valkey after 9.1 has an index where 9.1 has
 * a skiplist (harness/valkey/zsets.h).
 *
 * The index is walked with its own iterator, which only reads.
 *
 * Limits: the walk follows the chain of leaves forwards; the rest of the tree is shape_ordered.c's.
 * Compiled against single public headers; no server with an index has run with it. See value.c. */
#include "harness/structures/value_parts.h"

#if CHECKED_value_ordered && HAVE_ORDERED_INDEX

#include "harness/valkey/zsets.h"

static uint64_t score_bits(double score) {
    uint64_t bits;
    memcpy(&bits, &score, sizeof(bits));
    return bits;
}

static uint64_t digest_item(const OrderedIndexItem *item, uint64_t seed) {
    CompatMember member = compat_item_member(item);
    return value_block(member.bytes, member.len, value_mix(seed, score_bits(compat_item_score(item))));
}

uint64_t value_ordered(ValueWalk *walk, robj *o) {
    if (o->encoding != COMPAT_ENCODING_INDEX) return value_other(walk, o);
    const zset *zs = objectGetVal(o);
    uint64_t hash = 0, in_table = 0, in_index = 0;
    unsigned long met = 0, expected = orderedIndexLength(zs->oi);
    OrderedIndexIterator it;
    orderedIndexInitIterator(&it, zs->oi);
    const OrderedIndexItem *item = orderedIndexNext(&it);
    for (; item && met < expected; item = orderedIndexNext(&it)) {
        met++;
        in_index += value_pointer(item);
        hash = digest_item(item, hash);
    }
    value_table(walk, zs->ht, value_sum_pointer, &in_table);
    if (item || met != expected) {
        value_fault(walk, "shape:zset:count", "an ordered index counts %lu items, %s%lu were found", expected,
                    item ? "more than " : "", met);
    } else if (in_table != in_index) {
        value_fault(walk, "shape:zset:members", "a sorted set's table and ordered index have different items");
    }
    return hash;
}

#endif
