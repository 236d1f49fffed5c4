/* SPDX-License-Identifier: BSD-3-Clause */
/* value_radix.c -- iterates over a radix tree without allocating.
 *
 * Valkey's own iterator keeps the current key in a buffer that it allocates when keys are long, in
 * the heap that is being checked. Here a key is never assembled: its hash is computed on the way
 * down the tree, byte by byte, so that it depends only on the key and not on how the tree has split
 * it into nodes.
 *
 * A broken tree (a cycle, a node too many) ends the walk with a fault: no more nodes are visited
 * than the tree counts. rax.h describes a node's layout.
 *
 * Limits: the recursion is as deep as a path has forks that do not lead to the last child. A tree
 * of a few megabytes can be made to use some megabytes of stack.
 *
 * Idea of hashing a byte at a time: Fowler, Noll, Vo (FNV-1a), whose 64-bit constants are used. */
#include "harness/structures/value_parts.h"

#if CHECKED_value_radix

#define FNV_BASIS 0xcbf29ce484222325ull
#define FNV_PRIME 0x100000001b3ull

typedef struct {
    ValueWalk *walk;
    RadixEach *each;
    void *context;
    uint64_t nodes_left, elements, sum;
} RadixWalk;

/* The children's pointers come after the characters, aligned to a word from the node's start. */
static raxNode *const *node_children(const raxNode *node) {
    size_t header = offsetof(raxNode, data);
    size_t aligned = (header + node->size + sizeof(void *) - 1) & ~(sizeof(void *) - 1);
    return (raxNode *const *)((const char *)node + aligned);
}

static size_t node_child_count(const raxNode *node) {
    return node->iscompr ? 1 : node->size;
}

/* The value comes after the last child. */
static void *node_value(const raxNode *node) {
    if (node->isnull) return NULL;
    return (void *)node_children(node)[node_child_count(node)];
}

static uint64_t extend_key(uint64_t key, const unsigned char *bytes, size_t len) {
    for (size_t i = 0; i < len; i++) key = (key ^ bytes[i]) * FNV_PRIME;
    return key;
}

static void walk_node(RadixWalk *radix, const raxNode *node, uint64_t key) {
    for (;;) {
        if (radix->nodes_left == 0) {
            value_fault(radix->walk, "shape:radix:count", "a radix tree has more nodes than it counts");
            return;
        }
        radix->nodes_left--;
        if (node->iskey) {
            radix->elements++;
            radix->sum += radix->each(radix->walk, value_mix(key, 0), node_value(node), radix->context);
        }
        if (node->size == 0 || radix->walk->faulty) return;
        raxNode *const *child = node_children(node);
        if (node->iscompr) {
            key = extend_key(key, node->data, node->size);
            node = child[0];
            continue;
        }
        size_t last = node->size - 1;
        for (size_t i = 0; i < last; i++) walk_node(radix, child[i], extend_key(key, node->data + i, 1));
        key = extend_key(key, node->data + last, 1);
        node = child[last];
    }
}

uint64_t value_radix(ValueWalk *walk, const rax *tree, RadixEach *each, void *context) {
    if (tree == NULL) return 0;
    RadixWalk radix = {.walk = walk, .each = each, .context = context, .nodes_left = tree->numnodes};
    walk_node(&radix, tree->head, FNV_BASIS);
    if (radix.nodes_left != 0 || radix.elements != tree->numele) {
        value_fault(walk, "shape:radix:count",
                    "a radix tree counts %llu keys in %llu nodes, %llu keys in %llu nodes were found",
                    (unsigned long long)tree->numele, (unsigned long long)tree->numnodes,
                    (unsigned long long)radix.elements, (unsigned long long)(tree->numnodes - radix.nodes_left));
    }
    return radix.sum;
}

#endif
