/* SPDX-License-Identifier: BSD-3-Clause */
/* shape_list.c -- is a list well-formed? See shape.h.
 *
 * value_list.c has checked a quicklist's links and its counts of nodes. This file checks the header
 * of each node against its entry, which is a plain element or a listpack, and may be compressed
 * with LZF.
 *
 * The sizes in a header are always right (quicklistNodeUpdateSz), those of the listpack too
 * (shape_listpack.c).
 *
 * Limits: whether a node should be compressed is not checked. That a plain element is as long as
 * its block is not checked, since an allocator may round the block up. */
#include "harness/structures/shape.h"

#include "harness/structures/value_parts.h"
#include "harness/world/heap.h"

#if CHECKED_shape_list

/* Unpacks a compressed node into memory outside of the heap, which the next call reuses. */
static unsigned char *unpack(const quicklistNode *node) {
    static unsigned char *buffer;
    static size_t room;
    const quicklistLZF *packed = (const quicklistLZF *)node->entry;
    if (sizeof(*packed) + packed->sz > heap_usable_size(node->entry))
        shape_broken("shape:list:compressed", node, "a compressed node is longer than its block");
    if (node->sz > room) {
        buffer = value_map(buffer, room, node->sz);
        room = node->sz;
    }
    if (lzf_decompress(packed->compressed, packed->sz, buffer, node->sz) != node->sz)
        shape_broken("shape:list:compressed", node, "a node does not unpack to the %zu bytes of its header", node->sz);
    return buffer;
}

static void check_listpack(const quicklistNode *node, unsigned char *lp) {
    if (lpBytes(lp) != node->sz)
        shape_broken("shape:list:size", node, "a node's header has %zu bytes, its listpack %zu", node->sz, lpBytes(lp));
    if (lpLength(lp) != node->count)
        shape_broken("shape:list:count", node, "a node's header has %u elements, its listpack %lu", node->count,
                     lpLength(lp));
    shape_listpack(lp);
}

/* A plain element has a block of its own, of its size. */
static void check_plain(const quicklistNode *node, const unsigned char *entry) {
    if (node->count != 1) shape_broken("shape:list:count", node, "a plain node counts %u elements", node->count);
    if (entry == node->entry && node->sz > heap_usable_size(node->entry))
        shape_broken("shape:list:size", node, "a node's header has %zu bytes, its block is smaller", node->sz);
}

static void check_node(const quicklistNode *node) {
    bool compressed = quicklistNodeIsCompressed(node);
    if (!compressed && node->encoding != QUICKLIST_NODE_ENCODING_RAW)
        shape_broken("shape:list:encoding", node, "a node has the unknown encoding %u", node->encoding);
    unsigned char *entry = compressed ? unpack(node) : node->entry;
    if (node->container == QUICKLIST_NODE_CONTAINER_PACKED) {
        check_listpack(node, entry);
    } else if (!QL_NODE_IS_PLAIN(node)) {
        shape_broken("shape:list:container", node, "a node has the unknown container %u", node->container);
    } else {
        check_plain(node, entry);
    }
    if (node->count == 0) shape_broken("shape:list:count", node, "a node without elements");
}

static bool is_node_of(const quicklist *list, const quicklistNode *wanted) {
    for (const quicklistNode *node = list->head; node; node = node->next) {
        if (node == wanted) return true;
    }
    return false;
}

void shape_list_quick(const robj *o) {
    if (o->encoding != OBJ_ENCODING_QUICKLIST) return;
    const quicklist *list = objectGetVal(o);
    for (const quicklistNode *node = list->head; node; node = node->next) check_node(node);
    if (list->compress && list->head &&
        (quicklistNodeIsCompressed(list->head) || quicklistNodeIsCompressed(list->tail)))
        shape_broken("shape:list:compressed", list, "the first or the last node is compressed");
    for (unsigned i = 0; i < list->bookmark_count; i++) {
        if (!is_node_of(list, list->bookmarks[i].node))
            shape_broken("shape:list:bookmark", list, "a bookmark points to no node of the list");
    }
}

void shape_list_linked(const list *list, const char *what) {
    unsigned long met = 0;
    const listNode *last = NULL;
    for (const listNode *node = list->head; node && met <= list->len; last = node, node = node->next) {
        met++;
        if (node->prev != last) shape_broken("shape:list:links", node, "%s: a node does not point back", what);
    }
    if (met != list->len) shape_broken("shape:list:count", list, "%s: %lu nodes, not %lu", what, met, list->len);
    if (last != list->tail) shape_broken("shape:list:tail", list, "%s: the tail is not the last node", what);
}

#endif
