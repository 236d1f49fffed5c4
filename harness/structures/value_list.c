/* SPDX-License-Identifier: BSD-3-Clause */
/* value_list.c -- the digest of a list: its nodes in order.
 *
 * What Valkey keeps packed (listpacks, compressed nodes) is hashed as it is: a move copies it, so
 * equal bytes are what it must leave behind. Links back and counts are checked on the way.
 *
 * Limits: see value.c. */
#include "harness/structures/value_parts.h"

#if CHECKED_value_list

static uint64_t read_list_node(ValueWalk *walk, const quicklistNode *node, uint64_t hash) {
    hash = value_mix(hash, (uint64_t)node->count << 4 | node->encoding << 2 | node->container);
    if (quicklistNodeIsCompressed(node)) {
        const quicklistLZF *packed = (const quicklistLZF *)node->entry;
        return value_block(packed->compressed, packed->sz, value_mix(hash, node->sz));
    }
    if (QL_NODE_IS_PLAIN(node)) return value_block(node->entry, node->sz, hash);
    return value_listpack(walk, node->entry, hash);
}

uint64_t value_list(ValueWalk *walk, robj *o) {
    if (o->encoding != OBJ_ENCODING_QUICKLIST) return value_other(walk, o);
    const quicklist *list = objectGetVal(o);
    uint64_t hash = value_mix(list->fill, list->compress), nodes = 0, count = 0;
    const quicklistNode *node = list->head, *last = NULL;
    for (; node && nodes < list->len; node = node->next) {
        if (node->prev != last) {
            value_fault(walk, "shape:list:links", "node %llu of a list does not point back to the one before it",
                        (unsigned long long)nodes);
            return 0;
        }
        nodes++;
        count += node->count;
        hash = read_list_node(walk, node, hash);
        last = node;
    }
    if (node || nodes != list->len || count != list->count || last != list->tail) {
        value_fault(walk, "shape:list:count",
                    "a list counts %lu elements in %lu nodes; %llu in %llu nodes, and %s tail, were found", list->count,
                    list->len, (unsigned long long)count, (unsigned long long)nodes,
                    node || last != list->tail ? "another" : "the right");
    }
    if (walk->image) walk->image->bookmarks += list->bookmark_count;
    return hash;
}

#endif
