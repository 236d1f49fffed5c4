/* SPDX-License-Identifier: BSD-3-Clause */
/* value_skiplist.c -- the digest of a sorted set on a skiplist: members and scores in order; and
 * whether the table beside it holds the same nodes.
 *
 * Limits: only the lowest level is walked; the others are shape_skiplist.c's. See value.c. */
#include "harness/structures/value_parts.h"

#if CHECKED_value_skiplist && !HAVE_ORDERED_INDEX

#include "harness/valkey/zsets.h"

static uint64_t score_bits(double score) {
    uint64_t bits;
    memcpy(&bits, &score, sizeof(bits));
    return bits;
}

uint64_t value_skiplist(ValueWalk *walk, robj *o) {
    if (o->encoding != OBJ_ENCODING_SKIPLIST) return value_other(walk, o);
    const zset *zs = objectGetVal(o);
    uint64_t hash = 0, in_table = 0, in_list = 0;
    unsigned long met = 0, expected = zslGetLength(zs->zsl);
    const zskiplistNode *node = zslGetHeader(zs->zsl)->level[0].forward;
    for (; node && met < expected; node = node->level[0].forward) {
        met++;
        in_list += value_pointer(node);
        hash = value_sds(zslGetNodeElement(node), value_mix(hash, score_bits(node->score)));
    }
    value_table(walk, zs->ht, value_sum_pointer, &in_table);
    if (node || met != expected) {
        value_fault(walk, "shape:zset:count", "a skiplist counts %lu nodes, %s%lu were found", expected,
                    node ? "more than " : "", met);
    } else if (in_table != in_list) {
        value_fault(walk, "shape:zset:members", "a sorted set's table and skiplist have different nodes");
    }
    return hash;
}

#endif
